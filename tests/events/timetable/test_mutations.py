"""A thousand wrong plans, made of right ones by one change each: the checker takes none of them."""

import random
from collections import Counter
from itertools import cycle, islice
from typing import Any

import pytest

from bench.timetable_event import SIZES, event
from events.timetable.check import check
from events.timetable.documents import complete, complete_plan, plan_document, read_problem
from events.timetable.solve import solve
from tests.events.timetable.mutations import SOLVED, UNSOLVED, mutated
from tests.events.timetable.right_plans import RIGHT

WRONG = 1000
TRIES = 1000
Pair = tuple[dict[str, Any], dict[str, Any]]


def planned(document: dict[str, Any]) -> Pair:
    """Return a problem and the planner's answer."""
    timetable = solve(read_problem(document), limit=5, seed=1, workers=1)
    return complete(document), complete_plan(plan_document(timetable))


def repaired(problem: dict[str, Any], plan: dict[str, Any]) -> Pair:
    """Return the problem after its plan was published and a table was lost, and the planner's answer."""
    published = [{name: held[name] for name in ("request", "slot", "table")} for held in plan["meetings"]]
    busiest = Counter(held["table"] for held in plan["meetings"]).most_common(1)[0][0]
    there = [slot["id"] for slot in problem["slots"]]
    tables = [
        table | {"available": there[len(there) // 2 :]} if table["id"] == busiest else table
        for table in problem["tables"]
    ]
    released = [placed["request"] for placed in published[::5]]
    locked = [published[1], published[2] | {"table": None}]
    locked = [placed for placed in locked if placed["table"] != busiest]
    return planned(problem | {"tables": tables, "published": published, "released": released, "locked": locked})


@pytest.fixture(scope="module")
def right() -> list[Pair]:
    """Plans that are right: those made by hand, and of events with 26 parties."""
    events = [planned(event(SIZES[0], flavour, seed=1)) for flavour in ("full", "scarce")]
    return [*RIGHT.values(), *events * 6, *[repaired(*events[1])] * 6]


def test_the_plans_are_right(right: list[Pair]) -> None:
    assert all(check(problem, plan) == [] for problem, plan in right)


def test_no_wrong_plan_passes(right: list[Pair]) -> None:
    rng = random.Random(20260512)
    mutations = dict.fromkeys((*SOLVED, *UNSOLVED))

    for number, mutation in enumerate(islice(cycle(mutations), WRONG)):
        problem, plan = next(filter(None, (mutated(mutation, *rng.choice(right), rng) for _try in range(TRIES))))
        assert complete(problem) == problem, (number, mutation)
        assert check(problem, complete_plan(plan)), (number, mutation, problem, plan)
