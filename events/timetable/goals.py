"""The goals as expressions over the model's variables.

A gap is counted where it ends. For a party and a block let c[0..m] be the slots in which the party is there, in the
order of time, b[i] whether it is in a meeting in c[i], and met[i] = b[0] or ... or b[i]. A gap ends at i when the party
is idle in c[i], busy in c[i + 1] and has met before: h[i] = b[i + 1] and not b[i] and met[i - 1] (Bofill, Espasa,
Garcia, Palahí, Suy, Villaret, CP 2014, who count over all slots of the event). Where all meetings of a party lie in one
block and must be held, window Booleans help the proof: it has no gap exactly if they fill n slots in a row.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from events.timetable.model import Expression, Literal, Model, total
from events.timetable.problem import Goal

# The goals of which more is better.
LARGE: Final = frozenset({Goal.VALUE})


@dataclass
class Goals:
    """The goals of a model; the variables that a goal needs are added when it is first asked for."""

    model: Model

    def expression(self, goal: Goal) -> Expression:
        """Return what the goal counts."""
        makers: Mapping[Goal, Callable[[], Expression]] = {
            Goal.DISTURBED: lambda: self._not_in_place(self.model.instance.settled),
            Goal.BELOW_MINIMUM: lambda: self._below_minimum,
            Goal.VALUE: self._value,
            Goal.GAPS: lambda: total(self._gaps),
            Goal.LONGEST_WAIT: lambda: self._longest_wait,
            Goal.SPREAD: lambda: self._spread,
            Goal.MOVES: lambda: self._not_in_place(self.model.instance.published),
        }
        return makers[goal]()

    def limit_spread(self, limit: int) -> None:
        """Let the gaps of any two parties differ by `limit` at most."""
        self.model.cp.add(self._spread <= limit)

    def _value(self) -> Expression:
        requests = self.model.instance.problem.requests
        return total(requests[request].value * held for request, held in self.model.held.items())

    def _not_in_place(self, published: Mapping[int, int]) -> Expression:
        return len(published) - total(self.model.literal(request, slot) for request, slot in published.items())

    @cached_property
    def _below_minimum(self) -> Expression:
        model, missing = self.model, []
        for number, party in enumerate(model.instance.problem.parties):
            if party.minimum:
                missing.append(model.cp.new_bool_var(f"below{number}"))
                held = total(model.held.get(request, 0) for request in model.instance.of_party[number])
                model.cp.add(held + party.minimum * missing[-1] >= party.minimum)
        return total(missing)

    @cached_property
    def _gaps(self) -> Sequence[Expression]:
        """The number of gaps of each party."""
        gaps = []
        for party in self.model.instance.parties:
            ends = [end for block in self._blocks(party) for end in self._ends(block)]
            gaps.append(total(ends))
            self._add_windows(party, ends)
        return gaps

    def _blocks(self, party: int) -> Iterator[list[Literal | None]]:
        """Yield the busy Booleans of each block, None where the party waits at best; slots around them left out."""
        for block in self.model.instance.present[party]:
            literals = [self.model.busy.get((party, slot)) for slot in block]
            could = [place for place, literal in enumerate(literals) if literal is not None]
            if could:
                yield literals[could[0] : could[-1] + 1]

    def _ends(self, block: Sequence[Literal | None]) -> Iterator[Literal]:
        """Yield a Boolean for each place of a block at which a gap may end."""
        cp, met = self.model.cp, block[0]
        for place in range(1, len(block) - 1):
            now, then = block[place], block[place + 1]
            if then is not None and met is not None:
                end = cp.new_bool_var("")
                idle = [] if now is None else [now]
                cp.add_bool_or([*idle, ~then, ~met, end])
                cp.add_implication(end, then)
                cp.add_implication(end, met)
                for busy in idle:
                    cp.add_implication(end, ~busy)
                yield end
            if now is not None and met is not None:
                met = self._either(met, now)

    def _either(self, one: Literal, other: Literal) -> Literal:
        cp, either = self.model.cp, self.model.cp.new_bool_var("")
        cp.add_bool_or([one, other, ~either])
        cp.add_implication(one, either)
        cp.add_implication(other, either)
        return either

    def _add_windows(self, party: int, ends: Sequence[Literal]) -> None:
        """Say that without a gap the meetings of a party, all of which must be held, fill slots in a row."""
        instance, cp, blocks = self.model.instance, self.model.cp, list(self._blocks(party))
        requests = [request for request in instance.of_party[party] if request in self.model.options]
        if len(blocks) != 1 or not ends or not all(request in self.model.held_anyway for request in requests):
            return
        [block], length = blocks, sum(instance.durations[request] for request in requests)
        windows = []
        for begin in range(len(block) - length + 1):
            within = [literal for literal in block[begin : begin + length] if literal is not None]
            if len(within) == length:
                windows.append(cp.new_bool_var(""))
                for literal in within:
                    cp.add_implication(windows[-1], literal)
        torn = cp.new_bool_var("")
        cp.add_exactly_one([*windows, torn])
        cp.add_bool_or([*ends, ~torn])
        for end in ends:
            cp.add_implication(end, torn)

    @cached_property
    def _spread(self) -> Expression:
        cp, most = self.model.cp, max(len(self.model.instance.slots), 1)
        largest, smallest = cp.new_int_var(0, most, "most"), cp.new_int_var(0, most, "fewest")
        cp.add_max_equality(largest, self._gaps)
        cp.add_min_equality(smallest, self._gaps)
        return largest - smallest

    @cached_property
    def _longest_wait(self) -> Expression:
        """The number of the k >= 1 for which somebody waits k slots or more at a stretch."""
        reached: dict[int, Literal] = {}
        for party in self.model.instance.parties:
            for block in self._blocks(party):
                self._mark_waits(block, reached)
        ordered = [reached[length] for length in sorted(reached)]
        for shorter, longer in pairwise(ordered):
            self.model.cp.add_implication(longer, shorter)
        return total(ordered)

    def _mark_waits(self, block: Sequence[Literal | None], reached: dict[int, Literal]) -> None:
        """Set reached[k] if a meeting is followed by k idle places and, at any time of the block after, a meeting."""
        cp = self.model.cp
        later = self._later(block)
        for place, begin in enumerate(block):
            for length in range(1, len(block) - place - 1):
                after = later[place + length + 1]
                if begin is None or after is None:
                    continue
                if length not in reached:
                    reached[length] = cp.new_bool_var(f"wait{length}")
                between = [busy for busy in block[place + 1 : place + length + 1] if busy is not None]
                cp.add_bool_or([~begin, *between, ~after, reached[length]])

    def _later(self, block: Sequence[Literal | None]) -> list[Literal | None]:
        """Return for each place whether there is a meeting at it or after it."""
        later: list[Literal | None] = [None] * len(block)
        found: Literal | None = None
        for place in reversed(range(len(block))):
            busy = block[place]
            found = busy if found is None else found if busy is None else self._either(found, busy)
            later[place] = found
        return later
