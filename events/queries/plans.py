"""A timetable as its coordinators read it: the certificate, who sits where, and why the rest is not held."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from events import reasons
from events.enums import GoalName
from events.models import Event, Timetable
from events.timetable.check import Broken, check
from events.timetable.documents import complete_plan, read_problem
from events.timetable.plan import Demand, Move, Place, Reason, Status, Why
from events.timetable.problem import Problem
from tech4muni.core.dates import clock_words, day_words


@dataclass(frozen=True, slots=True)
class GoalLine:
    """A goal with its value and what is proven of it."""

    label: str
    value: int
    bound: int | None
    seconds: float

    @property
    def is_proven(self) -> bool:
        """Whether nothing better exists."""
        return self.value == self.bound

    @property
    def gap(self) -> int | None:
        """How much better a timetable could be at most; None if nothing is proven."""
        return None if self.bound is None else abs(self.value - self.bound)


@dataclass(frozen=True, slots=True)
class Seating:
    """Two who meet, as the grid and the lists name them."""

    city: str
    company: str


@dataclass(frozen=True, slots=True)
class GridRow:
    """A slot with who sits at each table; None where a table is free."""

    start: str
    end: str
    seats: list[Seating | None]


@dataclass(frozen=True, slots=True)
class GridDay:
    """A day of the grid."""

    words: str
    rows: list[GridRow]


@dataclass(frozen=True, slots=True)
class Stop:
    """A meeting in the list of one delegation."""

    when: str
    table: str
    other: str


class PlanView:
    """What a page shows of a timetable that was computed.

    Args:
        timetable: with its plan.
        names: of the delegations, by public id, in the active language.
    """

    def __init__(self, timetable: Timetable, names: Mapping[str, str]) -> None:
        self.document: dict[str, Any] = timetable.problem
        self.plan: dict[str, Any] = timetable.plan or {}
        self.names = names

    @cached_property
    def problem(self) -> Problem:
        """The problem, those who meet named in the active language."""
        problem = read_problem(self.document)
        named = [replace(party, name=self.names.get(party.id, party.name)) for party in problem.parties]
        return replace(problem, parties=tuple(named))

    @property
    def is_solved(self) -> bool:
        """Whether there is a plan that keeps all rules."""
        return bool(self.plan["status"] == Status.SOLVED)

    @property
    def is_infeasible(self) -> bool:
        """Whether it is proven that there is none."""
        return bool(self.plan["status"] == Status.INFEASIBLE)

    @property
    def certificate(self) -> dict[str, Any]:
        """How good it is, and what it takes to get it again."""
        return dict(self.plan["certificate"])

    @property
    def goals(self) -> list[GoalLine]:
        """The goals in their order."""
        return [
            GoalLine(str(GoalName(goal["goal"]).label), goal["value"], goal["bound"], goal["seconds"])
            for goal in self.plan["certificate"]["goals"]
        ]

    @property
    def tables(self) -> range:
        """The numbers of the tables."""
        return range(1, len(self.problem.tables) + 1)

    @cached_property
    def days(self) -> list[GridDay]:
        """The grid: for each day its slots, for each slot its tables."""
        held = {(meeting["slot"], meeting["table"]): meeting["parties"] for meeting in self.plan["meetings"]}
        days: dict[date, list[GridRow]] = {}
        for slot in self.problem.slots:
            seats = [self._seating(held.get((slot.id, table.id))) for table in self.problem.tables]
            row = GridRow(clock_words(slot.start), clock_words(slot.end), seats)
            days.setdefault(slot.start.date(), []).append(row)
        return [GridDay(day_words(day), rows) for day, rows in days.items()]

    @cached_property
    def lists(self) -> list[tuple[str, list[Stop]]]:
        """The meetings of each delegation, in the order of time."""
        stops: dict[str, list[Stop]] = {party.id: [] for party in self.problem.parties}
        for meeting in self.plan["meetings"]:
            for own, other in (meeting["parties"], reversed(meeting["parties"])):
                stops[own].append(Stop(self._when(meeting["slot"]), meeting["table"], self._name(other)))
        return [(self._name(party), found) for party, found in stops.items()]

    @cached_property
    def not_held(self) -> list[tuple[Seating, str]]:
        """The meetings that both sides wanted and that are not held, each with the reason in a sentence."""
        return [
            (self._pair(row["request"]), reasons.sentence(_reason(row), self.problem)) for row in self.plan["not_held"]
        ]

    @property
    def moves(self) -> list[str]:
        """What changes against the published timetable, in sentences."""
        return [reasons.move_sentence(_move(row), self.problem) for row in self.plan["moves"]]

    @property
    def conflict(self) -> list[str]:
        """Demands that cannot be met together, in sentences."""
        rows = self.plan["conflict"]
        return [reasons.demand_sentence(Demand(row["kind"], row.get("request")), self.problem) for row in rows]

    def _name(self, party: str) -> str:
        return self.names.get(party) or self.problem.party[party].name

    def _seating(self, parties: list[str] | None) -> Seating | None:
        return Seating(self._name(parties[0]), self._name(parties[1])) if parties else None

    def _pair(self, request: str) -> Seating:
        one, other = self.problem.request[request].parties
        return Seating(self._name(one), self._name(other))

    def _when(self, slot: str) -> str:
        start: datetime = self.problem.slots[self.problem.slot_number[slot]].start
        return f"{day_words(start)}, {clock_words(start)}"


def _reason(row: Mapping[str, Any]) -> Reason:
    return Reason(
        row["request"], Why(row["reason"]), row.get("party"), row.get("slot"),
        tuple(row.get("slots", ())), tuple(row.get("meetings", ())),
    )  # fmt: skip


def _move(row: Mapping[str, Any]) -> Move:
    to = Place(**row["to"]) if row["to"] else None
    return Move(row["request"], Place(**row["from"]), to)


def view_of(event: Event, timetable: Timetable) -> PlanView | None:
    """Return what is to be shown of a timetable, None if it was not computed (yet); one query."""
    if timetable.plan is None:
        return None
    return PlanView(timetable, {str(row.public_id): row.name for row in event.delegations.all()})


def complaints(timetable: Timetable) -> list[Broken]:
    """Return what the independent checker says against a timetable; nothing if it is right."""
    return check(timetable.problem, complete_plan(timetable.plan))
