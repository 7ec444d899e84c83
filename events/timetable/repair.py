"""A published plan meets the day: what happened makes a new problem, of which the old plan is the published one.

Meetings that have begun are locked and nothing else is planned into the past. All others are published: the goal
`disturbed`, the first one, keeps them where they are unless they are released or can no longer be.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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


def repaired_problem(problem: Problem, plan: object, changes: object) -> Problem:
    """Return the problem whose best plan repairs a published one, all but the problem as JSON documents.

    Raises InvalidDocumentError if a document breaks its schema, if the plan is not of the problem, or if the changes
    name what the problem does not have.
    """
    published = complete_plan(plan)
    if published["certificate"]["digest"] != digest(problem_document(problem)):
        raise InvalidDocumentError([("$.certificate.digest", "is that of another problem.")])
    if complaints := CHANGES.complaints(changes):
        raise InvalidDocumentError(complaints)
    full = CHANGES.filled(changes)
    if complaints := list(_unknown(problem, full)):
        raise InvalidDocumentError(complaints)
    return repaired(
        problem,
        [
            Meeting(m["request"], (m["parties"][0], m["parties"][1]), m["slot"], m["table"])
            for m in published["meetings"]
        ],
        [Change(Kind(one["kind"]), one[_SUBJECT[one["kind"]]], one["slot"]) for one in full["changes"]],
        now=full["now"],
        released=full["released"],
    )


_SUBJECT: Final = {"no_show": "party", "late": "party", "cancelled": "request", "lost_table": "table"}


def _unknown(problem: Problem, changes: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what the changes name and the problem does not have."""
    known = {
        "party": problem.party.keys(),
        "request": problem.request.keys(),
        "table": {table.id for table in problem.tables},
        "slot": problem.slot_number.keys(),
    }
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


def repaired(
    problem: Problem,
    plan: Iterable[Meeting],
    changes: Sequence[Change],
    *,
    now: str | None = None,
    released: Iterable[str] = (),
) -> Problem:
    """Return the problem whose best plan repairs a published one.

    Args:
        problem: what the plan was made for.
        plan: the meetings that people know.
        changes: what happened since.
        now: the first slot that can still be planned; None: all can.
        released: requests that may move for the sake of the other goals, locked ones included.
    """
    free = frozenset(released)
    begun = problem.slot_number[now] if now is not None else 0
    published = tuple(Placed(meeting.request, meeting.slot, meeting.table) for meeting in plan)
    over = {placed.request: placed for placed in published if problem.slot_number[placed.slot] < begun}
    locks = {placed.request: placed for placed in problem.locked if placed.request not in free} | over
    changed = replace(
        problem,
        published=published,
        released=free & {placed.request for placed in published},
        locked=tuple(locks.values()),
        goals=problem.goals if Goal.DISTURBED in problem.goals else (Goal.DISTURBED, *problem.goals),
    )
    for change in changes:
        changed = _apply(changed, change, frozenset(over), begun)
    return _possible(_without_past(changed, begun, frozenset(over)), frozenset(over))


def _apply(problem: Problem, change: Change, over: frozenset[str], begun: int) -> Problem:
    past = frozenset(slot.id for slot in problem.slots[:begun])
    match change.kind:
        case Kind.CANCELLED:
            return problem if change.subject in over else _cancelled(problem, change.subject)
        case Kind.LOST_TABLE:
            return _without_table(problem, change.subject, _slots(problem, change.slot) - past)
        case Kind.NO_SHOW:
            absent = _slots(problem, change.slot)
        case Kind.LATE:
            absent = _slots(problem, None, until=change.slot)
    parties = [_away(party, absent - past) if party.id == change.subject else party for party in problem.parties]
    return replace(problem, parties=tuple(parties))


def _away(party: Party, slots: frozenset[str]) -> Party:
    return replace(party, forbidden=party.forbidden | slots)


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

    return replace(
        problem,
        tables=tuple(rest(table) for table in problem.tables),
        parties=tuple(replace(party, table=None) if party.table == lost else party for party in problem.parties),
    )


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
