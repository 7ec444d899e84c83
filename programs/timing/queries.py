"""What is read of deadlines and due rows."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from programs.models import Municipality
from programs.timing.models import Deadline, Due
from tech4muni.core import clock


def open_deadlines() -> QuerySet[Deadline]:
    """Return all that still has to be done, the most urgent first."""
    return Deadline.objects.filter(met_at__isnull=True, withdrawn_at__isnull=True).order_by("due_at", "pk")


def deadlines_of(municipality: Municipality) -> QuerySet[Deadline]:
    """Return what a municipality still has to do, the most urgent first, with who does it."""
    return open_deadlines().filter(municipality=municipality).select_related("owner")


def late_deadlines(now: datetime) -> QuerySet[Deadline]:
    """Return what should have been done by now."""
    return open_deadlines().filter(due_at__lt=now)


def oldest_due() -> datetime | None:
    """Return since when the oldest due row waits to be carried out, None if none does."""
    rows = Due.objects.filter(done_at__isnull=True, cancelled_at__isnull=True, due_at__lte=clock.now())
    return rows.order_by("due_at").values_list("due_at", flat=True).first()


def failing_count() -> int:
    """Return how many open rows failed at their last try."""
    return Due.objects.filter(done_at__isnull=True, cancelled_at__isnull=True).exclude(last_error="").count()


def soon(municipality: Municipality, days: int = 14) -> QuerySet[Deadline]:
    """Return what a municipality has to do within so many days, and what is late."""
    return deadlines_of(municipality).filter(due_at__lte=clock.now() + timedelta(days=days))
