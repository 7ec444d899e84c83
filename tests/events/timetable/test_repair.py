"""A published plan meets the day."""

from typing import Any

import pytest

from events.timetable.check import check
from events.timetable.documents import (
    InvalidDocumentError,
    complete,
    complete_plan,
    plan_document,
    problem_document,
    read_problem,
)
from events.timetable.plan import Timetable
from events.timetable.problem import Problem
from events.timetable.repair import read_changes, read_plan, repaired
from events.timetable.solve import solve
from tests.events.timetable.builders import document, party, request

FORMAT = "tech4muni.timetable.changes.v1"


def published(problem: Problem) -> dict[str, Any]:
    return plan_document(solve(problem, workers=1))


def repair(problem: Problem, plan: dict[str, Any], **changes: Any) -> tuple[Problem, Timetable]:
    """Repair a plan; the answer keeps every rule of the changed problem."""
    day = read_changes(problem, {"format": FORMAT, "changes": [], **changes})
    changed = repaired(problem, read_plan(problem, plan), day)
    full = complete(problem_document(changed))
    answer = solve(read_problem(full), workers=1)
    assert check(full, complete_plan(plan_document(answer))) == []
    return changed, answer


def starts(answer: Timetable) -> dict[str, tuple[str, str]]:
    return {meeting.request: (meeting.slot, meeting.table) for meeting in answer.meetings}


def before(plan: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {meeting["request"]: (meeting["slot"], meeting["table"]) for meeting in plan["meetings"]}


PAIRS = ("ax", "ay", "bx", "by", "cx")


def test_nothing_happened_and_nothing_moves() -> None:
    problem = read_problem(document(*PAIRS))
    plan = published(problem)

    _changed, answer = repair(problem, plan)

    assert starts(answer) == before(plan)
    assert answer.moves == ()


def test_who_does_not_come_loses_the_meetings_and_nobody_else_moves() -> None:
    problem = read_problem(document(*PAIRS))
    plan = published(problem)

    _changed, answer = repair(problem, plan, changes=[{"kind": "no_show", "party": "a"}])

    assert starts(answer) == {name: place for name, place in before(plan).items() if not name.startswith("a")}
    assert {move.request: move.to for move in answer.moves} == {"ax": None, "ay": None}
    assert answer.certificate.figures.disturbed == 2


def test_who_comes_late_meets_later() -> None:
    problem = read_problem(document("ax", slots=3))
    plan = plan_document(solve(read_problem(document(request("ax", fixed="s0"), slots=3)), workers=1))
    plan["certificate"]["digest"] = published(problem)["certificate"]["digest"]

    _changed, answer = repair(problem, plan, changes=[{"kind": "late", "party": "x", "slot": "s2"}])

    assert starts(answer) == {"ax": ("s2", "t0")}
    assert [(move.origin.slot, move.to and move.to.slot) for move in answer.moves] == [("s0", "s2")]


def test_what_is_cancelled_is_gone() -> None:
    problem = read_problem(document(*PAIRS))

    changed, answer = repair(problem, published(problem), changes=[{"kind": "cancelled", "request": "ax"}])

    assert "ax" not in changed.request
    assert answer.moves == ()


@pytest.mark.parametrize("owner", [None, "t0"])
def test_a_lost_table_moves_no_more_than_it_must(owner: str | None) -> None:
    problem = read_problem(document("ax", "by", slots=2, tables=2, parties=[party("a", table=owner)]))
    plan = published(problem)
    lost = before(plan)["ax"][1]

    _changed, answer = repair(problem, plan, changes=[{"kind": "lost_table", "table": lost}])

    assert len(starts(answer)) == 2
    assert lost not in {table for _slot, table in starts(answer).values()}
    assert answer.certificate.figures.disturbed == 1  # both were in one slot, for which there is one table left


def test_what_has_begun_stays_and_the_past_is_not_planned() -> None:
    problem = read_problem(document("ax", "ay", "bx", slots=4))
    plan = published(problem)

    changed, answer = repair(problem, plan, now="s2", changes=[{"kind": "no_show", "party": "a"}])

    for name, place in before(plan).items():
        if place[0] in {"s0", "s1"}:
            assert starts(answer)[name] == place
    assert all(place[0] in {"s2", "s3"} for name, place in starts(answer).items() if name not in before(plan))
    assert {placed.request for placed in changed.locked} == {
        name for name, place in before(plan).items() if place[0] in {"s0", "s1"}
    }


@pytest.mark.parametrize("change", [{"kind": "no_show", "party": "a"}, {"kind": "lost_table", "table": "t0"}])
def test_a_meeting_under_way_comes_to_its_end(change: dict[str, Any]) -> None:
    problem = read_problem(document(request("ax", duration=2, fixed="s0"), slots=3, tables=1))
    plan = published(problem)

    _changed, answer = repair(problem, plan, now="s1", changes=[change])

    assert starts(answer) == {"ax": ("s0", "t0")}


def test_a_released_meeting_moves_for_a_better_plan() -> None:
    small = document(request("ax", value=1), request("ay", value=5, fixed="s0"), slots=2, tables=1)
    problem = read_problem({**small, "locked": [{"request": "ax", "slot": "s0"}]})
    plan = published(problem)

    _changed, kept = repair(problem, plan)
    _changed, better = repair(problem, plan, released=["ax"])

    assert starts(kept) == {"ax": ("s0", "t0")}
    assert starts(better) == {"ay": ("s0", "t0"), "ax": ("s1", "t0")}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"now": "never"}, "$.now"),
        ({"released": ["zz"]}, "$.released[0]"),
        ({"changes": [{"kind": "no_show", "party": "z"}]}, "$.changes[0].party"),
        ({"changes": [{"kind": "no_show"}]}, "$.changes[0]"),
        ({"changes": [{"kind": "late", "party": "a", "slot": "s99"}]}, "$.changes[0].slot"),
        ({"changes": [{"kind": "lost_table", "table": "t99"}]}, "$.changes[0].table"),
        ({"changes": [{"kind": "cancelled", "request": "zz"}]}, "$.changes[0].request"),
        ({"changes": [{"kind": "cancelled", "request": "ax"}] * 2}, "$.changes[1].request"),
        ({"changes": [{"kind": "rain"}]}, "$.changes[0].kind"),
    ],
)
def test_changes_that_name_what_is_not_there(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidDocumentError) as refused:
        read_changes(read_problem(document("ax")), {"format": FORMAT, "changes": [], **changes})

    assert place in [where for where, _what in refused.value.complaints]


def test_a_plan_of_another_problem_is_refused() -> None:
    plan = published(read_problem(document("ax")))

    with pytest.raises(InvalidDocumentError, match="another problem"):
        read_plan(read_problem(document("ay")), plan)
