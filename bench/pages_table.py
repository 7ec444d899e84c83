"""What was measured of pages, the bounds that it is held to, and the tables that show it."""

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bench.measure import ratio

BOUND: Final = 1.3
LITTLE: Final = 1_000_000
"""Bytes of a request below which its growth is not held to a bound."""
HEAD: Final = (
    "page", "rows shown", "of", "statements", "CPU of the large", "CPU", "CPU, even", "memory, even", "bound of CPU",
    "met",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """What a page takes: the CPU of each request in seconds, statements, and bytes at the peak of a request."""

    cpu: tuple[float, ...]
    statements: int
    memory: int


@dataclass(frozen=True, slots=True)
class Row:
    """A page on both sides.

    Args:
        name: of the page.
        is_list: whether it shows a part of its rows, page by page.
        rows: how many it has in all, by side.
        shown: how many of them it shows.
        as_it_is: what it takes, by side.
        even: what it takes with as many rows on both sides; the same as it is where they are as many, and where it
            shows all its rows.
    """

    name: str
    is_list: bool
    rows: Mapping[str, int]
    shown: Mapping[str, int]
    as_it_is: Mapping[str, Taken]
    even: Mapping[str, Taken]

    @property
    def statements(self) -> float:
        """How many times as many statements the large side takes, as the page is."""
        return self.as_it_is["large"].statements / self.as_it_is["small"].statements

    @property
    def memory(self) -> float:
        """How many times as much memory the large side takes for as many rows."""
        return self.even["large"].memory / self.even["small"].memory

    @property
    def bound(self) -> float:
        """What CPU and memory may grow by: a page that shows all may grow as its rows do."""
        return BOUND if self.is_list else max(BOUND, self.rows["large"] / self.rows["small"])

    @property
    def line(self) -> str:
        """What is shown at once."""
        took, even = self.as_it_is["large"], _times(self.even)
        each = statistics.median(took.cpu) * 1000
        return (
            f"{self.name}: {took.statements} statements, {each:.1f} ms, {_times(self.as_it_is):.2f}×, even {even:.2f}×"
        )

    def broken(self) -> Iterable[str]:
        """Say what is over its bound."""
        figures = (
            ("statements", self.statements, BOUND), ("CPU", _times(self.even), self.bound),
            ("memory", self.memory if self.even["large"].memory > LITTLE else 1, self.bound),
        )  # fmt: skip
        for what, found, bound in figures:
            if found > bound:
                yield f"{self.name}: {what} in the large cohort, {found:.2f}× the small one's, over {bound:.1f}×."

    def cells(self) -> list[str]:
        """Return the row of the table."""
        took = {side: self.as_it_is[side] for side in ("small", "large")}
        kind = f"≤ {self.bound:.1f}×" + ("" if self.bound == BOUND else ", as its rows")
        return [
            self.name, _pair(self.shown), _pair(self.rows),
            _pair({side: one.statements for side, one in took.items()}),
            f"{statistics.median(took['large'].cpu) * 1000:.1f} ms", f"{_times(self.as_it_is):.2f}×",
            f"{_times(self.even):.2f}×", f"{self.memory:.2f}× ({self.even['large'].memory / 1e6:.1f} MB)",
            kind, "**no**" if any(self.broken()) else "yes",
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """Something else that was measured."""

    what: str
    aim: str
    measured: str
    met: bool

    def broken(self) -> Iterable[str]:
        """Say what is over its bound."""
        if not self.met:
            yield f"{self.what}: {self.measured}; the bound is {self.aim}."


def of_pages(rows: Iterable[Row]) -> str:
    """Return the table of pages as Markdown."""
    return _table(HEAD, (row.cells() for row in rows))


def of_outcomes(outcomes: Iterable[Outcome]) -> str:
    """Return the table of all else as Markdown."""
    cells = ([one.what, one.aim, one.measured, "yes" if one.met else "**no**"] for one in outcomes)
    return _table(("what", "aim", "measured", "met"), cells)


def _table(head: Iterable[str], rows: Iterable[list[str]]) -> str:
    lines = [list(head)]
    lines.append(["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (*lines, *rows))


def _times(taken: Mapping[str, Taken]) -> float:
    return ratio(taken["large"].cpu, taken["small"].cpu)


def _pair(figures: Mapping[str, int]) -> str:
    return f"{figures['small']:,} → {figures['large']:,}"
