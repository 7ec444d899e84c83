"""A published plan meets the day."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.timetable.check import check
from events.timetable.documents import (
    InvalidDocumentError,
    complete,
    complete_plan,
    plan_document,
    problem_document,
    read_problem,
)
from events.timetable.instance import Instance
from events.timetable.plan import Status, Timetable
from events.timetable.problem import Problem
from events.timetable.repair import read_changes, read_plan, repaired
from events.timetable.solve import solve
from tests.events.timetable import strategies
from tests.events.timetable.builders import document, party, placed, request, table

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


def test_a_plan_that_names_what_is_not_there_is_refused() -> None:
    problem = read_problem(document("ax"))
    plan = published(problem)
    [meeting] = plan["meetings"]
    plan["meetings"] = [meeting | {"request": "zz"}, meeting | {"slot": "s99", "table": "t99"}]

    with pytest.raises(InvalidDocumentError) as refused:
        read_plan(problem, plan)

    assert dict(refused.value.complaints) == {
        "$.meetings[0].request": "the problem has no request 'zz'.",
        "$.meetings[1].slot": "the problem has no slot 's99'.",
        "$.meetings[1].table": "the problem has no table 't99'.",
    }


def test_all_complaints_come_at_once() -> None:
    changes = {
        "format": FORMAT,
        "now": "s9",
        "released": ["ax", "zz"],
        "changes": [{"kind": "no_show", "party": "z", "slot": "s8"}, {"kind": "lost_table", "table": "t0"}],
    }

    with pytest.raises(InvalidDocumentError) as refused:
        read_changes(read_problem(document("ax")), changes)

    assert {where for where, _what in refused.value.complaints} == {
        "$.now", "$.released[1]", "$.changes[0].party", "$.changes[0].slot"
    }  # fmt: skip


def test_who_leaves_early_keeps_what_comes_before() -> None:
    problem = read_problem(document("ax", "ay", "az", slots=3))

    _changed, answer = repair(
        problem, published(problem), changes=[{"kind": "no_show", "party": "a", "slot": "s2"}]
    )  # fmt: skip

    assert {slot for slot, _table in starts(answer).values()} == {"s0", "s1"}
    assert answer.certificate.figures.disturbed == 1


def test_who_is_late_is_late_on_that_day_only() -> None:
    problem = read_problem(document(request("ax", fixed="s1"), request("bx", fixed="s2"), slots=4, blocks=2, days=2))

    changed, answer = repair(problem, published(problem), changes=[{"kind": "late", "party": "x", "slot": "s3"}])

    assert changed.party["x"].forbidden == {"s2"}
    assert starts(answer).keys() == {"ax"}


def test_late_in_the_midst_of_the_event_spares_what_is_over() -> None:
    problem = read_problem(document(request("ax", fixed="s0"), request("ay", fixed="s1"), "az", slots=4))

    changed, answer = repair(
        problem, published(problem), now="s1", changes=[{"kind": "late", "party": "a", "slot": "s2"}]
    )  # fmt: skip

    assert changed.party["a"].forbidden == {"s1"}
    assert starts(answer).keys() == {"ax", "az"}
    assert starts(answer)["ax"][0] == "s0"


def test_what_has_begun_cannot_be_cancelled() -> None:
    problem = read_problem(document(request("ax", fixed="s0"), request("bx", fixed="s1")))
    both = [{"kind": "cancelled", "request": name} for name in ("ax", "bx")]

    _changed, answer = repair(problem, published(problem), now="s1", changes=both)

    assert starts(answer) == {"ax": ("s0", "t0")}


def test_what_is_cancelled_takes_its_order_and_its_locks_along() -> None:
    small = document("ax", "bx", "cx", slots=3, precedences=[["ax", "bx"], ["bx", "cx"]], locked=[placed("bx", 1, 0)])
    problem = read_problem(small)

    changed, answer = repair(
        problem, published(problem), released=["bx"], changes=[{"kind": "cancelled", "request": "bx"}]
    )  # fmt: skip

    assert (changed.precedences, changed.locked, changed.released) == ((), (), frozenset())
    assert starts(answer).keys() == {"ax", "cx"}


def test_a_table_that_is_lost_later_serves_until_then() -> None:
    problem = read_problem(document("ax", "bx", slots=2, tables=1))

    _changed, answer = repair(
        problem, published(problem), changes=[{"kind": "lost_table", "table": "t0", "slot": "s1"}]
    )

    assert list(starts(answer).values()) == [("s0", "t0")]
    assert answer.certificate.figures.disturbed == 1


def test_a_locked_meeting_whose_table_is_lost_is_no_longer_held_there() -> None:
    small = document("ax", "by", slots=2, tables=2, locked=[placed("ax", 0, 0)])
    problem = read_problem(small)

    changed, answer = repair(problem, published(problem), changes=[{"kind": "lost_table", "table": "t0"}])

    assert changed.locked == ()
    assert "t0" not in {at for _slot, at in starts(answer).values()}


def test_a_locked_meeting_at_a_lost_table_moves_to_the_other_side_s_own() -> None:
    sides = [party("a", table="t0"), party("x", table="t1")]
    problem = read_problem(document("ax", slots=2, parties=sides, locked=[placed("ax", 1, 0)]))

    _changed, answer = repair(problem, published(problem), changes=[{"kind": "lost_table", "table": "t0"}])

    assert starts(answer) == {"ax": ("s1", "t1")}
    assert answer.certificate.figures.table_changes == 1


def test_who_must_be_met_and_does_not_come_is_missed() -> None:
    problem = read_problem(document(request("ax", required=True), "bx"))

    changed, answer = repair(problem, published(problem), changes=[{"kind": "no_show", "party": "a"}])

    assert not changed.request["ax"].required
    assert starts(answer).keys() == {"bx"}


def test_after_the_last_slot_has_begun_only_that_is_left() -> None:
    problem = read_problem(document("ax", "ay", "az", slots=3, tables=[table(0)]))

    _changed, answer = repair(problem, published(problem), now="s2", changes=[{"kind": "lost_table", "table": "t0"}])

    assert {slot for slot, _table in starts(answer).values()} == {"s0", "s1"}


@st.composite
def days(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw a problem and what happens after its plan was made."""
    problem = draw(strategies.problems())
    slots, tables, parties, requests = (
        st.sampled_from([one["id"] for one in problem[name]]) for name in ("slots", "tables", "parties", "requests")
    )
    from_then_on = st.one_of(st.none(), slots)
    change = st.one_of(
        st.fixed_dictionaries({"kind": st.just("no_show"), "party": parties, "slot": from_then_on}),
        st.fixed_dictionaries({"kind": st.just("late"), "party": parties, "slot": slots}),
        st.fixed_dictionaries({"kind": st.just("lost_table"), "table": tables, "slot": from_then_on}),
        st.fixed_dictionaries({"kind": st.just("cancelled"), "request": requests}),
    )
    changes = draw(st.lists(change, max_size=3, unique_by=lambda one: one.get("request", repr(one))))
    changes = [{name: value for name, value in one.items() if value is not None} for one in changes]
    released = draw(st.lists(requests, max_size=1))
    return problem, {"changes": changes, "released": released, "now": draw(from_then_on)}


def _unavoidable(changed: Problem) -> int:
    """How many published meetings can no longer be in their slot."""
    instance = Instance(changed)
    return sum(start not in instance.starts[request] for request, start in instance.settled.items())


@settings(derandomize=True, deadline=None, max_examples=150)
@given(days())
def test_every_repair_keeps_all_that_can_stay(drawn: tuple[dict[str, Any], dict[str, Any]]) -> None:
    small, happened = drawn
    problem = read_problem(small)
    plan = published(problem)
    if plan["status"] != "solved":
        return

    changed, answer = repair(problem, plan, **happened)  # judges the answer, too

    tables_enough = all(change["kind"] != "lost_table" for change in happened["changes"])
    all_free = not any(one.required for one in changed.requests) and changed.gap_spread_limit is None
    if tables_enough and all_free:
        assert answer.status == Status.SOLVED
    if tables_enough and all_free and changed.goals[0] == "disturbed":
        assert answer.certificate.figures.disturbed == _unavoidable(changed)
