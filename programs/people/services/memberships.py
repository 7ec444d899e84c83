"""Roles in a municipality: changed and ended, never deleted. The municipality's row orders two at once."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from programs.actors import Actor
from programs.enums import Role
from programs.mails import MEMBERSHIP_ENDED, ROLE_CHANGED
from programs.models import Membership, Municipality
from programs.people import queries
from programs.people.messages import tell, tell_coordinators
from programs.people.trails import municipality_trail
from programs.permissions import may_end_membership, may_manage_people
from tech4muni.audit.services import record
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused


@transaction.atomic
def change_role(membership: Membership, *, actor: Actor, role: Role, reason: str = "") -> Membership:
    """Give a person another role.

    Raises Forbidden or Http404 for an actor without the right, Conflict if the membership has ended meanwhile, and
    Refused where the last lead would be gone (see `end_membership`).
    """
    may_manage_people(actor).enforce()
    changed = _locked(membership)
    before = Role(changed.role)
    if before == role:
        return changed
    leaves_none = before == Role.LEAD and _refuse_last_lead(changed, actor, reason)
    changed.role = role
    changed.updated_at = clock.now()
    changed.save(update_fields=["role", "updated_at"])
    _note("membership.role_changed", changed, actor, reason, {"before": before, "after": role})
    tell(ROLE_CHANGED, changed.user, changed.municipality, {"role": role.label})
    if leaves_none:
        tell_coordinators(changed.municipality, actor=actor.user, reason=reason)
    return changed


@transaction.atomic
def end_membership(membership: Membership, *, actor: Actor, reason: str = "") -> Membership:
    """Let a person leave, or send them away.

    The last lead stays, unless a coordinator on a visit says why; coordinators are then told by mail.
    Raises as `change_role` does.
    """
    may_end_membership(actor, membership.user).enforce()
    ended = _locked(membership)
    leaves_none = ended.role == Role.LEAD and _refuse_last_lead(ended, actor, reason)
    ended.ended_at = ended.updated_at = clock.now()
    ended.save(update_fields=["ended_at", "updated_at"])
    _note("membership.ended", ended, actor, reason, {"role": ended.role})
    if actor.user != ended.user:
        tell(MEMBERSHIP_ENDED, ended.user, ended.municipality, {})
    if leaves_none:
        tell_coordinators(ended.municipality, actor=actor.user, reason=reason)
    return ended


def lock_municipality(municipality: Municipality) -> Municipality:
    """Let one at a time decide about the people of a municipality; rows that refer to it can still be written."""
    return Municipality.objects.select_for_update(no_key=True).get(pk=municipality.pk)


def _locked(membership: Membership) -> Membership:
    lock_municipality(membership.municipality)
    locked = Membership.objects.select_related("user", "municipality").get(pk=membership.pk)
    if locked.ended_at is not None:
        raise Conflict(_("This person has left in the meantime."))
    return locked


def _refuse_last_lead(membership: Membership, actor: Actor, reason: str) -> bool:
    """Return whether no lead would be left; raise Refused unless a coordinator says why."""
    if queries.active_leads(membership.municipality).exclude(pk=membership.pk).exists():
        return False
    if not actor.acts_as_coordinator:
        raise Refused(_("A municipality needs a lead: make somebody else a lead first."))
    if not reason.strip():
        raise Refused(_("No lead would be left: say why, for the record."), field="reason")
    return True


def _note(verb: str, membership: Membership, actor: Actor, reason: str, data: Mapping[str, Any]) -> None:
    with municipality_trail(membership.municipality):
        record(verb, actor=actor.user, target=membership.user, reason=reason, data=data)
