"""Who may do what at an event: pure predicates."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from events.enums import EventState, MeetingState
from programs.actors import Actor
from tech4muni.core.permissions import ALLOW, STRANGER, Decision, refuse

if TYPE_CHECKING:
    from events.models import Event, Meeting

PRIVATE: Final = _("What a delegation chooses, only its own people see.")
ONLY_WRITERS: Final = _("Your role reads here; others of your team write.")


@dataclass(frozen=True, slots=True)
class Seat:
    """Where somebody stands towards a delegation.

    Args:
        belongs: works for its side, with a role of their own in the municipality or in the company.
        writes: may also write for it.
        coordinates: runs the program, on the public host or on a visit to the municipality.
    """

    belongs: bool = False
    writes: bool = False
    coordinates: bool = False


def may_run(actor: Actor) -> Decision:
    """Coordinators make and run events, on the public host; for everybody else there is no such page."""
    return ALLOW if actor.municipality is None and actor.is_coordinator else STRANGER


def may_read_choices(seat: Seat) -> Decision:
    """What a delegation chose is for its own people: coordinators do not see it either."""
    if seat.belongs:
        return ALLOW
    return refuse(PRIVATE) if seat.coordinates else STRANGER


def may_choose(seat: Seat, event: "Event", now: datetime) -> Decision:
    """Those who write for a delegation choose, while choices are open."""
    decision = may_read_choices(seat)
    if not decision:
        return decision
    if event.state == EventState.PREPARING:
        return refuse(_("Choosing has not begun yet."))
    if event.state != EventState.CHOOSING or now >= event.choices_due_at:
        return refuse(_("Choosing is over."))
    return ALLOW if seat.writes else refuse(ONLY_WRITERS)


def may_read_agenda(seat: Seat) -> Decision:
    """A delegation's people and coordinators see when it meets whom."""
    return ALLOW if seat.belongs or seat.coordinates else STRANGER


def may_mark(seat: Seat, meeting: "Meeting", now: datetime) -> Decision:
    """Either side's writers, and coordinators, say whether a meeting took place, once it has begun."""
    decision = may_read_agenda(seat)
    if not decision:
        return decision
    if not (seat.writes or seat.coordinates):
        return refuse(ONLY_WRITERS)
    if meeting.state == MeetingState.CANCELLED:
        return refuse(_("This meeting does not take place."))
    return ALLOW if now >= meeting.starts_at else refuse(_("This meeting has not begun yet."))


def may_write_outcome(seat: Seat, meeting: "Meeting") -> Decision:
    """Either side's writers write and confirm what a meeting that was held came to."""
    decision = may_read_agenda(seat)
    if not decision:
        return decision
    if meeting.state != MeetingState.HELD:
        return refuse(_("Say first that the meeting was held."))
    if not seat.belongs:
        return refuse(_("The two sides of the meeting write its outcome."))
    return ALLOW if seat.writes else refuse(ONLY_WRITERS)
