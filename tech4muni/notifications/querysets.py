"""The words of the outbox as filters."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from tech4muni.notifications.enums import MessageState

if TYPE_CHECKING:
    from tech4muni.notifications.models import Message  # noqa: F401 (named in a string below)


class MessageQuerySet(QuerySet["Message"]):
    """Messages of the outbox."""

    def due(self, now: datetime) -> "MessageQuerySet":
        """Messages that should have left by now, whatever keeps them."""
        return self.filter(state=MessageState.WAITING, due_at__lte=now)

    def unleased(self, now: datetime) -> "MessageQuerySet":
        """Messages that no worker is sending."""
        return self.filter(Q(leased_until__isnull=True) | Q(leased_until__lte=now))

    def expired(self, now: datetime) -> "MessageQuerySet":
        """Messages that are worthless by now."""
        return self.filter(expires_at__lte=now)

    def claimable(self, now: datetime) -> "MessageQuerySet":
        """Messages that a worker may take now, the most urgent first."""
        rested = Q(retry_at__isnull=True) | Q(retry_at__lte=now)
        worth = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
        return self.due(now).unleased(now).filter(rested, worth).order_by("leave_by", "id")

    def in_states(self, *states: Any) -> "MessageQuerySet":
        """Messages in one of the given states."""
        return self.filter(state__in=states)
