"""The search so far: the best plan, what is proven of each goal, and who is told of it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from events.timetable.goals import LARGE, Goals
from events.timetable.instance import Instance
from events.timetable.measure import Measure
from events.timetable.model import Model
from events.timetable.plan import Progress
from events.timetable.problem import Goal
from events.timetable.search import Budget, Found


@dataclass
class State:
    """Holds the best plan, the bounds, and the seconds that each goal took."""

    instance: Instance
    budget: Budget
    tell: Callable[[Progress], None] | None = None
    best: Measure | None = None
    bounds: dict[Goal, int] = field(default_factory=dict)
    spent: dict[Goal, float] = field(default_factory=dict)
    _told: dict[Goal, Progress] = field(default_factory=dict)

    @property
    def goals(self) -> tuple[Goal, ...]:
        """The goals, most important first."""
        return self.instance.problem.goals

    @property
    def places(self) -> Mapping[int, int]:
        """The places of the best plan so far."""
        return self.best.places if self.best else {}

    def offer(self, places: Mapping[int, int] | None) -> bool:
        """Take a plan if it is allowed and better than the best so far; return whether it was taken."""
        if places is None:
            return False
        plan = Measure(self.instance, dict(sorted(places.items())))
        if not plan.allowed or (self.best and self.best.rank() <= plan.rank()):
            return False
        self.best = plan
        return True

    def prove(self, goal: Goal, bound: int | None) -> None:
        """Note a bound that holds for all plans as good in the goals before."""
        if bound is None:
            return
        known = self.bounds.get(goal)
        tighter = min if goal in LARGE else max
        self.bounds[goal] = bound if known is None else tighter(known, bound)

    def settled(self, goal: Goal) -> bool:
        """Whether the best plan is proven to be the best in this goal, those before it kept as they are."""
        return self.best is not None and self.bounds.get(goal) == self.best.value(goal)

    def report(self, goal: Goal, best: int | None = None, bound: int | None = None) -> None:
        """Tell what is new about a goal."""
        if best is None and self.best is not None:
            best = self.best.value(goal)
        told = self._told.get(goal)
        if told:
            best = self._better(goal, best, told.best)
        self.prove(goal, bound)
        bound = self.bounds.get(goal)
        if self.tell and (told is None or (told.best, told.bound) != (best, bound)):
            self._told[goal] = Progress(goal, best, bound, round(self.budget.spent, 3))
            self.tell(self._told[goal])

    def found(self, goal: Goal) -> Found:
        """Return what a run calls with each better value and bound."""
        return lambda best, bound: self.report(goal, best, bound)

    def charge(self, goal: Goal, begun: float) -> None:
        """Count the time since `begun` (of time.monotonic) to a goal."""
        self.spent[goal] = self.spent.get(goal, 0.0) + time.monotonic() - begun

    def keep(self, goals: Goals, before: Goal) -> None:
        """Hold a model to what the best plan reaches in all goals before one."""
        if self.best is None:
            return
        for goal in self.goals[: self.goals.index(before)]:
            value, expression = self.best.value(goal), goals.expression(goal)
            goals.model.cp.add(expression >= value if goal in LARGE else expression <= value)

    def model(
        self, before: Goal, places: Mapping[int, list[int]] | None = None, *, ordered: bool = True
    ) -> tuple[Model, Goals]:
        """Return a model for a goal: over all places, or over those given, of requests that all must be held.

        Args:
            before: the goal that comes next; those before it are kept.
            places: the slots in which each request may begin; None: all.
            ordered: whether to keep the precedences.
        """
        model = Model(self.instance, places, None if places is None else places.keys(), ordered)
        goals = Goals(model)
        if self.instance.problem.gap_spread_limit is not None:
            goals.limit_spread(self.instance.problem.gap_spread_limit)
        self.keep(goals, before)
        return model, goals

    @staticmethod
    def _better(goal: Goal, one: int | None, other: int | None) -> int | None:
        known = [value for value in (one, other) if value is not None]
        return (max if goal in LARGE else min)(known, default=None)
