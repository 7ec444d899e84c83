"""Figures of few people are hidden, also from those who subtract.

The rules, each proved by counting all cases in tests/validation/test_cells.py: for every hidden figure there are at
least two counts that give exactly what is shown, even for somebody who knows these rules.

- A row of counts that exclude each other (want, indifferent, reject) has its sum beside it. Of fewer than
  `SMALLEST_CELL` people nothing is shown, the sum neither.
- Else, if one count is from 1 to 4, all counts below 5 are hidden. One alone would follow from the sum, and so would
  several that are as great as they can be: then the next greater ones are hidden too, and nothing tells which is which.
- People who count in one place are known there: where talks and surveys are put together, what each survey hides is
  hidden, and a survey of fewer than five people of a group is left out of the group's figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from tech4muni.core.components import Bar, Text
from validation.enums import SMALLEST_CELL

GREATEST_SMALL: Final = SMALLEST_CELL - 1
WANT, INDIFFERENT, REJECT = range(3)
"""Places in a row of attitudes."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Which places of a row are hidden, and whether it is said that they are small."""

    places: frozenset[int]
    small: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure as it is shown: `value` is None for a hidden one, `most` what it can be at most, None if not known."""

    value: int | None
    most: int | None

    @property
    def is_hidden(self) -> bool:
        """Whether it is not shown."""
        return self.value is None

    @property
    def words(self) -> Text:
        """What stands in place of a hidden figure."""
        return hidden_words() if self.most is None else few_words()


@dataclass(frozen=True, slots=True)
class Row:
    """Counts that exclude each other, and their sum, as they are shown."""

    cells: tuple[Cell, ...]
    total: Cell

    @property
    def is_known(self) -> bool:
        """Whether there are enough people to show anything."""
        return not self.total.is_hidden

    @property
    def bars(self) -> list[tuple[Cell, Bar | None]]:
        """Each cell with its share of the sum as a bar, None for a hidden one."""
        return [
            (cell, None if cell.value is None or not self.total.value else Bar.of(cell.value, self.total.value))
            for cell in self.cells
        ]

    def is_majority(self, place: int) -> bool:
        """Whether more than half of the people certainly chose this, as far as can be told from what is shown."""
        if self.total.value is None:
            return False
        own = self.cells[place].value
        if own is None:
            others = [
                cell.value if cell.value is not None else cell.most for at, cell in enumerate(self.cells) if at != place
            ]
            own = 0 if None in others else self.total.value - sum(other or 0 for other in others)
        return 2 * own > self.total.value


def few_words() -> str:
    """Say that a figure rests on too few people."""
    return _("fewer than %(number)s") % {"number": SMALLEST_CELL}


def hidden_words() -> str:
    """Say that a figure would give another one away."""
    return _("hidden")


def hidden_in(counts: Sequence[int]) -> Hidden:
    """Return what has to be hidden in a row whose sum is shown from five people on."""
    everywhere = frozenset(range(len(counts)))
    if sum(counts) < SMALLEST_CELL:
        return Hidden(everywhere, small=True)
    if not any(0 < count < SMALLEST_CELL for count in counts):
        return Hidden(frozenset(), small=True)
    if max(counts) <= SMALLEST_CELL:
        return Hidden(everywhere, small=False)
    small = frozenset(place for place, count in enumerate(counts) if count < SMALLEST_CELL)
    if len(small) > 1 and sum(counts[place] for place in small) < GREATEST_SMALL * len(small):
        return Hidden(small, small=True)
    following = min(count for count in counts if count >= SMALLEST_CELL)
    return Hidden(small | {place for place, count in enumerate(counts) if count == following}, small=False)


def protect(counts: Sequence[int]) -> Row:
    """Return a row as it may be shown."""
    return _shown(counts, hidden_in(counts))


def combine(talks: Sequence[int], surveys: Sequence[Sequence[int]]) -> Row:
    """Return what people of one group said in talks and in surveys together, as it may be shown.

    Args:
        talks: the counts that the team wrote down; it knows them.
        surveys: the counts of each survey.
    """
    counted = [survey for survey in surveys if sum(survey) >= SMALLEST_CELL]
    counts = [sum(column) for column in zip(talks, *counted, strict=True)]
    own = hidden_in(counts)
    if sum(counts) < SMALLEST_CELL:
        return _shown(counts, own)
    places = own.places.union(*(hidden_in(survey).places for survey in counted))
    return _shown(counts, Hidden(places, small=own.small and places == own.places and not sum(talks)))


def _shown(counts: Sequence[int], hidden: Hidden) -> Row:
    most = GREATEST_SMALL if hidden.small else None
    cells = tuple(
        Cell(None, most) if place in hidden.places else Cell(count, count) for place, count in enumerate(counts)
    )
    total = sum(counts)
    return Row(cells, Cell(total, total) if total >= SMALLEST_CELL else Cell(None, GREATEST_SMALL))


@dataclass(frozen=True, slots=True)
class Reached:
    """How many people of a group were heard: exactly, or at least so many."""

    people: int
    exact: bool
    target: int

    @property
    def is_met(self) -> bool:
        """Whether as many were heard as wanted, counting only what may be shown."""
        return self.people >= self.target

    @property
    def words(self) -> Text:
        """The number, as it may be shown."""
        if self.people >= SMALLEST_CELL or (self.exact and not self.people):
            number = {"number": self.people}
            return str(self.people) if self.exact else _("at least %(number)s") % number
        return few_words()

    @property
    def bar(self) -> Bar:
        """The shown number against the target."""
        return Bar.of(self.people if self.people >= SMALLEST_CELL else 0, self.target, self.target)


def reached(talks: int, surveys: Sequence[int], target: int) -> Reached:
    """Count the people of one group who were heard.

    Args:
        talks: people of the log of talks, which everybody inside reads.
        surveys: of each survey that anybody answered, how many named this group.
        target: how many shall be heard.
    """
    shown = [number for number in surveys if number >= SMALLEST_CELL]
    return Reached(talks + sum(shown), len(shown) == len(surveys), target)
