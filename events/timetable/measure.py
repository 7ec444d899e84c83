"""The figures of a plan, given the slot in which each held request begins."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from events.timetable.goals import LARGE
from events.timetable.instance import Instance
from events.timetable.problem import Goal

T = TypeVar("T")


@dataclass(frozen=True)
class Measure:
    """What a plan amounts to; `places` are the first slots by request, `base` and `touched` save work after a swap."""

    instance: Instance
    places: Mapping[int, int]

    base: "Measure | None" = None
    touched: frozenset[int] = frozenset()

    def swapped(self, gone: Collection[int], request: int, start: int) -> "Measure":
        """Return the plan without some meetings and with another one; only their parties are looked at anew."""
        places = {other: slot for other, slot in self.places.items() if other not in gone}
        touched = frozenset(side for changed in (*gone, request) for side in self.instance.sides[changed])
        return Measure(self.instance, {**places, request: start}, self, touched)

    @cached_property
    def busy(self) -> Sequence[Mapping[int, int]]:
        """For each party the slots in which it is in a meeting, with the request."""
        if self.base:
            return self._updated(self.base.busy, self._busy_of)
        busy: list[dict[int, int]] = [{} for _ in self.instance.parties]
        for request, start in self.places.items():
            for party in self.instance.sides[request]:
                busy[party].update(dict.fromkeys(self.instance.span(request, start), request))
        return busy

    @cached_property
    def held(self) -> Sequence[int]:
        """How many meetings each party has."""
        if self.base:
            return self._updated(self.base.held, self._held_by)
        return [self._held_by(party) for party in self.instance.parties]

    @cached_property
    def gaps(self) -> Sequence[Sequence[tuple[int, ...]]]:
        """For each party its gaps, each as the slots in which it waits."""
        if self.base:
            return self._updated(self.base.gaps, self._gaps_of)
        return [self._gaps_of(party) for party in self.instance.parties]

    def _updated(self, known: Sequence[T], anew: Callable[[int], T]) -> Sequence[T]:
        return [anew(party) if party in self.touched else known[party] for party in self.instance.parties]

    def _busy_of(self, party: int) -> Mapping[int, int]:
        held = (request for request in self.instance.of_party[party] if request in self.places)
        return {slot: request for request in held for slot in self.instance.span(request, self.places[request])}

    def _held_by(self, party: int) -> int:
        return len(set(self.busy[party].values()))

    def _gaps_of(self, party: int) -> Sequence[tuple[int, ...]]:
        return [gap for block in self.instance.present[party] for gap in _gaps(block, self.busy[party])]

    @cached_property
    def below(self) -> Sequence[int]:
        """For each party how many meetings are missing to its minimum."""
        parties = zip(self.instance.problem.parties, self.held, strict=True)
        return [max(party.minimum - held, 0) for party, held in parties]

    def value(self, goal: Goal) -> int:
        """Return what the plan reaches in a goal."""
        counts = [len(gaps) for gaps in self.gaps]
        match goal:
            case Goal.DISTURBED:
                return self._not_in_place(self.instance.settled)
            case Goal.BELOW_MINIMUM:
                return sum(missing > 0 for missing in self.below)
            case Goal.VALUE:
                return sum(self.instance.problem.requests[request].value for request in self.places)
            case Goal.GAPS:
                return sum(counts)
            case Goal.LONGEST_WAIT:
                return max((len(gap) for gaps in self.gaps for gap in gaps), default=0)
            case Goal.SPREAD:
                return max(counts, default=0) - min(counts, default=0)
            case Goal.MOVES:
                return self._not_in_place(self.instance.published)

    @property
    def allowed(self) -> bool:
        """Whether the demands that concern the plan as a whole are met."""
        limit = self.instance.problem.gap_spread_limit
        return self.instance.demanded <= self.places.keys() and (limit is None or self.value(Goal.SPREAD) <= limit)

    def rank(self) -> tuple[int, ...]:
        """Return the goals in their order, so that a smaller tuple is a better plan."""
        return tuple(-self.value(goal) if goal in LARGE else self.value(goal) for goal in self.instance.problem.goals)

    def _not_in_place(self, published: Mapping[int, int]) -> int:
        return sum(self.places.get(request) != slot for request, slot in published.items())


def _gaps(block: Sequence[int], busy: Mapping[int, int]) -> Iterator[tuple[int, ...]]:
    """Yield the runs of idle slots of a block that lie between two busy ones."""
    idle: list[int] = []
    met = False
    for slot in block:
        if slot not in busy:
            idle.append(slot)
            continue
        if met and idle:
            yield tuple(idle)
        met, idle = True, []
