"""What is read of the outbox."""

from datetime import datetime

from tech4muni.core import clock
from tech4muni.notifications.enums import MessageState
from tech4muni.notifications.models import Message


def oldest_unsent() -> datetime | None:
    """Return since when the oldest message waits that is due, None if all left."""
    return Message.objects.due(clock.now()).order_by("due_at").values_list("due_at", flat=True).first()


def failed_count() -> int:
    """Return how many messages wait for a coordinator, because they were refused for good."""
    return Message.objects.in_states(MessageState.FAILED).count()
