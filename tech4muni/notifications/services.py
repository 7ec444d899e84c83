"""Putting mail into the outbox, and what coordinators do with what waits there."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from tech4muni.accounts.models import User
from tech4muni.core import clock, later
from tech4muni.core.schemas import active_municipality_schema
from tech4muni.notifications import kinds
from tech4muni.notifications.models import Message
from tech4muni.notifications.rendering import render

DELIVER_TASK: Final = "notifications.deliver"
PATIENCE: Final = timedelta(days=1)
"""How long a message without an end of worth may take: what ends sooner leaves first."""


@transaction.atomic
def enqueue(
    kind: str,
    *,
    key: str,
    email: str,
    language: str,
    context: Mapping[str, Any],
    user: User | None = None,
    time_zone: str = "",
    brand: str = "",
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> Message:
    """Write a message into the outbox, in the caller's transaction, once per `key`; it leaves after the commit.

    Args:
        kind: the name of a kind that an app's `mails` module declares.
        key: what, whom and when; a second call with the same key returns the first message. No secret belongs in it.
        email: the receiver's address.
        language: the receiver's language; the templates are rendered in it.
        context: a value for each placeholder of the kind.
        user: the receiver, if they have an account.
        time_zone: the receiver's IANA time zone; their account's, else UTC, if empty.
        brand: the name at the head of the mail; the platform's if empty.
        due_at: not before this instant; now if None.
        expires_at: worthless after this instant, and then dropped.

    Raises:
        LookupError: if the kind is not declared.
        ValueError, TypeError: if the context does not fit the kind.
    """
    existing = Message.objects.filter(key=key).first()
    if existing is not None:
        return existing
    declared = kinds.get(kind)
    due = due_at or clock.now()
    zone = time_zone or (user.time_zone if user else "UTC")
    rendered = render(declared, context, language=language, time_zone=zone, brand=brand)
    message, created = Message.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "schema_name": active_municipality_schema(),
            "user": user,
            "email": email,
            "language": language,
            "brand": brand,
            "subject": rendered.subject,
            "text": rendered.text,
            "html": rendered.html,
            "private": declared.private,
            "due_at": due,
            "leave_by": min(due + PATIENCE, expires_at or due + PATIENCE),
            "expires_at": expires_at,
        },
    )
    if created and due <= clock.now():
        later.after_commit(DELIVER_TASK)
    return message
