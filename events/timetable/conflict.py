"""Demands that cannot be met together: which locked and required meetings, and whether the limit of gaps takes part."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from events.timetable.goals import Goals
from events.timetable.instance import Instance
from events.timetable.model import Model
from events.timetable.plan import Demand
from events.timetable.search import Budget, run


@dataclass
class Conflict:
    """Looks for a conflict of which no part can be left out, by leaving out halves, quarters and so on."""

    instance: Instance
    budget: Budget
    minimal: bool = True

    def find(self) -> tuple[Demand, ...]:
        """Return the conflict, given that the problem has no plan; sets `minimal` to False if the time was short."""
        limited = self.instance.problem.gap_spread_limit is not None and self._possible(
            sorted(self.instance.demanded), limited=False
        )
        needed = self._shrink(sorted(self.instance.demanded), limited=limited)
        return (*self._named(needed), *([Demand("gap_spread_limit")] if limited else []))

    def _shrink(self, demanded: Sequence[int], *, limited: bool) -> list[int]:
        needed, size = list(demanded), max(len(demanded) // 2, 1)
        while True:
            begin = 0
            while begin < len(needed):
                rest = needed[:begin] + needed[begin + size :]
                if self._possible(rest, limited=limited):
                    begin += size
                else:
                    needed = rest
            if size == 1:
                return needed
            size = max(size // 2, 1)

    def _possible(self, demanded: Sequence[int], *, limited: bool) -> bool:
        """Return whether a plan meets only these demands; True, not minimal, if that stays open."""
        if self.budget.over:
            self.minimal = False
            return True
        instance = self.instance.without(self.instance.demanded.difference(demanded))
        if not all(instance.starts[request] for request in demanded):
            return False
        model = Model(instance, None if limited else {request: instance.starts[request] for request in demanded})
        if limited:
            Goals(model).limit_spread(self.instance.problem.gap_spread_limit or 0)
        answer = run(model, self.budget)
        if answer.places is None and not answer.finished:
            self.minimal = False
        return not answer.infeasible

    def _named(self, requests: Sequence[int]) -> Iterator[Demand]:
        for request in requests:
            kind = "locked" if request in self.instance.locked else "required"
            yield Demand(kind, self.instance.problem.requests[request].id)
