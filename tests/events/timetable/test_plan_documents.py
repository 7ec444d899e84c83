"""Plan documents are written with the fields that belong, and refused with the place and the fault."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from events.timetable import documents
from events.timetable.documents import InvalidDocumentError
from events.timetable.plan import (
    Certificate,
    Demand,
    Figures,
    Level,
    Meeting,
    Move,
    PartyPlan,
    Place,
    Reason,
    Status,
    Timetable,
    Why,
)
from events.timetable.problem import Goal

Change = Callable[[dict[str, Any]], None]
CERTIFICATE = Certificate(
    goals=(Level(Goal.VALUE, 6, 6, 0.1), Level(Goal.GAPS, 1, 0, 0.2), Level(Goal.SPREAD, 1, None, 0.0)),
    figures=Figures(requests=5, meetings=1, value=6),
    seed=0,
    workers=2,
    limit=60,
    seconds=0.5,
    digest="sha256:" + "0" * 64,
    versions={"engine": "1"},
)
REASONS = [
    (Reason("r", Why.NEVER_TOGETHER), {}),
    (Reason("r", Why.LOCKED, meetings=("ab",)), {"meetings": ["ab"]}),
    (Reason("r", Why.SIDE_FULL, party="a"), {"party": "a"}),
    (Reason("r", Why.TABLES, slots=("s0", "s1")), {"slots": ["s0", "s1"]}),
    (Reason("r", Why.WORTH_LESS, slot="s1", meetings=("ab",)), {"slot": "s1", "meetings": ["ab"]}),
    (Reason("r", Why.WORTH_LESS, slot="s1"), {"slot": "s1"}),
    (Reason("r", Why.STOPPED_EARLY), {}),
]


@pytest.mark.parametrize(("reason", "fields"), REASONS, ids=lambda value: str(getattr(value, "why", "")))
def test_a_reason_has_the_fields_of_its_kind(reason: Reason, fields: dict[str, Any]) -> None:
    plan = documents.plan_document(Timetable(Status.SOLVED, CERTIFICATE, not_held=(reason,)))

    assert plan["not_held"] == [{"request": "r", "reason": reason.why.value} | fields]
    assert documents.complete_plan(plan) == plan


def test_a_plan_is_written() -> None:
    timetable = Timetable(
        Status.SOLVED,
        CERTIFICATE,
        meetings=(Meeting("ab", ("a", "b"), "s0", "t0"),),
        parties=(PartyPlan("a", 1, 0, (("s1",), ("s3", "s4"))),),
        moves=(Move("ab", Place("s1", None), Place("s0", "t0")), Move("ac", Place("s1", "t1"), None)),
    )

    plan = documents.plan_document(timetable)

    assert documents.complete_plan(json.loads(json.dumps(plan))) == plan
    assert plan["meetings"] == [{"request": "ab", "parties": ["a", "b"], "slot": "s0", "table": "t0"}]
    assert plan["parties"] == [{"party": "a", "meetings": 1, "below_minimum": 0, "gaps": [["s1"], ["s3", "s4"]]}]
    assert plan["moves"] == [
        {"request": "ab", "from": {"slot": "s1", "table": None}, "to": {"slot": "s0", "table": "t0"}},
        {"request": "ac", "from": {"slot": "s1", "table": "t1"}, "to": None},
    ]
    assert [level["status"] for level in plan["certificate"]["goals"]] == ["optimal", "feasible", "feasible"]
    assert "minimal" not in plan["certificate"]


def test_a_conflict_is_written() -> None:
    demands = (Demand("locked", "ab"), Demand("gap_spread_limit"))
    certificate = Certificate((), Figures(2), 0, 1, 60, 0.5, CERTIFICATE.digest, {}, minimal=False)

    plan = documents.plan_document(Timetable(Status.INFEASIBLE, certificate, conflict=demands))

    assert plan["conflict"] == [{"kind": "locked", "request": "ab"}, {"kind": "gap_spread_limit"}]
    assert plan["certificate"]["minimal"] is False
    assert documents.complete_plan(plan) == plan


def with_move(plan: dict[str, Any]) -> None:
    plan["moves"] = [{"request": "ab", "from": {"slot": "s0"}, "to": 4}]


PLANS: list[tuple[Change, str, str]] = [
    (lambda plan: plan.pop("status"), "$", '"status" is missing.'),
    (with_move, "$.moves[0].from", '"table" is missing.'),
    (with_move, "$.moves[0].to", "must be an object or null, not 4."),
    (
        lambda plan: plan["certificate"].update(digest="md5"),
        "$.certificate.digest",
        "must be of the form ^sha256:[0-9a-f]{64}$.",
    ),
    (
        lambda plan: plan["certificate"]["versions"].update({"my tool": 3}),
        '$.certificate.versions["my tool"]',
        "must be text, not 3.",
    ),
]


@pytest.mark.parametrize(("change", "place", "what"), PLANS, ids=[ascii(place + what)[:60] for _, place, what in PLANS])
def test_a_broken_plan_is_refused(change: Change, place: str, what: str) -> None:
    plan = documents.plan_document(Timetable(Status.SOLVED, CERTIFICATE))
    change(plan)

    with pytest.raises(InvalidDocumentError) as caught:
        documents.complete_plan(plan)

    assert (place, what) in caught.value.complaints
