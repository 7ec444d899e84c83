"""What belongs to validation: groups, directions, talks, surveys with their answers."""

import itertools
from datetime import timedelta
from typing import Any

from challenges.models import Challenge
from programs.actors import Actor
from programs.enums import Role
from programs.models import Municipality
from tech4muni.core import clock
from tests.factories.challenges import acting_as
from tests.factories.people import make_member
from validation.enums import AssumptionVerdict, Attitude, EngagementKind, QuestionKind
from validation.models import (
    Assumption,
    Bottleneck,
    Direction,
    Engagement,
    Finding,
    Opinion,
    Question,
    Response,
    StakeholderGroup,
    Survey,
)
from validation.services import responses, surveys

_numbers = itertools.count(1)


def make_group(challenge: Challenge, *, target: int = 10, **fields: Any) -> StakeholderGroup:
    """Make a stakeholder group."""
    values = {"names": {"en-gb": f"Group {next(_numbers)}", "mk": "Група"}, "interest": 4, "influence": 2, **fields}
    return StakeholderGroup.objects.create(challenge=challenge, target=target, **values)


def make_direction(challenge: Challenge, **fields: Any) -> Direction:
    """Make a direction."""
    values = {"names": {"en-gb": f"Direction {next(_numbers)}", "mk": "Насока"}, **fields}
    return Direction.objects.create(challenge=challenge, **values)


def make_talk(
    group: StakeholderGroup,
    *,
    people: int = 1,
    opinions: dict[Direction, tuple[int, int, int]] | None = None,
    **fields: Any,
) -> Engagement:
    """Log a talk with people of a group, with how many want, do not mind, and reject each direction."""
    values = {"kind": EngagementKind.INTERVIEW, "held_on": clock.now().date(), "notes": "", **fields}
    talk = Engagement.objects.create(challenge=group.challenge, group=group, people=people, **values)
    for direction, (want, indifferent, reject) in (opinions or {}).items():
        Opinion.objects.create(engagement=talk, direction=direction, want=want, indifferent=indifferent, reject=reject)
    return talk


def make_assumption(challenge: Challenge, *, tested: bool = False, **fields: Any) -> Assumption:
    """Make an assumption."""
    if tested:
        fields = {
            "verdict": AssumptionVerdict.SUPPORTED, "tested_how": "Count", "evidence": "40 bins", **fields
        }  # fmt: skip
    return Assumption.objects.create(challenge=challenge, **{"text": "Bins overflow", **fields})


def make_bottleneck(challenge: Challenge, **fields: Any) -> Bottleneck:
    """Make a bottleneck."""
    return Bottleneck.objects.create(
        challenge=challenge, **{"step": "Report", "who": "Office", "waiting_days": 3, **fields}
    )


def make_finding(challenge: Challenge, **fields: Any) -> Finding:
    """Make a finding that rests on an assumption."""
    values = {"text": "People mind the smell", "assumption": None, **fields}
    if not any(values.get(name) for name in ("assumption", "engagement", "survey")):
        values["assumption"] = make_assumption(challenge, tested=True)
    return Finding.objects.create(challenge=challenge, **values)


def make_survey(challenge: Challenge, *, languages: tuple[str, ...] = ("en-gb",), **fields: Any) -> Survey:
    """Make a survey that is a draft, without questions."""
    number = next(_numbers)
    values = {
        "names": {code: f"Survey {number} in {code}" for code in languages},
        "introductions": {code: f"Why we ask, in {code}" for code in languages},
        "token": f"token-{number:06}",
        **fields,
    }
    return Survey.objects.create(challenge=challenge, languages=list(languages), **values)


def make_question(survey: Survey, kind: str = QuestionKind.SINGLE, **fields: Any) -> Question:
    """Add a question at the end of a survey, with three answers where it takes some."""
    number = survey.questions.count() + 1
    values: dict[str, Any] = {"texts": {code: f"Question {number} in {code}" for code in survey.languages}, **fields}
    if QuestionKind(kind).has_options:
        values.setdefault("options", [{code: f"{word} {code}" for code in survey.languages} for word in "ABC"])
    return Question.objects.create(survey=survey, number=number, kind=kind, **values)


def open_survey(survey: Survey, municipality: Municipality, actor: Actor | None = None) -> Survey:
    """Open a survey as somebody of the team does."""
    acting = actor or acting_as(make_member(municipality, Role.MEMBER), municipality)
    return surveys.open_survey(survey, actor=acting, municipality=municipality)


def close_survey(survey: Survey, municipality: Municipality, actor: Actor | None = None) -> Survey:
    """Close a survey as somebody of the team does."""
    acting = actor or acting_as(make_member(municipality, Role.MEMBER), municipality)
    return surveys.close_survey(survey, actor=acting)


def respond(survey: Survey, *, times: int = 1, group: StakeholderGroup | None = None, **answers: Any) -> None:
    """Answer an open survey: `q1`, `q2` … are the answers by number of the question."""
    plain = {name.removeprefix("q"): value for name, value in answers.items()}
    for _time in range(times):
        responses.answer(
            survey, language=survey.languages[0], nonce=f"nonce-{next(_numbers)}", answers=plain, group=group
        )


def make_closed_survey(
    challenge: Challenge,
    municipality: Municipality,
    direction: Direction,
    said: dict[StakeholderGroup | None, tuple[int, int, int]],
) -> Survey:
    """Ask about a direction, and let so many of each group want it, not mind, reject it; then close the survey.

    Names of groups and directions have to be there in English.
    """
    survey = make_survey(challenge)
    make_question(survey, QuestionKind.DIRECTION, direction=direction)
    open_survey(survey, municipality)
    for group, counts in said.items():
        for attitude, number in zip(Attitude, counts, strict=True):
            respond(survey, times=number, group=group, q1=attitude.value)
    return close_survey(survey, municipality)


def count_responses(survey: Survey) -> int:
    """Return how many answers there are."""
    return Response.objects.filter(survey=survey).count()


LATER = timedelta(days=7)
