"""Reads the meeting-scheduling instances of the literature, which are MiniZinc data files, as problem documents.

The instances are those of business-to-business meeting scheduling (Bofill, Coll, Garcia, Giráldez-Cru, Pesant, Suy,
Villaret, JAIR 74, 2022), with English or Catalan keys. There every meeting must be held, and the number of *breaks* is
to be small: a break is a run of idle slots of a participant between two of its meetings, whatever its length. No two
participants may differ by more than two breaks. So a file becomes a problem in which

- all slots form one block of one day: lunch is no slot, and a gap over lunch counts;
- the instants, which the files do not name, are half-hours from midnight of 1 January 2000 on;
- every request is required and worth 1, and the only goal is `gaps`;
- a participant's forbidden slots are forbidden to its requests. The party itself stays there, because a forbidden slot
  within a break makes the break no smaller.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from events.timetable.minizinc import DznError, Entry, Value, entries_of

__all__ = ["DznError", "convert"]

FORMAT: Final = "tech4muni.timetable.problem.v1"
GAP_SPREAD_LIMIT: Final = 2
START: Final = datetime(2000, 1, 1, tzinfo=UTC)
LENGTH: Final = timedelta(minutes=30)
SESSIONS: Final = 3  # 1 morning, 2 afternoon, 3 any
MOST: Final[Mapping[str, int]] = {"nTotalSlots": 1000, "nTables": 5000, "nBusiness": 5000, "nMeetings": 50000}

CATALAN: Final[Mapping[str, str]] = {
    "nEmpreses": "nBusiness",
    "nReunions": "nMeetings",
    "nTaules": "nTables",
    "nFrangesTotal": "nTotalSlots",
    "nFrangesMati": "nMorningSlots",
    "demanades": "requested",
    "nReunionsEmpresa": "nMeetingsBusiness",
    "fixat": "fixed",
    "prohibides": "forbidden",
}
KEYS: Final = frozenset(CATALAN.values()) | {"meetingsxBusiness", "precedences", "empresesZero"}


@dataclass(frozen=True, slots=True)
class _Instance:
    """What a file says; participants, meetings and slots are numbered from 1, and 0 stands for none."""

    slots: int
    morning: int
    tables: int
    participants: int
    requested: Sequence[tuple[int, int, int]]
    forbidden: Sequence[frozenset[int]]
    fixed: Sequence[int]
    precedences: Sequence[frozenset[int]]


def convert(text: str) -> dict[str, Any]:
    """Return the problem document (format v1) of an instance.

    Raises DznError if the text is not MiniZinc data, lacks a key or has an unknown one, or contradicts itself.
    """
    instance = _instance(_entries(text))
    return {
        "format": FORMAT,
        "slots": [_slot(number) for number in range(1, instance.slots + 1)],
        "tables": [{"id": f"t{number}"} for number in range(1, instance.tables + 1)],
        "parties": [{"id": f"b{number}"} for number in range(1, instance.participants + 1)],
        "requests": [_request(instance, number) for number in range(1, len(instance.requested) + 1)],
        "precedences": [
            [f"m{before}", f"m{number}"]
            for number, befores in enumerate(instance.precedences, start=1)
            for before in sorted(befores)
        ],
        "gap_spread_limit": GAP_SPREAD_LIMIT,
        "goals": ["gaps"],
    }


def _slot(number: int) -> dict[str, Any]:
    """Return the slot with this number."""
    start = START + (number - 1) * LENGTH
    return {
        "id": f"s{number}",
        "start": start.isoformat(),
        "end": (start + LENGTH).isoformat(),
        "day": "1",
        "block": "1",
    }


def _request(instance: _Instance, number: int) -> dict[str, Any]:
    """Return the request for the meeting with this number."""
    one, other, session = instance.requested[number - 1]
    within = {1: range(1, instance.morning + 1), 2: range(instance.morning + 1, instance.slots + 1)}.get(session)
    forbidden = instance.forbidden[one - 1] | instance.forbidden[other - 1]
    fixed = instance.fixed[number - 1]
    return {
        "id": f"m{number}",
        "parties": [f"b{one}", f"b{other}"],
        "value": 1,
        "available": None if within is None else [f"s{slot}" for slot in within],
        "forbidden": [f"s{slot}" for slot in sorted(forbidden)],
        "fixed": f"s{fixed}" if fixed else None,
        "required": True,
    }


def _entries(text: str) -> dict[str, Entry]:
    """Return what the text sets, by the English keys."""
    entries: dict[str, Entry] = {}
    for entry in entries_of(text):
        key = CATALAN.get(entry.key, entry.key)
        if key not in KEYS:
            raise entry.wrong("this key is not known.")
        if key in entries:
            raise entry.wrong(f"the same is already on line {entries[key].line}.")
        entries[key] = entry
    return entries


def _instance(entries: Mapping[str, Entry]) -> _Instance:
    """Return the instance; refuse what is missing and what contradicts the rest."""
    slots = _count(entries, "nTotalSlots", least=1)
    participants = _count(entries, "nBusiness")
    requested = _requested(_entry(entries, "requested"), participants)
    instance = _Instance(
        slots=slots,
        morning=_morning(entries, slots, requested),
        tables=_count(entries, "nTables"),
        participants=participants,
        requested=requested,
        forbidden=_sets(entries, "forbidden", participants, slots),
        fixed=_fixed(entries.get("fixed"), len(requested), slots),
        precedences=_sets(entries, "precedences", len(requested), len(requested)),
    )
    for number, befores in enumerate(instance.precedences, start=1):
        if number in befores:
            raise entries["precedences"].wrong(f"meeting {number} would come before itself.")
    _compare(entries, instance)
    return instance


def _entry(entries: Mapping[str, Entry], key: str) -> Entry:
    """Return the entry of a key that must be there."""
    if key not in entries:
        other = next(catalan for catalan, english in CATALAN.items() if english == key)
        raise DznError(f"{key} (or {other}) is missing.")
    return entries[key]


def _count(entries: Mapping[str, Entry], key: str, least: int = 0) -> int:
    """Return a number that must be there."""
    entry = _entry(entries, key)
    if not isinstance(entry.value, int) or not least <= entry.value <= MOST[key]:
        raise entry.wrong(f"must be a whole number from {least} to {MOST[key]}.")
    return entry.value


def _requested(entry: Entry, participants: int) -> list[tuple[int, int, int]]:
    """Return the meetings: two participants and the session of each."""
    if entry.value == []:
        return []
    if not isinstance(entry.value, tuple):
        raise entry.wrong("must be a table: [| participant, participant, session | … |].")
    if len(entry.value) > MOST["nMeetings"]:
        raise entry.wrong(f"has more than {MOST['nMeetings']} rows.")
    rows: list[tuple[int, int, int]] = []
    for number, row in enumerate(entry.value, start=1):
        if len(row) != 3:
            raise entry.wrong(f"row {number} has {len(row)} numbers, not 3.")
        one, other, session = row
        for participant in (one, other):
            if not 1 <= participant <= participants:
                raise entry.wrong(f"row {number}: there is no participant {participant}.")
        if one == other:
            raise entry.wrong(f"row {number}: participant {one} would meet itself.")
        if not 1 <= session <= SESSIONS:
            raise entry.wrong(f"row {number}: the session is {session}, not 1, 2 or 3.")
        rows.append((one, other, session))
    return rows


def _morning(entries: Mapping[str, Entry], slots: int, requested: Sequence[tuple[int, int, int]]) -> int:
    """Return how many slots the morning has; it must be known only if some meeting names a session."""
    if "nMorningSlots" not in entries and all(session == SESSIONS for _one, _other, session in requested):
        return slots
    entry = _entry(entries, "nMorningSlots")
    if not isinstance(entry.value, int) or not 0 <= entry.value <= slots:
        raise entry.wrong(f"must be a whole number from 0 to {slots}.")
    return entry.value


def _sets(entries: Mapping[str, Entry], key: str, length: int, most: int) -> list[frozenset[int]]:
    """Return a list of sets of numbers up to `most`, without the 0 that stands for none; empty sets without the key."""
    entry = entries.get(key)
    if entry is None:
        return [frozenset()] * length
    if not isinstance(entry.value, list) or len(entry.value) != length:
        raise entry.wrong(f"must be a list of {length} sets.")
    sets: list[frozenset[int]] = []
    for number, item in enumerate(entry.value, start=1):
        if not isinstance(item, frozenset):
            raise entry.wrong(f"item {number} is no set.")
        if wrong := [member for member in sorted(item) if not 0 <= member <= most]:
            raise entry.wrong(f"item {number}: {wrong[0]} is not from 1 to {most}.")
        sets.append(item - {0})
    return sets


def _fixed(entry: Entry | None, length: int, slots: int) -> list[int]:
    """Return each meeting's fixed slot, 0 for none."""
    if entry is None:
        return [0] * length
    if not isinstance(entry.value, list) or len(entry.value) != length:
        raise entry.wrong(f"must be a list of {length} numbers.")
    fixed: list[int] = []
    for number, item in enumerate(entry.value, start=1):
        if not isinstance(item, int) or not 0 <= item <= slots:
            raise entry.wrong(f"item {number} is no whole number from 0 to {slots}.")
        fixed.append(item)
    return fixed


