"""Hidden figures stay hidden: from the page, from subtracting, and from knowing the rules."""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validation.cells import REJECT, Row, combine, hidden_in, protect, reached
from validation.enums import SMALLEST_CELL

Counts = tuple[int, ...]
counts = st.lists(st.integers(0, 40), min_size=3, max_size=3)
surveys = st.lists(counts, max_size=3)


def rows_of(total: int, places: int) -> Iterator[Counts]:
    """All rows with this sum."""
    if places == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in rows_of(total - first, places - 1):
            yield (first, *rest)


def picture(row: Row) -> tuple[Any, ...]:
    """All that a reader sees of a row."""
    return (*((cell.value, cell.words if cell.is_hidden else "") for cell in row.cells), row.total.value)


@pytest.mark.parametrize(("places", "most"), [(2, 60), (3, 40), (4, 26), (5, 21)])
def test_every_hidden_figure_has_two_explanations_even_for_who_knows_the_rules(places: int, most: int) -> None:
    """All rows up to a sum, by what is seen of them: a hidden place never has one value only."""
    seen: dict[tuple[Any, ...], list[Counts]] = defaultdict(list)
    for total in range(most + 1):
        for row in rows_of(total, places):
            seen[picture(protect(row))].append(row)

    for shown, rows in seen.items():
        for place in range(places):
            if shown[place][0] is None:
                assert len({row[place] for row in rows}) > 1, (shown, rows)


@given(counts)
def test_no_small_figure_is_shown_where_another_is_hidden(row: list[int]) -> None:
    cells = protect(row).cells

    assert all(cell.value is None or cell.value >= SMALLEST_CELL or cell.value == 0 for cell in cells)
    assert all(cell.is_hidden for cell, count in zip(cells, row, strict=True) if 0 < count < SMALLEST_CELL)


@given(counts)
def test_what_is_shown_is_true(row: list[int]) -> None:
    shown = protect(row)

    assert all(cell.value in (None, count) for cell, count in zip(shown.cells, row, strict=True))
    assert shown.total.value in (None, sum(row))
    assert all(cell.most is None or count <= cell.most for cell, count in zip(shown.cells, row, strict=True))


@given(counts)
def test_hiding_does_not_depend_on_the_order(row: list[int]) -> None:
    for order in itertools.permutations(range(3)):
        turned = hidden_in([row[place] for place in order])
        assert {order[place] for place in turned.places} == hidden_in(row).places


def solutions(shown: Row, talks: Sequence[int], parts: int) -> dict[int, set[int]]:
    """What the surveys together may have got in each hidden place, for somebody who knows what was said in talks."""
    hidden = [place for place, cell in enumerate(shown.cells) if cell.is_hidden]
    known = sum(cell.value - talk for cell, talk in zip(shown.cells, talks, strict=True) if cell.value is not None)
    assert shown.total.value is not None
    left = shown.total.value - sum(talks) - known
    found: dict[int, set[int]] = {place: set() for place in hidden}
    for row in rows_of(left, len(hidden)) if hidden else ():
        most = [shown.cells[place].most for place in hidden]
        if all(
            limit is None or count + talks[place] <= limit
            for count, limit, place in zip(row, most, hidden, strict=True)
        ):
            for place, count in zip(hidden, row, strict=True):
                found[place].add(count)
    return found


@given(counts, surveys)
def test_who_knows_the_talks_learns_nothing_of_few_people_in_surveys(
    talks: list[int], answered: list[list[int]]
) -> None:
    shown = combine(talks, answered)
    counted = [survey for survey in answered if sum(survey) >= SMALLEST_CELL]
    if shown.total.is_hidden:
        assert all(cell.is_hidden for cell in shown.cells)
        return

    for place, values in solutions(shown, talks, len(counted)).items():
        truth = sum(survey[place] for survey in counted)
        assert truth in values
        assert len(values) > 1 or truth == 0
    for survey in counted:
        for place, cell in enumerate(shown.cells):
            assert cell.is_hidden or survey[place] == 0 or survey[place] >= SMALLEST_CELL


@given(counts, surveys, st.lists(st.integers(0, 4), min_size=3, max_size=3).filter(lambda row: sum(row) < 5))
def test_a_survey_of_fewer_than_five_of_a_group_changes_nothing(
    talks: list[int], answered: list[list[int]], few: list[int]
) -> None:
    assert combine(talks, [*answered, few]) == combine(talks, answered)


@given(counts, surveys)
def test_a_majority_is_called_so_only_if_what_is_shown_says_so(talks: list[int], answered: list[list[int]]) -> None:
    shown = combine(talks, answered)
    if shown.is_majority(REJECT):
        assert shown.total.value is not None
        counted = [survey for survey in answered if sum(survey) >= SMALLEST_CELL]
        assert 2 * (talks[REJECT] + sum(survey[REJECT] for survey in counted)) > shown.total.value


@pytest.mark.parametrize(
    ("row", "shown", "majority"),
    [
        ((8, 6, 26), (8, 6, 26), True),
        ((1, 2, 20), (None, None, 20), True),
        ((20, 0, 0), (20, 0, 0), False),
        ((2, 8, 30), (None, None, 30), True),
        ((4, 4, 20), (None, None, None), False),  # else it would be clear that there are four of each
        ((4, 4, 4), (None, None, None), False),
        ((1, 1, 1), (None, None, None), False),
        ((10, 10, 20), (10, 10, 20), False),
        ((0, 0, 0), (None, None, None), False),
    ],
)
def test_examples(row: Counts, shown: tuple[int | None, ...], majority: bool) -> None:
    protected = protect(row)

    assert tuple(cell.value for cell in protected.cells) == shown
    assert protected.is_majority(REJECT) is majority


@pytest.mark.parametrize(
    ("talks", "named", "words", "met"),
    [
        (0, [], "0", False),
        (3, [], "fewer than 5", False),
        (12, [], "12", True),
        (12, [3], "at least 12", True),
        (12, [0], "at least 12", True),
        (3, [4], "fewer than 5", False),
        (3, [9], "12", True),
        (0, [6, 2], "at least 6", False),
    ],
)
def test_reached_says_no_more_than_it_may(talks: int, named: list[int], words: str, met: bool) -> None:
    heard = reached(talks, named, 10)

    assert (str(heard.words), heard.is_met) == (words, met)


@given(st.integers(0, 30), st.lists(st.integers(0, 30), max_size=3), st.integers(1, 20))
def test_reached_depends_on_nothing_that_is_hidden(talks: int, named: list[int], target: int) -> None:
    """Any number below five could stand in place of another one: what is shown, and the gate, stay the same."""
    first = reached(talks, named, target)

    for few in range(SMALLEST_CELL):
        other = [number if number >= SMALLEST_CELL else few for number in named]
        assert reached(talks, other, target) == first
