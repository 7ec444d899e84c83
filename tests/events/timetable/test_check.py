"""The checker lets right plans pass and names exactly the rule that a wrong one breaks."""

import ast
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Any

import pytest

import events.timetable
from events.timetable.check import Broken, Rule, check
from tests.events.timetable.broken_plans import BROKEN
from tests.events.timetable.plans import edited, no_plan, plan, problem
from tests.events.timetable.right_plans import RIGHT

HERE = Path(events.timetable.__file__).parent


def rules(broken: list[Broken]) -> set[Rule]:
    return {one.rule for one in broken}


@pytest.mark.parametrize(("document", "answer"), RIGHT.values(), ids=RIGHT.keys())
def test_right_plan_passes(document: dict[str, Any], answer: dict[str, Any]) -> None:
    assert check(document, answer) == []


@pytest.mark.parametrize(("rule", "document", "answer"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_rule_is_named(rule: Rule, document: dict[str, Any], answer: dict[str, Any]) -> None:
    broken = check(document, answer)

    assert rules(broken) == {rule}, broken
    assert all(one.message.endswith(".") and one.path.startswith("$") for one in broken)


def test_every_rule_has_a_case() -> None:
    assert {rule for rule, _document, _answer in BROKEN.values()} == set(Rule)


def test_message_and_path_say_which_meeting() -> None:
    document = problem("ab", "ac", slots=1)

    assert check(document, plan(document, "ab s0 t0, ac s0 t1")) == [
        Broken(Rule.PARTY_TAKEN_TWICE, "a is in ab and in ac at s0.", "$.meetings[1]")
    ]


def test_meeting_that_ends_after_the_last_slot_is_examined() -> None:
    document = problem({"id": "ab", "parties": ["a", "b"], "value": 1, "duration": 2}, "ac", slots=2)

    broken = check(document, plan(document, "ac s0 t0, ab s1 t0"))

    assert rules(broken) == {Rule.BEYOND_BLOCK}


@pytest.mark.parametrize("name", RIGHT)
def test_any_other_figure_is_found(name: str) -> None:
    document, answer = RIGHT[name]

    for figure, number in answer["certificate"]["figures"].items():
        broken = check(document, edited(answer, f"certificate.figures.{figure}", number + 1))
        assert broken == [
            Broken(Rule.FIGURES, f"{figure} is {number}, not {number + 1}.", f"$.certificate.figures.{figure}")
        ]


@pytest.mark.parametrize("status", ["infeasible", "unknown"])
def test_any_figure_without_a_plan_is_found(status: str) -> None:
    document = problem("ab", tables=0, locked=[{"request": "ab", "slot": "s0"}])
    conflict = [{"kind": "locked", "request": "ab"}] if status == "infeasible" else []
    answer = no_plan(document, status, *conflict)

    assert check(document, answer) == []
    for figure, number in answer["certificate"]["figures"].items():
        broken = check(document, edited(answer, f"certificate.figures.{figure}", number + 1))
        assert rules(broken) == {Rule.FIGURES}


def test_large_plan_is_checked_in_seconds() -> None:
    """300 by 60 parties, 36 slots: 2,100 meetings, and 1,900 that are worth less."""
    startups, towns, slots = 300, 60, 35
    requests: list[dict[str, Any] | str] = []
    held, reasons = [], []
    for town in range(towns):
        for number in range(65):
            startup = (town * 5 + number) % startups
            name = f"{startup}-{town}"
            parties = [f"startup {startup}", f"town {town}"]
            value = 2 if number < slots else 1
            requests.append({"id": name, "parties": parties, "value": value})
    first = problem(*requests, slots=slots, tables=towns)
    taken: dict[str, dict[int, str]] = {}
    for request in first["requests"]:
        one, other = (taken.setdefault(party, {}) for party in request["parties"])
        free = next((slot for slot in range(slots) if slot not in one and slot not in other), None)
        if free is None:
            slot = 0
            displaced = sorted({side[slot] for side in (one, other) if slot in side})
            reasons.append({"request": request["id"], "reason": "worth_less", "slot": "s0", "meetings": displaced})
        else:
            one[free] = other[free] = request["id"]
            held.append((free, int(request["parties"][1].split()[1]), request["id"]))
    text = ", ".join(f"{name} s{slot} t{town}" for slot, town, name in sorted(held))
    answer = plan(first, text, not_held=reasons)
    begin = process_time()

    broken = check(first, answer)

    assert process_time() - begin < 10
    assert len(held) + len(reasons) == 3900
    assert len(reasons) > 1000
    assert rules(broken) <= {Rule.PARTY_GAPS, Rule.FIGURES, Rule.GOAL_VALUE, Rule.WORTH_LESS, Rule.BOUND_CROSSED}


def test_long_conflict_is_checked_in_seconds() -> None:
    """100 parties who must all meet one, in one slot fewer; then in as many."""
    names = [f"p{number}" for number in range(100)]
    requests: list[dict[str, Any] | str] = [
        {"id": name, "parties": ["hub", name], "value": 1, "required": True} for name in names
    ]
    conflict = [{"kind": "required", "request": name} for name in names]
    begin = process_time()

    for slots, wanted in ((99, set()), (100, {Rule.CONFLICT_UNTRUE})):
        document = problem(*requests, slots=slots, tables=20)
        assert rules(check(document, no_plan(document, "infeasible", *conflict))) == wanted
    assert process_time() - begin < 10


def imported(path: Path) -> Iterator[str]:
    """Yield the modules that a module imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_checker_shares_nothing_with_the_planner() -> None:
    own = sorted(HERE.glob("check*.py"))
    ours = {module for path in own for module in imported(path) if module.startswith("events.")}

    assert len(own) == 9
    assert {module.split(".")[2].split("_")[0] for module in ours} == {"check"}
