"""Which requests to hold in which block: a relaxation of the whole problem, and the bound that it proves.

y[r, B] says that request r is held in block B. What is kept of the rules: one block per request, maxima, the order of
blocks, the slots that a party, a table of its own and the pool have in a block. For a party p and a block B let C(r) be
the slots that r could take there; then for every set U among these C, the requests with C(r) within U take at most |U|
slots (Hall's condition, 1935, for the sets that occur; with a longest run L, of a stretch of n slots only
n - floor(n / (L + 1)) count). Every plan gives such a y, so that its optimum, solved by HiGHS, bounds the parties below
their minimum and the value of all plans. Cuts from `slotting` come on top (logic-based Benders decomposition: Hooker
and Ottosson, Mathematical Programming 96, 2003).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Final

from ortools.math_opt.python import mathopt

from events.timetable.instance import Instance
from events.timetable.problem import Goal
from events.timetable.profile import profile
from events.timetable.search import Budget

# Of HiGHS, per unit of the objective's largest coefficient: what its floating point may be wrong by.
TOLERANCE: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Choice:
    """The block of each request that is held; bounds for the parties below their minimum and the value, if proven."""

    blocks: Mapping[int, int]
    below_bound: int
    value_bound: int


@dataclass
class Chooser:
    """Chooses, under the cuts so far; raises its bounds with them."""

    instance: Instance
    cuts: list[frozenset[tuple[int, int]]] = field(default_factory=list)
    below_bound: int = 0
    value_bound: int | None = None

    def choose(self, budget: Budget, seconds: float) -> Choice | None:
        """Return the best choice, None if the time is too short or if none exists."""
        while not budget.over:
            best = self._solve(budget, seconds, value=True)
            if best is None or best.infeasible:
                if best is None or not self._raise_below(budget, seconds):
                    return None
                continue
            bound = int(best.bound + TOLERANCE * max((r.value for r in self.instance.problem.requests), default=1))
            self.value_bound = bound if self.value_bound is None else min(bound, self.value_bound)
            return Choice(best.blocks, self.below_bound, self.value_bound)
        return None

    def fewest_gaps(
        self, below: int, value: int, budget: Budget, seconds: float
    ) -> tuple[Mapping[int, int], int] | None:
        """Return a choice that forces the fewest gaps, and a bound of the gaps of all plans that are as good.

        Args:
            below: how many parties may stay below their minimum: what the best plan reaches, which may be more than
                our own bound says, if the whole model proved it.
            value: what the choice must be worth at least.
            budget: the time that is left.
            seconds: how much of it this may take.
        """
        model = _Relaxation(self.instance, self.cuts)
        model.minimise_gaps(below, value)
        best = model.solve(min(seconds, budget.left), budget.seed)
        return None if best is None or best.infeasible else (best.blocks, -int(-(best.bound - TOLERANCE) // 1))

    def _raise_below(self, budget: Budget, seconds: float) -> bool:
        """Find how many parties must stay below their minimum; return whether a choice exists at all."""
        best = self._solve(budget, seconds, value=False)
        if best is None or best.infeasible:
            return False
        bound = -int(-(best.bound - TOLERANCE) // 1)
        grew = bound > self.below_bound
        if grew:
            self.below_bound, self.value_bound = bound, None
        return grew

    def _solve(self, budget: Budget, seconds: float, *, value: bool) -> "_Solved | None":
        model = _Relaxation(self.instance, self.cuts)
        if value:
            model.maximise_value(self.below_bound)
        else:
            model.minimise_below()
        return model.solve(min(seconds, budget.left), budget.seed)


@dataclass(frozen=True, slots=True)
class _Solved:
    blocks: Mapping[int, int]
    bound: float
    infeasible: bool = False


class _Relaxation:
    """The mixed-integer program; see the module."""

    def __init__(self, instance: Instance, cuts: Iterable[frozenset[tuple[int, int]]]) -> None:
        self.instance = instance
        self.program = mathopt.Model(name="choose")
        self.chosen = {
            (request, block): self.program.add_binary_variable()
            for request in instance.requests
            for block in sorted({instance.block_of[start] for start in instance.starts[request]})
        }
        self.blocks_of: dict[int, list[int]] = defaultdict(list)
        for request, block in self.chosen:
            self.blocks_of[request].append(block)
        self._hold_once()
        self._limit_parties()
        self._limit_tables()
        self._order()
        # Minima bind nobody unless they are a goal.
        self.below = self._missing() if Goal.BELOW_MINIMUM in instance.problem.goals else []
        for cut in cuts:
            self._at_most(cut, len(cut) - 1)

    def maximise_value(self, below: int) -> None:
        """Seek the greatest value with at most `below` parties below their minimum."""
        self.program.add_linear_constraint(mathopt.fast_sum(self.below) <= below)
        requests = self.instance.problem.requests
        self.program.maximize(mathopt.fast_sum(requests[r].value * y for (r, _block), y in self.chosen.items()))

    def minimise_below(self) -> None:
        """Seek the fewest parties below their minimum."""
        self.program.minimize(mathopt.fast_sum(self.below))

    def minimise_gaps(self, below: int, value: int) -> None:
        """Seek the fewest gaps that the profiles of the parties force, at a value."""
        requests = self.instance.problem.requests
        worth = mathopt.fast_sum(requests[r].value * y for (r, _block), y in self.chosen.items())
        self.program.add_linear_constraint(mathopt.fast_sum(self.below) <= below)
        self.program.add_linear_constraint(worth >= value)
        gaps = [gap for party in self.instance.parties for gap in self._forced_gaps(party)]
        self.program.minimize(mathopt.fast_sum(gaps))

    def _forced_gaps(self, party: int) -> Iterator[mathopt.Variable]:
        """Yield a variable for each gap that a party may need, block by block."""
        for block, taken in _covers(self.instance, self.instance.of_party[party]).items():
            most = profile(self.instance, party, block, frozenset[int]().union(*taken.values()))
            slots = mathopt.fast_sum(self.instance.durations[r] * self.chosen[r, block] for r in taken)
            gaps = [self.program.add_binary_variable() for _step in most[1:]]
            for sooner, later in pairwise(gaps):
                self.program.add_linear_constraint(sooner >= later)
            steps = (gap * (more - less) for gap, (less, more) in zip(gaps, pairwise(most), strict=True))
            if sum(self.instance.durations[request] for request in taken) > most[0]:
                self.program.add_linear_constraint(slots <= most[0] + mathopt.fast_sum(steps))
            yield from gaps

    def solve(self, seconds: float, seed: int) -> _Solved | None:
        """Return the best choice, None if the time is too short."""
        if seconds <= 0:
            return None  # HiGHS takes no such limit
        parameters = mathopt.SolveParameters(
            time_limit=timedelta(seconds=seconds), relative_gap_tolerance=0.0, random_seed=seed % 2**31
        )
        result = mathopt.solve(self.program, mathopt.SolverType.HIGHS, params=parameters)
        reason = result.termination.reason
        if reason == mathopt.TerminationReason.INFEASIBLE:
            return _Solved({}, 0, infeasible=True)
        if reason != mathopt.TerminationReason.OPTIMAL:
            return None
        values = result.variable_values()
        blocks = {request: block for (request, block), y in self.chosen.items() if values[y] > 1 / 2}
        return _Solved(blocks, result.termination.objective_bounds.dual_bound)

    def _at_most(self, places: Iterable[tuple[int, int]], limit: int, weights: Mapping[int, int] | None = None) -> None:
        terms = [(weights[place[0]] if weights else 1) * self.chosen[place] for place in places if place in self.chosen]
        if terms:
            self.program.add_linear_constraint(mathopt.fast_sum(terms) <= limit)

    def _hold_once(self) -> None:
        for request in self.instance.requests:
            held = self._held(request)
            if request in self.instance.demanded:
                self.program.add_linear_constraint(held == 1)
            else:
                self.program.add_linear_constraint(held <= 1)

    def _held(self, request: int) -> mathopt.LinearBase:
        return mathopt.fast_sum(self.chosen[request, block] for block in self.blocks_of[request])

    def _limit_parties(self) -> None:
        instance, days = self.instance, list(dict.fromkeys(self.instance.day_of))
        for number, party in enumerate(instance.problem.parties):
            requests = instance.of_party[number]
            places = [(request, block) for request in requests for block in self.blocks_of[request]]
            if party.maximum is not None and party.maximum < len(requests):
                self._at_most(places, party.maximum)
            if party.maximum_per_day is not None and party.maximum_per_day < len(requests):
                for day in days:
                    of_day = [place for place in places if instance.day_of[place[1]] == day]
                    self._at_most(of_day, party.maximum_per_day)
            for members, slots in _crowds(instance, requests, party.longest_run):
                self._at_most(members, slots, dict(enumerate(instance.durations)))

    def _limit_tables(self) -> None:
        instance, weights = self.instance, dict(enumerate(self.instance.durations))
        of_table: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for request, block in self.chosen:
            own = instance.owned[request]
            if own is not None:
                of_table[own, block].append((request, block))
            elif request not in instance.pinned:
                of_table[-1, block].append((request, block))
        for (table, block), places in of_table.items():
            slots = set(instance.blocks[block])
            there = [instance.table_there[table]] if table >= 0 else []
            pool = sum(len(pool.slots & slots) * len(pool.tables) for pool in instance.pools[block])
            self._at_most(places, len(there[0] & slots) if there else pool, weights)

    def _order(self) -> None:
        for first, second in self.instance.precedences:
            for block in range(len(self.instance.blocks)):
                second_by = [(second, b) for b in range(block + 1)]
                first_after = [(first, b) for b in range(block + 1, len(self.instance.blocks))]
                self._at_most([*second_by, *first_after], 1)

    def _missing(self) -> list[mathopt.Variable]:
        below = []
        for number, party in enumerate(self.instance.problem.parties):
            if party.minimum:
                below.append(self.program.add_binary_variable())
                held = mathopt.fast_sum(self._held(request) for request in self.instance.of_party[number])
                self.program.add_linear_constraint(held + party.minimum * below[-1] >= party.minimum)
        return below


def _covers(instance: Instance, requests: Iterable[int]) -> Mapping[int, Mapping[int, frozenset[int]]]:
    """Return for each block the slots that each of some requests could take there."""
    covers: dict[int, dict[int, frozenset[int]]] = defaultdict(dict)
    for request in requests:
        could: dict[int, set[int]] = defaultdict(set)
        for start in instance.starts[request]:
            could[instance.block_of[start]].update(instance.span(request, start))
        for block, slots in could.items():
            covers[block][request] = frozenset(slots)
    return dict(sorted(covers.items()))


def _crowds(
    instance: Instance, requests: Iterable[int], longest: int | None
) -> Iterator[tuple[list[tuple[int, int]], int]]:
    """Yield places of a party's requests in a block with the slots that they may take together, where that binds."""
    for block, taken in _covers(instance, requests).items():
        everything = frozenset[int]().union(*taken.values())
        for within in sorted({everything, *taken.values()}, key=sorted):
            members = [(request, block) for request, cover in taken.items() if cover <= within]
            room = _room(within, longest)
            if sum(instance.durations[request] for request, _block in members) > room:
                yield members, room


def _room(slots: frozenset[int], longest: int | None) -> int:
    """Return how many of these slots a party can be in meetings, with runs of `longest` slots at most."""
    if longest is None:
        return len(slots)
    room = run = 0
    for slot in range(min(slots), max(slots) + 2):
        if slot in slots:
            run += 1
        else:
            room, run = room + run - run // (longest + 1), 0
    return room
