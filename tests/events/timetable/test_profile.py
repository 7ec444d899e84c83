"""How many slots a party can be in meetings, by gaps: judged by trying all sets of slots."""

from collections.abc import Collection, Iterator
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.timetable.instance import Instance
from events.timetable.profile import profile
from tests.events.timetable.builders import party, problem, slot

BEFORE = 2  # slots of a block that stands before the one in question
LONGEST = 7


def instance(length: int, present: Collection[int], longest: int | None) -> Instance:
    """Return a problem whose party `a` is there in these slots of the second block."""
    slots = [slot(number, 0) for number in range(BEFORE)] + [slot(BEFORE + number, 1) for number in range(length)]
    available = [f"s{number}" for number in sorted(present)]
    rest = {} if longest is None else {"longest_run": longest}
    return Instance(problem("ab", slots=slots, parties=[party("a", available=available, **rest)]))


def runs(meetings: Collection[int]) -> Iterator[int]:
    """Yield the lengths of runs of slots."""
    length = 0
    for number in range(max(meetings, default=0) + 2):
        if number in meetings:
            length += 1
        elif length:
            yield length
            length = 0


def gaps(meetings: Collection[int], present: Collection[int]) -> int:
    """Count the runs of slots between two meetings in which the party is there at least once."""
    order = sorted(meetings)
    return sum(any(number in present for number in range(one + 1, other)) for one, other in pairwise(order))


def by_trying(could: Collection[int], present: Collection[int], longest: int | None) -> list[int]:
    """Return the most slots in meetings with 0, 1, 2 ... gaps, up to the first with which there are the most."""
    best: dict[int, int] = {0: 0}
    for count in range(len(could) + 1):
        for meetings in combinations(could, count):
            if longest is None or max(runs(meetings), default=0) <= longest:
                number = gaps(meetings, present)
                best[number] = max(best.get(number, 0), count)
    most = [max(best.get(fewer, 0) for fewer in range(number + 1)) for number in range(max(best) + 1)]
    return most[: most.index(most[-1]) + 1]


@st.composite
def days(draw: st.DrawFn) -> tuple[int, list[int], list[int], int | None]:
    """Draw the length of a block, where the party is there, where it could meet, and its longest run."""
    length = draw(st.integers(1, LONGEST))
    block = range(BEFORE, BEFORE + length)
    present = [number for number in block if draw(st.integers(0, 3))]
    could = [number for number in present if draw(st.integers(0, 3))]
    return length, present, could, draw(st.sampled_from([None, None, 1, 2, 3]))


@settings(derandomize=True, deadline=None, max_examples=400)
@given(days())
def test_as_many_as_trying_finds(day: tuple[int, list[int], list[int], int | None]) -> None:
    length, present, could, longest = day

    found = profile(instance(length, present, longest), 0, 1, could)

    assert found == by_trying(could, present, longest)


@pytest.mark.parametrize(
    ("present", "could", "longest", "wanted"),
    [
        ("11111", "11111", None, [5]),
        ("11111", "00000", None, [0]),
        ("11111", "10101", None, [1, 2, 3]),
        ("10101", "10101", None, [3]),  # nobody waits who is not there
        ("10111", "10101", None, [2, 3]),
        ("11111", "11111", 2, [2, 4]),
        ("11011", "11011", 2, [4]),
        ("11111", "11111", 5, [5]),
        ("11111", "11111", 1, [1, 2, 3]),
        ("1111111", "1100011", 2, [2, 4]),
    ],
)
def test_by_hand(present: str, could: str, longest: int | None, wanted: list[int]) -> None:
    there, able = ([BEFORE + n for n, sign in enumerate(signs) if sign == "1"] for signs in (present, could))

    assert profile(instance(len(present), there, longest), 0, 1, able) == wanted
