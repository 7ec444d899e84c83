"""The whole problem as one constraint model for OR-Tools CP-SAT: exact, and quick enough for small events.

Variables: a Boolean x[r, s] per request r and slot s in which it may begin; b[p, t] per party p and slot t, true when
the party is in a meeting. Rules (each sum over the x that take slot t):

* a request: sum over s of x[r, s] <= 1, = 1 if it must be held;
* a party: sum of its x that take t = b[p, t];
* tables: sum of the x of the pool that take t <= tables there in t; a long meeting chooses a group of tables that are
  there in the same slots, and within a group meetings that overlap at most n times can always be given n tables
  (interval graphs are perfect), so that tables need no variables;
* precedence (q, r): sum over s <= t of x[r, s] + sum over s > t - duration(q) of x[q, s] <= 1 for every t;
* longest run L: b over any L + 1 slots in a row sum up to L at most.

The sum for tables runs over clusters, that is, meetings that share a party, of which one at most is held at a time;
with the sums implied by counting each slot's busy parties it follows Bofill, Coll, Garcia, Giráldez-Cru, Pesant, Suy
and Villaret, JAIR 74 (2022), as far as that pays here; `goals` adds gaps and windows.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ortools.sat.python import cp_model

from events.timetable.instance import Instance

Literal = cp_model.IntVar
Expression = cp_model.LinearExpr


def total(terms: Iterable[Expression | int]) -> Expression:
    """Return the sum of expressions."""
    return cp_model.LinearExpr.constant(0) + cp_model.LinearExpr.sum(list(terms))


@dataclass(frozen=True, slots=True)
class Option:
    """One way of holding a request: from `start` on, at a table of a group (None: whichever is free)."""

    request: int
    start: int
    pool: int | None
    chosen: Literal


@dataclass
class Model:
    """The rules as a CP-SAT model.

    Args:
        instance: the problem.
        places: the requests to look at, with the slots in which each may begin; default: all.
        must: the requests to hold; default: those that the problem demands.
        ordered: whether to keep the precedences; without them the model is a relaxation.
    """

    instance: Instance
    places: Mapping[int, Sequence[int]] | None = None
    must: Collection[int] | None = None
    ordered: bool = True
    cp: cp_model.CpModel = field(default_factory=cp_model.CpModel)

    def __post_init__(self) -> None:
        self.options: dict[int, list[Option]] = {request: list(self._options(request)) for request in self._wanted}
        self.held: dict[int, Expression] = {
            request: total(option.chosen for option in options) for request, options in self.options.items()
        }
        for request, options in self.options.items():
            chosen = [option.chosen for option in options]
            if request in self.held_anyway:
                self.cp.add_exactly_one(chosen)
            else:
                self.cp.add_at_most_one(chosen)
        self._limit_parties()
        self._limit_tables()
        self._order()

    @property
    def held_anyway(self) -> Collection[int]:
        """The requests that every plan of this model holds."""
        return self.instance.demanded if self.must is None else self.must

    @property
    def _wanted(self) -> Iterable[int]:
        return self.instance.requests if self.places is None else self.places

    @cached_property
    def busy(self) -> Mapping[tuple[int, int], Literal]:
        """For each party and slot in which it could meet, whether it does."""
        takers: dict[tuple[int, int], list[Literal]] = defaultdict(list)
        for option in self._all():
            for slot in self.instance.span(option.request, option.start):
                for party in self.instance.sides[option.request]:
                    takers[party, slot].append(option.chosen)
        busy = {}
        for (party, slot), chosen in sorted(takers.items()):
            busy[party, slot] = self.cp.new_bool_var(f"b{party},{slot}")
            self.cp.add_exactly_one([*chosen, ~busy[party, slot]])
        return busy

    def places_of(self, value: cp_model.CpSolver) -> dict[int, int]:
        """Return the places that a solution chose."""
        return {option.request: option.start for option in self._all() if value.boolean_value(option.chosen)}

    def pools_of(self, value: cp_model.CpSolver) -> dict[int, int]:
        """Return the groups of tables that a solution chose, of requests that had a choice."""
        return {
            option.request: option.pool
            for option in self._all()
            if option.pool is not None and value.boolean_value(option.chosen)
        }

    def literal(self, request: int, start: int) -> Expression:
        """Return the sum, 0 or 1, that says whether a request begins in a slot."""
        return total(option.chosen for option in self.options.get(request, ()) if option.start == start)

    def hint(self, places: Mapping[int, int]) -> None:
        """Begin the search near a plan."""
        self.cp.clear_hints()  # type: ignore[no-untyped-call]
        busy: set[tuple[int, int]] = set()
        hinted: set[int] = set()
        for option in self._all():
            chosen = places.get(option.request) == option.start and option.request not in hinted
            if chosen:
                hinted.add(option.request)
                slots = self.instance.span(option.request, option.start)
                busy.update((party, slot) for party in self.instance.sides[option.request] for slot in slots)
            self.cp.add_hint(option.chosen, chosen)
        for key, literal in self.busy.items():
            self.cp.add_hint(literal, key in busy)

    def _all(self) -> Iterator[Option]:
        return (option for options in self.options.values() for option in options)

    def _options(self, request: int) -> Iterator[Option]:
        instance = self.instance
        allowed = instance.starts[request]
        starts = allowed if self.places is None else [start for start in self.places[request] if start in allowed]
        for start in starts:
            for pool in self._pools(request, start):
                yield Option(request, start, pool, self.cp.new_bool_var(f"x{request},{start},{pool}"))

    def _pools(self, request: int, start: int) -> Iterable[int | None]:
        """The groups of tables among which a request has to choose; (None,) if it has not, () if there is none."""
        instance = self.instance
        if instance.owned[request] is not None or request in instance.pinned:
            return (None,)
        span = instance.span(request, start)
        fitting = [
            number
            for number, pool in enumerate(instance.pools[instance.block_of[start]])
            if pool.slots.issuperset(span)
        ]
        needs_no_choice = len(span) == 1 or len(instance.pools[instance.block_of[start]]) == 1
        return (None,) if fitting and needs_no_choice else fitting

    def _limit_parties(self) -> None:
        problem, instance = self.instance.problem, self.instance
        for number, party in enumerate(problem.parties):
            requests = [request for request in instance.of_party[number] if request in self.options]
            if party.maximum is not None and party.maximum < len(requests):
                self.cp.add(total(self.held[request] for request in requests) <= party.maximum)
            if party.maximum_per_day is not None and party.maximum_per_day < len(requests):
                for day in dict.fromkeys(instance.day_of):
                    of_day = [o.chosen for r in requests for o in self.options[r] if self._day(o) == day]
                    self.cp.add(total(of_day) <= party.maximum_per_day)
            if party.longest_run is not None:
                self._limit_runs(number, party.longest_run)
            if requests and all(request in instance.demanded for request in requests):
                slots = sum(instance.durations[request] for request in requests)
                self.cp.add(total(b for (owner, _slot), b in self._busy_of(number)) == slots)

    def _busy_of(self, party: int) -> Iterable[tuple[tuple[int, int], Literal]]:
        return [((party, slot), self.busy[party, slot]) for slot in self.instance.slots if (party, slot) in self.busy]

    def _day(self, option: Option) -> str:
        return self.instance.day_of[self.instance.block_of[option.start]]

    def _limit_runs(self, party: int, longest: int) -> None:
        for block in self.instance.blocks:
            for begin in block[: max(len(block) - longest, 0)]:
                window = range(begin, begin + longest + 1)
                if all((party, slot) in self.busy for slot in window):
                    self.cp.add_bool_or([~self.busy[party, slot] for slot in window])

    def _limit_tables(self) -> None:
        shared: dict[tuple[int, int], list[Option]] = defaultdict(list)
        of_pool: dict[int, list[Option]] = defaultdict(list)
        of_group: dict[tuple[int, int], list[Option]] = defaultdict(list)
        for option in self._all():
            table = self.instance.pinned.get(option.request, self.instance.owned[option.request])
            for slot in self.instance.span(option.request, option.start):
                if table is not None:
                    shared[table, slot].append(option)
                    continue
                of_pool[slot].append(option)
                if option.pool is not None:
                    of_group[option.pool, slot].append(option)
        for options in shared.values():
            if len({option.request for option in options}) > 1:
                self.cp.add_at_most_one(option.chosen for option in options)
        for (group, slot), options in of_group.items():
            pool = self.instance.pools[self.instance.block_of[slot]][group]
            self.cp.add(total(option.chosen for option in options) <= len(pool.tables))
        busy_in: dict[int, list[Literal]] = defaultdict(list)
        for (_party, slot), busy in self.busy.items():
            busy_in[slot].append(busy)
        everything = not self.instance.pinned and all(table is None for table in self.instance.owned)
        for slot, options in of_pool.items():
            self._limit_pool(slot, options, busy_in[slot] if everything else ())

    def _limit_pool(self, slot: int, options: Sequence[Option], busy: Sequence[Literal]) -> None:
        pools = self.instance.pools[self.instance.block_of[slot]]
        tables = sum(len(pool.tables) for pool in pools if slot in pool.slots)
        clusters = self._clustered(options)
        if len(clusters) <= tables:
            return
        taken = []
        for cluster in clusters:
            if len(cluster) == 1:
                taken.append(cluster[0].chosen)
                continue
            taken.append(self.cp.new_bool_var(""))
            self.cp.add_exactly_one([*(option.chosen for option in cluster), ~taken[-1]])
        self.cp.add(total(taken) <= tables)
        if busy:
            self.cp.add(total(busy) <= 2 * tables)

    def _clustered(self, options: Sequence[Option]) -> list[list[Option]]:
        """Split options into clusters that share a party, the largest first."""
        left = list(options)
        clusters = []
        while left:
            by_party: dict[int, list[Option]] = defaultdict(list)
            for option in left:
                for party in self.instance.sides[option.request]:
                    by_party[party].append(option)
            largest = max(by_party.values(), key=len)
            clusters.append(largest)
            gone = set(map(id, largest))
            left = [option for option in left if id(option) not in gone]
        return clusters

    def _order(self) -> None:
        for first, second in self.instance.precedences if self.ordered else ():
            if first not in self.options or second not in self.options:
                continue
            lasts = self.instance.durations[first]
            earlier, later = self.options[first], self.options[second]
            for slot in self.instance.slots:
                second_by = [option.chosen for option in later if option.start <= slot]
                first_after = [option.chosen for option in earlier if option.start > slot - lasts]
                if second_by and first_after:
                    self.cp.add_at_most_one([*second_by, *first_after])
