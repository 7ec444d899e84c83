"""One way to put on record what was done about a challenge: the trail of the municipality, and its last activity."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.db import models

from challenges.models import Challenge
from programs.cohorts.models import Progress
from tech4muni.accounts.models import User
from tech4muni.audit.models import Entry
from tech4muni.audit.services import record
from tech4muni.core import clock

APART: Final = timedelta(minutes=5)
"""How far apart two notes of activity are: coordinators look at days, and the row is shared by all writers."""


def note(
    verb: str,
    challenge: Challenge,
    *,
    actor: User | None,
    target: models.Model | None = None,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
) -> Entry:
    """Append a line to the municipality's trail, in the caller's transaction; see `audit.services.record`.

    Args:
        verb: declared in a `verbs` module.
        challenge: what it is about; coordinators see that its team is at work.
        actor: who did it, None for the platform.
        target: the thing itself if it is another one than the challenge.
        reason: the reason that the person gave.
        data: further values.
    """
    now = clock.now()
    Progress.objects.filter(challenge_id=challenge.public_id, active_at__lt=now - APART).update(active_at=now)
    values = {**(data or {}), "challenge": challenge.title}
    return record(verb, actor=actor, target=target or challenge, reason=reason, data=values)
