"""Tables for meetings whose slots are known: the published ones where they can stay, then few changes of table.

Interval scheduling: if meetings are taken by their beginning, any free table does, as long as no slot holds more
meetings than tables; `model` sees to that, for long meetings group by group.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from events.timetable.instance import Instance
from events.timetable.model import Model
from events.timetable.search import Budget, run

SECONDS = 60.0


@dataclass
class Tables:
    """Assigns a table to each meeting of a plan; `places` are the first slots by request."""

    instance: Instance
    places: Mapping[int, int]
    assigned: dict[int, int] = field(default_factory=dict)
    _taken: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    _last: dict[int, int] = field(default_factory=dict)

    def assign(self) -> dict[int, int]:
        """Return the table of each meeting."""
        instance = self.instance
        for request in sorted(self.places, key=self._begin):
            own = instance.pinned.get(request, instance.owned[request])
            if own is not None:
                self._take(request, own)
        pool = sorted(self.places.keys() - self.assigned.keys(), key=self._begin)
        long = [request for request in pool if instance.durations[request] > 1]
        groups = self._groups() if long else {}
        published = self._published_tables()
        self._fill(long, groups, published)
        short = (request for request in pool if instance.durations[request] == 1)
        self._fill(sorted(short, key=lambda r: (self.places[r], r not in published, r)), groups, published)
        return self.assigned

    def _begin(self, request: int) -> tuple[int, int]:
        return self.places[request], request

    def _take(self, request: int, table: int) -> None:
        self.assigned[request] = table
        self._taken[table].update(self.instance.span(request, self.places[request]))
        for side in self.instance.sides[request]:
            self._last[side] = table

    def _fill(self, requests: Iterable[int], groups: Mapping[int, int], published: Mapping[int, int]) -> None:
        for request in requests:
            span = self.instance.span(request, self.places[request])
            pools = self.instance.pools[self.instance.block_of[span[0]]]
            group = groups.get(request)
            wanted = [pool for number, pool in enumerate(pools) if group in {None, number}]
            free = [
                table
                for table in sorted(table for pool in wanted if pool.slots.issuperset(span) for table in pool.tables)
                if self._taken[table].isdisjoint(span)
            ]
            self._take(request, self._preferred(request, free, published))

    def _preferred(self, request: int, free: Sequence[int], published: Mapping[int, int]) -> int:
        """The table that is known already, else one at which a side sat last, else the first, others' ones last."""
        if published.get(request) in free:
            return published[request]
        span = set(self.instance.span(request, self.places[request]))
        others = {
            table
            for other, table in published.items()
            if other not in self.assigned and not span.isdisjoint(self.instance.span(other, self.places[other]))
        }
        calm = [table for table in free if table not in others] or free
        last = (self._last.get(side) for side in self.instance.sides[request])
        return next((table for table in last if table in calm), calm[0])  # type: ignore[return-value]  # None is not calm

    def _published_tables(self) -> dict[int, int]:
        """The tables of the published meetings that are held in their slot."""
        tables = {table.id: number for number, table in enumerate(self.instance.problem.tables)}
        published = {
            self.instance.number[placed.request]: tables[placed.table]
            for placed in self.instance.problem.published
            if placed.table is not None
        }
        stay = self.instance.published.items() & self.places.items()
        return {request: published[request] for request, _slot in stay if request in published}

    def _groups(self) -> Mapping[int, int]:
        """Choose a group of tables for each long meeting, so that no group is overfull."""
        model = Model(self.instance, {request: [slot] for request, slot in self.places.items()}, self.places.keys())
        return run(model, Budget(SECONDS, seed=0, workers=1)).pools
