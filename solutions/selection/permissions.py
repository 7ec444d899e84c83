"""Who may do what with received applications and in the selection: pure predicates over an actor."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from challenges.permissions import ENDED, may_approve, may_move_on, may_read, may_write
from programs.actors import Actor
from programs.enums import Role
from tech4muni.core.permissions import ALLOW, STRANGER, Decision, refuse

if TYPE_CHECKING:
    from challenges.models import Challenge

CONFLICTED: Final = _("You have a conflict of interest with one of the applicants: others decide.")
FREEZE_FIRST: Final = _("Nobody opens an application before the criteria are frozen: freeze the criteria first.")


@dataclass(frozen=True, slots=True)
class Seen:
    """What decides who sees a received application.

    Args:
        closed: whether the call has closed, its grace included.
        frozen: whether the criteria are frozen.
        conflict: whether the actor has an open conflict of interest with the company.
        counts: whether it is the latest round and was not taken back.
    """

    closed: bool
    frozen: bool
    conflict: bool = False
    counts: bool = True


def may_see_application(actor: Actor, seen: Seen) -> Decision:
    """Whether somebody may know that the application is there: who applied, and its state.

    Nobody before the call has closed; evaluators not before the criteria are frozen; nobody with a conflict.
    """
    if not actor.is_inside or not seen.closed or not seen.counts or seen.conflict:
        return STRANGER
    if actor.role == Role.EVALUATOR and not seen.frozen:
        return STRANGER
    return ALLOW


def may_open_application(actor: Actor, seen: Seen) -> Decision:
    """Whether somebody may read what the company wrote; viewers see names and states alone."""
    decision = may_see_application(actor, seen)
    if not decision:
        return decision
    if actor.role == Role.VIEWER:
        return refuse(_("Viewers see who applied and how it goes, not what companies wrote."))
    return ALLOW if seen.frozen else refuse(FREEZE_FIRST)


def may_screen_application(actor: Actor, challenge: "Challenge", seen: Seen) -> Decision:
    """Leads and members, and coordinators on a visit, screen and shortlist what they may open."""
    decision = may_open_application(actor, seen)
    return may_write(actor, challenge) if decision else decision


def may_invite(actor: Actor, challenge: "Challenge") -> Decision:
    """Those who move a challenge on invite the companies on its shortlist to the event."""
    return may_move_on(actor, challenge)


def may_map(actor: Actor, challenge: "Challenge") -> Decision:
    """Leads and members, and coordinators on a visit, add solutions to the market map and judge them."""
    return may_write(actor, challenge)


def may_read_selection(actor: Actor) -> Decision:
    """Everybody inside reads how the selection stands; single applications follow `visible_to`."""
    return may_read(actor)


def may_edit_criteria(actor: Actor, challenge: "Challenge") -> Decision:
    """Those who write the challenge write its criteria, until they are frozen."""
    return may_write(actor, challenge)


def may_lead_selection(actor: Actor, challenge: "Challenge") -> Decision:
    """Leads freeze criteria, name the panel, close the scoring and lift conflicts; coordinators do not."""
    if not actor.is_inside:
        return STRANGER
    if not challenge.is_under_way:
        return refuse(ENDED)
    if actor.role != Role.LEAD:
        return refuse(_("Only a lead of this municipality may do this."))
    return ALLOW


def may_score(actor: Actor, challenge: "Challenge", *, on_panel: bool) -> Decision:
    """Members of the panel declare their conflicts and score."""
    if not actor.is_inside:
        return STRANGER
    if not challenge.is_under_way:
        return refuse(ENDED)
    if not on_panel or actor.role is None:
        return refuse(_("Only the members of the panel do this; a lead names them."))
    return ALLOW


def may_write_decision(actor: Actor, challenge: "Challenge", *, conflicted: bool) -> Decision:
    """Those who write the challenge write its decision, unless a conflict of interest keeps them from it."""
    decision = may_write(actor, challenge)
    if decision and conflicted:
        return refuse(CONFLICTED)
    return decision


def may_decide(actor: Actor, challenge: "Challenge", *, proposed_by: int | None, conflicted: bool) -> Decision:
    """Leads and approvers approve what somebody else has proposed, or send it back, unless they have a conflict.

    Args:
        actor: who asks.
        challenge: what it is about.
        proposed_by: primary key of the person who proposed the decision.
        conflicted: whether the actor has an open conflict with one of the applicants.
    """
    decision = may_approve(actor, challenge, proposed_by)
    if decision and conflicted:
        return refuse(CONFLICTED)
    return decision
