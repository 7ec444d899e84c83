"""Who meets whom, when and where, as each side sees it, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.http import Http404

from events.enums import MeetingState, Side
from events.models import Delegation, Event, Meeting, Outcome, Slot
from events.permissions import Seat
from events.queries.events import span_words
from events.queries.seats import seat_at
from programs.actors import Actor
from tech4muni.core.dates import day_words


def meetings_of(delegations: Sequence[Delegation]) -> QuerySet[Meeting]:
    """Return the meetings that these delegations have, in the order of time, cancelled ones left out."""
    found = Meeting.objects.filter(Q(city__in=delegations) | Q(company__in=delegations))
    return (
        found.exclude(state=MeetingState.CANCELLED).select_related("city", "company", "outcome").order_by("starts_at")
    )


def meeting_for(actor: Actor, event_id: UUID, meeting_id: UUID) -> tuple[Meeting, Seat, Delegation | None]:
    """Return a meeting, where somebody stands towards it, and which side is theirs; raises Http404 for strangers."""
    rows = Meeting.objects.select_related("event__program", "city__municipality", "company__company", "outcome")
    meeting = rows.filter(public_id=meeting_id, event__public_id=event_id).first()
    if meeting is None or meeting.state == MeetingState.CANCELLED:
        raise Http404
    seat, own = seat_at(actor, meeting.city, meeting.company)
    if not (seat.belongs or seat.coordinates):
        raise Http404
    return meeting, seat, own


def outcome_of(meeting: Meeting) -> Outcome | None:
    """Return what a meeting came to, None if nothing was written down yet."""
    return getattr(meeting, "outcome", None)


def other_side(meeting: Meeting, own: Delegation) -> Delegation:
    """Return whom a delegation meets."""
    return meeting.company if own.side == Side.CITY else meeting.city


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """A slot of a delegation's day: a meeting with somebody, or free."""

    time: str
    meeting: Meeting | None = None
    other: str = ""

    @property
    def state(self) -> MeetingState | None:
        """What became of the meeting."""
        return MeetingState(self.meeting.state) if self.meeting else None


@dataclass(frozen=True, slots=True)
class AgendaDay:
    """A day of a delegation's agenda."""

    words: str
    lines: list[AgendaLine]


@dataclass(frozen=True, slots=True)
class Agenda:
    """When a delegation meets whom."""

    delegation: Delegation
    days: list[AgendaDay]
    count: int


def agendas(event: Event, own: Sequence[Delegation]) -> list[Agenda]:
    """Return the agendas of delegations of one event; two queries, however many they are."""
    slots, meetings = list(event.slots.all()), list(meetings_of(own))
    return [_agenda(event, each, slots, meetings) for each in own]


def _agenda(event: Event, own: Delegation, slots: Sequence[Slot], meetings: Sequence[Meeting]) -> Agenda:
    zone = ZoneInfo(event.time_zone)
    held = {row.starts_at: row for row in meetings if own.pk in {row.city_id, row.company_id}}
    days: dict[str, list[AgendaLine]] = {}
    spans: list[Slot | Meeting] = [slot for slot in slots if slot.starts_at not in held]
    spans += held.values()
    for span in sorted(spans, key=lambda span: span.starts_at):
        words = day_words(span.starts_at.astimezone(zone).date())
        days.setdefault(words, []).append(_line(span, own, zone))
    return Agenda(own, [AgendaDay(words, lines) for words, lines in days.items()], len(held))


def _line(span: Slot | Meeting, own: Delegation, zone: ZoneInfo) -> AgendaLine:
    time = span_words(span, zone)
    if isinstance(span, Slot):
        return AgendaLine(time)
    return AgendaLine(time, span, other_side(span, own).name)


def delegation_by_token(token: str) -> Delegation:
    """Return the delegation whose calendar this address is; raises Http404."""
    rows = Delegation.objects.select_related("event__program__brand", "municipality", "company")
    delegation = rows.filter(agenda_token=token).first()
    if delegation is None:
        raise Http404
    return delegation


def calendar_rows(delegation: Delegation) -> list[Meeting]:
    """Return the latest row for each whom a delegation was ever to meet, cancelled ones included."""
    found = Meeting.objects.filter(Q(city=delegation) | Q(company=delegation)).select_related("city", "company")
    latest = {(row.city_id, row.company_id): row for row in found.order_by("pk")}
    return sorted(latest.values(), key=lambda row: (row.starts_at, row.pk))
