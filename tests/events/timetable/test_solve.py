"""Small timetables worked out by hand: each rule, each goal, each reason, and what stays of a published plan."""

from typing import Any

import pytest

from events.timetable.check import check
from events.timetable.documents import complete, complete_plan, plan_document, read_problem
from events.timetable.plan import Demand, Meeting, Move, Place, Progress, Reason, Status, Timetable, Why
from events.timetable.problem import Goal
from events.timetable.search import Stop
from events.timetable.solve import solve
from tests.events.timetable.builders import delegate, document, party, placed, request, slot, table


def planned(problem: dict[str, Any], **rest: Any) -> Timetable:
    """Return the planner's answer, after the checker has seen it."""
    timetable = solve(read_problem(problem), **{"limit": 10, "seed": 1, "workers": 1, **rest})
    assert check(complete(problem), complete_plan(plan_document(timetable))) == []
    return timetable


def held(timetable: Timetable) -> str:
    """Return the meetings as a text: request, slot and table of each."""
    return ", ".join(f"{meeting.request} {meeting.slot} {meeting.table}" for meeting in timetable.meetings)


def starts(timetable: Timetable) -> str:
    """Return the meetings without their tables."""
    return ", ".join(f"{meeting.request} {meeting.slot}" for meeting in timetable.meetings)


def reached(timetable: Timetable) -> dict[str, int]:
    """Return what is reached in each goal; all are proven."""
    assert all(level.optimal for level in timetable.certificate.goals)
    return {level.goal.value: level.value for level in timetable.certificate.goals}


# Each has one best plan only.
RULES: dict[str, tuple[dict[str, Any], str]] = {
    "a party is there": (document("ab", parties=[party("a", available=["s1", "s2"], forbidden=["s1"])]), "ab s2 t0"),
    "one meeting at a time": (document("ab", "ac", slots=2, parties=[party("b", forbidden=["s0"])]), "ac s0, ab s1"),
    "one meeting at a table": (
        document("ab", "cd", slots=2, tables=1, parties=[party("a", forbidden=["s0"])]),
        "cd s0 t0, ab s1 t0",
    ),
    "a meeting keeps its table": (
        document(
            request("ab", duration=2),
            slots=3,
            tables=[table(0, available=["s0", "s2"]), table(1, available=["s1", "s2"]), table(2, available=["s0"])],
        ),
        "ab s1 t1",
    ),
    "no meeting over the end of a block": (
        document(request("ab", duration=2), slots=[slot(0), slot(1, 1), slot(2, 1)]),
        "ab s1",
    ),
    "delegates": (
        document(
            request("ab", delegates=["mayor"]),
            "ac",
            slots=3,
            parties=[
                party(
                    "a",
                    delegates=[
                        delegate("head", available=["s1", "s2"]),
                        delegate("mayor", available=["s0", "s2"], always=False),
                    ],
                )
            ],
        ),
        "ac s1, ab s2",
    ),
    "own tables": (
        document("ab", "cd", slots=1, tables=2, parties=[party("a"), party("b", table="t0")]),
        "ab s0 t0, cd s0 t1",
    ),
    "the first party's own table": (
        document("ab", slots=1, tables=2, parties=[party("a", table="t1"), party("b", table="t0")]),
        "ab s0 t1",
    ),
    "a table that is away": (document("ab", slots=2, tables=[table(0, available=["s1"])]), "ab s1 t0"),
    "the request's own slots": (
        document(request("ab", available=["s1", "s2"], forbidden=["s2"]), request("cd", fixed="s3")),
        "ab s1, cd s3",
    ),
    "precedence": (document("ab", "cd", slots=2, precedences=[["cd", "ab"]]), "cd s0, ab s1"),
    "most meetings": (document("ab", request("ac", value=2), parties=[party("a", maximum=1)], slots=1), "ac s0"),
    "most meetings a day": (
        document(
            "ab",
            "ac",
            slots=[slot(0), slot(1, 1, 1)],
            parties=[party("b", forbidden=["s0"]), party("a", maximum_per_day=1)],
        ),
        "ac s0, ab s1",
    ),
    "longest run": (
        document("ab", "ac", slots=3, parties=[party("a", longest_run=1), party("b", available=["s2"])]),
        "ac s0, ab s2",
    ),
    "locked": (document("ab", locked=[placed("ab", 2, 1)]), "ab s2 t1"),
    "required": (document(request("ab", value=0, required=True), request("ac", value=9), slots=1), "ab s0"),
    "limit of the spread of gaps": (
        document(request("ab", fixed="s0"), request("ac", fixed="s2", value=5), slots=3, gap_spread_limit=0),
        "ac s2",
    ),
}


