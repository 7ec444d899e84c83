"""A problem by numbers: slots, requests, parties and tables counted from 0, and where each request could begin."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from events.timetable.problem import Party, Placed, Problem, Request


@dataclass(frozen=True, slots=True)
class Pool:
    """Tables that nobody owns and that are there in the same slots of a block: interchangeable."""

    slots: frozenset[int]
    tables: tuple[int, ...]


@dataclass(frozen=True)
class Instance:
    """What the planner asks of a problem all the time, worked out once."""

    problem: Problem

    @property
    def slots(self) -> range:
        """The numbers of the slots."""
        return range(len(self.problem.slots))

    @property
    def requests(self) -> range:
        """The numbers of the requests."""
        return range(len(self.problem.requests))

    @property
    def parties(self) -> range:
        """The numbers of the parties."""
        return range(len(self.problem.parties))

    @cached_property
    def number(self) -> Mapping[str, int]:
        """The requests' numbers by id."""
        return {request.id: number for number, request in enumerate(self.problem.requests)}

    @cached_property
    def sides(self) -> tuple[tuple[int, int], ...]:
        """The numbers of each request's two parties."""
        numbers = {party.id: number for number, party in enumerate(self.problem.parties)}
        return tuple((numbers[one], numbers[other]) for one, other in (r.parties for r in self.problem.requests))

    @cached_property
    def of_party(self) -> tuple[tuple[int, ...], ...]:
        """The requests of each party."""
        found: list[list[int]] = [[] for _ in self.parties]
        for request, sides in enumerate(self.sides):
            for party in sides:
                found[party].append(request)
        return tuple(map(tuple, found))

    @cached_property
    def blocks(self) -> tuple[range, ...]:
        """The slots of each block."""
        return tuple(_stretches([slot.block for slot in self.problem.slots]))

    @cached_property
    def block_of(self) -> tuple[int, ...]:
        """The number of each slot's block."""
        return tuple(number for number, block in enumerate(self.blocks) for _slot in block)

    @cached_property
    def day_of(self) -> tuple[str, ...]:
        """The day of each block."""
        return tuple(self.problem.slots[block[0]].day for block in self.blocks)

    @cached_property
    def present(self) -> tuple[tuple[tuple[int, ...], ...], ...]:
        """For each party and block the slots in which the party is there; between two of them it waits."""
        return tuple(
            tuple(tuple(slot for slot in block if slot in there) for block in self.blocks)
            for there in (self._within(party.available, party.forbidden) for party in self.problem.parties)
        )

    @cached_property
    def locked(self) -> Mapping[int, Placed]:
        """The locked meetings by request."""
        return {self.number[placed.request]: placed for placed in self.problem.locked}

    @cached_property
    def published(self) -> Mapping[int, int]:
        """The published slots by request."""
        return {self.number[p.request]: self.problem.slot_number[p.slot] for p in self.problem.published}

    @cached_property
    def settled(self) -> Mapping[int, int]:
        """The published meetings that were not released."""
        released = {self.number[request] for request in self.problem.released}
        return {request: slot for request, slot in self.published.items() if request not in released}

    @cached_property
    def demanded(self) -> frozenset[int]:
        """The requests that must be held."""
        required = (number for number, request in enumerate(self.problem.requests) if request.required)
        return frozenset([*self.locked, *required])

    @cached_property
    def precedences(self) -> tuple[tuple[int, int], ...]:
        """Pairs of requests of which the first is to end before the second begins."""
        return tuple((self.number[first], self.number[second]) for first, second in self.problem.precedences)

    @cached_property
    def durations(self) -> tuple[int, ...]:
        """How many slots each request takes."""
        return tuple(request.duration for request in self.problem.requests)

    @cached_property
    def owned(self) -> tuple[int | None, ...]:
        """The table of its own at which each request is held; None: at one of the pool."""
        tables = {table.id: number for number, table in enumerate(self.problem.tables)}
        own = (
            next((table for side in request.parties if (table := self.problem.party[side].table)), None)
            for request in self.problem.requests
        )
        return tuple(None if table is None else tables[table] for table in own)

    @cached_property
    def table_there(self) -> tuple[frozenset[int], ...]:
        """The slots in which each table is there."""
        return tuple(self._within(table.available, frozenset()) for table in self.problem.tables)

    @cached_property
    def pinned(self) -> Mapping[int, int]:
        """Locked meetings that are to be at a certain table of the pool, with its number."""
        tables = {table.id: number for number, table in enumerate(self.problem.tables)}
        return {
            request: tables[placed.table]
            for request, placed in self.locked.items()
            if placed.table is not None and self.owned[request] is None
        }

    @cached_property
    def pools(self) -> tuple[tuple[Pool, ...], ...]:
        """For each block the tables of the pool in groups, without the slots that pinned meetings take."""
        owned = {party.table for party in self.problem.parties}
        taken: dict[int, set[int]] = defaultdict(set)
        for request, table in self.pinned.items():
            taken[table].update(self.span(request, self.problem.slot_number[self.locked[request].slot]))
        pool = [number for number, table in enumerate(self.problem.tables) if table.id not in owned]
        return tuple(
            _grouped({table: (self.table_there[table] - taken[table]).intersection(block) for table in pool})
            for block in self.blocks
        )

    @cached_property
    def starts(self) -> tuple[tuple[int, ...], ...]:
        """The slots in which each request could begin if nothing else were held."""
        return tuple(tuple(self._starts(request)) for request in self.requests)

    def span(self, request: int, start: int) -> range:
        """Return the slots that a request takes if it begins at `start`."""
        return range(start, start + self.durations[request])

    def tables_of(self, request: int) -> tuple[int, ...]:
        """Return the tables at which a request may be held."""
        own, placed = self.owned[request], self.locked.get(request)
        if placed and placed.table is not None:
            return tuple(n for n, table in enumerate(self.problem.tables) if table.id == placed.table)
        return self._pool if own is None else (own,)

    def without(self, dropped: Iterable[int]) -> "Instance":
        """Return the same problem without the demand that these requests be held."""
        gone = {self.problem.requests[number].id for number in dropped}
        requests = tuple(replace(r, required=False) if r.id in gone else r for r in self.problem.requests)
        locked = tuple(placed for placed in self.problem.locked if placed.request not in gone)
        return Instance(replace(self.problem, requests=requests, locked=locked))

    def _within(self, available: frozenset[str] | None, forbidden: frozenset[str]) -> frozenset[int]:
        number = self.problem.slot_number
        there = frozenset(self.slots) if available is None else frozenset(number[slot] for slot in available)
        return there - {number[slot] for slot in forbidden}

    def _starts(self, request: int) -> Iterator[int]:
        usable = self._usable(self.problem.requests[request])
        tables = self.tables_of(request)
        for start in self._wanted_starts(request):
            span = self.span(request, start)
            fits = span[-1] < len(self.slots) and self.block_of[start] == self.block_of[span[-1]]
            if fits and usable.issuperset(span) and any(self.table_there[table].issuperset(span) for table in tables):
                yield start

    def _wanted_starts(self, request: int) -> Iterable[int]:
        fixed, placed = self.problem.requests[request].fixed, self.locked.get(request)
        wanted = {self.problem.slot_number[slot] for slot in (fixed, placed.slot if placed else None) if slot}
        return (wanted or self.slots) if len(wanted) < 2 else ()

    @cached_property
    def _pool(self) -> tuple[int, ...]:
        owned = {party.table for party in self.problem.parties}
        return tuple(number for number, table in enumerate(self.problem.tables) if table.id not in owned)

    def _usable(self, request: Request) -> frozenset[int]:
        usable = self._within(request.available, request.forbidden)
        for side in request.parties:
            usable &= self._able(self.problem.party[side], request)
        return usable

    def _able(self, party: Party, request: Request) -> frozenset[int]:
        able = self._within(party.available, party.forbidden)
        for delegate in party.delegates:
            if delegate.always or delegate.id in request.delegates:
                able &= self._within(delegate.available, frozenset())
        return able


def _stretches(names: list[str]) -> Iterator[range]:
    """Yield the ranges of equal names that stand together."""
    begin = 0
    for number in range(1, len(names) + 1):
        if number == len(names) or names[number] != names[begin]:
            yield range(begin, number)
            begin = number


def _grouped(there: Mapping[int, frozenset[int]]) -> tuple[Pool, ...]:
    groups: dict[frozenset[int], list[int]] = defaultdict(list)
    for table, slots in there.items():
        if slots:
            groups[slots].append(table)
    return tuple(Pool(slots, tuple(tables)) for slots, tables in groups.items())
