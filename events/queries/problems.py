"""What both sides want, as a problem for the engine in `events.timetable`: what one side alone wants is never in it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet
from django.utils.translation import override

from events.enums import WANTED, MeetingState, Side
from events.models import Delegation, Event, Meeting, Preference, Slot
from events.timetable.documents import PROBLEM_FORMAT, complete
from events.timetable.problem import value_of


def mutual(delegations: Iterable[Delegation] | QuerySet[Delegation]) -> QuerySet[Preference]:
    """Return what these delegations chose where both sides chose must or want; `answer` is the other side's choice."""
    return Preference.objects.filter(
        chooser__in=delegations,
        choice__in=WANTED,
        chosen__preferences__chosen=F("chooser"),
        chosen__preferences__choice__in=WANTED,
    ).annotate(answer=F("chosen__preferences__choice"))


def requests_of(event: Event) -> QuerySet[Preference]:
    """Return the pairs that both sides of an event want, one row each, the municipality as the one that chose."""
    cities = event.delegations.filter(side=Side.CITY)
    return mutual(cities).select_related("chooser", "chosen").order_by("chooser_id", "chosen_id")


def request_id(city: Delegation, company: Delegation) -> str:
    """Return how a meeting of two delegations is named in the documents."""
    return f"{city.public_id}+{company.public_id}"


def slot_id(instant: datetime) -> str:
    """Return how the slot that begins at an instant is named in the documents."""
    return f"{instant.astimezone(UTC):%Y%m%dT%H%MZ}"


def table_id(number: int) -> str:
    """Return how a table, counted from 1, is named in the documents."""
    return f"T{number}"


def problem_of(event: Event) -> dict[str, Any]:
    """Return the completed document of what is to be planned; a constant number of queries.

    Raises events.timetable.documents.InvalidDocumentError if it makes no sense, such as one without slots.
    """
    slots, requests = list(event.slots.all()), list(requests_of(event))
    known = {request_id(row.chooser, row.chosen) for row in requests}
    meetings = _meetings(event, {slot_id(slot.starts_at) for slot in slots}, known)
    with override(event.program.languages[0]):
        return complete(
            {
                "format": PROBLEM_FORMAT,
                "title": event.name,
                "slots": _slots(event, slots),
                "tables": [{"id": table_id(number)} for number in range(1, event.tables + 1)],
                "parties": _parties(event),
                "requests": [_request(row) for row in requests],
                "published": [_placed(row) for row in meetings if row.state == MeetingState.PLANNED],
                "locked": [_placed(row) for row in meetings if row.state != MeetingState.PLANNED],
            }
        )


def _slots(event: Event, slots: Iterable[Slot]) -> list[dict[str, str]]:
    zone = ZoneInfo(event.time_zone)
    return [
        {
            "id": slot_id(slot.starts_at),
            "start": slot.starts_at.astimezone(zone).isoformat(),
            "end": slot.ends_at.astimezone(zone).isoformat(),
            "day": slot.starts_at.astimezone(zone).date().isoformat(),
            "block": str(slot.block),
        }
        for slot in slots
    ]


def _parties(event: Event) -> list[dict[str, Any]]:
    slots = {slot.pk: slot_id(slot.starts_at) for slot in event.slots.all()}
    rows = event.delegations.prefetch_related("absences", "people")
    return [_party(delegation, slots) for delegation in rows]


def _party(delegation: Delegation, slots: dict[int, str]) -> dict[str, Any]:
    away: dict[int | None, set[str]] = {}
    for absence in delegation.absences.all():
        away.setdefault(absence.delegate_id, set()).add(slots[absence.slot_id])
    return {
        "id": str(delegation.public_id),
        "name": delegation.name,
        "side": delegation.side,
        "forbidden": sorted(away.get(None, ())),
        "minimum": delegation.minimum,
        "maximum": delegation.maximum,
        "delegates": [
            {"id": str(person.pk), "available": sorted(set(slots.values()) - away.get(person.pk, set()))}
            for person in delegation.people.all()
            if person.required
        ],
    }


def _request(row: Any) -> dict[str, Any]:
    return {
        "id": request_id(row.chooser, row.chosen),
        "parties": [str(row.chooser.public_id), str(row.chosen.public_id)],
        "value": value_of(row.choice, row.answer),
    }


def _meetings(event: Event, slots: set[str], requests: set[str]) -> list[Meeting]:
    """Return the meetings that people know and that can still be: their slot and table are there."""
    rows = event.meetings.exclude(state=MeetingState.CANCELLED).select_related("city", "company")
    return [
        row
        for row in rows
        if slot_id(row.starts_at) in slots
        and row.table <= event.tables
        and request_id(row.city, row.company) in requests
    ]


def _placed(row: Meeting) -> dict[str, str]:
    return {
        "request": request_id(row.city, row.company),
        "slot": slot_id(row.starts_at),
        "table": table_id(row.table),
    }


def same_problem(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two problems ask the same, whatever those who meet are called."""
    return _nameless(one) == _nameless(other)


def _nameless(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "title": "", "parties": [{**party, "name": ""} for party in document["parties"]]}
