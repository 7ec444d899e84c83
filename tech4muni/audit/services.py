"""Writing to the trail of the schema that is active."""

import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils.functional import Promise

from tech4muni.accounts.models import User
from tech4muni.audit.digests import GENESIS, digest_of
from tech4muni.audit.models import Entry
from tech4muni.core import clock, context


@transaction.atomic
def record(
    verb: str,
    *,
    actor: User | None,
    target: models.Model | None = None,
    reason: str | Promise = "",
    data: Mapping[str, Any] | None = None,
) -> Entry:
    """Append a line to the active schema's trail, in the caller's transaction.

    Args:
        verb: what was done, as `noun.past_participle` (`membership.role_changed`).
        actor: who did it, None for the system itself.
        target: the thing it was done to; named by its public id where it has one.
        reason: the reason that the person gave.
        data: further values; must be JSON once encoded by Django's encoder.
    """
    last = _lock_last()
    entry = Entry(
        number=last.number + 1 if last else 1,
        at=clock.now().astimezone(UTC),
        actor=actor,
        actor_label=str(actor) if actor else "system",
        verb=verb,
        reason=str(reason),
        data=json.loads(json.dumps(dict(data or {}), cls=DjangoJSONEncoder)),
        request_id=context.current().request_id,
        host=context.current().host,
        previous_digest=last.digest if last else GENESIS,
        **_name(target),
    )
    entry.digest = digest_of(entry)
    entry.save(force_insert=True)
    return entry


def _lock_last() -> Entry | None:
    """Let one writer at a time append to this schema's trail, and return its last entry."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('audit'), hashtext(current_schema()))")
    return Entry.objects.order_by("-number").first()


def _name(target: models.Model | None) -> dict[str, str]:
    if target is None:
        return {}
    return {
        "target_type": target._meta.label_lower,
        "target_id": str(getattr(target, "public_id", target.pk)),
        "target_label": str(target)[:200],
    }
