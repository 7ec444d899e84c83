"""The meetings that a plan holds, and what they amount to, worked out anew."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from events.timetable.check_facts import Facts

NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Share:
    """What a party gets: how many meetings, how many are missing to its minimum, and the slots of each gap."""

    meetings: int
    below_minimum: int
    gaps: tuple[tuple[int, ...], ...]

    @property
    def longest_wait(self) -> int:
        """Slots of its longest gap."""
        return max(map(len, self.gaps), default=0)


@dataclass(frozen=True)
class Held:
    """The first slot and the table of each request that is held."""

    facts: Facts
    starts: Mapping[str, int]
    tables: Mapping[str, str]

    @cached_property
    def of_party(self) -> Mapping[str, Sequence[str]]:
        """The meetings of each party that has some."""
        found: dict[str, list[str]] = defaultdict(list)
        for request in self.starts:
            for party in self.facts.requests[request]["parties"]:
                found[party].append(request)
        return found

    @cached_property
    def in_slot(self) -> Mapping[int, Sequence[str]]:
        """The meetings of each slot that has some."""
        found: dict[int, list[str]] = defaultdict(list)
        for request in self.starts:
            for slot in self.span(request):
                found[slot].append(request)
        return found

    @cached_property
    def shares(self) -> Mapping[str, Share]:
        """What each party gets."""
        return {party: self.share(party) for party in self.facts.parties}

    def span(self, request: str) -> range:
        """Return the slots that a meeting takes, none beyond the last one."""
        span = self.facts.span(request, self.starts[request])
        return range(span.start, min(span.stop, len(self.facts.slots)))

    def only(self, requests: Iterable[str]) -> "Held":
        """Return some of the meetings, as if the others were not held."""
        starts = {request: self.starts[request] for request in requests}
        return Held(self.facts, starts, {request: self.tables[request] for request in starts})

    def left(self, party: str, gone: Collection[str] = NOBODY) -> Sequence[str]:
        """Return the meetings of a party but those that are gone."""
        return [request for request in self.of_party.get(party, ()) if request not in gone]

    def share(self, party: str, gone: Collection[str] = NOBODY, more: Sequence[range] = ()) -> Share:
        """Return what a party would get if some meetings were gone and it had more in the spans given."""
        spans = [*(self.span(request) for request in self.left(party, gone)), *more]
        minimum: int = self.facts.parties[party]["minimum"]
        return Share(len(spans), max(minimum - len(spans), 0), tuple(self._gaps(party, spans)))

    def _gaps(self, party: str, spans: Iterable[range]) -> Iterator[tuple[int, ...]]:
        """Yield each gap as the slots between two meetings of a block in which the party is there."""
        busy = sorted({slot for span in spans for slot in span})
        for before, after in pairwise(busy):
            if self.facts.block_of[before] == self.facts.block_of[after]:
                waiting = tuple(slot for slot in range(before + 1, after) if slot in self.facts.present[party])
                if waiting:
                    yield waiting

    @cached_property
    def figures(self) -> Mapping[str, int]:
        """All figures of the plan."""
        shares, requests = self.shares.values(), self.facts.requests
        moved = [request for request in self.facts.published if not self._in_place(request)]
        return {
            "requests": len(requests),
            "meetings": len(self.starts),
            "value": sum(requests[request]["value"] for request in self.starts),
            "disturbed": sum(request not in self.facts.released for request in moved),
            "below_minimum": sum(share.below_minimum > 0 for share in shares),
            "gaps": sum(len(share.gaps) for share in shares),
            "waiting": sum(len(gap) for share in shares for gap in share.gaps),
            "longest_wait": max((share.longest_wait for share in shares), default=0),
            "spread": _spread(self.shares),
            "moves": len(moved),
            "table_changes": sum(map(self._at_another_table, self.facts.published)),
        }

    def swapped(self, gone: Collection[str], request: str, start: int) -> Mapping[str, int]:
        """Return the figures of the goals if some meetings were gone and one more began at `start`.

        Only the parties that the change concerns are looked at anew.
        """
        facts, old = self.facts, self.figures
        span, sides = facts.span(request, start), facts.requests[request]["parties"]
        touched = {party for name in (*gone, request) for party in facts.requests[name]["parties"]}
        new = {party: self.share(party, gone, [span] if party in sides else []) for party in touched}
        before = [self.shares[party] for party in new]
        moved = [name for name in gone if name in facts.published and self._in_place(name)]
        back = [request] if facts.slots[start] == facts.published.get(request, {}).get("slot") else []
        shares = {**self.shares, **new}
        return {
            "value": old["value"] + _value(facts, [request]) - _value(facts, gone),
            "disturbed": old["disturbed"] + _settled(facts, moved) - _settled(facts, back),
            "below_minimum": old["below_minimum"] + _below(new.values()) - _below(before),
            "gaps": old["gaps"] + _gaps(new.values()) - _gaps(before),
            "longest_wait": max((share.longest_wait for share in shares.values()), default=0),
            "spread": _spread(shares),
            "moves": old["moves"] + len(moved) - len(back),
        }

    def _in_place(self, request: str) -> bool:
        """Whether a published request is held in its published slot."""
        slot = self.facts.published[request]["slot"]
        return request in self.starts and self.facts.slots[self.starts[request]] == slot

    def _at_another_table(self, request: str) -> bool:
        table = self.facts.published[request]["table"]
        return table is not None and self._in_place(request) and self.tables[request] != table

    def stays(self, request: str) -> bool:
        """Whether a meeting could not give way: it is locked, or published, not released and in its published slot."""
        settled = request in self.facts.published and request not in self.facts.released
        return request in self.starts and (request in self.facts.locked or (settled and self._in_place(request)))


def _spread(shares: Mapping[str, Share]) -> int:
    counts = [len(share.gaps) for share in shares.values()]
    return max(counts, default=0) - min(counts, default=0)


def _value(facts: Facts, requests: Iterable[str]) -> int:
    return sum(facts.requests[request]["value"] for request in requests)


def _settled(facts: Facts, requests: Iterable[str]) -> int:
    return sum(request not in facts.released for request in requests)


def _below(shares: Iterable[Share]) -> int:
    return sum(share.below_minimum > 0 for share in shares)


def _gaps(shares: Iterable[Share]) -> int:
    return sum(len(share.gaps) for share in shares)
