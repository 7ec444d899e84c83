"""A published plan meets the day: what happened makes a new problem, of which the old plan is the published one.

Meetings that have begun are locked and nothing else is planned into the past. All others are published: the goal
`disturbed`, the first one unless the problem says otherwise, keeps them where they are unless they are released or can
no longer be.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from events.timetable.documents import InvalidDocumentError, complete_plan, digest, problem_document
from events.timetable.instance import Instance
from events.timetable.plan import Meeting
from events.timetable.problem import Goal, Party, Placed, Problem, Table
from events.timetable.structure import Structure

CHANGES: Final = Structure("changes")


class Kind(StrEnum):
    """What can happen."""

    NO_SHOW = "no_show"
    LATE = "late"
    CANCELLED = "cancelled"
    LOST_TABLE = "lost_table"


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened to the party, request or table `subject`; `slot` says from when, or until when."""

    kind: Kind
    subject: str
    slot: str | None = None


# What each kind of change is about.
_SUBJECT: Final = {"no_show": "party", "late": "party", "cancelled": "request", "lost_table": "table"}


@dataclass(frozen=True, slots=True)
class Day:
    """What happened since a plan was published.

    Args:
        changes: what happened, in its order.
        now: the first slot that can still be planned; None: all can.
        released: requests that may move for the sake of the other goals, locked ones included.
    """

    changes: Sequence[Change]
    now: str | None = None
    released: frozenset[str] = frozenset()


def read_plan(problem: Problem, document: object) -> list[Meeting]:
    """Return the meetings of a plan document; raise InvalidDocumentError if it is no plan of the problem."""
    plan = complete_plan(document)
    if plan["certificate"]["digest"] != digest(problem_document(problem)):
        raise InvalidDocumentError([("$.certificate.digest", "is that of another problem.")])
    known = _known(problem)
    unknown = [
        (f"$.meetings[{number}].{name}", f"the problem has no {name} {meeting[name]!r}.")
        for number, meeting in enumerate(plan["meetings"])
        for name in ("request", "slot", "table")
        if meeting[name] not in known[name]
    ]
    if unknown:
        raise InvalidDocumentError(unknown)
    meetings = ((m["request"], problem.request[m["request"]].parties, m["slot"], m["table"]) for m in plan["meetings"])
    return [Meeting(*meeting) for meeting in meetings]


def read_changes(problem: Problem, document: object) -> Day:
    """Return what a changes document says; raise InvalidDocumentError if it is none, or names what is unknown."""
    complaints = CHANGES.complaints(document)
    if not complaints:
        full = CHANGES.filled(document)
        complaints = list(_unknown(problem, full))
    if complaints:
        raise InvalidDocumentError(complaints)
    changes = [Change(Kind(one["kind"]), one[_SUBJECT[one["kind"]]], one["slot"]) for one in full["changes"]]
    return Day(changes, full["now"], frozenset(full["released"]))


def _known(problem: Problem) -> Mapping[str, Collection[str]]:
    return {
        "party": problem.party.keys(),
        "request": problem.request.keys(),
        "table": {table.id for table in problem.tables},
        "slot": problem.slot_number.keys(),
    }


