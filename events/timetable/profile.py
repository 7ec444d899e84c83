"""How many slots of a block a party can be in meetings without a gap, with one gap, and so on.

A dynamic programme over the slots of the block, exact for one party alone: it knows where the party is there, where it
could meet, and its longest run. What it says bounds the gaps of every plan from below.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from events.timetable.instance import Instance


@dataclass(frozen=True, slots=True)
class _Day:
    """Where a party stands: slots in its run of meetings, gaps so far, whether it has met, whether it waits."""

    run: int = 0
    gaps: int = 0
    met: bool = False
    waits: bool = False


def profile(instance: Instance, party: int, block: int, could: Collection[int]) -> list[int]:
    """Return the most slots in meetings with 0, 1, 2 ... gaps, as far as another gap helps.

    Args:
        instance: the problem.
        party: its number.
        block: its number.
        could: the slots of the block in which the party could meet.
    """
    present = instance.present[party][block]
    longest = instance.problem.parties[party].longest_run
    if longest is None and len(could) == len(present):
        return [len(could)]
    best: Mapping[_Day, int] = {_Day(): 0}
    for slot in instance.blocks[block]:
        then: dict[_Day, int] = {}
        for day, busy in best.items():
            for after, more in _steps(day, slot in present, slot in could, longest):
                then[after] = max(then.get(after, 0), busy + more)
        best = then
    most = [
        max(busy for day, busy in best.items() if day.gaps <= gaps) for gaps in range(1 + max(d.gaps for d in best))
    ]
    return most[: 1 + most.index(most[-1])]


def _steps(day: _Day, present: bool, could: bool, longest: int | None) -> Iterator[tuple[_Day, int]]:
    yield _Day(0, day.gaps, day.met, day.met and (day.waits or present)), 0
    if could and (longest is None or day.run < longest):
        yield _Day(day.run + 1 if longest else 0, day.gaps + day.waits, met=True), 1
