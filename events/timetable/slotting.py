"""Slots for the requests that were chosen for a block, or a conflict among them: what `choosing` leaves open."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from events.timetable.goals import Goals
from events.timetable.instance import Instance
from events.timetable.model import Model
from events.timetable.problem import Goal
from events.timetable.search import Budget, assumed, run, tightening


@dataclass
class Slotting:
    """Finds slots block by block and remembers what it found."""

    instance: Instance
    found: dict[tuple[int, frozenset[int]], Mapping[int, int] | None] = field(default_factory=dict)

    def place(self, block: int, requests: frozenset[int], budget: Budget, seconds: float) -> Mapping[int, int] | None:
        """Return slots within a block for all these requests; None if there are none or the time is too short."""
        key = (block, requests)
        if key not in self.found:
            answer = run(self._model(block, requests, must=requests), budget, seconds=seconds)
            if answer.places is None and not answer.finished:
                return None
            self.found[key] = answer.places
        return self.found[key]

    def tight(self, block: int, requests: frozenset[int], budget: Budget, seconds: float) -> Mapping[int, int] | None:
        """Return slots for all these requests with few gaps; None if there are none or the time is too short."""
        model = self._model(block, requests, must=requests)
        goal = Goals(model).expression(Goal.GAPS)
        return run(model, budget, goal=goal, seconds=seconds, parameters=tightening(budget.workers)).places

    def impossible(self, block: int, requests: frozenset[int]) -> bool:
        """Return whether `place` proved that there are no such slots."""
        return (block, requests) in self.found and self.found[block, requests] is None

    def most(self, block: int, requests: Iterable[int], budget: Budget, seconds: float) -> Mapping[int, int]:
        """Return slots for as much value of these requests as the time allows."""
        model = self._model(block, requests, must=self.instance.demanded.intersection(requests))
        answer = run(model, budget, goal=Goals(model).expression(Goal.VALUE), large=True, seconds=seconds)
        return answer.places or {}

    def conflict(self, block: int, requests: frozenset[int], budget: Budget, seconds: float) -> frozenset[int]:
        """Return some of the requests, few if time allows, that have no slots in the block together."""
        model = self._model(block, requests, must=())
        wanted = {}
        for request in sorted(requests):
            wanted[request] = model.cp.new_bool_var("")
            model.cp.add_exactly_one([*(option.chosen for option in model.options[request]), ~wanted[request]])
        model.cp.add_assumptions(list(wanted.values()))
        core = assumed(model, budget, seconds)
        few = frozenset(request for request, literal in wanted.items() if literal.index in core) or requests
        return self._shrunk(block, few, budget, budget.spent + seconds)

    def _shrunk(self, block: int, requests: frozenset[int], budget: Budget, until: float) -> frozenset[int]:
        """Leave out one after the other what is not needed for the conflict."""
        needed = requests
        for request in sorted(requests):
            left = until - budget.spent
            if left <= 0:
                break
            if request in needed and len(needed) > 1:
                without = needed - {request}
                answer = run(self._model(block, without, must=without), budget, seconds=left)
                needed = without if answer.infeasible else needed
        return needed

    def _model(self, block: int, requests: Iterable[int], must: Collection[int]) -> Model:
        slots = set(self.instance.blocks[block])
        places: dict[int, Sequence[int]] = {
            request: [start for start in self.instance.starts[request] if start in slots]
            for request in sorted(requests)
        }
        return Model(self.instance, places, must)