@pytest.mark.parametrize(("problem", "wanted"), RULES.values(), ids=RULES.keys())
def test_rule(problem: dict[str, Any], wanted: str) -> None:
    timetable = planned(problem)

    assert timetable.status is Status.SOLVED
    assert wanted in {held(timetable), starts(timetable)}
    reached(timetable)


# Each has one best plan only; where it is not said otherwise, the goals are in their usual order.
GOALS: dict[Goal, tuple[dict[str, Any], str, int]] = {
    Goal.DISTURBED: (
        document("ab", request("ac", value=9), slots=1, published=[placed("ab", 0)]),
        "ab s0",
        0,
    ),
    Goal.BELOW_MINIMUM: (
        document("ab", request("ac", value=9), slots=1, parties=[party("b", minimum=1)]),
        "ab s0",
        0,
    ),
    Goal.VALUE: (
        document(request("ab", value=2), request("cd", value=2), request("bc", value=3), slots=1),
        "ab s0, cd s0",
        4,
    ),
    Goal.GAPS: (
        document(request("ab", fixed="s0"), request("ac", available=["s1", "s3"]), slots=4),
        "ab s0, ac s1",
        0,
    ),
    Goal.LONGEST_WAIT: (
        document(request("ab", fixed="s0"), request("ac", available=["s2", "s3"]), slots=4),
        "ab s0, ac s2",
        1,
    ),
    # a and b wait once in any case; all are alike if c and d do, too.
    Goal.SPREAD: (
        document(
            request("ab", fixed="s0"),
            request("ba", fixed="s2"),
            request("cd", fixed="s0"),
            request("dc", available=["s1", "s2"]),
            slots=3,
            goals=["value", "spread"],
        ),
        "ab s0, cd s0, ba s2, dc s2",
        0,
    ),
    Goal.MOVES: (
        document("ab", slots=3, published=[placed("ab", 1)], released=["ab"]),
        "ab s1",
        0,
    ),
}


@pytest.mark.parametrize(("goal", "problem", "wanted", "value"), [(goal, *rest) for goal, rest in GOALS.items()])
def test_goal(goal: Goal, problem: dict[str, Any], wanted: str, value: int) -> None:
    timetable = planned(problem)

    assert starts(timetable) == wanted
    assert reached(timetable)[goal.value] == value


def test_a_minimum_that_is_no_goal_binds_nobody() -> None:
    large = [request("de", value=9), request("df", value=9)]
    problem = document("ab", "ac", *large, slots=2, tables=1, parties=[party("a", minimum=2)], goals=["value"])

    assert reached(planned(problem)) == {"value": 18}


def test_the_order_of_the_goals_counts() -> None:
    rivals = document("ab", request("ac", value=9), slots=1, parties=[party("b", minimum=1)])

    assert starts(planned(rivals | {"goals": ["value", "below_minimum"]})) == "ac s0"
    assert starts(planned(rivals | {"goals": ["below_minimum", "value"]})) == "ab s0"


