"""The benchmark's events are what they promise, its rivals keep the rules, and its tables say what was measured."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bench import timetable, timetable_page
from bench.timetable_event import CHOSEN, SIZES, Size, event
from bench.timetable_kept import kept
from bench.timetable_page import Run
from bench.timetable_published import OPTIMA, SECONDS
from bench.timetable_rivals import first_come, round_robin
from events.timetable import documents
from events.timetable.plan import Meeting
from events.timetable.problem import Delegate, Party, Placed, Problem, Request, Slot, Table, value_of

TINY = Size("6x4", 6, 4, 12, room=2, full=2, length=30, scarce=2)
KINDS = [(size, flavour) for size in (TINY, *SIZES) for flavour in size.flavours]
START = datetime(2026, 5, 12, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def slots(*blocks: int) -> tuple[Slot, ...]:
    """Return slots `0`, `1`, … in blocks of these lengths, each block on a day of its own."""
    places = [(block, number) for block, length in enumerate(blocks) for number in range(length)]
    return tuple(
        Slot(str(place), START + place * HOUR, START + (place + 1) * HOUR, f"day {block}", f"block {block}")
        for place, (block, _number) in enumerate(places)
    )


def duel(*requests: Request, parties: tuple[Party, ...] = (), **rest: Any) -> Problem:
    """Return a problem with three slots, then two on another day; the parties a, b and c, and two tables."""
    named = {party.id: party for party in (Party("a"), Party("b"), Party("c"), *parties)}
    problem = Problem(slots(3, 2), (Table("t1"), Table("t2")), tuple(named.values()), requests)
    return replace(problem, **rest)


def places(meetings: tuple[Meeting, ...]) -> dict[str, str]:
    """Return the slot of each meeting."""
    return {meeting.request: meeting.slot for meeting in meetings}


@pytest.mark.parametrize(("size", "flavour"), KINDS, ids=lambda value: getattr(value, "name", value))
def test_events_are_equal_for_equal_seeds_and_make_sense(size: Size, flavour: str) -> None:
    document = event(size, flavour, 0)

    assert event(size, flavour, 0) == document
    assert event(size, flavour, 1)["requests"] != document["requests"]
    assert documents.complete(document)["title"] == document["title"]


@pytest.mark.parametrize(("size", "flavour"), KINDS[3:], ids=lambda value: getattr(value, "name", value))
def test_events_have_the_size_that_they_are_named_for(size: Size, flavour: str) -> None:
    document = event(size, flavour, 2)
    sides = Counter(party["side"] for party in document["parties"])
    wanted = len(document["requests"]) / size.meetings

    assert sides == {"startup": size.startups, "municipality": size.municipalities}
    assert len({slot["block"] for slot in document["slots"]}) == 4
    assert 1 <= wanted <= 1.15 if flavour == "room" else 1.4 <= wanted <= 1.7
    assert len(document["tables"]) == (size.scarce if flavour == "scarce" else size.municipalities)


def test_a_request_is_what_both_sides_chose() -> None:
    document = event(SIZES[1], "full", 0)

    for request in document["requests"]:
        assert CHOSEN.issuperset(request["choices"])
        assert request["value"] == value_of(*request["choices"])
    assert Counter(request["value"] for request in document["requests"]).keys() == {4, 6, 9}


def test_every_startup_asks_for_two_meetings_at_least() -> None:
    document = event(SIZES[2], "room", 0)
    asked = Counter(request["parties"][0] for request in document["requests"])

    assert min(asked[party["id"]] for party in document["parties"] if party["side"] == "startup") == 2


def test_popular_parties_are_asked_for_more_often() -> None:
    document = event(SIZES[2], "full", 0)
    asked = Counter(party for request in document["requests"] for party in request["parties"])
    startups = sorted(asked[party["id"]] for party in document["parties"] if party["side"] == "startup")

    assert startups[90] >= 2 * startups[10]


@pytest.mark.parametrize(("size", "flavour"), KINDS[:6], ids=lambda value: getattr(value, "name", value))
def test_rivals_keep_the_rules(size: Size, flavour: str) -> None:
    problem = documents.read_problem(documents.complete(event(size, flavour, 1)))

    for meetings in (first_come(problem, 0), round_robin(problem)):
        figures, broken = kept(problem, meetings)

        assert broken == []
        assert figures["meetings"] == len(meetings) > len(problem.requests) / 3
        assert figures["value"] == sum(problem.request[meeting.request].value for meeting in meetings)


def test_first_come_is_served_in_the_order_of_arrival() -> None:
    rows = [Request(f"r{number}", ("a", "b"), 1) for number in range(6)]
    problem = duel(*rows)

    orders = {tuple(places(first_come(problem, seed))) for seed in range(10)}

    assert all(len(order) == 5 for order in orders)
    assert len(orders) > 1
    assert first_come(problem, 3) == first_come(problem, 3)


def test_round_robin_takes_turns_by_the_alphabet_and_the_companies_own_rank() -> None:
    problem = duel(
        Request("b wants", ("b", "c"), 6, ("want", "must")),
        Request("b must", ("b", "c"), 6, ("must", "want")),
        Request("a wants", ("a", "c"), 4, ("want", "want")),
        Request("a also", ("a", "c"), 6, ("want", "must")),
    )

    assert places(round_robin(problem)) == {"a also": "0", "b must": "1", "a wants": "2", "b wants": "3"}


def test_a_company_whose_best_request_has_no_place_takes_the_next() -> None:
    problem = duel(
        Request("best", ("a", "b"), 9, ("must", "must")),
        Request("next", ("a", "c"), 4, ("want", "want")),
        parties=(Party("b", maximum=0),),
    )

    assert places(round_robin(problem)) == {"next": "0"}


@pytest.mark.parametrize(
    ("party", "found"),
    [
        (Party("a", available=frozenset("13")), {"x": "1", "y": "3"}),
        (Party("a", forbidden=frozenset("013")), {"x": "2", "y": "4"}),
        (Party("a", maximum=1), {"x": "0"}),
        (Party("a", maximum_per_day=1), {"x": "0", "y": "3"}),
        (Party("a", longest_run=1), {"x": "0", "y": "2"}),
        (Party("a", delegates=(Delegate("d", frozenset("24")),)), {"x": "2", "y": "4"}),
        (Party("a", delegates=(Delegate("d", frozenset("2"), always=False),)), {"x": "0", "y": "1"}),
        (Party("a", table="t1"), {"x": "0", "y": "1"}),
    ],
)
def test_rivals_keep_to_what_a_party_may(party: Party, found: dict[str, str]) -> None:
    problem = duel(Request("x", ("a", "b"), 1), Request("y", ("c", "a"), 1), parties=(party,))

    assert places(round_robin(problem)) == found


def test_rivals_keep_to_what_a_request_may() -> None:
    late = Request("late", ("a", "b"), 1, available=frozenset("234"), forbidden=frozenset("2"))
    long = Request("long", ("a", "b"), 1, duration=2, forbidden=frozenset("0"))
    fixed = Request("fixed", ("a", "b"), 1, fixed="4")
    named = Request("named", ("a", "c"), 1, delegates=frozenset("d"))
    party = Party("c", delegates=(Delegate("d", frozenset("0"), always=False),))

    assert places(round_robin(duel(late))) == {"late": "3"}
    assert places(round_robin(duel(long))) == {"long": "1"}
    assert places(round_robin(duel(replace(long, forbidden=frozenset("01"))))) == {"long": "3"}
    assert places(round_robin(duel(fixed))) == {"fixed": "4"}
    assert places(round_robin(duel(named, parties=(party,)))) == {"named": "0"}


def test_rivals_keep_the_order_of_meetings_and_lock_what_is_locked() -> None:
    rows = Request("x", ("a", "b"), 1), Request("y", ("a", "c"), 1), Request("z", ("b", "c"), 1, required=True)
    problem = duel(*rows, precedences=(("y", "x"),), locked=(Placed("y", "1", "t2"),))

    meetings = round_robin(problem)

    assert places(meetings) == {"y": "1", "x": "2", "z": "0"}
    assert [meeting.table for meeting in meetings if meeting.request == "y"] == ["t2"]


def test_rivals_keep_tables() -> None:
    rows = Request("x", ("a", "b"), 1), Request("y", ("c", "d"), 1)
    problem = duel(*rows, parties=(Party("d"),), tables=(Table("t", frozenset("13")),))

    assert places(round_robin(problem)) == {"x": "1", "y": "3"}


def told(**changes: Any) -> dict[str, Any]:
    """Return what a run of the solver tells, with some of it changed."""
    figures = {
        "requests": 80,
        "meetings": 70,
        "value": 400,
        "below_minimum": 1,
        "gaps": 2,
        "longest_wait": 1,
        "waiting": 2,
    }
    goals = [
        {"goal": name, "value": figures[name], "bound": figures[name], "optimal": True, "found": 1.0, "proven": 3.0}
        for name in ("below_minimum", "value", "gaps", "longest_wait")
    ]
    return {"status": "solved", "figures": figures, "goals": goals, "seconds": 4.0, "megabytes": 90.0} | changes


def test_aims_are_met_only_if_every_event_meets_them() -> None:
    late = told()
    late["goals"][1] |= {"found": 6.0}
    late["goals"][2] |= {"optimal": False, "bound": 1, "proven": None}
    rivals: dict[str, dict[str, float]] = {
        "first come": {"value": 380, "meetings": 71, "seconds": 0.1},
        "round robin": {"value": 396, "meetings": 69, "seconds": 0.2},
    }
    runs = [Run("16x10", "room", seed, 60, 0.5, ours, rivals) for seed, ours in enumerate((told(), late))]

    text = "\n".join(timetable_page.tables(runs))

    assert "| 16x10: value proven optimal | ≤ 30 s | 2 of 2; 3.0 / 3.0 s | yes |" in text
    assert "| 16x10: first plan at full value | ≤ 5 s | 1 of 2; 3.5 / 6.0 s | **no** |" in text
    assert "| 16x10: waiting (gaps) proven minimal | ≤ 60 s | 1 of 2; 3.0 / 3.0 (1 of 2) s | **no** |" in text
    assert "| 16x10 room | first come | 95.0 / 95.0 | 71 / 71 |" in text


def test_a_value_within_a_thousandth_of_its_bound_is_enough_for_the_largest_size() -> None:
    near, far = told(), told()
    for ours, bound in ((near, 400.0), (far, 401.0)):
        ours["goals"][1] |= {"optimal": False, "bound": bound, "proven": None}

    assert timetable_page._nearly_proven(Run("300x60", "full", 0, 180, 0, near)) == 4.0
    assert timetable_page._nearly_proven(Run("300x60", "full", 0, 180, 0, far)) is None


def test_instances_stand_beside_what_is_published() -> None:
    ours = told(goals=[{"goal": "gaps", "value": 2, "bound": 2, "optimal": True, "found": None, "proven": 1.0}])
    runs = [
        Run("one", "instance", 0, 60, 0, ours, published=2, known=True, published_seconds=23.3),
        Run("two", "instance", 0, 60, 0, told(status="infeasible", goals=[]), known=True),
        Run("three", "instance", 0, 60, 0, ours),
        Run("four", "instance", 0, 60, 0, published=1, known=True, errors=["solver failed: exit -9: nothing"]),
    ]

    text = "\n".join(timetable_page.tables(runs))

    assert "| one | 2 | 2 | 2 | optimal | 4.0 | 23.3 | 90 | yes |" in text
    assert "| two | infeasible | – | – | infeasible | 4.0 | – | 90 | yes |" in text
    assert "| three | – | 2 | 2 | optimal | 4.0 | – | 90 | – |" in text
    assert "| four | 1 | – | – | failed | – | – | – | **no** |" in text
    assert "| instances as published | ≤ 60 s | 2 of 3; 4.0 / 4.0 (2 of 3) s | **no** |" in text
    assert "| four | instance | 0 | solver failed: exit -9: nothing |" in text


def test_published_optima_are_all_there() -> None:
    assert len(OPTIMA) == 34
    assert sum(best is None for best in OPTIMA.values()) == 10
    assert OPTIMA.keys() >= SECONDS.keys()


def test_an_event_is_planned_and_compared() -> None:
    run = timetable.run_event(TINY, "full", 0, limit=20, workers=1)

    assert run.errors == []
    assert run.status == "optimal"
    assert run.ours["megabytes"] > 10
    assert run.proven("value") is not None
    assert all(rival["value"] <= run.ours["figures"]["value"] for rival in run.rivals.values())


def test_a_file_is_solved_and_a_bad_one_is_a_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = "nBusiness = 3; nTables = 1; nTotalSlots = 3; requested = [|1, 2, 3 |1, 3, 3|];"
    (tmp_path / "small.dzn").write_text(small, encoding="utf-8")
    (tmp_path / "bad.dzn").write_text("nBusiness = 3;", encoding="utf-8")

    timetable.main([f"--instances={tmp_path}", "--limit=20", "--workers=1", f"--json={tmp_path / 'all.json'}"])

    printed = capsys.readouterr().out
    assert "| small | – | 0 | 0 | optimal |" in printed
    assert "| bad | instance | 0 | not read: nTotalSlots (or nFrangesTotal) is missing. |" in printed
    assert [run["name"] for run in json.loads((tmp_path / "all.json").read_text())] == ["bad", "small"]


def test_a_solver_that_fails_is_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timetable, "WORK", "bench.no_such_module")

    run = timetable.run_event(TINY, "room", 0, limit=5)

    assert run.status == "failed"
    assert "no_such_module" in run.errors[0]
    assert run.rivals


def test_sizes_are_words_or_names() -> None:
    assert [size.name for size in timetable._options(["--sizes=small"]).sizes] == ["16x10", "40x10"]
    assert [size.name for size in timetable._options(["--sizes=100x30,16x10"]).sizes] == ["100x30", "16x10"]
    assert timetable._options(["--instances=somewhere"]).sizes == ()
    with pytest.raises(SystemExit):
        timetable._options(["--sizes=7x7"])
