"""One way to put on record what the people of a delegation did: the municipality's trail, else the public one."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from challenges.models import Challenge
from challenges.services import trail
from events.models import Delegation
from programs.actors import Actor
from tech4muni.audit.services import record


def note(
    verb: str,
    delegation: Delegation | None,
    *,
    actor: Actor,
    target: models.Model,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Append a line, in the caller's transaction, to the trail of the schema in which somebody acts.

    Args:
        verb: declared in `events.verbs`.
        delegation: for which one; on a municipality's host its challenge is known to have been worked on.
        actor: who did it.
        target: the thing.
        data: further values; never what somebody chose.
    """
    challenge = None
    if actor.municipality is not None and delegation is not None and delegation.challenge_id is not None:
        challenge = Challenge.objects.filter(public_id=delegation.challenge_id).first()
    if challenge is not None:
        trail.note(verb, challenge, actor=actor.user, target=target, data=data)
    else:
        record(verb, actor=actor.user, target=target, data=data)