REASONS: dict[str, tuple[dict[str, Any], Reason]] = {
    "never together": (
        document("ab", parties=[party("a", available=["s0"]), party("b", forbidden=["s0"])]),
        Reason("ab", Why.NEVER_TOGETHER),
    ),
    "no table ever": (
        document("ab", slots=2, tables=[table(0, available=[])]),
        Reason("ab", Why.NEVER_TOGETHER),
    ),
    "locked": (
        document("ab", "ac", slots=1, locked=[placed("ab", 0)]),
        Reason("ac", Why.LOCKED, meetings=("ab",)),
    ),
    "published": (
        document("ab", request("ac", value=9), slots=1, published=[placed("ab", 0)]),
        Reason("ac", Why.LOCKED, meetings=("ab",)),
    ),
    "side full": (
        document("ab", request("ac", value=2), parties=[party("a", maximum=1)]),
        Reason("ab", Why.SIDE_FULL, party="a"),
    ),
    "side full on its day": (
        document(request("ab", value=2), "ac", parties=[party("a", maximum_per_day=1)]),
        Reason("ac", Why.SIDE_FULL, party="a"),
    ),
    "tables": (
        document(request("ab", value=2), "cd", slots=1, tables=1),
        Reason("cd", Why.TABLES, slots=("s0",)),
    ),
    "worth less": (
        document(request("ab", value=2), "ac", slots=1),
        Reason("ac", Why.WORTH_LESS, slot="s0", meetings=("ab",)),
    ),
    "worth less than two": (
        document(request("ab", value=2), request("cd", value=2), request("bc", value=3), slots=1),
        Reason("bc", Why.WORTH_LESS, slot="s0", meetings=("ab", "cd")),
    ),
    "worth less than one of a row": (
        document(
            request("ab", value=1, fixed="s0"),
            request("ac", value=3, fixed="s1"),
            request("ad", value=2, fixed="s2", duration=2),
            parties=[party("a", longest_run=2)],
        ),
        Reason("ad", Why.WORTH_LESS, slot="s2", meetings=("ac",)),
    ),
}


@pytest.mark.parametrize(("problem", "wanted"), REASONS.values(), ids=REASONS.keys())
def test_reason(problem: dict[str, Any], wanted: Reason) -> None:
    assert planned(problem).not_held == (wanted,)


CONFLICTS: dict[str, tuple[dict[str, Any], tuple[Demand, ...]]] = {
    "two locked at once": (
        document("ab", "ac", "de", slots=2, locked=[placed("ab", 0), placed("ac", 0), placed("de", 1)]),
        (Demand("locked", "ab"), Demand("locked", "ac")),
    ),
    "locked where a side is away": (
        document("ab", "cd", locked=[placed("cd", 1), placed("ab", 0)], parties=[party("a", forbidden=["s0"])]),
        (Demand("locked", "ab"),),
    ),
    "required beside locked": (
        document("ab", request("ac", required=True), slots=1, locked=[placed("ab", 0)]),
        (Demand("locked", "ab"), Demand("required", "ac")),
    ),
    "more required than tables": (
        document(*(request(name, required=True) for name in ("ab", "cd", "ef")), slots=1, tables=2),
        tuple(Demand("required", name) for name in ("ab", "cd", "ef")),
    ),
    "locked apart, and a limit of the gaps": (
        document("ab", "ac", "de", slots=3, locked=[placed("ab", 0), placed("ac", 2)], gap_spread_limit=0),
        (Demand("locked", "ab"), Demand("locked", "ac"), Demand("gap_spread_limit")),
    ),
}


@pytest.mark.parametrize(("problem", "conflict"), CONFLICTS.values(), ids=CONFLICTS.keys())
def test_what_cannot_be_together_is_named(problem: dict[str, Any], conflict: tuple[Demand, ...]) -> None:
    timetable = planned(problem)

    assert timetable.status is Status.INFEASIBLE
    assert timetable.conflict == conflict
    assert timetable.certificate.minimal


