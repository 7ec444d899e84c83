"""Messages of the outbox."""

import itertools
from datetime import datetime
from typing import Any

from tech4muni.core import clock
from tech4muni.notifications.mails import TRIAL
from tech4muni.notifications.models import Message
from tech4muni.notifications.services import enqueue

_numbers = itertools.count(1)


def make_message(
    *,
    email: str = "",
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    language: str = "en-gb",
    **fields: Any,
) -> Message:
    """Put a trial mail into the outbox; further fields are written over its row."""
    number = next(_numbers)
    message = enqueue(
        TRIAL.name,
        key=f"test:{number}",
        email=email or f"receiver{number}@example.org",
        language=language,
        context=TRIAL.sample,
        due_at=due_at or clock.now(),
        expires_at=expires_at,
    )
    if fields:
        Message.objects.filter(pk=message.pk).update(**fields)
        message = Message.objects.get(pk=message.pk)
    return message
