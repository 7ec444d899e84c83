"""Who may do what in a municipality: pure predicates over an actor."""

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from programs.actors import Actor
from programs.enums import Role
from tech4muni.core.permissions import ALLOW, STRANGER, Decision, refuse

if TYPE_CHECKING:
    from tech4muni.accounts.models import User

MANAGERS: Final = frozenset({Role.LEAD})


def may_enter(actor: Actor) -> Decision:
    """Members and coordinators on a visit are inside; everybody else learns nothing."""
    return ALLOW if actor.is_inside else STRANGER


def may_visit(person: "User") -> Decision:
    """Coordinators visit municipalities; for everybody else there is no such thing."""
    return ALLOW if person.is_staff else STRANGER


def may_administer(person: "User") -> Decision:
    """Coordinators make programs and say who takes part; for everybody else there is no such thing."""
    return ALLOW if person.is_staff else STRANGER


def may_administer_people(person: "User") -> Decision:
    """Coordinators deactivate and anonymise people, and appoint coordinators."""
    return ALLOW if person.is_staff else STRANGER


def may_manage_people(actor: Actor) -> Decision:
    """Leads, and coordinators on a visit or in the admin, invite people and change roles."""
    if actor.role in MANAGERS or actor.acts_as_coordinator:
        return ALLOW
    if not actor.is_inside:
        return STRANGER
    return refuse(_("Only a lead of this municipality may do this."))


def may_end_membership(actor: Actor, person: "User") -> Decision:
    """Those who manage people end memberships; everybody else only their own."""
    if actor.role is not None and actor.user == person:
        return ALLOW
    return may_manage_people(actor)


def may_read_history(actor: Actor) -> Decision:
    """Everybody inside reads what was done in the municipality."""
    return may_enter(actor)
