"""The way to the best plan: choose and slot in turns as long as that helps, then the whole model, goal by goal."""

import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from events.timetable.choosing import Choice, Chooser
from events.timetable.goals import LARGE
from events.timetable.instance import Instance
from events.timetable.model import Model, total
from events.timetable.problem import Goal, Placed
from events.timetable.search import Answer, polishing, proving, run
from events.timetable.slotting import Slotting
from events.timetable.state import State

# Choosing first pays only where the goals are in this order; whatever comes after them is free.
CHOSEN: Final = (Goal.DISTURBED, Goal.BELOW_MINIMUM, Goal.VALUE)
# The largest model to build as a whole, in places of requests: beyond, polishing makes better use of the time.
LARGEST: Final = 60_000
# Places that a second builds, presolves and ends, roughly; kept free at the end, so that the limit is kept.
A_SECOND: Final = 20_000
ROUNDS: Final = 60
# Rounds without a better bound after which the whole model, where it can be built, is the quicker way.
STALE: Final = 2
SHARE: Final = 0.5


@dataclass
class Planner:
    """Improves the plan of a state until all is proven or the time is up."""

    state: State
    infeasible: bool = False
    _chooser: Chooser | None = None
    _slotting: Slotting = field(init=False)

    def __post_init__(self) -> None:
        self._slotting = Slotting(self.state.instance)

    def plan(self) -> None:
        """Work through the goals; sets `infeasible` if there is no plan."""
        state = self.state
        if not all(state.instance.starts[request] for request in state.instance.demanded):
            self.infeasible = True
            return
        self._note_what_is_plain()
        if not self._begin():
            return
        if self._can_choose:
            self._choose()
        for goal in state.goals:
            self._improve(goal)
            if self.infeasible:
                self.infeasible = state.best is None
                return
        for goal in state.goals:
            state.report(goal)

    def _note_what_is_plain(self) -> None:
        """Note the bounds that need no search."""
        state, instance = self.state, self.state.instance
        requests = instance.problem.requests
        plain = {
            Goal.DISTURBED: sum(slot not in instance.starts[r] for r, slot in instance.settled.items()),
            Goal.VALUE: sum(requests[r].value for r in instance.requests if instance.starts[r]),
            Goal.MOVES: sum(slot not in instance.starts[r] for r, slot in instance.published.items()),
        }
        for goal in state.goals:
            state.prove(goal, plain.get(goal, 0))

    def _begin(self) -> bool:
        """Find a first plan, of the demanded meetings alone; return whether to go on."""
        state, instance = self.state, self.state.instance
        if instance.problem.gap_spread_limit is not None and instance.demanded:
            return True  # the first goal's search sees to it
        answer = run(Model(instance, {r: instance.starts[r] for r in instance.demanded}), state.budget)
        self.infeasible = answer.infeasible
        state.offer(answer.places)
        return answer.places is not None

    @property
    def _can_choose(self) -> bool:
        problem, goals = self.state.instance.problem, self.state.goals
        first = [goal for goal in CHOSEN if goal in goals]
        optional = len(self.state.instance.demanded) < len(self.state.instance.requests)
        return (
            optional
            and Goal.VALUE in goals
            and problem.gap_spread_limit is None
            and goals[: len(first)] == tuple(first)
        )

    def _choose(self) -> None:
        """Choose and slot in turns, under half of the time; locks what was published and can stay."""
        begun, state = time.monotonic(), self.state
        if Goal.DISTURBED in state.goals:
            if not self._keep_published():
                return
            state.charge(Goal.DISTURBED, begun)
        begun, until = time.monotonic(), state.budget.spent + SHARE * state.budget.left
        self._slotting, self._chooser = Slotting(state.instance), Chooser(state.instance)
        bounds: list[tuple[int, int]] = []
        for _round in range(ROUNDS):
            choice = self._chooser.choose(state.budget, until - state.budget.spent)
            if choice is None:
                break
            self._note(choice)
            if self._slot(choice, self._chooser, until) or state.budget.spent >= until:
                break
            bounds.append((choice.below_bound, choice.value_bound))
            if len(bounds) > STALE and len(set(bounds[-STALE - 1 :])) == 1 and self._size <= LARGEST:
                break
        state.charge(Goal.VALUE, begun)

    def _keep_published(self) -> bool:
        """Lock the published meetings that were not released, if all that can be held at all can be held together."""
        state, instance = self.state, self.state.instance
        stay = {r: slot for r, slot in instance.settled.items() if slot in instance.starts[r]}
        if stay:
            kept = _locked(instance, stay)
            places = {r: kept.starts[r] for r in kept.demanded}
            answer = run(Model(kept, places), state.budget) if all(places.values()) else None
            if answer is None or answer.places is None:
                return False
            state.instance = kept
            state.offer(answer.places)
        state.report(Goal.DISTURBED)
        return True

    def _note(self, choice: Choice) -> None:
        state = self.state
        if Goal.BELOW_MINIMUM in state.goals:
            state.report(Goal.BELOW_MINIMUM, bound=choice.below_bound)
        if state.best and (Goal.BELOW_MINIMUM not in state.goals or state.settled(Goal.BELOW_MINIMUM)):
            state.report(Goal.VALUE, bound=choice.value_bound)

    def _slot(self, choice: Choice, chooser: Chooser, until: float) -> bool:
        """Find slots for a choice, or cut it off; return whether there is nothing more to gain."""
        state, budget, slotting = self.state, self.state.budget, self._slotting
        places: dict[int, int] = {}
        cut = False
        for block, requests in _by_block(choice.blocks).items():
            placed = slotting.place(block, requests, budget, max(until - budget.spent, 1))
            if placed is None and slotting.impossible(block, requests):
                conflict = slotting.conflict(block, requests, budget, max((until - budget.spent) / 4, 1))
                chooser.cuts.append(frozenset((request, block) for request in conflict))
                cut = True
            if placed is None:
                placed = slotting.most(block, requests, budget, max((until - budget.spent) / 8, 1))
            places |= placed
        done = len(places) == len(choice.blocks)
        state.offer(places)
        self._note(choice)
        return done or not cut

    def _improve(self, goal: Goal) -> None:
        """Search the best plan in one goal, the goals before it kept."""
        state, begun = self.state, time.monotonic()
        state.report(goal)
        if goal in {Goal.LONGEST_WAIT, Goal.SPREAD}:
            self._note_what_follows(goal)
        if not state.settled(goal) and not state.budget.over:
            open_goals = sum(not state.settled(other) for other in state.goals[state.goals.index(goal) :])
            until = state.budget.spent + state.budget.left * (1 if open_goals == 1 else SHARE)
            self._search(goal, until)
        state.charge(goal, begun)
        state.report(goal)

    def _note_what_follows(self, goal: Goal) -> None:
        """Note what the gaps say of the other goals about waiting, if they come before them."""
        state = self.state
        order = state.goals
        if state.best is None or Goal.GAPS not in order or order.index(Goal.GAPS) > order.index(goal):
            return
        parties, most, fewest = len(state.instance.parties), state.best.value(Goal.GAPS), state.bounds[Goal.GAPS]
        somebody_waits = fewest > 0
        not_all_alike = somebody_waits and most < parties  # so that one party has no gap
        state.prove(goal, int(somebody_waits if goal == Goal.LONGEST_WAIT else not_all_alike))

    @cached_property
    def _slack(self) -> float:
        """Seconds that go by around a search."""
        return self._size / A_SECOND

    @cached_property
    def _size(self) -> int:
        return sum(map(len, self.state.instance.starts))

    def _search(self, goal: Goal, until: float) -> None:
        state = self.state
        if state.best and until - state.budget.spent < 2 * self._slack:
            return
        if state.best and goal in {Goal.GAPS, Goal.LONGEST_WAIT, Goal.SPREAD, Goal.MOVES} and self._can_choose:
            self._polish(goal, until)
        if state.settled(goal) or (state.best and self._can_choose and self._size > LARGEST):
            return
        if state.instance.precedences:
            if state.best is None:
                self._find_any(goal, state.budget.spent + (until - state.budget.spent) / 3)
            if self.infeasible:
                return
            self._bound_without_order(goal, state.budget.spent + (until - state.budget.spent) / 3)
            if not self.infeasible and not state.settled(goal):
                self._aim_at_bound(goal, state.budget.spent + (until - state.budget.spent) / 2)
        if self.infeasible or state.settled(goal):
            return
        model, goals = state.model(goal)
        expression, bound = total([goals.expression(goal)]), state.bounds[goal]
        model.cp.add(expression <= bound if goal in LARGE else expression >= bound)
        if state.best:
            model.hint(state.places)
        answer = self._run(model, expression, goal, until)
        self.infeasible = answer.infeasible
        state.prove(goal, answer.bound)

    def _find_any(self, goal: Goal, until: float) -> None:
        """Search some plan, or the proof that the order leaves none: a relaxation would not show it."""
        state = self.state
        answer = run(state.model(goal)[0], state.budget, seconds=max(until - state.budget.spent - self._slack, 0.01))
        self.infeasible = answer.infeasible
        state.offer(answer.places)

    def _bound_without_order(self, goal: Goal, until: float) -> None:
        """Note the bound that holds even without the precedences: it is often the same, and proven much sooner."""
        model, goals = self.state.model(goal, ordered=False)
        answer = self._run(model, goals.expression(goal), goal, until, plans=False)
        self.infeasible = answer.infeasible
        self.state.prove(goal, answer.bound)

    def _aim_at_bound(self, goal: Goal, until: float) -> None:
        """Search a plan that is as good as the bound, and only that: a question that CP-SAT often answers sooner."""
        state = self.state
        model, goals = state.model(goal)
        expression, bound = total([goals.expression(goal)]), state.bounds[goal]
        model.cp.add(expression >= bound if goal in LARGE else expression <= bound)
        seconds = max(until - state.budget.spent - self._slack, 0.01)
        answer = run(model, state.budget, seconds=seconds, parameters=polishing(state.budget.workers))
        state.offer(answer.places)
        if answer.infeasible:
            state.report(goal, bound=bound - 1 if goal in LARGE else bound + 1)

    def _polish(self, goal: Goal, until: float) -> None:
        """Move the meetings that are held: within each block first, then over the whole event."""
        state, budget = self.state, self.state.budget
        if goal == Goal.GAPS:
            self._choose_for_gaps(until)
            blocks = {request: self.state.instance.block_of[slot] for request, slot in state.places.items()}
            state.offer(self._slot_tightly(blocks, budget.spent + (until - budget.spent) / 2))
        if not state.settled(goal):
            self._polish_within(goal, {r: list(state.instance.starts[r]) for r in state.places}, until)

    def _choose_for_gaps(self, until: float) -> None:
        """Choose again for the same value, so that the meetings of each block force few gaps; note how few."""
        state, budget = self.state, self.state.budget
        if self._chooser is None or not (state.best and state.settled(Goal.VALUE)):
            return
        seconds = (until - budget.spent) / 4
        below, value = state.best.value(Goal.BELOW_MINIMUM), state.best.value(Goal.VALUE)
        choice = self._chooser.fewest_gaps(below, value, budget, seconds)
        if choice:
            blocks, bound = choice
            state.report(Goal.GAPS, bound=bound)
            state.offer(self._slot_tightly(blocks, budget.spent + seconds))

    def _slot_tightly(self, blocks: Mapping[int, int], until: float) -> Mapping[int, int] | None:
        """Return slots with few gaps for requests whose blocks are known, None if there are none in time."""
        places: dict[int, int] = {}
        budget = self.state.budget
        grouped = _by_block(blocks)
        for number, (block, requests) in enumerate(grouped.items()):
            seconds = max(until - budget.spent, 0.1) / (len(grouped) - number)
            placed = self._slotting.tight(block, requests, budget, seconds)
            if placed is None:
                return None
            places |= placed
        return places

    def _polish_within(self, goal: Goal, choices: Mapping[int, list[int]], until: float) -> None:
        model, goals = self.state.model(goal, choices)
        expression = total([goals.expression(goal)])
        model.cp.add(expression >= self.state.bounds.get(goal, 0))
        model.hint(self.state.places)
        self._run(model, expression, goal, until, bounds=False)

    def _run(
        self, model: Model, expression: Any, goal: Goal, until: float, *, bounds: bool = True, plans: bool = True
    ) -> Answer:
        """Search; `bounds` says whether what is proven holds for all plans, `plans` whether what is found is one."""
        state = self.state
        workers, ordered = state.budget.workers, bool(model.ordered and state.instance.precedences)
        tell = state.found(goal)
        answer = run(
            model,
            state.budget,
            goal=total([expression]),
            large=goal in LARGE,
            seconds=max(until - state.budget.spent - self._slack, 0.01),
            found=lambda best, bound: tell(best if plans else None, bound if bounds else None),
            parameters=proving(workers, ordered=ordered) if bounds else polishing(workers),
        )
        if plans:
            state.offer(answer.places)
        return answer


def _locked(instance: Instance, stay: Mapping[int, int]) -> Instance:
    """Return the same problem with these meetings locked in their slots, beside those that are locked already."""
    problem = instance.problem
    locks = [
        Placed(problem.requests[request].id, problem.slots[slot].id)
        for request, slot in stay.items()
        if request not in instance.locked
    ]
    return Instance(replace(problem, locked=(*problem.locked, *locks)))


def _by_block(blocks: Mapping[int, int]) -> Mapping[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for request, block in blocks.items():
        found[block].add(request)
    return {block: frozenset(found[block]) for block in sorted(found)}
