"""Why a request is not held, as facts that anybody can check against the plan.

The reasons are tried in this order: it could never be; what is locked leaves no place; a side has all the meetings that
it may have; all tables are taken when both are free; it could only be in place of other meetings, and the plan would be
no better. If the last does not hold, the search was stopped too early.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from events.timetable.instance import Instance
from events.timetable.measure import Measure
from events.timetable.plan import Reason, Why


@dataclass(frozen=True)
class Reasons:
    """Explains a plan; `tables` are the tables of its meetings."""

    instance: Instance
    plan: Measure
    tables: Mapping[int, int]

    def all(self) -> Iterator[Reason]:
        """Yield a reason for each request that is not held."""
        for request in self.instance.requests:
            if request not in self.plan.places:
                yield self._reason(request)

    def _reason(self, request: int) -> Reason:
        name = self._name(request)
        starts = self.instance.starts[request]
        if not starts:
            return Reason(name, Why.NEVER_TOGETHER)
        if locked := self._locked(request):
            return Reason(name, Why.LOCKED, meetings=self._names(locked))
        if (party := self._full(request)) is not None:
            return Reason(name, Why.SIDE_FULL, party=self.instance.problem.parties[party].id)
        free = [start for start in starts if not self._met(request, start)]
        if free and not any(self._rivals.free_tables(request, start, ()) for start in free):
            slots = tuple(self.instance.problem.slots[start].id for start in free)
            return Reason(name, Why.TABLES, slots=slots)
        return self._worth_less(request) or Reason(name, Why.STOPPED_EARLY)

    def _name(self, request: int) -> str:
        return self.instance.problem.requests[request].id

    def _names(self, requests: Iterable[int]) -> tuple[str, ...]:
        return tuple(self._name(request) for request in sorted(requests))

    @cached_property
    def _stay(self) -> frozenset[int]:
        """The meetings that could not give way: locked, or published, not released and held in their slot."""
        places, settled = self.plan.places, self.instance.settled
        kept = (request for request, slot in settled.items() if places.get(request) == slot)
        return frozenset(request for request in (*self.instance.locked, *kept) if request in places)

    def _locked(self, request: int) -> Collection[int]:
        """Return the meetings that stay and leave no place for a request, () if they do leave one."""
        in_the_way: set[int] = set()
        for start in self.instance.starts[request] if self._stay else ():
            blocking = self._staying.blocking(request, start)
            if not blocking:
                return ()
            in_the_way.update(blocking)
        return in_the_way

    @cached_property
    def _staying(self) -> "Rivals":
        plan = Measure(self.instance, {request: self.plan.places[request] for request in self._stay})
        return Rivals(self.instance, plan, self.tables, self._stay)

    @cached_property
    def _rivals(self) -> "Rivals":
        return Rivals(self.instance, self.plan, self.tables, self._stay)

    def _full(self, request: int) -> int | None:
        instance, plan = self.instance, self.plan
        for side in instance.sides[request]:
            party = instance.problem.parties[side]
            if party.maximum is not None and plan.held[side] >= party.maximum:
                return side
            if party.maximum_per_day is not None:
                days = {instance.day_of[instance.block_of[start]] for start in instance.starts[request]}
                if all(_of_day(instance, plan, side, day) >= party.maximum_per_day for day in days):
                    return side
        return None

    def _met(self, request: int, start: int) -> bool:
        """Whether a side is in a meeting while a request would take place."""
        return any(
            slot in self.plan.busy[side]
            for slot in self.instance.span(request, start)
            for side in self.instance.sides[request]
        )

    @cached_property
    def _rank(self) -> tuple[int, ...]:
        return self.plan.rank()

    def _worth_less(self, request: int) -> Reason | None:
        """Return where the request would displace least, if it is true that the plan would be no better."""
        best: tuple[tuple[int, int], int, Collection[int]] | None = None
        for start in self.instance.starts[request]:
            displaced = self._rivals.displaced(request, start)
            if not self._stay.isdisjoint(displaced):
                continue
            value = sum(self.instance.problem.requests[other].value for other in displaced)
            if best is None or (len(displaced), value) < best[0]:
                best = (len(displaced), value), start, displaced
        if best is None:
            return None
        _cost, start, displaced = best
        swapped = self.plan.swapped(displaced, request, start)
        if swapped.allowed and swapped.rank() < self._rank:
            return None
        slot = self.instance.problem.slots[start].id
        return Reason(self._name(request), Why.WORTH_LESS, slot=slot, meetings=self._names(displaced))


@dataclass(frozen=True)
class Rivals:
    """What would have to give way to a request in a plan; those that are to `stay` only if nothing else helps."""

    instance: Instance
    plan: Measure
    tables: Mapping[int, int]
    stay: frozenset[int]

    def blocking(self, request: int, start: int) -> Collection[int]:
        """Return all meetings that take part in keeping a request from beginning in a slot; () if it could."""
        span = self.instance.span(request, start)
        found = {*self._overlapping(request, start), *self._out_of_order(request, start)}
        for side in self.instance.sides[request]:
            for meetings, maximum in self._limits(side, start, ()):
                if maximum is not None and len(meetings) >= maximum:
                    found.update(meetings)
            if list(self._too_long(side, request, start, ())):
                found.update(self._run(side, request, start, ()))
        if not self.free_tables(request, start, ()):
            tables = self._usable(request, span)
            found.update(other for slot in span for other in self._in_slot[slot] if self.tables[other] in tables)
        return found

    def displaced(self, request: int, start: int) -> Collection[int]:
        """Return the meetings that must be taken out so that a request can begin in a slot; none could stay."""
        clashing = {*self._overlapping(request, start), *self._out_of_order(request, start)}
        gone = set(clashing)
        for side in self.instance.sides[request]:
            gone.update(self._too_many(side, start, gone))
            gone.update(self._too_long(side, request, start, gone))
        if not self.free_tables(request, start, gone):
            gone.update(self._at_table(request, start, gone))
        for other in reversed(self._cheapest(gone - clashing, len(gone))):
            if self._has_room(request, start, gone - {other}):
                gone.remove(other)
        return gone

    def _has_room(self, request: int, start: int, gone: Collection[int]) -> bool:
        """Whether maxima, runs and tables let a request begin in a slot if some meetings were gone."""
        sides = self.instance.sides[request]
        limits = (limit for side in sides for limit in self._limits(side, start, gone))
        if any(maximum is not None and len(meetings) >= maximum for meetings, maximum in limits):
            return False
        if any(True for side in sides for _other in self._too_long(side, request, start, gone)):
            return False
        return bool(self.free_tables(request, start, gone))

    def _overlapping(self, request: int, start: int) -> Iterator[int]:
        for side in self.instance.sides[request]:
            busy = self.plan.busy[side]
            yield from (busy[slot] for slot in self.instance.span(request, start) if slot in busy)

    def free_tables(self, request: int, start: int, gone: Collection[int]) -> list[int]:
        """Return the tables at which a request could be held if some meetings were gone."""
        span = self.instance.span(request, start)
        taken = {self.tables[other] for slot in span for other in self._in_slot[slot] if other not in gone}
        return [table for table in self._usable(request, span) if table not in taken]

    def _usable(self, request: int, span: range) -> list[int]:
        allowed = self.instance.tables_of(request)
        return [table for table in allowed if self.instance.table_there[table].issuperset(span)]

    @cached_property
    def _in_slot(self) -> Mapping[int, Collection[int]]:
        found: dict[int, list[int]] = {slot: [] for slot in self.instance.slots}
        for request, start in self.plan.places.items():
            for slot in self.instance.span(request, start):
                found[slot].append(request)
        return found

    def _at_table(self, request: int, start: int, gone: Collection[int]) -> Collection[int]:
        """Return the meetings at that table which is the cheapest to clear."""
        span = self.instance.span(request, start)
        others = {other for slot in span for other in self._in_slot[slot] if other not in gone}
        at = [[other for other in others if self.tables[other] == table] for table in self._usable(request, span)]
        return min(at, key=self._value, default=[])

    def _value(self, requests: Collection[int]) -> tuple[bool, int, int]:
        value = sum(self.instance.problem.requests[request].value for request in requests)
        return not self.stay.isdisjoint(requests), value, len(requests)

    def _too_many(self, side: int, start: int, gone: Collection[int]) -> Collection[int]:
        """Return the least valuable meetings of a party above its maxima, if one more is held."""
        dropped: set[int] = set()
        for meetings, maximum in self._limits(side, start, gone):
            if maximum is not None:
                left = meetings - dropped
                dropped.update(self._cheapest(left, len(left) + 1 - maximum))
        return dropped

    def _limits(self, side: int, start: int, gone: Collection[int]) -> Iterator[tuple[set[int], int | None]]:
        """Yield a party's meetings of a day with the maximum for it, then all of them with the maximum in all."""
        instance, party = self.instance, self.instance.problem.parties[side]
        day = instance.day_of[instance.block_of[start]]
        left = {request for request in self.plan.busy[side].values() if request not in gone}
        of_day = {request for request in left if instance.day_of[instance.block_of[self.plan.places[request]]] == day}
        yield of_day, party.maximum_per_day
        yield left, party.maximum

    def _cheapest(self, requests: Collection[int], count: int) -> list[int]:
        problem = self.instance.problem
        ordered = sorted(requests, key=lambda request: (request in self.stay, problem.requests[request].value, request))
        return ordered[: max(count, 0)]

    def _too_long(self, side: int, request: int, start: int, gone: Collection[int]) -> Iterator[int]:
        """Yield neighbours that make a run of meetings too long, the least valuable first."""
        longest = self.instance.problem.parties[side].longest_run
        if longest is None:
            return
        out = set(gone)
        while run := self._run(side, request, start, out):
            if sum(self.instance.durations[other] for other in run) + self.instance.durations[request] <= longest:
                return
            dropped = self._cheapest(run, 1)[0]
            out.add(dropped)
            yield dropped

    def _run(self, side: int, request: int, start: int, gone: Collection[int]) -> Collection[int]:
        """The meetings of a party that would join up with a request."""
        block = self.instance.blocks[self.instance.block_of[start]]
        busy, span = self.plan.busy[side], self.instance.span(request, start)
        found = set()
        for slots in (range(start - 1, block[0] - 1, -1), range(span[-1] + 1, block[-1] + 1)):
            for slot in slots:
                if slot not in busy or busy[slot] in gone:
                    break
                found.add(busy[slot])
        return found

    def _out_of_order(self, request: int, start: int) -> Iterator[int]:
        places = self.plan.places
        for first, second in self.instance.precedences:
            if second == request and first in places and places[first] + self.instance.durations[first] > start:
                yield first
            if first == request and second in places and start + self.instance.durations[request] > places[second]:
                yield second


def _of_day(instance: Instance, plan: Measure, side: int, day: str) -> int:
    return len(
        {request for slot, request in plan.busy[side].items() if instance.day_of[instance.block_of[slot]] == day}
    )
