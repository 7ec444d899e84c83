"""A timetable problem: who could meet whom, when, where, and what is wanted of the plan.

The words are those of the document's JSON schema (schemas/problem.schema.json); every field is explained there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Final


class Goal(StrEnum):
    """What a plan is to be good at; all but VALUE are to be small."""

    DISTURBED = "disturbed"
    BELOW_MINIMUM = "below_minimum"
    VALUE = "value"
    GAPS = "gaps"
    LONGEST_WAIT = "longest_wait"
    SPREAD = "spread"
    MOVES = "moves"


GOALS: Final = tuple(Goal)

# What a meeting is worth by what its two sides chose: the product of 3 for a must and 2 for a want, so that two musts
# (9) outweigh two wants (4) twice over, and one must with a want (6) lies between.
WEIGHTS: Final[Mapping[str, int]] = {"must": 3, "want": 2}


def value_of(one: str, other: str) -> int:
    """Return the value of a meeting from both sides' choices, each `must` or `want`."""
    return WEIGHTS[one] * WEIGHTS[other]


@dataclass(frozen=True, slots=True)
class Slot:
    """A span of time for one meeting; `block` is the half-day that no meeting and no gap reaches beyond."""

    id: str
    start: datetime
    end: datetime
    day: str
    block: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `available` are ids of slots, None for all."""

    id: str
    available: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Delegate:
    """Somebody who must be at the table: in every meeting of the party, or in those that name the delegate."""

    id: str
    available: frozenset[str] | None = None
    always: bool = True


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who meets others, one at a time."""

    id: str
    side: str = ""
    name: str = ""
    available: frozenset[str] | None = None
    forbidden: frozenset[str] = frozenset()
    minimum: int = 0
    maximum: int | None = None
    maximum_per_day: int | None = None
    longest_run: int | None = None
    table: str | None = None
    delegates: tuple[Delegate, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A meeting that both sides chose: `value` is a whole number, `duration` is in slots."""

    id: str
    parties: tuple[str, str]
    value: int
    choices: tuple[str, str] | None = None
    duration: int = 1
    available: frozenset[str] | None = None
    forbidden: frozenset[str] = frozenset()
    fixed: str | None = None
    required: bool = False
    delegates: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Placed:
    """A request with the slot in which it begins, and its table if that is known."""

    request: str
    slot: str
    table: str | None = None


@dataclass(frozen=True)
class Problem:
    """All of it; `documents.read_problem` makes one of a JSON document and refuses what makes no sense."""

    slots: tuple[Slot, ...]
    tables: tuple[Table, ...]
    parties: tuple[Party, ...]
    requests: tuple[Request, ...]
    precedences: tuple[tuple[str, str], ...] = ()
    locked: tuple[Placed, ...] = ()
    published: tuple[Placed, ...] = ()
    released: frozenset[str] = frozenset()
    gap_spread_limit: int | None = None
    goals: tuple[Goal, ...] = field(default=GOALS)
    title: str = ""

    @cached_property
    def party(self) -> Mapping[str, Party]:
        """The parties by id."""
        return {party.id: party for party in self.parties}

    @cached_property
    def request(self) -> Mapping[str, Request]:
        """The requests by id."""
        return {request.id: request for request in self.requests}

    @cached_property
    def slot_number(self) -> Mapping[str, int]:
        """The places of the slots in time, counted from 0, by id."""
        return {slot.id: number for number, slot in enumerate(self.slots)}
