"""What holds of every timetable of every small problem, judged by the checker and by trying all plans."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from events.timetable.check import check
from events.timetable.documents import complete, complete_plan, plan_document, read_problem
from events.timetable.plan import Demand, Level, Progress, Status, Timetable
from events.timetable.problem import Goal
from events.timetable.solve import solve
from tests.events.timetable import exhaustive, strategies

Item = dict[str, Any]

examples = settings(derandomize=True, deadline=None, max_examples=150)


def planned(document: Item, limit: float = 10, **rest: Any) -> Timetable:
    """Return the planner's answer with one worker."""
    return solve(read_problem(document), limit=limit, seed=1, workers=1, **rest)


def without(document: Item, dropped: Collection[str], *, limited: bool) -> Item:
    """Return a completed document without some demands: neither locked nor required any more, and without the limit."""
    return document | {
        "locked": [placed for placed in document["locked"] if placed["request"] not in dropped],
        "requests": [
            request | {"required": request["required"] and request["id"] not in dropped}
            for request in document["requests"]
        ],
        "gap_spread_limit": document["gap_spread_limit"] if limited else None,
    }


@examples
@given(strategies.problems())
def test_every_plan_passes_the_checker(document: Item) -> None:
    plan = complete_plan(plan_document(planned(document)))

    assert check(complete(document), plan) == []


@examples
@given(strategies.problems())
def test_no_plan_is_better(document: Item) -> None:
    best = exhaustive.best(complete(document))
    timetable = planned(document)

    assert timetable.status is (Status.INFEASIBLE if best is None else Status.SOLVED)
    assert {level.goal.value: level.value for level in timetable.certificate.goals} == (best or {})
    assert all(level.optimal for level in timetable.certificate.goals)


@examples
@given(strategies.problems())
def test_no_reason_is_left_open_when_all_is_proven(document: Item) -> None:
    reasons = {reason.why.value for reason in planned(document).not_held}

    assert "stopped_early" not in reasons


@examples
@given(strategies.problems().filter(lambda document: not exhaustive.feasible(complete(document))))
def test_the_conflict_is_one_and_nothing_in_it_can_be_left_out(document: Item) -> None:
    full, timetable = complete(document), planned(document)

    assert timetable.certificate.minimal
    assert not exhaustive.feasible(only(full, timetable))
    for demand in timetable.conflict:
        assert exhaustive.feasible(only(full, timetable, but=demand))


def only(document: Item, timetable: Timetable, but: Demand | None = None) -> Item:
    """Return a completed document without any demands but those of a conflict, and without one of these."""
    left = [demand for demand in timetable.conflict if demand != but]
    dropped = {request["id"] for request in document["requests"]} - {demand.request for demand in left}
    return without(document, dropped, limited=any(demand.kind == "gap_spread_limit" for demand in left))


@examples
@given(strategies.problems())
def test_equal_seeds_and_one_worker_give_equal_plans(document: Item) -> None:
    assert timeless(planned(document)) == timeless(planned(document))


def timeless(timetable: Timetable) -> str:
    """Return a plan's document, as text, without what it took."""
    document = plan_document(timetable)
    for part in (document["certificate"], *document["certificate"]["goals"]):
        del part["seconds"]
    return json.dumps(document)


@examples
@given(strategies.problems())
def test_best_and_bound_never_cross_and_never_get_worse(document: Item) -> None:
    said: dict[Goal, list[Progress]] = {}
    timetable = planned(document, progress=lambda progress: said.setdefault(progress.goal, []).append(progress))

    for told in said.values():
        assert all(apart(progress.goal, progress.best, progress.bound) for progress in told)
        bests, bounds = ([getattr(progress, name) for progress in told] for name in ("best", "bound"))
        assert in_order([signed(told[0].goal, best) for best in bests if best is not None], falling=True)
        assert in_order([signed(told[0].goal, bound) for bound in bounds if bound is not None], falling=False)
        times = [progress.seconds for progress in told]
        assert times == sorted(times)
    for level in timetable.certificate.goals:
        if level.goal in said:
            assert (said[level.goal][-1].best, said[level.goal][-1].bound) == (level.value, level.bound)


def signed(goal: Goal, figure: int) -> int:
    """Return a figure so that the smaller is the better."""
    return -figure if goal is Goal.VALUE else figure


def apart(goal: Goal, best: int | None, bound: int | None) -> bool:
    """Whether a bound is not worse than what was reached."""
    return best is None or bound is None or signed(goal, bound) <= signed(goal, best)


def in_order(figures: list[int], *, falling: bool) -> bool:
    """Whether figures only fall, or only rise, or stay."""
    return figures == sorted(figures, reverse=falling)


@examples
@given(strategies.problems(), st.sampled_from([0, 0.001, 0.005, 0.01, 0.02]))
def test_a_limit_that_is_too_short_still_gives_a_right_answer(document: Item, limit: float) -> None:
    full, timetable = complete(document), planned(document, limit=limit)
    best = exhaustive.best(full)

    assert check(full, complete_plan(plan_document(timetable))) == []
    if timetable.status is not Status.UNKNOWN:
        assert timetable.status is (Status.INFEASIBLE if best is None else Status.SOLVED)
    if timetable.status is Status.INFEASIBLE:
        assert not exhaustive.feasible(only(full, timetable))
    assert not_beaten(timetable.certificate.goals, best)


@examples
@given(strategies.problems())
def test_two_workers_do_as_well(document: Item) -> None:
    timetable = solve(read_problem(document), limit=10, seed=1, workers=2)

    assert check(complete(document), complete_plan(plan_document(timetable))) == []
    assert {level.goal.value: level.value for level in timetable.certificate.goals} == (
        exhaustive.best(complete(document)) or {}
    )


def not_beaten(levels: Collection[Level], best: Mapping[str, int] | None) -> bool:
    """Whether the best of all plans keeps the bounds of the levels for as long as it is as good in those before."""
    for level in levels:
        if best is None:
            return False
        reached = best[level.goal.value]
        if not apart(level.goal, reached, level.bound):
            return False
        if reached != level.value:
            return True
    return True
