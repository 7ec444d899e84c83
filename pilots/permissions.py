"""Who may do what in a pilot: pure predicates over a seat at its table and the pilot's state."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from challenges.permissions import ENDED, may_read, may_write
from pilots.enums import BY_WHO_DELIVERS, OPEN_LEDGER, MilestoneStep, PilotSide, PilotState
from programs.actors import Actor
from programs.enums import Role, Stage
from solutions.market.enums import CompanyRole
from solutions.market.permissions import COMPANY_WRITERS
from tech4muni.core.permissions import ALLOW, STRANGER, Decision, refuse

if TYPE_CHECKING:
    from challenges.models import Challenge
    from pilots.models import Evidence, Milestone, Pilot
    from tech4muni.accounts.models import User

WRONG_STATE: Final = {
    PilotState.PLANNING: _("The pilot has not begun yet."),
    PilotState.RUNNING: _("The pilot is running."),
    PilotState.REVIEW: _("The pilot is in review."),
    PilotState.DECIDED: _("The pilot is decided: nothing in it is changed any more."),
}
CITY_ONLY: Final = _("The municipality does this.")
LEAD_ONLY: Final = _("Only a lead of this municipality may do this.")


@dataclass(frozen=True, slots=True)
class Seat:
    """On which side of a pilot's table somebody sits.

    Args:
        side: the municipality's or the company's.
        actor: who it is; on the platform's host for the company's side.
        role: in the company; None on the municipality's side, and for somebody who is not of the company.
    """

    side: PilotSide
    actor: Actor
    role: CompanyRole | None = None

    @property
    def user(self) -> "User | None":
        """Who it is, None for nobody."""
        return self.actor.user

    @property
    def person(self) -> "User":
        """Who it is; raises LookupError for nobody, who has no right that would lead here."""
        if self.actor.user is None:
            raise LookupError("Nobody sits here.")
        return self.actor.user


def may_see(seat: Seat) -> Decision:
    """Everybody inside the municipality and everybody of the company; others learn nothing."""
    if seat.side == PilotSide.CITY:
        return may_read(seat.actor)
    return ALLOW if seat.role is not None else STRANGER


def may_begin_pilot(actor: Actor, challenge: "Challenge") -> Decision:
    """Leads and members begin a pilot when the challenge is in the last stage."""
    decision = may_write(actor, challenge)
    if not decision or challenge.stage == Stage.PILOT:
        return decision
    return refuse(_("Pilots begin when the challenge is in the last stage."))


def may_work(seat: Seat, challenge: "Challenge") -> Decision:
    """Leads and members of the municipality; owners and editors of the company."""
    if seat.side == PilotSide.CITY:
        return may_write(seat.actor, challenge)
    if seat.role is None:
        return STRANGER
    if not challenge.is_under_way:
        return refuse(ENDED)
    if seat.role in COMPANY_WRITERS:
        return ALLOW
    return refuse(_("Owners and editors of the company write here; your role does not."))


def may_plan(seat: Seat, pilot: "Pilot") -> Decision:
    """Both sides write the plan until the pilot runs."""
    return _while(may_work(seat, pilot.challenge), pilot, PilotState.PLANNING)


def may_agree(seat: Seat, pilot: "Pilot") -> Decision:
    """A lead agrees for the municipality, an owner or editor for the company."""
    return _lead(seat, _while(may_work(seat, pilot.challenge), pilot, PilotState.PLANNING))


def may_start(seat: Seat, pilot: "Pilot") -> Decision:
    """The municipality's writers start a pilot whose plan is agreed."""
    return _city(seat, _while(may_work(seat, pilot.challenge), pilot, PilotState.PLANNING))


def may_step(seat: Seat, milestone: "Milestone", step: MilestoneStep) -> Decision:
    """The side that delivers begins and delivers; the other one accepts, sends back, or does without it."""
    pilot = milestone.pilot
    decision = _while(may_work(seat, pilot.challenge), pilot, PilotState.RUNNING)
    if decision and (seat.side == milestone.side) != (step in BY_WHO_DELIVERS):
        return refuse(_("The other side does this."))
    return decision


def may_file(seat: Seat, pilot: "Pilot") -> Decision:
    """Both sides write into the ledger while the pilot runs and is looked back on."""
    return _while(may_work(seat, pilot.challenge), pilot, *OPEN_LEDGER)


def may_correct(seat: Seat, entry: "Evidence") -> Decision:
    """A side corrects its own entries."""
    decision = may_file(seat, entry.pilot)
    if decision and seat.side != entry.side:
        return refuse(_("Only the side that made an entry corrects it."))
    return decision


def may_countersign(seat: Seat, entry: "Evidence") -> Decision:
    """A side countersigns the other's entries."""
    decision = may_file(seat, entry.pilot)
    if decision and seat.side == entry.side:
        return refuse(_("The other side countersigns this."))
    return decision


def may_begin_review(seat: Seat, pilot: "Pilot") -> Decision:
    """The municipality's writers end the running of a pilot and let both sides look back."""
    return _city(seat, _while(may_work(seat, pilot.challenge), pilot, PilotState.RUNNING))


def may_review(seat: Seat, pilot: "Pilot", *, has_reviewed: bool) -> Decision:
    """Both sides write their review until the decision; a side that has not by then may still say what it has to."""
    states = (PilotState.REVIEW,) if has_reviewed else (PilotState.REVIEW, PilotState.DECIDED)
    return _while(may_work(seat, pilot.challenge), pilot, *states)


def may_decide(seat: Seat, pilot: "Pilot") -> Decision:
    """A lead decides how a pilot ends."""
    return _lead(seat, _city(seat, _while(may_work(seat, pilot.challenge), pilot, PilotState.REVIEW)))


def _while(decision: Decision, pilot: "Pilot", *states: PilotState) -> Decision:
    if not decision or pilot.state in states:
        return decision
    reason: str | Promise = WRONG_STATE[PilotState(pilot.state)]
    return refuse(reason)


def _city(seat: Seat, decision: Decision) -> Decision:
    return refuse(CITY_ONLY) if decision and seat.side != PilotSide.CITY else decision


def _lead(seat: Seat, decision: Decision) -> Decision:
    is_other = seat.side == PilotSide.CITY and seat.actor.role != Role.LEAD
    return refuse(LEAD_ONLY) if decision and is_other else decision
