"""Looking back, deciding beside what the figures say, and publishing how it ended."""

from datetime import timedelta
from typing import Any

import pytest

from pilots.enums import MilestoneStep, PilotOutcome, PilotSide, PilotState
from pilots.models import PilotDecision, Review
from pilots.queries.figures import figures_of, what_the_rule_says
from pilots.queries.results import published, result_of
from pilots.services import closing, ledger
from pilots.services.milestones import take_step
from programs.models import Municipality
from programs.timing.models import Deadline
from tech4muni.audit.models import Entry
from tech4muni.core.errors import Conflict, Forbidden, Refused
from tech4muni.notifications.models import Message
from tests.factories.pilots import Table, look_back, make_pilot, read

SCALE, ITERATE, EXTEND, STOP = PilotOutcome
PARTS: dict[str, str] = dict.fromkeys(closing.PARTS, "text")


@pytest.fixture
def table(in_strumica: Municipality) -> Table:
    return make_pilot(in_strumica, state=PilotState.RUNNING)


def decide(table: Table, outcome: PilotOutcome, **values: Any) -> PilotDecision:
    asked = {"seen": what_the_rule_says(figures_of(table.pilot)), "rationale": "Because", **values}
    return closing.decide(table.pilot, seat=table.city, outcome=outcome, **asked)


def test_reviews(table: Table) -> None:
    with pytest.raises(Forbidden):
        closing.write_review(table.pilot, seat=table.city, **PARTS)
    closing.begin_review(table.pilot, seat=table.city)
    assert table.entry.state == "review"

    closing.write_review(table.pilot, seat=table.city, **PARTS)
    closing.write_review(table.pilot, seat=table.city, **{**PARTS, "went_well": "More"})
    closing.write_review(table.pilot, seat=table.other, **PARTS)

    rows = dict(Review.objects.values_list("side", "went_well"))
    assert rows == {PilotSide.CITY: "More", PilotSide.COMPANY: "text"}
    with pytest.raises(Refused) as refused:
        closing.write_review(table.pilot, seat=table.city, **{**PARTS, "went_badly": " "})
    assert refused.value.field == "went_badly"


@pytest.mark.parametrize(
    ("value", "says"), [(30, SCALE), (29, SCALE), (45, ITERATE), (60, ITERATE), (61, STOP), (None, EXTEND)]
)
def test_the_rule_reads_the_ledger(table: Table, value: int | None, says: PilotOutcome) -> None:
    if value is not None:
        read(table, value)

    assert what_the_rule_says(figures_of(table.pilot)) == says


@pytest.mark.parametrize(
    ("value", "outcome", "needs_reason"),
    [
        (30, SCALE, False), (30, STOP, True), (30, ITERATE, True), (30, EXTEND, True),
        (45, ITERATE, False), (45, EXTEND, False), (45, SCALE, True), (45, STOP, True),
        (None, EXTEND, False), (None, ITERATE, False), (None, SCALE, True), (None, STOP, True),
        (99, STOP, False), (99, SCALE, True),
    ],
)  # fmt: skip
def test_a_deviation_needs_a_reason(table: Table, value: int | None, outcome: PilotOutcome, needs_reason: bool) -> None:
    if value is not None:
        read(table, value)
    look_back(table)
    until = {"extended_to": table.pilot.ends_on + timedelta(days=30)} if outcome == EXTEND else {}  # type: ignore[operator]

    if needs_reason:
        with pytest.raises(Refused) as refused:
            decide(table, outcome, **until)
        assert refused.value.field == "deviation"
    decision = decide(table, outcome, deviation="We know more", **until)

    assert (decision.outcome, bool(decision.deviation)) == (outcome, needs_reason)


def test_a_decision_needs_the_municipalitys_review_and_a_rationale(table: Table) -> None:
    closing.begin_review(table.pilot, seat=table.city)
    with pytest.raises(Refused):
        decide(table, EXTEND)
    closing.write_review(table.pilot, seat=table.city, **PARTS)
    with pytest.raises(Refused) as refused:
        decide(table, ITERATE, rationale=" ")
    assert refused.value.field == "rationale"
    decide(table, ITERATE)


