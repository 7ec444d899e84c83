"""Events as their coordinators see them: what is set, who has chosen, which timetables there are."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from events.enums import MeetingState, Side
from events.models import Absence, Delegation, Event, Slot, Timetable
from events.permissions import may_run
from programs.actors import Actor
from tech4muni.core.dates import clock_words, day_words


def all_events() -> QuerySet[Event]:
    """Return all events, the latest first, with how many delegations and meetings each has."""
    counts = {
        "delegation_count": Count("delegations", distinct=True),
        "meeting_count": Count("meetings", filter=~Q(meetings__state=MeetingState.CANCELLED), distinct=True),
    }
    return Event.objects.select_related("program").annotate(**counts).order_by("-pk")


def event_for(actor: Actor, event_id: UUID) -> Event:
    """Return an event for a coordinator; raises Http404 for others."""
    may_run(actor).enforce()
    return get_object_or_404(Event.objects.select_related("program__brand"), public_id=event_id)


def delegation_of(event: Event, delegation_id: UUID) -> Delegation:
    """Return a delegation of an event; raises Http404."""
    rows = event.delegations.select_related("municipality", "company", "call")
    return get_object_or_404(rows, public_id=delegation_id)


def timetable_of(event: Event, number: int) -> Timetable:
    """Return a version of an event's timetable; raises Http404."""
    return get_object_or_404(event.timetables.select_related("asked_by"), number=number)


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many of the other side a delegation has chosen about: a number, never which or what."""

    delegation: Delegation
    chosen: int
    others: int

    @property
    def is_complete(self) -> bool:
        """Whether it has chosen about all of them."""
        return self.chosen >= self.others > 0


def turnouts(event: Event) -> list[Turnout]:
    """Return for each delegation about how many of the others it has chosen; two queries."""
    sides = dict(event.delegations.order_by().values_list("side").annotate(Count("pk")))
    rows = event.delegations.annotate(chosen_count=Count("preferences"))
    other = {Side.CITY: sides.get(Side.COMPANY, 0), Side.COMPANY: sides.get(Side.CITY, 0)}
    return [Turnout(row, row.chosen_count, other[Side(row.side)]) for row in rows]


@dataclass(frozen=True, slots=True)
class Day:
    """A day of an event, on its own clock, with the blocks of its slots."""

    day: date
    slots: list[Slot]

    @property
    def words(self) -> str:
        """The day in words."""
        return day_words(self.day)


def days_of(event: Event) -> list[Day]:
    """Return the days of an event with their slots, on the event's clock; one query."""
    zone, days = ZoneInfo(event.time_zone), dict[date, list[Slot]]()
    for slot in event.slots.all():
        days.setdefault(slot.starts_at.astimezone(zone).date(), []).append(slot)
    return [Day(day, slots) for day, slots in days.items()]


def slot_choices(event: Event) -> list[tuple[Any, Any]]:
    """Return the slots of an event as choices, grouped by day."""
    zone = ZoneInfo(event.time_zone)
    return [(day.words, [(slot.pk, span_words(slot, zone)) for slot in day.slots]) for day in days_of(event)]


def span_words(span: Any, zone: ZoneInfo) -> str:
    """Return from when to when a slot or a meeting is, on the clock of a zone."""
    start, end = (clock_words(instant.astimezone(zone)) for instant in (span.starts_at, span.ends_at))
    return _("%(start)s to %(end)s") % {"start": start, "end": end}


def absent_slots(delegation: Delegation) -> dict[int | None, list[int]]:
    """Return the slots in which a delegation (under None), and each of its people, is away; one query."""
    found: dict[int | None, list[int]] = {}
    for delegate, slot in Absence.objects.filter(delegation=delegation).values_list("delegate", "slot"):
        found.setdefault(delegate, []).append(slot)
    return found
