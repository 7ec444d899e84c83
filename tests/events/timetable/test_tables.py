"""Tables for meetings whose slots are known."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.timetable.documents import read_problem
from events.timetable.instance import Instance
from events.timetable.solve import solve
from events.timetable.tables import Tables
from tests.events.timetable.builders import document, party, placed, request, slot, table

Item = dict[str, Any]
PARTIES = "abcdefghijkl"


def assigned(problem: Item, places: Mapping[str, int]) -> dict[str, str]:
    """Return the tables of requests that begin in these slots, by their names."""
    instance = Instance(read_problem(problem))
    tables = Tables(instance, {instance.number[name]: start for name, start in places.items()}).assign()
    requests, names = instance.problem.requests, instance.problem.tables
    return {requests[number].id: names[at].id for number, at in tables.items()}


# The requests begin where `fixed` says.
CASES: dict[str, tuple[Item, dict[str, str]]] = {
    "published tables stay": (
        document(
            request("ab", fixed="s0"), request("cd", fixed="s0"), request("ef", fixed="s0"), tables=3,
            published=[placed("ab", 0, 2), placed("cd", 0, 0)],
        ),
        {"ab": "t2", "cd": "t0", "ef": "t1"},
    ),
    "a new meeting takes no table of a published one": (
        document(request("ab", fixed="s0"), request("cd", fixed="s0"), published=[placed("cd", 0, 0)]),
        {"ab": "t1", "cd": "t0"},
    ),
    "a published table does not follow into another slot": (
        document(request("ab", fixed="s1"), published=[placed("ab", 0, 1)]),
        {"ab": "t0"},
    ),
    "a published table that is away is given up": (
        document(
            request("ab", fixed="s0"), tables=[table(0), table(1, available=["s1"])], published=[placed("ab", 0, 1)]
        ),
        {"ab": "t0"},
    ),
    "of two published at one table one stays": (
        document(
            request("ab", fixed="s0"), request("cd", fixed="s0"), published=[placed("ab", 0, 1), placed("cd", 0, 1)]
        ),
        {"ab": "t1", "cd": "t0"},
    ),
    "a published meeting without a table takes any": (
        document(request("ab", fixed="s0"), published=[placed("ab", 0)]),
        {"ab": "t0"},
    ),
    "a party stays where it sat": (
        document(
            request("cd", fixed="s0"), request("ab", fixed="s0", value=2), request("ac", fixed="s1"),
            request("ad", fixed="s2"), request("bc", fixed="s2"),
        ),
        {"cd": "t0", "ab": "t1", "ac": "t1", "ad": "t1", "bc": "t0"},
    ),
    "a party's own table": (
        document(
            request("ab", fixed="s0"), request("cd", fixed="s0"), request("ac", fixed="s1"), tables=3,
            parties=[party("a", table="t1")],
        ),
        {"ab": "t1", "cd": "t0", "ac": "t1"},
    ),
    "a locked table": (
        document(request("ab", fixed="s0"), request("cd"), locked=[placed("cd", 0, 0)]),
        {"ab": "t1"},
    ),
    "a long meeting before a locked table": (
        document(request("ab", fixed="s0", duration=2), request("cd"), locked=[placed("cd", 1, 0)]),
        {"ab": "t1"},
    ),
    "a long meeting at the table that is there all the time": (
        document(
            request("ab", fixed="s0", duration=2), request("cd", fixed="s1"), request("ef", fixed="s2"),
            tables=[table(0, available=["s1", "s2"]), table(1)],
        ),
        {"ab": "t1", "cd": "t0", "ef": "t0"},
    ),
    "long meetings leave the table of another group to each other": (
        document(
            request("ab", fixed="s0", duration=2), request("cd", fixed="s0", duration=3),
            tables=[table(0), table(1, available=["s0", "s1"])], slots=3,
        ),
        {"ab": "t1", "cd": "t0"},
    ),
    "long meetings in a row at one table": (
        document(
            request("ab", fixed="s0", duration=2), request("cd", fixed="s1", duration=2),
            request("ef", fixed="s2", duration=2), slots=4,
        ),
        {"ab": "t0", "cd": "t1", "ef": "t0"},
    ),
    "tables of another block": (
        document(
            request("ab", fixed="s0", duration=2), request("cd", fixed="s2", duration=2), blocks=2,
            tables=[table(0, available=["s2", "s3"]), table(1, available=["s0", "s1"])],
        ),
        {"ab": "t1", "cd": "t0"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("problem", "wanted"), CASES.values(), ids=CASES.keys())
def test_tables(problem: Item, wanted: dict[str, str]) -> None:
    fixed = {one["id"]: int(one["fixed"][1:]) for one in problem["requests"] if "fixed" in one}
    locked = {one["request"]: int(one["slot"][1:]) for one in problem.get("locked", ())}

    tables = assigned(problem, fixed | locked)

    assert {name: at for name, at in tables.items() if name in wanted} == wanted
    assert tables.keys() == (fixed | locked).keys()


def test_no_meetings_take_no_tables() -> None:
    assert assigned(document("ab"), {}) == {}


@st.composite
def held(draw: st.DrawFn) -> Item:
    """Draw a problem whose requests all have a fixed place, for which there are tables enough.

    Each table is there in some slots, in which meetings are laid one after another; whether a meeting's table is
    known (published or locked) is drawn, too.
    """
    lengths = draw(st.sampled_from([(6,), (4, 3), (2, 2, 2)]))
    slots = [
        slot(sum(lengths[:block]) + number, block) for block, length in enumerate(lengths) for number in range(length)
    ]
    requests: list[Item] = []
    lists: dict[str, Any] = {"locked": [], "published": []}
    busy: set[tuple[str, int]] = set()
    tables = []
    for at in range(draw(st.integers(1, 4))):
        there = [number for number in range(len(slots)) if draw(st.integers(0, 4))]
        tables.append(table(at, available=[f"s{number}" for number in there]))
        begin = 0
        while begin < len(slots):
            block = slots[begin]["block"]
            longest = draw(st.integers(1, 3))
            span = [n for n in there if begin <= n < begin + longest and slots[n]["block"] == block]
            sides = [name for name in PARTIES if not any((name, number) in busy for number in span)]
            if span == list(range(begin, begin + len(span))) and span and len(sides) > 1 and draw(st.integers(0, 3)):
                chosen = draw(st.permutations(sides))[:2]
                busy.update((name, number) for name in chosen for number in span)
                name = f"r{len(requests)}"
                requests.append(request(name, parties=chosen, duration=len(span), fixed=f"s{begin}"))
                known = draw(st.sampled_from(["locked", "published", None, None]))
                if known:
                    lists[known].append(placed(name, begin, at))
                begin += len(span)
            else:
                begin += 1
    return document(*requests, slots=slots, tables=tables, parties=PARTIES, **lists)


@settings(derandomize=True, deadline=None, max_examples=250)
@given(held())
def test_no_two_meetings_at_one_table(problem: Item) -> None:
    places = {one["id"]: int(one["fixed"][1:]) for one in problem["requests"]}
    there = {one["id"]: one["available"] for one in problem["tables"]}

    tables = assigned(problem, places)

    taken = [
        (tables[one["id"]], f"s{places[one['id']] + step}")
        for one in problem["requests"]
        for step in range(one.get("duration", 1))
    ]
    assert tables.keys() == places.keys()
    assert len(taken) == len(set(taken))
    assert all(at in there[name] for name, at in taken)
    assert all(tables[one["request"]] == one["table"] for one in problem["locked"])


@settings(derandomize=True, deadline=None, max_examples=100)
@given(held())
def test_short_meetings_stay_at_their_published_tables(problem: Item) -> None:
    for one in problem["requests"]:
        one.pop("duration")
    places = {one["id"]: int(one["fixed"][1:]) for one in problem["requests"]}

    tables = assigned(problem, places)

    assert all(tables[one["request"]] == one["table"] for one in problem["published"])


def test_tables_are_given_to_the_whole_plan() -> None:
    long = [request(name, duration=2, required=True) for name in ("ab", "cd")]
    tables = [table(0, available=["s0", "s1", "s3"]), table(1, available=["s1", "s2", "s3"])]

    plan = solve(read_problem(document(*long, slots=4, tables=tables)), workers=1)

    assert {(one.request, one.slot, one.table) for one in plan.meetings} in [
        {("ab", "s0", "t0"), ("cd", begin, "t1")} for begin in ("s1", "s2")
    ] + [{("cd", "s0", "t0"), ("ab", begin, "t1")} for begin in ("s1", "s2")]


@pytest.mark.parametrize(
    "names",
    [
        ("ab", "cd", "ef", "gh"),
        ("cd", "ab", "ef", "gh"),
    ],
)
def test_a_locked_table_leaves_the_others(names: tuple[str, ...]) -> None:
    asked = [request(name, required=name != "ab") for name in names]

    plan = solve(read_problem(document(*asked, slots=2, locked=[placed("ab", 0, 0)])), workers=1)

    assert next((one.request for one in plan.meetings if one.slot == "s0"), None) == "ab"
    assert len(plan.meetings) == 4


@pytest.mark.parametrize("begins", [0, 1])
def test_a_new_long_meeting_leaves_a_published_one_its_table(begins: int) -> None:
    long = request("cd", duration=2, fixed="s0")
    asked = document("ab", long, slots=3, tables=2, published=[placed("ab", begins, 0)])

    plan = solve(read_problem(asked), workers=1)

    assert {meeting.request: meeting.table for meeting in plan.meetings} == {"ab": "t0", "cd": "t1"}
