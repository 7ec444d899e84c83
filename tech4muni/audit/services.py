"""Writing to the trail of the schema that is active."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any, cast

from django.db import connection, models, transaction
from django.utils.functional import Promise

from tech4muni.accounts.models import User
from tech4muni.audit.digests import GENESIS, digest_of, storable_data, storable_text
from tech4muni.audit.models import Entry
from tech4muni.audit.naming import target_name
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

    One writer at a time appends to a trail, until its transaction ends. Where one transaction writes to two trails,
    the municipality's comes before the public one, else two of them could wait for each other.

    Args:
        verb: what was done, as `noun.past_participle` (`membership.role_changed`); see `verbs`.
        actor: who did it, None for the platform itself.
        target: the thing it was done to; named by its public id where it has one.
        reason: the reason that the person gave.
        data: further values; must be JSON once encoded by Django's encoder.
    """
    last = _lock_last()
    call = context.current()
    entry = Entry(
        number=last.number + 1 if last else 1,
        at=clock.now().astimezone(UTC),
        actor=actor,
        actor_label=_fit("actor_label", actor) if actor else "system",
        verb=verb,
        reason=_fit("reason", reason),
        data=storable_data(dict(data or {})),
        request_id=_fit("request_id", call.request_id),
        host=_fit("host", call.host),
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
    return Entry.objects.order_by("-number").only("number", "digest").first()


def _name(target: models.Model | None) -> dict[str, str]:
    if target is None:
        return {}
    kind, identity = target_name(target)
    return {"target_type": kind, "target_id": identity, "target_label": _fit("target_label", target)}


def _fit(field: str, value: object) -> str:
    """Return a value's text as the column can hold it."""
    longest = cast(models.CharField[Any, Any], Entry._meta.get_field(field)).max_length or 0
    text = storable_text(value)
    return text if len(text) <= longest else text[: longest - 1] + "…"
