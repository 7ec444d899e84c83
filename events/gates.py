"""What the event asks of a challenge before selection begins."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from challenges.models import Challenge
from events.queries.challenges import Part, participations
from programs.criteria import Criterion, Result, register
from programs.enums import Role, Stage

NO_EVENT = Result(met=False, note=_("Your coordinator has not set up the event yet."))
NOTHING_WANTED = Result(met=True, note=_("There was no company that both sides wanted to meet."))


def _check(judge: Callable[[Part], Result]) -> Callable[[Sequence[Challenge]], Mapping[int, Result]]:
    """Judge the latest event of each challenge; all challenges are read at once."""

    def check(challenges: Sequence[Challenge]) -> Mapping[int, Result]:
        latest: dict[UUID | None, Part] = {}
        for part in participations(*(challenge.public_id for challenge in challenges)):
            latest.setdefault(part.delegation.challenge_id, part)
        return {
            challenge.pk: judge(latest[challenge.public_id]) if challenge.public_id in latest else NO_EVENT
            for challenge in challenges
        }

    return check


def _planned(part: Part) -> Result:
    if not part.is_published:
        return Result(met=False, note=part.state.label)
    if part.meetings:
        words = ngettext_lazy("%(count)d meeting", "%(count)d meetings", "count")
        return Result(met=True, note=words % {"count": len(part.meetings)})
    return Result(met=False, note=_("No meeting found a place.")) if part.wanted else NOTHING_WANTED


def _marked(part: Part) -> Result:
    if not part.is_published:
        return Result(met=False)
    words = {"done": len(part.meetings) - part.open_meetings, "all": len(part.meetings)}
    return Result(met=not part.open_meetings, note=_("%(done)d of %(all)d meetings") % words)


def _confirmed(part: Part) -> Result:
    if not part.is_published:
        return Result(met=False)
    words = {"done": part.confirmed, "all": len(part.held)}
    met = part.confirmed == len(part.held) and not part.open_meetings
    return Result(met=met, note=_("%(done)d of %(all)d outcomes") % words)


PAGE = "events:challenge"
register(
    Criterion(
        "events.timetable_published",
        Stage.EVENT,
        _("The timetable of the event is published, with meetings for this challenge."),
        _("Choose whom to meet"),
        PAGE,
        _check(_planned),
    ),
    Criterion(
        "events.meetings_marked",
        Stage.EVENT,
        _("Every planned meeting was held, or is marked as missed."),
        _("Hold the meetings"),
        PAGE,
        _check(_marked),
    ),
    Criterion(
        "events.outcomes_confirmed",
        Stage.EVENT,
        _("Both sides have confirmed what each meeting came to."),
        _("Write down and confirm the outcomes"),
        PAGE,
        _check(_confirmed),
        owner=Role.LEAD,
    ),
)
