"""The plan: both sides write it, agree to one version of it, and the pilot starts by it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from pilots.enums import PilotSide, PilotState
from pilots.models import Kpi
from pilots.services import plan
from programs.models import Municipality
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Forbidden, Refused
from tech4muni.notifications.models import Message
from tests.factories.pilots import Table, add_milestone, make_pilot, set_figures, write_plan

TODAY = clock.now().date()


@pytest.fixture
def table(in_strumica: Municipality) -> Table:
    return make_pilot(in_strumica)


@pytest.fixture
def planned(table: Table) -> Table:
    write_plan(table)
    table.fresh()
    return table


def both_agree(table: Table) -> None:
    for seat in (table.city, table.other):
        plan.agree(table.pilot, seat=seat, version=table.fresh().version)
    table.fresh()


def test_both_sides_write(table: Table) -> None:
    plan.change_plan(table.pilot, seat=table.city, version=1, changes={"aim": "Fewer trips"})
    plan.change_plan(table.pilot, seat=table.other, version=2, changes={"site": "Old town"})

    pilot = table.fresh()
    assert (pilot.aim, pilot.site, pilot.version) == ("Fewer trips", "Old town", 3)
    actors = Entry.objects.filter(verb="pilot.plan_changed").order_by("number").values_list("actor_id", flat=True)
    assert list(actors) == [table.lead.pk, table.founder.pk]


@pytest.mark.parametrize("change", ["plan", "kpi", "new kpi", "milestone", "remove", "agree", "start"])
def test_whoever_saw_an_older_version_is_told(planned: Table, change: str) -> None:
    pilot, version = planned.pilot, planned.pilot.version
    old: dict[str, Any] = {"seat": planned.city, "version": version - 1}
    kpi = {"names": {"en-gb": "Trips"}, "unit": "trips", "aim": "less"}
    steps: dict[str, Any] = {
        "plan": lambda: plan.change_plan(pilot, **old, changes={"aim": "x"}),
        "kpi": lambda: plan.set_kpi(pilot, **old, kpi=planned.kpi, values={"baseline": Decimal(1)}),
        "new kpi": lambda: plan.set_kpi(pilot, **old, kpi=None, values=kpi),
        "milestone": lambda: plan.set_milestone(
            pilot, **old, milestone=None, values={"title": "x", "due_on": TODAY, "side": "city"}
        ),
        "remove": lambda: plan.remove_milestone(pilot, **old, milestone=planned.milestones[0]),
        "agree": lambda: plan.agree(pilot, **old),
        "start": lambda: plan.start(pilot, **old),
    }

    with pytest.raises(Conflict):
        steps[change]()
    assert planned.fresh().version == version


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts_on": date(2026, 5, 2), "ends_on": date(2026, 5, 1)}, "ends_on"),
        ({"budget": Decimal(-1)}, "budget"),
    ],
)
def test_nonsense_in_the_plan(table: Table, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        plan.change_plan(table.pilot, seat=table.city, version=1, changes=changes)

    assert refused.value.field == field


def test_a_kpi_of_the_call_stays_as_it_was_published(table: Table) -> None:
    before = table.kpi
    values = {"names": {"en-gb": "Other"}, "unit": "km", "aim": "more", "baseline": Decimal(50)}

    plan.set_kpi(table.pilot, seat=table.city, version=1, kpi=before, values=values)

    kpi = table.kpi
    assert (kpi.names, kpi.unit, kpi.aim, kpi.baseline) == (before.names, before.unit, before.aim, Decimal(50))


def test_a_kpi_of_ones_own(table: Table) -> None:
    values = {"names": {"mk": "Возења"}, "unit": "trips", "aim": "less"}

    kpi = plan.set_kpi(table.pilot, seat=table.other, version=1, kpi=None, values=values)
    kpi = plan.set_kpi(table.pilot, seat=table.other, version=2, kpi=kpi, values={**values, "unit": "km"})

    assert (kpi.metric_id, kpi.unit, table.pilot.kpis.count()) == (None, "km", 2)


@pytest.mark.parametrize(
    ("figures", "field"), [((50, 60, 70), "target"), ((50, 50, 70), "target"), ((50, 30, 20), "threshold")]
)
def test_figures_against_the_direction(table: Table, figures: tuple[int, int, int], field: str) -> None:
    with pytest.raises(Refused) as refused:
        set_figures(table, table.kpi, *figures)
    assert refused.value.field == field

    names = ("baseline", "target", "threshold")
    wrong = dict(zip(names, figures, strict=True))
    with pytest.raises(IntegrityError), transaction.atomic():
        Kpi.objects.filter(pk=table.kpi.pk).update(**wrong)


def test_nobody_agrees_to_half_a_plan(planned: Table) -> None:
    for name in ("aim", "site", "budget", "starts_on", "ends_on", "purchase_route", "decision_rule"):
        before = getattr(planned.fresh(), name)
        empty = None if name in {"budget", "starts_on", "ends_on"} else ""
        plan.change_plan(planned.pilot, seat=planned.city, version=planned.pilot.version, changes={name: empty})
        with pytest.raises(Refused):
            plan.agree(planned.pilot, seat=planned.city, version=planned.fresh().version)
        plan.change_plan(planned.pilot, seat=planned.city, version=planned.pilot.version, changes={name: before})
    plan.agree(planned.pilot, seat=planned.city, version=planned.fresh().version)


def test_a_plan_needs_a_milestone_and_a_kpi(table: Table) -> None:
    write_plan(table)
    for milestone in table.milestones:
        plan.remove_milestone(table.pilot, seat=table.city, version=table.fresh().version, milestone=milestone)
    with pytest.raises(Refused):
        plan.agree(table.pilot, seat=table.city, version=table.fresh().version)
    add_milestone(table, PilotSide.CITY, TODAY)
    plan.set_kpi(table.pilot, seat=table.city, version=table.fresh().version, kpi=table.kpi, values={"threshold": None})

    with pytest.raises(Refused):
        plan.agree(table.pilot, seat=table.city, version=table.fresh().version)


def test_any_change_clears_what_was_agreed(planned: Table) -> None:
    both_agree(planned)
    assert planned.pilot.is_agreed

    add_milestone(planned, PilotSide.COMPANY, TODAY + timedelta(days=5))

    pilot = planned.fresh()
    assert (pilot.city_agreed_at, pilot.company_agreed_at) == (None, None)
    with pytest.raises(Refused):
        plan.start(pilot, seat=planned.city, version=pilot.version)
    told = Message.objects.filter(email=planned.founder.email, text__contains="The plan that you agreed to was changed")
    assert told.count() == 1


def test_both_sides_are_needed(planned: Table) -> None:
    version = planned.pilot.version
    plan.agree(planned.pilot, seat=planned.city, version=version)
    plan.agree(planned.pilot, seat=planned.city, version=version)  # twice is as good as once

    with pytest.raises(Refused):
        plan.start(planned.pilot, seat=planned.city, version=version)
    assert Entry.objects.filter(verb="pilot.agreed").count() == 1


def test_start(planned: Table) -> None:
    both_agree(planned)

    plan.start(planned.pilot, seat=planned.city, version=planned.pilot.version)

    assert (planned.fresh().state, planned.entry.state) == (PilotState.RUNNING, "running")
    with pytest.raises(Forbidden):
        plan.change_plan(planned.pilot, seat=planned.city, version=planned.pilot.version, changes={"aim": "x"})
    with pytest.raises(Forbidden):
        plan.start(planned.pilot, seat=planned.city, version=planned.pilot.version)
