"""Who was heard and what they want, counted for many challenges at once and ready to be shown."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import CharField, Count, F, Func, Sum
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from challenges.models import Challenge
from validation.cells import REJECT, Reached, Row, combine, reached
from validation.enums import Attitude, QuestionKind, SurveyState
from validation.models import Direction, Engagement, Opinion, Question, Response, StakeholderGroup

ATTITUDES: Final = [Attitude.WANT, Attitude.INDIFFERENT, Attitude.REJECT]


@dataclass(frozen=True, slots=True)
class Coverage:
    """A group with how many of it were heard."""

    group: StakeholderGroup
    reached: Reached


@dataclass(frozen=True, slots=True)
class Opinions:
    """What a group thinks of a direction; `group` is None for people who named none."""

    group: StakeholderGroup | None
    row: Row

    @property
    def name(self) -> str:
        """The group's name in the active language."""
        return str(self.group) if self.group else _("People who named no group")

    @property
    def is_not_wanted(self) -> bool:
        """Whether the majority of the group rejects it."""
        return self.row.is_majority(REJECT)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A direction with what each group thinks of it."""

    direction: Direction
    rows: list[Opinions]

    @property
    def is_known(self) -> bool:
        """Whether enough people of any group said what they think."""
        return any(opinions.row.is_known for opinions in self.rows)

    @property
    def rejected_by(self) -> list[str]:
        """The groups whose majority does not want it."""
        return [opinions.name for opinions in self.rows if opinions.is_not_wanted]


def coverage(challenges: Sequence[Challenge]) -> dict[int, list[Coverage]]:
    """Return the groups of each challenge with how many were heard, in three queries."""
    found: dict[int, list[Coverage]] = {challenge.pk: [] for challenge in challenges}
    talks = dict(Engagement.objects.filter(challenge__in=found).order_by().values_list("group").annotate(Sum("people")))
    named: dict[int, dict[int | None, int]] = defaultdict(lambda: defaultdict(int))
    surveys: dict[int, set[int]] = defaultdict(set)
    answers = Response.objects.filter(survey__challenge__in=found).order_by()
    for challenge_id, survey_id, group_id, people in answers.values_list(
        "survey__challenge", "survey", "group"
    ).annotate(Count("pk")):
        surveys[challenge_id].add(survey_id)
        named[survey_id][group_id] = people
    for group in StakeholderGroup.objects.filter(challenge__in=found):
        parts = [named[survey_id][group.pk] for survey_id in sorted(surveys[group.challenge_id])]
        heard = reached(talks.get(group.pk, 0), parts, group.target)
        found[group.challenge_id].append(Coverage(group, heard))
    return found


def acceptance(challenges: Sequence[Challenge]) -> dict[int, list[Acceptance]]:
    """Return the directions of each challenge with what the groups think of them, in four queries.

    Answers to surveys count once the survey is closed: who looks at figures again and again while it is open would
    see what each new person answered.
    """
    found: dict[int, list[Acceptance]] = {challenge.pk: [] for challenge in challenges}
    groups: dict[int, list[StakeholderGroup]] = defaultdict(list)
    for group in StakeholderGroup.objects.filter(challenge__in=found):
        groups[group.challenge_id].append(group)
    talks, surveys = _talks(found), _surveys(found)
    for direction in Direction.objects.filter(challenge__in=found):
        rows = [
            Opinions(
                group,
                combine(talks.get((direction.pk, group.pk), [0, 0, 0]), _parts(surveys, direction.pk, group.pk)),
            )
            for group in groups[direction.challenge_id]
        ]
        if any(asked == direction.pk for asked, _group in surveys):  # in talks people always belong to a group
            rows.append(Opinions(None, combine([0, 0, 0], _parts(surveys, direction.pk, None))))
        found[direction.challenge_id].append(Acceptance(direction, rows))
    return found


Parts = dict[tuple[int, int | None], dict[int, list[int]]]


def _parts(surveys: Parts, direction: int, group: int | None) -> list[list[int]]:
    return list(surveys.get((direction, group), {}).values())


def _talks(challenges: Iterable[int]) -> dict[tuple[int, int], list[int]]:
    """What was said in talks, by direction and group."""
    rows = (
        Opinion.objects.filter(engagement__challenge__in=challenges)
        .values_list("direction", "engagement__group")
        .annotate(Sum("want"), Sum("indifferent"), Sum("reject"))
    )
    return {(direction, group): counts for direction, group, *counts in rows}


def _surveys(challenges: Iterable[int]) -> Parts:
    """What was answered in closed surveys, by direction and group, for each survey."""
    parts: Parts = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    value = Func(
        F("survey__responses__answers"),
        Cast("number", CharField()),
        function="jsonb_extract_path_text",
        output_field=CharField(),
    )
    rows = (
        Question.objects.filter(
            kind=QuestionKind.DIRECTION, survey__challenge__in=challenges, survey__state=SurveyState.CLOSED
        )
        .annotate(value=value)
        .filter(value__in=ATTITUDES)
        .order_by("survey")
        .values_list("direction", "survey", "survey__responses__group", "value")
        .annotate(people=Count("survey__responses"))
    )
    for direction, survey, group, attitude, people in rows:
        parts[direction, group][survey][ATTITUDES.index(attitude)] += people
    return parts
