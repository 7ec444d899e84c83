"""Putting mail into the outbox."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from tech4muni.accounts.models import User
from tech4muni.core import clock
from tech4muni.core.schemas import active_municipality_schema
from tech4muni.notifications.models import Message


@transaction.atomic
def enqueue(
    kind: str,
    *,
    key: str,
    email: str,
    language: str,
    context: Mapping[str, Any],
    user: User | None = None,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> Message:
    """Write a message into the outbox, in the caller's transaction, once per `key`.

    Args:
        kind: the message kind; its templates are `<app>/mail/<name>.subject.txt`, `.txt` and `.html`, where kind is
            `<app>.<name>`.
        key: what, whom and when; a second call with the same key returns the first message.
        email: the receiver's address.
        language: the receiver's language; the templates are rendered in it.
        context: values for the templates.
        user: the receiver, if they have an account.
        due_at: not before this instant; now if None.
        expires_at: worthless after this instant, and then dropped.
    """
    app, name = kind.split(".")
    with translation.override(language):
        subject, text, html = (
            render_to_string(f"{app}/mail/{name}.{suffix}", dict(context)) for suffix in ("subject.txt", "txt", "html")
        )
    message, _created = Message.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "schema_name": active_municipality_schema(),
            "user": user,
            "email": email,
            "language": language,
            "subject": " ".join(subject.split()),
            "text": text.strip() + "\n",
            "html": html,
            "due_at": due_at or clock.now(),
            "expires_at": expires_at,
        },
    )
    return message
