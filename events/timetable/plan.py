"""What the planner answers: meetings, what each party gets, why the rest is not held, and the certificate.

The words are those of the document's JSON schema (schemas/plan.schema.json).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from events.timetable.problem import Goal


class Status(StrEnum):
    """What the planner found."""

    SOLVED = "solved"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """Why a request is not held."""

    NEVER_TOGETHER = "never_together"
    LOCKED = "locked"
    SIDE_FULL = "side_full"
    TABLES = "tables"
    WORTH_LESS = "worth_less"
    STOPPED_EARLY = "stopped_early"


@dataclass(frozen=True, slots=True, order=True)
class Meeting:
    """A request that is held; `slot` is the one in which it begins."""

    request: str
    parties: tuple[str, str]
    slot: str
    table: str


@dataclass(frozen=True, slots=True)
class PartyPlan:
    """What a party gets: each gap is the slots in which it waits."""

    party: str
    meetings: int
    below_minimum: int
    gaps: tuple[tuple[str, ...], ...]

    @property
    def waiting(self) -> int:
        """Slots in all its gaps."""
        return sum(len(gap) for gap in self.gaps)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a request is not held, with what the sentence about it names."""

    request: str
    why: Why
    party: str | None = None
    slot: str | None = None
    slots: tuple[str, ...] = ()
    meetings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A slot and, if it is known, a table."""

    slot: str
    table: str | None


@dataclass(frozen=True, slots=True)
class Move:
    """A published meeting that is held elsewhere, at another time, or (`to` is None) no more."""

    request: str
    origin: Place
    to: Place | None


@dataclass(frozen=True, slots=True)
class Demand:
    """One of the demands that cannot be met together: kind `locked`, `required` or `gap_spread_limit`."""

    kind: str
    request: str | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """A goal with the value that was reached and the bound that is proven for it (None: none yet)."""

    goal: Goal
    value: int
    bound: int | None
    seconds: float

    @property
    def optimal(self) -> bool:
        """Whether nothing better exists."""
        return self.bound == self.value


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a plan, as the schema explains them."""

    requests: int
    meetings: int = 0
    value: int = 0
    disturbed: int = 0
    below_minimum: int = 0
    gaps: int = 0
    waiting: int = 0
    longest_wait: int = 0
    spread: int = 0
    moves: int = 0
    table_changes: int = 0


@dataclass(frozen=True, slots=True)
class Certificate:
    """How good the plan is, and what it takes to get it again; `limit` and `seconds` are in seconds."""

    goals: tuple[Level, ...]
    figures: Figures
    seed: int
    workers: int
    limit: float
    seconds: float
    digest: str
    versions: Mapping[str, str]
    minimal: bool | None = None


@dataclass(frozen=True, slots=True)
class Timetable:
    """The planner's whole answer."""

    status: Status
    certificate: Certificate
    meetings: tuple[Meeting, ...] = ()
    parties: tuple[PartyPlan, ...] = ()
    not_held: tuple[Reason, ...] = ()
    moves: tuple[Move, ...] = ()
    conflict: tuple[Demand, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Progress:
    """What is known of a goal after `seconds`: the best value so far and the bound that is proven."""

    goal: Goal
    best: int | None
    bound: int | None
    seconds: float
