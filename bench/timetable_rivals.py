"""Two planners that matchmaking tools describe, to compare ours with; both keep every rule of a problem.

*First come, first served* is what participants do who book for themselves: the requests arrive in some order, and each
takes the first slot in which both sides are free and a table is there. *Round robin by rank* is the automatic run that
MeetMax describes (knowledge base, article 151): the companies take turns in the order of the alphabet, each takes the
best-ranked of its remaining requests that can still be held, up to its cap, in the first common slot. Neither takes a
meeting back. b2match's run (help pages on scheduling) also places one meeting after another.

Locked meetings come first, then required ones. `gap_spread_limit`, which no such tool knows, is not looked at.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from events.timetable.plan import Meeting
from events.timetable.problem import Party, Placed, Problem, Request

LEAST: dict[str | None, int] = {"must": 0, "want": 1, None: 2}


def first_come(problem: Problem, seed: int) -> tuple[Meeting, ...]:
    """Return the plan that comes about if the requests arrive in a random order."""
    board = Board(problem)
    requests = list(problem.requests)
    random.Random(seed).shuffle(requests)
    for request in board.begin(requests):
        board.put_first(request)
    return board.plan()


def round_robin(problem: Problem) -> tuple[Meeting, ...]:
    """Return the plan of the companies, which are the first parties of the requests, taking turns."""
    board = Board(problem)
    wishes: dict[str, list[Request]] = defaultdict(list)
    for request in board.begin(problem.requests):
        wishes[request.parties[0]].append(request)
    turns = [sorted(wishes[company], key=_rank, reverse=True) for company in sorted(wishes)]
    while turns:
        for left in turns:
            while left and not board.put_first(left.pop()):
                pass
        turns = [left for left in turns if left]
    return board.plan()


def _rank(request: Request) -> tuple[int, int]:
    """Return how a company ranks a request: by its own choice, and among equals by what the meeting is worth."""
    return LEAST[request.choices[0] if request.choices else None], -request.value


class Board:
    """A plan in the making: who and which table is taken when; slots are numbered from 0."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.held: dict[str, tuple[int, str]] = {}
        self._busy: dict[str, set[int]] = defaultdict(set)
        self._taken: dict[str, set[int]] = defaultdict(set)
        self._meetings: Counter[str] = Counter()
        self._daily: Counter[tuple[str, str]] = Counter()

    def begin(self, requests: Iterable[Request]) -> Iterator[Request]:
        """Put the locked meetings down and yield the other requests, the required ones first, else in their order."""
        for place in self.problem.locked:
            self.put_locked(place)
        left = (request for request in requests if request.id not in self.held)
        yield from sorted(left, key=lambda request: not request.required)

    def put_locked(self, place: Placed) -> None:
        """Put a locked meeting down, if it can be."""
        request = self.problem.request[place.request]
        tables = self.tables(request) if place.table is None else [place.table]
        self.put(request, [self.problem.slot_number[place.slot]], tables)

    def put_first(self, request: Request) -> bool:
        """Put a request at the first slot where it may be; return whether there was one."""
        return self.put(request, range(len(self.problem.slots)), self.tables(request))

    def put(self, request: Request, starts: Iterable[int], tables: Iterable[str]) -> bool:
        """Put a request at the first of these slots, and the first of these tables, where it may be."""
        for start in starts:
            if not self.may_begin(request, start):
                continue
            lasting = range(start, start + request.duration)
            for table in tables:
                if self._free[table].issuperset(lasting) and self._taken[table].isdisjoint(lasting):
                    self._put(request, lasting, table)
                    return True
        return False

    def _put(self, request: Request, lasting: range, table: str) -> None:
        self.held[request.id] = (lasting[0], table)
        self._taken[table].update(lasting)
        for party in request.parties:
            self._busy[party].update(lasting)
            self._meetings[party] += 1
            self._daily[party, self.problem.slots[lasting[0]].day] += 1

    def may_begin(self, request: Request, start: int) -> bool:
        """Whether a request may begin at this slot, tables aside."""
        lasting = range(start, start + request.duration)
        if not self._usable[request.id].issuperset(lasting):
            return False
        slots = self.problem.slots
        if slots[start].block != slots[lasting[-1]].block:
            return False
        if request.fixed is not None and self.problem.slot_number[request.fixed] != start:
            return False
        parties = [self.problem.party[party] for party in request.parties]
        return all(self._has_room(party, lasting) for party in parties) and self._in_order(request, lasting)

    def _has_room(self, party: Party, lasting: range) -> bool:
        """Whether a party is free for so long, below its maxima, and gets no longer a run than it may have."""
        busy, slots = self._busy[party.id], self.problem.slots
        if not busy.isdisjoint(lasting):
            return False
        if party.maximum is not None and self._meetings[party.id] >= party.maximum:
            return False
        today = self._daily[party.id, slots[lasting[0]].day]
        if party.maximum_per_day is not None and today >= party.maximum_per_day:
            return False
        if party.longest_run is None:
            return True
        block = self._blocks[slots[lasting[0]].block]
        run = len(lasting)
        for step, place in ((-1, lasting[0] - 1), (1, lasting[-1] + 1)):
            while place in busy and place in block:
                run, place = run + 1, place + step
        return run <= party.longest_run

    def _in_order(self, request: Request, lasting: range) -> bool:
        """Whether the meetings that must come before and after it, if they are held, do."""
        for before in self._before[request.id]:
            if before in self.held and self.held[before][0] + self.problem.request[before].duration > lasting[0]:
                return False
        return all(after not in self.held or lasting[-1] < self.held[after][0] for after in self._after[request.id])

    def tables(self, request: Request) -> list[str]:
        """Return the tables that a request may use: that of its first or second party, else those of nobody."""
        for party in request.parties:
            own = self.problem.party[party].table
            if own is not None:
                return [own]
        return self._pool

    def plan(self) -> tuple[Meeting, ...]:
        """Return the meetings, by slot and table."""
        numbers = {table.id: number for number, table in enumerate(self.problem.tables)}
        order = sorted(self.held.items(), key=lambda item: (item[1][0], numbers[item[1][1]]))
        return tuple(
            Meeting(name, self.problem.request[name].parties, self.problem.slots[start].id, table)
            for name, (start, table) in order
        )

    @cached_property
    def _pool(self) -> list[str]:
        """The tables that no party owns."""
        owned = {party.table for party in self.problem.parties}
        return [table.id for table in self.problem.tables if table.id not in owned]

    @cached_property
    def _free(self) -> dict[str, frozenset[int]]:
        """For each table, the slots in which it is there."""
        return {table.id: self._numbers(table.available) for table in self.problem.tables}

    @cached_property
    def _blocks(self) -> dict[str, frozenset[int]]:
        """The slots of each block."""
        blocks: dict[str, set[int]] = defaultdict(set)
        for number, slot in enumerate(self.problem.slots):
            blocks[slot.block].add(number)
        return {block: frozenset(numbers) for block, numbers in blocks.items()}

    @cached_property
    def _before(self) -> dict[str, list[str]]:
        """For each request, those that must end before it."""
        found: dict[str, list[str]] = defaultdict(list)
        for one, other in self.problem.precedences:
            found[other].append(one)
        return found

    @cached_property
    def _after(self) -> dict[str, list[str]]:
        """For each request, those that must begin after it."""
        found: dict[str, list[str]] = defaultdict(list)
        for one, other in self.problem.precedences:
            found[one].append(other)
        return found

    @cached_property
    def _usable(self) -> dict[str, frozenset[int]]:
        """For each request, the slots in which both parties and all delegates that it needs are there."""
        return {request.id: frozenset(self._usable_slots(request)) for request in self.problem.requests}

    def _usable_slots(self, request: Request) -> frozenset[int]:
        usable = self._numbers(request.available) - self._numbers(request.forbidden)
        for party in (self.problem.party[party] for party in request.parties):
            usable &= self._numbers(party.available) - self._numbers(party.forbidden)
            for delegate in party.delegates:
                if delegate.always or delegate.id in request.delegates:
                    usable &= self._numbers(delegate.available)
        return usable

    def _numbers(self, slots: frozenset[str] | None) -> frozenset[int]:
        """Return the numbers of slots; None stands for all."""
        if slots is None:
            return frozenset(range(len(self.problem.slots)))
        return frozenset(self.problem.slot_number[slot] for slot in slots)