def test_everything_that_a_plan_says() -> None:
    problem = document(
        request("ab", value=3),
        request("ac", value=2, fixed="s2"),
        slots=3,
        tables=1,
        parties=[party("a", minimum=3), party("b", available=["s0"])],
    )

    timetable = planned(problem)

    assert timetable.meetings == (Meeting("ab", ("a", "b"), "s0", "t0"), Meeting("ac", ("a", "c"), "s2", "t0"))
    assert [(plan.party, plan.meetings, plan.below_minimum, plan.gaps) for plan in timetable.parties] == [
        ("a", 2, 1, (("s1",),)),
        ("b", 1, 0, ()),
        ("c", 1, 0, ()),
    ]
    assert (timetable.not_held, timetable.moves, timetable.conflict) == ((), (), ())
    assert reached(timetable) == {
        "disturbed": 0, "below_minimum": 1, "value": 5, "gaps": 1, "longest_wait": 1, "spread": 1, "moves": 0,
    }  # fmt: skip
    figures = timetable.certificate.figures
    assert (figures.requests, figures.meetings, figures.waiting, figures.table_changes) == (2, 2, 1, 0)


PUBLISHED = [placed("ab", 0, 0), placed("cd", 1, 0)]


def test_a_published_plan_stays() -> None:
    timetable = planned(document("ab", request("ac", value=9), "cd", slots=2, tables=1, published=PUBLISHED))

    assert held(timetable) == "ab s0 t0, cd s1 t0"
    assert timetable.moves == ()
    assert timetable.not_held == (Reason("ac", Why.LOCKED, meetings=("ab", "cd")),)


def test_a_released_meeting_gives_way_and_nothing_else_does() -> None:
    timetable = planned(
        document("ab", request("ac", value=9), "cd", slots=2, tables=1, published=PUBLISHED, released=["ab"])
    )

    assert held(timetable) == "ac s0 t0, cd s1 t0"
    assert timetable.moves == (Move("ab", Place("s0", "t0"), None),)


def test_a_meeting_whose_table_is_lost_moves_to_another() -> None:
    tables = [table(0, available=["s1", "s2"]), table(1)]

    timetable = planned(document("ab", "cd", slots=3, tables=tables, published=PUBLISHED))

    assert held(timetable) == "ab s0 t1, cd s1 t0"
    assert timetable.moves == (Move("ab", Place("s0", "t0"), Place("s0", "t1")),)
    assert timetable.certificate.figures.table_changes == 1
    assert timetable.certificate.figures.moves == 0


def test_a_meeting_whose_slot_is_lost_moves_alone() -> None:
    timetable = planned(
        document("ab", "cd", slots=3, tables=1, published=PUBLISHED, parties=[party("a", forbidden=["s0"])])
    )

    assert held(timetable) == "cd s1 t0, ab s2 t0"
    assert timetable.moves == (Move("ab", Place("s0", "t0"), Place("s2", "t0")),)
    assert reached(timetable)["disturbed"] == 1


def test_to_stop_at_once_keeps_a_valid_answer() -> None:
    stop = Stop()
    stop.set()

    timetable = planned(document("ab", "ac", "bc", slots=3, locked=[placed("ab", 0)]), stop=stop)

    assert timetable.status in {Status.SOLVED, Status.UNKNOWN}


def test_to_stop_at_the_first_news_keeps_the_plan() -> None:
    stop, news = Stop(), list[Progress]()

    def told(progress: Progress) -> None:
        news.append(progress)
        stop.set()

    names = [one + other for one in "abcdef" for other in "ghijkl"]
    timetable = planned(document(*names, slots=8, locked=[placed("ag", 3)]), progress=told, stop=stop)

    assert news
    assert timetable.status is Status.SOLVED
    assert any(meeting.request == "ag" and meeting.slot == "s3" for meeting in timetable.meetings)


def test_the_certificate_says_how_to_get_it_again() -> None:
    certificate = planned(document("ab"), seed=7, limit=5).certificate

    assert (certificate.seed, certificate.workers, certificate.limit) == (7, 1, 5)
    assert certificate.versions.keys() == {"engine", "ortools", "python"}
    assert 0 <= certificate.seconds < 5
