"""What the checker reads from a completed problem document: who is there when, and where each request could be.

Slots are counted from 0 in their order; requests, parties and tables keep their ids.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from events.timetable.check_broken import Rule

Item = Mapping[str, Any]
Fault = tuple[Rule, str]


class Facts:
    """A problem, looked at from all the sides that the checker needs."""

    def __init__(self, problem: Item) -> None:
        """Read a completed document."""
        self.problem = problem
        self.slots: Sequence[str] = [slot["id"] for slot in problem["slots"]]
        self.number: Mapping[str, int] = {name: number for number, name in enumerate(self.slots)}
        self.day_of: Sequence[str] = [slot["day"] for slot in problem["slots"]]
        self.block_of: Sequence[str] = [slot["block"] for slot in problem["slots"]]
        self.requests: Mapping[str, Item] = {request["id"]: request for request in problem["requests"]}
        self.parties: Mapping[str, Item] = {party["id"]: party for party in problem["parties"]}
        self.locked: Mapping[str, Item] = {placed["request"]: placed for placed in problem["locked"]}
        self.published: Mapping[str, Item] = {placed["request"]: placed for placed in problem["published"]}
        self.released: frozenset[str] = frozenset(problem["released"])
        self._starts: dict[str, Sequence[int]] = {}

    @cached_property
    def blocks(self) -> Sequence[Sequence[int]]:
        """The slots of each block."""
        found: dict[str, list[int]] = {}
        for number, block in enumerate(self.block_of):
            found.setdefault(block, []).append(number)
        return list(found.values())

    @cached_property
    def present(self) -> Mapping[str, frozenset[int]]:
        """The slots in which each party is there."""
        return {name: self._within(party) for name, party in self.parties.items()}

    @cached_property
    def tables(self) -> Mapping[str, frozenset[int]]:
        """The slots in which each table is there, in the order of the problem."""
        return {table["id"]: self._within(table) for table in self.problem["tables"]}

    @cached_property
    def delegates(self) -> Mapping[str, Sequence[tuple[str, bool, frozenset[int]]]]:
        """For each party its delegates: id, whether always needed, and the slots in which the delegate is there."""
        return {
            name: [(one["id"], one["always"], self._within(one)) for one in party["delegates"]]
            for name, party in self.parties.items()
        }

    @cached_property
    def orders(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """For each request the precedences in which it takes part."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for first, second in self.problem["precedences"]:
            found[first].append((first, second))
            found[second].append((first, second))
        return found

    def span(self, request: str, start: int) -> range:
        """Return the slots that a request takes if it begins at `start`."""
        return range(start, start + self.requests[request]["duration"])

    def starts(self, request: str) -> Sequence[int]:
        """Return the slots in which a request could begin if nothing else were held."""
        if request not in self._starts:
            self._starts[request] = [start for start in range(len(self.slots)) if self._possible(request, start)]
        return self._starts[request]

    def tables_of(self, request: str) -> Sequence[str]:
        """Return the tables at which a request may be held."""
        owners = (self.parties[party]["table"] for party in self.requests[request]["parties"])
        own = next((table for table in owners if table is not None), None)
        allowed = self._shared if own is None else (own,)
        locked = self._locked_table(request)
        return allowed if locked is None else tuple(table for table in allowed if table == locked)

    def faults(self, request: str, start: int) -> Iterator[Fault]:
        """Yield what forbids a request to begin in a slot, its table and the other meetings left aside."""
        wanted, span = self.requests[request], self.span(request, start)
        if span[-1] >= len(self.slots) or self.block_of[start] != self.block_of[span[-1]]:
            yield Rule.BEYOND_BLOCK, f"{request} takes {len(span)} slots from {self.slots[start]}, beyond its block."
            return
        for party in wanted["parties"]:
            for slot in self._missing(span, self.present[party]):
                yield Rule.PARTY_AWAY, f"{request}: {party} is not there at {slot}."
            for delegate, always, there in self.delegates[party]:
                if always or delegate in wanted["delegates"]:
                    for slot in self._missing(span, there):
                        yield Rule.DELEGATE_AWAY, f"{request}: the delegate {delegate} is not there at {slot}."
        for slot in self._missing(span, self._within(wanted)):
            yield Rule.REQUEST_UNAVAILABLE, f"{request} may not take place at {slot}."
        yield from self._elsewhere(request, self.slots[start])

    def table_faults(self, request: str, start: int, table: str) -> Iterator[Fault]:
        """Yield what forbids a request to be at a table from a slot on, the other meetings left aside."""
        locked = self._locked_table(request)
        if locked is not None and table != locked:
            yield Rule.LOCKED_ELSEWHERE, f"{request} is locked at table {locked}, but held at {table}."
        elif table not in self.tables_of(request):
            yield Rule.TABLE_NOT_ALLOWED, f"{request} may not be held at table {table}."
        for slot in self._missing(self.span(request, start), self.tables[table]):
            yield Rule.TABLE_AWAY, f"{request}: table {table} is not there at {slot}."

    def _elsewhere(self, request: str, slot: str) -> Iterator[Fault]:
        """Yield whether a request would not begin where it is fixed or locked."""
        fixed, locked = self.requests[request]["fixed"], self.locked.get(request)
        if fixed not in {None, slot}:
            yield Rule.NOT_AT_FIXED, f"{request} must begin at {fixed}, not at {slot}."
        if locked is not None and locked["slot"] != slot:
            yield Rule.LOCKED_ELSEWHERE, f"{request} is locked at {locked['slot']}, but begins at {slot}."

    def _possible(self, request: str, start: int) -> bool:
        if next(self.faults(request, start), None) is not None:
            return False
        span = self.span(request, start)
        return any(self.tables[table].issuperset(span) for table in self.tables_of(request))

    @cached_property
    def _shared(self) -> Sequence[str]:
        """The tables that no party owns."""
        owned = {party["table"] for party in self.parties.values()}
        return tuple(table for table in self.tables if table not in owned)

    def _locked_table(self, request: str) -> str | None:
        locked = self.locked.get(request)
        table: str | None = None if locked is None else locked["table"]
        return table

    def _within(self, item: Item) -> frozenset[int]:
        """Return the slots that an item's `available` and `forbidden` leave."""
        available: Iterable[str] = self.slots if item["available"] is None else item["available"]
        forbidden = frozenset(item.get("forbidden", ()))
        return frozenset(self.number[slot] for slot in available if slot not in forbidden)

    def _missing(self, span: range, there: frozenset[int]) -> Iterator[str]:
        return (self.slots[slot] for slot in span if slot < len(self.slots) and slot not in there)
