"""The ranking, as pure arithmetic over handed-in scorecards: exact fractions, rounded only where they are shown.

The weighted mean of an application is the mean over its scorecards of the sum over the criteria of weight times
points, by 100. It is on the scale of the points, 0 to 5. Applications with equal means share the better place (1, 2,
2, 4); the means are compared as exact fractions, so that no rounding makes or breaks a tie.
"""

from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
Points = Mapping[int, int]
"""The points of one scorecard by criterion."""


def mean(values: Sequence[int]) -> Fraction | None:
    """Return the exact arithmetic mean, None of nothing."""
    return Fraction(sum(values), len(values)) if values else None


def weighted_mean(weights: Mapping[int, int], cards: Sequence[Points]) -> Fraction | None:
    """Return the weighted mean of an application, None if nobody has scored it.

    Args:
        weights: percent by criterion.
        cards: complete scorecards.
    """
    if not cards:
        return None
    total = sum(weights[criterion] * points for card in cards for criterion, points in card.items())
    return Fraction(total, sum(weights.values()) * len(cards))


def places(means: Mapping[K, Fraction | None]) -> dict[K, int]:
    """Return the place of each application that has a mean, from 1; equal means share the better place."""
    known = sorted((value for value in means.values() if value is not None), reverse=True)
    best: dict[Fraction, int] = {}
    for place, value in enumerate(known, start=1):
        best.setdefault(value, place)
    return {key: best[value] for key, value in means.items() if value is not None}


def rounded(value: Fraction, digits: int = 2) -> Decimal:
    """Return a mean as it is shown: half rounded up, from the exact value and not from a rounded one."""
    scale = 10**digits
    doubled = value * scale * 2
    whole = (doubled.numerator // doubled.denominator + 1) // 2
    return Decimal(whole).scaleb(-digits)
