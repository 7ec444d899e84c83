"""The ranking is exact: no rounding makes or breaks a tie."""

from decimal import Decimal
from fractions import Fraction

import pytest

from solutions.selection.queries.ranking import mean, places, rounded, weighted_mean

WEIGHTS = {1: 50, 2: 30, 3: 20}


@pytest.mark.parametrize(
    ("cards", "expected"),
    [
        ([], None),
        ([{1: 5, 2: 5, 3: 5}], Fraction(5)),
        ([{1: 0, 2: 0, 3: 0}], Fraction(0)),
        ([{1: 5, 2: 0, 3: 0}], Fraction(5, 2)),
        ([{1: 4, 2: 3, 3: 2}, {1: 2, 2: 3, 3: 4}], Fraction(3)),
        ([{1: 1, 2: 0, 3: 0}, {1: 0, 2: 0, 3: 0}, {1: 0, 2: 0, 3: 0}], Fraction(1, 6)),
    ],
    ids=["nobody", "all", "none", "half", "two", "thirds"],
)
def test_the_weighted_mean(cards: list[dict[int, int]], expected: Fraction | None) -> None:
    assert weighted_mean(WEIGHTS, cards) == expected


@pytest.mark.parametrize(
    ("means", "expected"),
    [
        ({}, {}),
        ({"a": None}, {}),
        ({"a": Fraction(3), "b": Fraction(4), "c": None}, {"b": 1, "a": 2}),
        ({"a": Fraction(4), "b": Fraction(3), "c": Fraction(3), "d": Fraction(1)}, {"a": 1, "b": 2, "c": 2, "d": 4}),
        ({"a": Fraction(1, 3), "b": Fraction(333333333333, 10**12)}, {"a": 1, "b": 2}),
        ({"a": Fraction(1, 3), "b": Fraction(2, 6)}, {"a": 1, "b": 1}),
    ],
    ids=["nobody", "without a mean", "order", "ties", "near is no tie", "equal is a tie"],
)
def test_the_places(means: dict[str, Fraction | None], expected: dict[str, int]) -> None:
    assert places(means) == expected


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(1, 3), 2, "0.33"),
        (Fraction(2, 3), 1, "0.7"),
        (Fraction(5), 2, "5.00"),
        (Fraction(1249, 1000), 1, "1.2"),
        (Fraction(5, 2), 0, "3"),
    ],
)
def test_half_is_rounded_up_from_the_exact_value(value: Fraction, digits: int, expected: str) -> None:
    assert str(rounded(value, digits)) == expected
    assert isinstance(rounded(value, digits), Decimal)


def test_the_mean_of_nothing_is_none() -> None:
    assert mean([]) is None
    assert mean([0, 1]) == Fraction(1, 2)
