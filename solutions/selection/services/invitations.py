"""Inviting those on the shortlist to the event."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from programs.actors import Actor
from solutions.selection.permissions import may_invite
from solutions.selection.queries.received import open_for
from solutions.selection.services.screening import invite_all
from tech4muni.core.errors import Conflict, Refused


@transaction.atomic
def invite(challenge: Challenge, release_ids: Sequence[UUID], *, actor: Actor) -> int:
    """Invite applications on the shortlist to the event, all or none, and return how many.

    The companies are told by mail in the same transaction.

    Args:
        challenge: which one.
        release_ids: public ids of the releases.
        actor: a lead, or a coordinator on a visit, who may open them all.

    Raises Refused without any, Conflict if one is gone or not on the shortlist.
    """
    may_invite(actor, challenge).enforce()
    if not release_ids:
        raise Refused(_("Choose at least one application."))
    chosen = list(open_for(actor, challenge).filter(release_id__in=release_ids))
    if len(chosen) != len(set(release_ids)):
        raise Conflict(_("The list has changed in the meantime: look at it again."))
    invite_all(challenge, chosen, actor=actor)
    return len(chosen)
