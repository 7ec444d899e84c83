"""What the schema cannot say of a problem document: ids that exist, times in order, demands that can ever be met.

Whether all demands can be met together is for the planner to find out; what is refused here is wrong in itself.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any

Item = Mapping[str, Any]
Complaints = Iterator[tuple[str, str]]


def complaints(document: Item) -> Complaints:
    """Yield each place in a completed problem document that makes no sense, and what is wrong with it."""
    yield from _Sense(document).complaints()


class _Sense:
    """The checks of one document, with what they look up in it."""

    def __init__(self, document: Item) -> None:
        self.document = document
        self.slots: Sequence[Item] = document["slots"]
        self.tables: Sequence[Item] = document["tables"]
        self.parties: Sequence[Item] = document["parties"]
        self.requests: Sequence[Item] = document["requests"]

    @cached_property
    def slot_ids(self) -> set[str]:
        return {slot["id"] for slot in self.slots}

    @cached_property
    def table_ids(self) -> set[str]:
        return {table["id"] for table in self.tables}

    @cached_property
    def party(self) -> Mapping[str, Item]:
        return {party["id"]: party for party in self.parties}

    @cached_property
    def request(self) -> Mapping[str, Item]:
        return {request["id"]: request for request in self.requests}

    @cached_property
    def owned(self) -> set[str]:
        """The tables that some party owns."""
        return {party["table"] for party in self.parties if party["table"] is not None}

    @cached_property
    def longest_block(self) -> int:
        """Slots of the longest block."""
        return max(Counter(slot["block"] for slot in self.slots).values())

    def complaints(self) -> Complaints:
        """Yield all complaints, field by field."""
        yield from self._slots()
        yield from _repeated("$.tables", self.tables)
        for number, table in enumerate(self.tables):
            yield from self._known_slots(f"$.tables[{number}]", table)
        yield from _repeated("$.parties", self.parties)
        yield from self._delegates()
        for number, party in enumerate(self.parties):
            yield from self._party(f"$.parties[{number}]", party)
        yield from _repeated("$.requests", self.requests)
        for number, request in enumerate(self.requests):
            yield from self._request(f"$.requests[{number}]", request)
        yield from self._precedences()
        yield from self._placed("locked")
        yield from self._placed("published")
        yield from self._locked()
        yield from self._released()

    def _slots(self) -> Complaints:
        yield from _repeated("$.slots", self.slots)
        times = [(_instant(slot["start"]), _instant(slot["end"])) for slot in self.slots]
        for number, (start, end) in enumerate(times):
            place = f"$.slots[{number}]"
            yield from _unusable(f"{place}.start", start)
            yield from _unusable(f"{place}.end", end)
            if _before(end, start) or (start is not None and start == end):
                yield f"{place}.end", "must be later than the start."
        yield from _out_of_order(times)
        yield from self._blocks()

    def _blocks(self) -> Complaints:
        """Complain of blocks with other slots between theirs, and of blocks of two days."""
        days: dict[str, str] = {}
        before = None
        for number, slot in enumerate(self.slots):
            block, day = slot["block"], slot["day"]
            if block in days and block != before:
                yield f"$.slots[{number}].block", f'the slots of block "{block}" do not stand together.'
            if days.setdefault(block, day) != day:
                yield f"$.slots[{number}].day", f'block "{block}" began on "{days[block]}"; a block is of one day.'
            before = block

    def _known_slots(self, place: str, item: Item) -> Complaints:
        """Complain of unknown slots in `available` and `forbidden`."""
        for name in ("available", "forbidden"):
            for number, slot in enumerate(item.get(name) or ()):
                yield from self._known_slot(f"{place}.{name}[{number}]", slot)

    def _known_slot(self, place: str, slot: str) -> Complaints:
        if slot not in self.slot_ids:
            yield place, f'there is no slot "{slot}".'

    def _known_table(self, place: str, table: str | None) -> Complaints:
        if table is not None and table not in self.table_ids:
            yield place, f'there is no table "{table}".'

    def _known_request(self, place: str, request: str) -> Complaints:
        if request not in self.request:
            yield place, f'there is no request "{request}".'

    def _delegates(self) -> Complaints:
        """Complain of delegates that two entries name, be it of one party or of two."""
        first: dict[str, str] = {}
        for number, party in enumerate(self.parties):
            for other, delegate in enumerate(party["delegates"]):
                place = f"$.parties[{number}].delegates[{other}]"
                name = delegate["id"]
                if name in first:
                    yield f"{place}.id", f'the delegate "{name}" is already at {first[name]}.'
                first.setdefault(name, place)

    def _party(self, place: str, party: Item) -> Complaints:
        yield from self._known_slots(place, party)
        yield from self._known_table(f"{place}.table", party["table"])
        for number, delegate in enumerate(party["delegates"]):
            yield from self._known_slots(f"{place}.delegates[{number}]", delegate)
        if party["maximum"] is not None and party["minimum"] > party["maximum"]:
            yield f"{place}.minimum", f"{party['minimum']} is more than the maximum, {party['maximum']}."

    def _request(self, place: str, request: Item) -> Complaints:
        yield from self._known_slots(place, request)
        if request["fixed"] is not None:
            yield from self._known_slot(f"{place}.fixed", request["fixed"])
        for number, name in enumerate(request["parties"]):
            if name not in self.party:
                yield f"{place}.parties[{number}]", f'there is no party "{name}".'
        parties = [self.party[name] for name in request["parties"] if name in self.party]
        if len(parties) == 2 and parties[0]["side"] == parties[1]["side"] != "":
            yield f"{place}.parties", f'both are of the side "{parties[0]["side"]}".'
        theirs = {delegate["id"] for party in parties for delegate in party["delegates"]}
        for number, name in enumerate(request["delegates"]):
            if name not in theirs:
                yield f"{place}.delegates[{number}]", f'neither party has a delegate "{name}".'
        yield from self._duration(f"{place}.duration", request["duration"], parties)

    def _duration(self, place: str, duration: int, parties: Iterable[Item]) -> Complaints:
        """Complain of a meeting too long to be held ever."""
        if duration > self.longest_block:
            yield place, f"{duration} slots are more than the longest block has, {self.longest_block}."
        for party in parties:
            if party["longest_run"] is not None and duration > party["longest_run"]:
                yield (
                    place,
                    f'{duration} slots are more than the longest run of "{party["id"]}", {party["longest_run"]}.',
                )

    def _precedences(self) -> Complaints:
        seen: dict[tuple[str, str], int] = {}
        before: dict[str, list[str]] = defaultdict(list)
        for number, (one, other) in enumerate(self.document["precedences"]):
            place = f"$.precedences[{number}]"
            yield from self._known_request(f"{place}[0]", one)
            yield from self._known_request(f"{place}[1]", other)
            if one == other:
                yield place, f'"{one}" cannot be before itself.'
                continue
            if (one, other) in seen:
                yield place, f"is the same as $.precedences[{seen[one, other]}]."
            seen.setdefault((one, other), number)
            before[other].append(one)
        yield from _cycle(before)

    def _placed(self, field: str) -> Complaints:
        """Complain of unknown ids in `locked` or `published`, and of requests that are there twice."""
        first: dict[str, int] = {}
        for number, placed in enumerate(self.document[field]):
            place, name = f"$.{field}[{number}]", placed["request"]
            yield from self._known_request(f"{place}.request", name)
            yield from self._known_slot(f"{place}.slot", placed["slot"])
            yield from self._known_table(f"{place}.table", placed["table"])
            if name in first:
                yield f"{place}.request", f'"{name}" is already at $.{field}[{first[name]}].'
            first.setdefault(name, number)

    def _locked(self) -> Complaints:
        """Complain of locked meetings that contradict what their request says."""
        for number, placed in enumerate(self.document["locked"]):
            request = self.request.get(placed["request"])
            if request is None:
                continue
            if request["fixed"] not in {None, placed["slot"]}:
                yield f"$.locked[{number}].slot", f'the request is fixed to begin at "{request["fixed"]}".'
            table = placed["table"]
            if table in self.table_ids and not self._may_use(request, table):
                yield f"$.locked[{number}].table", f'the request may not use the table "{table}".'

    def _may_use(self, request: Item, table: str) -> bool:
        """Whether a request's meeting may be held at a table: the first own table of a party, else one of nobody's."""
        own = [self.party[name]["table"] for name in request["parties"] if name in self.party]
        theirs: str | None = next((name for name in own if name is not None), None)
        return table not in self.owned if theirs is None else table == theirs

    def _released(self) -> Complaints:
        published = {placed["request"] for placed in self.document["published"]}
        for number, name in enumerate(self.document["released"]):
            if name not in published:
                yield f"$.released[{number}]", f'"{name}" is not in `published`.'


def _repeated(place: str, items: Sequence[Item]) -> Complaints:
    """Complain of ids that were there before."""
    first: dict[str, int] = {}
    for number, item in enumerate(items):
        name = item["id"]
        if name in first:
            yield f"{place}[{number}].id", f'"{name}" is already at {place}[{first[name]}].'
        first.setdefault(name, number)


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _before(one: datetime | None, other: datetime | None) -> bool:
    """Whether one instant is before another; no, if they cannot be compared."""
    if one is None or other is None or (one.tzinfo is None) != (other.tzinfo is None):
        return False
    return one < other


def _unusable(place: str, instant: datetime | None) -> Complaints:
    if instant is None:
        yield place, "must be an instant such as 2026-05-12T09:00:00+02:00."
    elif instant.tzinfo is None:
        yield place, "must say its offset from UTC, as in 2026-05-12T09:00:00+02:00."


def _out_of_order(times: Sequence[tuple[datetime | None, datetime | None]]) -> Complaints:
    """Complain of slots that begin before the slot before them begins or ends."""
    for number, ((start, end), (later, _end)) in enumerate(pairwise(times), start=1):
        place = f"$.slots[{number}].start"
        if _before(later, start):
            yield place, "is earlier than the start of the slot before; slots stand in the order of time."
        elif _before(later, end):
            yield place, "is earlier than the end of the slot before; slots may not overlap."


def _cycle(before: Mapping[str, Iterable[str]]) -> Complaints:
    """Complain of requests that are before each other all round; `before` has those before each."""
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        ring = " before ".join(f'"{name}"' for name in error.args[1])
        yield "$.precedences", f"go round in a circle: {ring}."
