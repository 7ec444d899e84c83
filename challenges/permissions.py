"""Who may do what with a municipality's challenges: pure predicates over an actor."""

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from programs.actors import Actor
from programs.enums import Role
from programs.permissions import may_enter
from tech4muni.core.permissions import ALLOW, STRANGER, Decision, refuse

if TYPE_CHECKING:
    from challenges.models import Challenge

WRITERS: Final = frozenset({Role.LEAD, Role.MEMBER})
RATERS: Final = frozenset({Role.LEAD, Role.MEMBER, Role.EVALUATOR, Role.APPROVER})
APPROVERS: Final = frozenset({Role.LEAD, Role.APPROVER})
ENDED: Final = _("This challenge has ended: nothing in it is changed any more.")


def may_read(actor: Actor) -> Decision:
    """Everybody inside reads the challenges of the municipality."""
    return may_enter(actor)


def may_begin(actor: Actor) -> Decision:
    """Leads and members, and coordinators on a visit, hold workshops and begin challenges."""
    if not actor.is_inside:
        return STRANGER
    if actor.role in WRITERS or actor.acts_as_coordinator:
        return ALLOW
    return refuse(_("Leads and members write here; your role does not."))


def may_write(actor: Actor, challenge: "Challenge") -> Decision:
    """Leads and members, and coordinators on a visit, while the challenge is under way."""
    decision = may_begin(actor)
    if not decision or challenge.is_under_way:
        return decision
    return refuse(ENDED)


def may_approve(actor: Actor, challenge: "Challenge", written_by: int | None) -> Decision:
    """Leads and approvers decide on what somebody else has written.

    Args:
        actor: who asks.
        challenge: what it is about.
        written_by: primary key of the person who handed it in.
    """
    if not actor.is_inside:
        return STRANGER
    if not challenge.is_under_way:
        return refuse(ENDED)
    if actor.role not in APPROVERS:
        return refuse(_("Leads and approvers decide on this."))
    if actor.user is not None and actor.user.pk == written_by:
        return refuse(_("Somebody else than the one who handed it in has to decide."))
    return ALLOW


def may_move_on(actor: Actor, challenge: "Challenge") -> Decision:
    """Leads, and coordinators on a visit, take a challenge to the next stage when its gate is met."""
    if not actor.is_inside:
        return STRANGER
    if not challenge.is_under_way:
        return refuse(ENDED)
    if actor.role == Role.LEAD or actor.acts_as_coordinator:
        return ALLOW
    return refuse(_("Only a lead of this municipality may do this."))


def may_override(actor: Actor, challenge: "Challenge") -> Decision:
    """Coordinators on a visit move a challenge early or back, with a reason."""
    if not actor.is_inside:
        return STRANGER
    if not challenge.is_under_way:
        return refuse(ENDED)
    if actor.acts_as_coordinator:
        return ALLOW
    return refuse(_("Only a coordinator may do this; ask yours."))


def may_rate(actor: Actor) -> Decision:
    """All members but viewers say what they think of candidates; a visiting coordinator has no voice in it."""
    if not actor.is_inside:
        return STRANGER
    if actor.role in RATERS:
        return ALLOW
    return refuse(_("Members of the municipality rate candidates; your role does not."))


def may_withdraw(actor: Actor, challenge: "Challenge") -> Decision:
    """Leads, and coordinators on a visit, end the way of a challenge."""
    return may_move_on(actor, challenge)
