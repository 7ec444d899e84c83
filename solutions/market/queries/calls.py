"""What is read of calls. Where a call stands is decided here alone, from one `now`."""

from datetime import datetime, timedelta

from django.db.models import Case, DateTimeField, ExpressionWrapper, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable

from solutions.market.enums import CallState
from solutions.market.models import Call


def last_moment(call: Call) -> datetime:
    """Return when the window has closed for good: the deadline and its minutes of grace."""
    return call.closes_at + timedelta(minutes=call.grace_minutes)


def call_state(call: Call, now: datetime) -> CallState:
    """Return where a call stands at an instant; the last moment itself is too late."""
    if call.withdrawn_at is not None:
        return CallState.WITHDRAWN
    if now < call.opens_at:
        return CallState.UPCOMING
    if now < call.closes_at:
        return CallState.OPEN
    return CallState.CLOSING if now < last_moment(call) else CallState.CLOSED


def accepts(call: Call, now: datetime) -> bool:
    """Whether applications to a call are taken at an instant: from its opening to the end of the grace."""
    return call_state(call, now) in {CallState.OPEN, CallState.CLOSING}


def _ending() -> Combinable:
    grace = F("grace_minutes") * Value(timedelta(minutes=1))
    return ExpressionWrapper(F("closes_at") + grace, output_field=DateTimeField())


def open_calls(now: datetime) -> QuerySet[Call]:
    """Return the calls that take applications, the one that closes first at the head."""
    found = Call.objects.alias(ends_at=_ending()).filter(withdrawn_at__isnull=True, opens_at__lte=now, ends_at__gt=now)
    return found.select_related("municipality", "program").order_by("closes_at", "pk")


def in_portal_order(calls: QuerySet[Call], now: datetime) -> QuerySet[Call]:
    """Order calls: open ones by deadline, then those that open soon, then the past, the latest first."""
    over = Q(withdrawn_at__isnull=False) | Q(ends_at__lte=now)
    ahead = Q(opens_at__gt=now)
    return calls.alias(
        ends_at=_ending(),
        part=Case(When(over, then=2), When(ahead, then=1), default=0, output_field=IntegerField()),
        next_at=Case(When(over, then=None), When(ahead, then=F("opens_at")), default=F("closes_at")),
    ).order_by("part", F("next_at").asc(nulls_last=True), "-closes_at", "pk")