def _compare(entries: Mapping[str, Entry], instance: _Instance) -> None:
    """Refuse a file whose counts and lists of meetings are not those of the requested ones."""
    meetings: list[set[int]] = [set() for _participant in range(instance.participants)]
    for number, (one, other, _session) in enumerate(instance.requested, start=1):
        meetings[one - 1].add(number)
        meetings[other - 1].add(number)
    counts = Counter(len(numbers) for numbers in meetings)
    expected: dict[str, Value] = {
        "nMeetings": len(instance.requested),
        "nMeetingsBusiness": [len(numbers) for numbers in meetings],
        "empresesZero": counts[0],
    }
    for key, value in expected.items():
        if key in entries and entries[key].value != value:
            raise entries[key].wrong(f"the requested meetings give {_difference(entries[key].value, value)}")
    listed = _sets(entries, "meetingsxBusiness", instance.participants, len(instance.requested) + 1)
    for number, (said, found) in enumerate(zip(listed, meetings, strict=True), start=1):
        # The files write each meeting's number plus one; 1 stands for none.
        if "meetingsxBusiness" in entries and {meeting - 1 for meeting in said if meeting > 1} != found:
            raise entries["meetingsxBusiness"].wrong(f"item {number} does not fit the requested meetings.")


def _difference(said: Value, found: Value) -> str:
    """Return how what a file says differs from what follows from its requested meetings."""
    if not isinstance(said, list) or not isinstance(found, list):
        return f"{found}."
    if len(said) != len(found):
        return f"{len(found)} numbers."
    place = next(place for place, pair in enumerate(zip(said, found, strict=True)) if pair[0] != pair[1])
    return f"{found[place]} as item {place + 1}."