def _unknown(problem: Problem, changes: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what the changes name and the problem does not have."""
    known = _known(problem)
    if changes["now"] is not None and changes["now"] not in known["slot"]:
        yield "$.now", f"the problem has no slot {changes['now']!r}."
    for number, request in enumerate(changes["released"]):
        if request not in known["request"]:
            yield f"$.released[{number}]", f"the problem has no request {request!r}."
    cancelled: set[str] = set()
    for number, change in enumerate(changes["changes"]):
        for name in ("slot", _SUBJECT[change["kind"]]):
            if change[name] is not None and change[name] not in known[name]:
                yield f"$.changes[{number}].{name}", f"the problem has no {name} {change[name]!r}."
        if change["kind"] == Kind.CANCELLED and change["request"] in cancelled:
            yield f"$.changes[{number}].request", "is cancelled already."
        cancelled.add(change.get("request", ""))


def repaired(problem: Problem, plan: Iterable[Meeting], day: Day) -> Problem:
    """Return the problem whose best plan repairs a published one.

    Args:
        problem: what the plan was made for.
        plan: the meetings that people know.
        day: what happened since.
    """
    begun = problem.slot_number[day.now] if day.now is not None else 0
    published = tuple(Placed(meeting.request, meeting.slot, meeting.table) for meeting in plan)
    over = tuple(placed for placed in published if problem.slot_number[placed.slot] < begun)
    locks = {placed.request: placed for placed in problem.locked if placed.request not in day.released}
    locks |= {placed.request: placed for placed in over}
    changed = replace(
        problem,
        published=published,
        released=day.released & {placed.request for placed in published},
        locked=tuple(locks.values()),
        goals=problem.goals if Goal.DISTURBED in problem.goals else (Goal.DISTURBED, *problem.goals),
    )
    for change in day.changes:
        changed = _apply(changed, change, over, begun)
    gone_by = frozenset(placed.request for placed in over)
    return _possible(_without_past(changed, begun, gone_by), gone_by)


def _apply(problem: Problem, change: Change, over: Sequence[Placed], begun: int) -> Problem:
    """Take in one change, from `begun` on; what is under way then comes to its end."""
    if change.kind == Kind.CANCELLED:
        begun_already = any(placed.request == change.subject for placed in over)
        return problem if begun_already else _cancelled(problem, change.subject)
    if change.kind == Kind.LOST_TABLE:
        at_it = [placed for placed in over if placed.table == change.subject]
        lost = _slots(problem, change.slot) - _spared(problem, at_it, begun)
        return _without_table(problem, change.subject, lost)
    late = change.kind == Kind.LATE
    absent = _slots(problem, None, until=change.slot) if late else _slots(problem, change.slot)
    of_party = [placed for placed in over if change.subject in problem.request[placed.request].parties]
    absent -= _spared(problem, of_party, begun)
    parties = [
        replace(party, forbidden=party.forbidden | absent) if party.id == change.subject else party
        for party in problem.parties
    ]
    return replace(problem, parties=tuple(parties))


def _spared(problem: Problem, over: Iterable[Placed], begun: int) -> frozenset[str]:
    """The slots of the past, and those of meetings under way."""
    spared = set(range(begun))
    for placed in over:
        start = problem.slot_number[placed.slot]
        spared.update(range(start, start + problem.request[placed.request].duration))
    return frozenset(problem.slots[slot].id for slot in spared)


def _slots(problem: Problem, begin: str | None, until: str | None = None) -> frozenset[str]:
    """The slots from `begin` on, or those before `until` on its day."""
    number = problem.slot_number
    if until is not None:
        day = problem.slots[number[until]].day
        return frozenset(slot.id for slot in problem.slots[: number[until]] if slot.day == day)
    return frozenset(slot.id for slot in problem.slots[number[begin] if begin is not None else 0 :])


def _cancelled(problem: Problem, request: str) -> Problem:
    def others(placed: Iterable[Placed]) -> tuple[Placed, ...]:
        return tuple(one for one in placed if one.request != request)

    return replace(
        problem,
        requests=tuple(one for one in problem.requests if one.id != request),
        precedences=tuple(pair for pair in problem.precedences if request not in pair),
        locked=others(problem.locked),
        published=others(problem.published),
        released=problem.released - {request},
    )


def _without_table(problem: Problem, lost: str, gone: frozenset[str]) -> Problem:
    everything = frozenset(slot.id for slot in problem.slots)

    def rest(table: Table) -> Table:
        there = everything if table.available is None else table.available
        return replace(table, available=there - gone) if table.id == lost else table

    parties = tuple(replace(party, table=None) if party.table == lost else party for party in problem.parties)
    return replace(
        problem,
        tables=tuple(rest(table) for table in problem.tables),
        parties=parties,
        locked=tuple(
            _anywhere(placed, problem, parties) if placed.table == lost else placed for placed in problem.locked
        ),
    )


def _anywhere(placed: Placed, problem: Problem, parties: Iterable[Party]) -> Placed:
    """The same without its table, if a side has another one of its own."""
    owners = {party.id for party in parties if party.table is not None}
    return placed if owners.isdisjoint(problem.request[placed.request].parties) else replace(placed, table=None)


def _without_past(problem: Problem, begun: int, over: frozenset[str]) -> Problem:
    """Keep what is not over from being planned before now, and what is over from being missed."""
    past = frozenset(slot.id for slot in problem.slots[:begun])
    requests = tuple(
        request if request.id in over else replace(request, forbidden=request.forbidden | past)
        for request in problem.requests
    )
    return replace(problem, requests=requests)


def _possible(problem: Problem, over: frozenset[str]) -> Problem:
    """Drop the locks and the demands of meetings that can no longer be: they count as disturbed."""
    instance = Instance(problem)
    gone = {
        request.id
        for number, request in enumerate(problem.requests)
        if request.id not in over and not instance.starts[number]
    }
    return replace(
        problem,
        locked=tuple(placed for placed in problem.locked if placed.request not in gone),
        requests=tuple(replace(one, required=False) if one.id in gone else one for one in problem.requests),
    )