def test_figures_that_changed_since_are_told(table: Table) -> None:
    look_back(table)
    read(table, 99)

    with pytest.raises(Conflict):
        decide(table, ITERATE, seen=EXTEND)
    assert not PilotDecision.objects.exists()


@pytest.mark.parametrize("days", [None, -1, 0])
def test_an_extension_needs_a_later_end(table: Table, days: int | None) -> None:
    look_back(table)
    assert table.pilot.ends_on
    until = None if days is None else table.pilot.ends_on + timedelta(days=days)

    with pytest.raises(Refused) as refused:
        decide(table, EXTEND, extended_to=until)
    assert refused.value.field == "extended_to"


def test_an_extended_pilot_runs_on_and_is_decided_later(table: Table) -> None:
    look_back(table)
    assert table.pilot.ends_on
    until = table.pilot.ends_on + timedelta(days=30)
    deadline = Deadline.objects.get(key=table.milestones[0].deadline_key)
    assert deadline.withdrawn_at is not None

    decide(table, EXTEND, extended_to=until)

    pilot = table.fresh()
    assert (pilot.state, pilot.ends_on, table.entry.state, table.entry.result) == ("running", until, "running", None)
    deadline.refresh_from_db()
    assert deadline.is_open
    assert Entry.objects.get(verb="pilot.extended").data["until"] == until.isoformat()
    read(table, 20)
    closing.begin_review(pilot, seat=table.city)
    decide(table, SCALE)
    assert [decision.outcome for decision in table.fresh().decisions.all()] == [EXTEND, SCALE]
    assert table.pilot.state == PilotState.DECIDED


@pytest.mark.parametrize(("value", "outcome"), [(25, SCALE), (80, STOP)])
def test_failure_is_published_as_success_is(table: Table, value: int, outcome: PilotOutcome) -> None:
    wrong = read(table, 1)
    ledger.correct(wrong, seat=table.city, text="Typo", observed_on=wrong.observed_on, value=wrong.value + value - 1)
    look_back(table)
    assert not published().exists()

    decide(table, outcome)

    entry = published().get()
    assert (entry.state, entry.published_at is not None) == ("decided", True)
    result = result_of(entry)
    assert (result.outcome, result.rule_says, result.title, result.company) == (
        outcome, outcome, table.challenge.title, table.company.name,
    )  # fmt: skip
    assert (result.starts_on, result.ends_on) == (table.pilot.starts_on, table.pilot.ends_on)
    [figure] = result.figures
    assert (figure.baseline, figure.target, figure.value) == ("50", "30", str(value))
    assert result.texts["differently"] == "differently sensors"
    assert result.texts["rationale"] == "Because"
    assert [row.outcome for row in PilotDecision.objects.all()] == [outcome]
    assert Entry.objects.get(verb="pilot.decided").data["outcome"] == outcome
    assert Message.objects.filter(email=table.founder.email, subject__contains="decided").count() == 1


def test_a_decision_stands(table: Table) -> None:
    look_back(table)
    decide(table, ITERATE)

    with pytest.raises(Forbidden):
        decide(table, STOP, deviation="Second thoughts")
    with pytest.raises(Forbidden):
        closing.write_review(table.pilot, seat=table.other, **PARTS)


def test_a_side_that_was_silent_may_speak_after_the_decision(table: Table) -> None:
    closing.begin_review(table.pilot, seat=table.city)
    closing.write_review(table.pilot, seat=table.city, **PARTS)
    decide(table, ITERATE)

    closing.write_review(table.pilot, seat=table.other, **PARTS)

    with pytest.raises(Forbidden):
        closing.write_review(table.pilot, seat=table.other, **PARTS)


def test_milestones_rest_in_a_review(table: Table) -> None:
    closing.begin_review(table.pilot, seat=table.city)
    with pytest.raises(Forbidden):
        take_step(table.milestones[0], seat=table.city, step=MilestoneStep.DELIVER)
