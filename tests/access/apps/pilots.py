"""Pilots: the municipality's side, the company's side, and the public results."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile
from django_tenants.utils import tenant_context

from pilots.enums import MilestoneState, PilotSide, PilotState
from pilots.models import Milestone, Pilot
from pilots.services import ledger
from programs.enums import Stage
from programs.models import Municipality
from solutions.market.models import PilotEntry
from tech4muni.core import clock
from tests.access.answers import (
    MUNICIPALITY,
    PUBLIC,
    Answers,
    NamedPage,
    Row,
    Status,
    everyone,
    inside,
    signed_in,
    writers,
)
from tests.access.world import CANARIES, World
from tests.factories.challenges import make_challenge
from tests.factories.people import make_user
from tests.factories.pilots import Table, make_pilot, make_selected

Kwargs = Callable[[World], dict[str, Any]]


def mine(world: World, key: str) -> Any:
    """Return what `make_rows` made here."""
    return world.rows[world.here.schema_name][f"pilots_{key}"]


def city(state: str, **more: Callable[[World], Any] | Any) -> Kwargs:
    """Name the pilot in a state on the municipality's host."""

    def kwargs(world: World) -> dict[str, Any]:
        table: Table = mine(world, state)
        keys = {"challenge_id": table.challenge.public_id, "pilot_id": table.pilot.public_id}
        return {**keys, **{name: value(world) if callable(value) else value for name, value in more.items()}}

    return kwargs


def company(state: str, **more: Callable[[World], Any] | Any) -> Kwargs:
    """Name the pilot in a state on the platform's host."""

    def kwargs(world: World) -> dict[str, Any]:
        keys = {"entry_id": mine(world, state).entry.public_id}
        return {**keys, **{name: value(world) if callable(value) else value for name, value in more.items()}}

    return kwargs


def founders(status: Status) -> Answers:
    """An answer for the pilot's company; nobody else learns that there is such a pilot."""
    return signed_in(404, founder=status)


def leads(status: Status) -> Answers:
    """An answer for the lead alone; others inside are refused."""
    return inside(403, lead=status)


def kpi(world: World) -> Any:
    """Name the KPI of the pilot that is planned."""
    return mine(world, "kpi").public_id


def milestone(state: str, side: str) -> Callable[[World], Any]:
    """Name a milestone of the pilot in a state."""
    return lambda world: mine(world, f"{state}_{side}").public_id


def challenge_of(world: World) -> dict[str, Any]:
    """Name the challenge of the pilots."""
    return {"challenge_id": mine(world, "planning").challenge.public_id}


def waiting(world: World) -> dict[str, Any]:
    """Name the selected application that waits for its pilot."""
    return {**challenge_of(world), "release_id": mine(world, "release").public_id}


def result(world: World) -> dict[str, Any]:
    """Name the published result."""
    return {"entry_id": mine(world, "result").public_id}


OWN, THEIRS = milestone("running", "city"), milestone("running", "company")
PLANNED = milestone("planning", "city")

ROWS: Final[list[Row]] = [
    # -- the municipality's side
    Row(MUNICIPALITY, "pilots:list", inside(200), inside(405), challenge_of),
    Row(MUNICIPALITY, "pilots:begin", inside(405), writers(302), waiting),
    Row(MUNICIPALITY, "pilots:pilot", inside(200), inside(405), city("planning")),
    Row(MUNICIPALITY, "pilots:plan", writers(200), writers(422), city("planning")),
    Row(MUNICIPALITY, "pilots:agree", inside(405), leads(302), city("planning")),
    Row(MUNICIPALITY, "pilots:start", inside(405), writers(302), city("planning")),
    Row(MUNICIPALITY, "pilots:kpis", inside(200), inside(405), city("running")),
    Row(MUNICIPALITY, "pilots:add_kpi", writers(200), writers(422), city("planning")),
    Row(MUNICIPALITY, "pilots:kpi", writers(200), writers(422), city("planning", kpi_id=kpi)),
    Row(MUNICIPALITY, "pilots:add_milestone", writers(200), writers(422), city("planning")),
    Row(MUNICIPALITY, "pilots:milestone", writers(200), writers(422), city("planning", milestone_id=PLANNED)),
    Row(MUNICIPALITY, "pilots:remove_milestone", inside(405), writers(302), city("planning", milestone_id=PLANNED)),
    Row(MUNICIPALITY, "pilots:send_back", writers(200), writers(422), city("running", milestone_id=THEIRS)),
    Row(
        MUNICIPALITY, "pilots:milestone_step", inside(405), writers(302),
        city("running", milestone_id=THEIRS, step="accept"),
    ),
    Row(MUNICIPALITY, "pilots:ledger", inside(200), inside(405), city("running")),
    Row(MUNICIPALITY, "pilots:export", inside(200), inside(405), city("running")),
    Row(MUNICIPALITY, "pilots:add_evidence", writers(200), writers(422), city("running", kind="reading")),
    Row(MUNICIPALITY, "pilots:correct", writers(200), writers(422), city("running", number=1)),
    Row(MUNICIPALITY, "pilots:countersign", inside(405), writers(302), city("running", number=2)),
    Row(MUNICIPALITY, "pilots:file", inside(200), inside(405), city("running", number=2)),
    Row(MUNICIPALITY, "pilots:reviews", inside(200), inside(405), city("review")),
    Row(MUNICIPALITY, "pilots:begin_review", inside(405), writers(302), city("running")),
    Row(MUNICIPALITY, "pilots:review", writers(200), writers(422), city("review")),
    Row(MUNICIPALITY, "pilots:decide", leads(200), leads(422), city("review")),
    # -- the company's side
    Row(PUBLIC, "pilots:mine", signed_in(200), signed_in(405)),
    Row(PUBLIC, "pilots:pilot", founders(200), founders(405), company("planning")),
    Row(PUBLIC, "pilots:plan", founders(200), founders(422), company("planning")),
    Row(PUBLIC, "pilots:agree", founders(405), founders(302), company("planning")),
    Row(PUBLIC, "pilots:start", founders(405), founders(403), company("planning")),
    Row(PUBLIC, "pilots:kpis", founders(200), founders(405), company("running")),
    Row(PUBLIC, "pilots:add_kpi", founders(200), founders(422), company("planning")),
    Row(PUBLIC, "pilots:kpi", founders(200), founders(422), company("planning", kpi_id=kpi)),
    Row(PUBLIC, "pilots:add_milestone", founders(200), founders(422), company("planning")),
    Row(PUBLIC, "pilots:milestone", founders(200), founders(422), company("planning", milestone_id=PLANNED)),
    Row(PUBLIC, "pilots:remove_milestone", founders(405), founders(302), company("planning", milestone_id=PLANNED)),
    Row(PUBLIC, "pilots:send_back", founders(200), founders(422), company("running", milestone_id=OWN)),
    Row(
        PUBLIC, "pilots:milestone_step", founders(405), founders(302),
        company("running", milestone_id=OWN, step="accept"),
    ),
    Row(PUBLIC, "pilots:ledger", founders(200), founders(405), company("running")),
    Row(PUBLIC, "pilots:export", founders(200), founders(405), company("running")),
    Row(PUBLIC, "pilots:add_evidence", founders(200), founders(422), company("running", kind="file")),
    Row(PUBLIC, "pilots:correct", founders(200), founders(422), company("running", number=2)),
    Row(PUBLIC, "pilots:countersign", founders(405), founders(302), company("running", number=1)),
    Row(PUBLIC, "pilots:file", founders(200), founders(405), company("running", number=2)),
    Row(PUBLIC, "pilots:reviews", founders(200), founders(405), company("review")),
    Row(PUBLIC, "pilots:begin_review", founders(405), founders(403), company("running")),
    Row(PUBLIC, "pilots:review", founders(200), founders(422), company("review")),
    Row(PUBLIC, "pilots:decide", founders(403), founders(403), company("review")),
    # -- everybody
    Row(PUBLIC, "pilots:results", everyone(200), everyone(405)),
    Row(PUBLIC, "pilots:result", everyone(200), everyone(405), result),
]  # fmt: skip
PAGES: Final[list[NamedPage]] = [
    NamedPage(MUNICIPALITY, "pilots:list", "lead"),
    NamedPage(MUNICIPALITY, "pilots:pilot", "lead"),
    NamedPage(MUNICIPALITY, "pilots:plan", "lead"),
    NamedPage(MUNICIPALITY, "pilots:kpis", "viewer"),
    NamedPage(MUNICIPALITY, "pilots:ledger", "lead"),
    NamedPage(MUNICIPALITY, "pilots:reviews", "lead"),
    NamedPage(MUNICIPALITY, "pilots:decide", "lead"),
    NamedPage(PUBLIC, "pilots:mine", "founder"),
    NamedPage(PUBLIC, "pilots:pilot", "founder"),
    NamedPage(PUBLIC, "pilots:ledger", "founder"),
    NamedPage(PUBLIC, "pilots:add_evidence", "founder"),
    NamedPage(PUBLIC, "pilots:results", "nobody"),
    NamedPage(PUBLIC, "pilots:result", "nobody"),
]


def make_rows(municipality: Municipality, world: World) -> dict[str, Any]:
    """Make pilots in three states, put there as they are, one company that waits, and here a published result.

    The founder's company has the pilots here, somebody else's the ones of the other municipality.
    """
    canary = CANARIES[municipality.schema_name]
    is_here = municipality == world.here
    lead = world.people["lead" if is_here else "elsewhere"]
    founder = world.people["founder"] if is_here else make_user()
    made: dict[str, Any] = {}
    with tenant_context(municipality):
        challenge = make_challenge(municipality, title="Pilots of a city", stage=Stage.PILOT)
        for state in (PilotState.PLANNING, PilotState.RUNNING, PilotState.REVIEW):
            table = make_pilot(municipality, challenge=challenge, lead=lead, founder=founder)
            Pilot.objects.filter(pk=table.pilot.pk).update(state=state, aim=canary, site=canary)
            PilotEntry.objects.filter(pilot_id=table.pilot.public_id).update(state=state)
            table.fresh()
            made[f"pilots_{state}"] = table
            for side in PilotSide if state != PilotState.REVIEW else ():
                made[f"pilots_{state}_{side}"] = _milestone(table, side, state, canary)
        _fill_ledger(made["pilots_running"], canary)
        made["pilots_kpi"] = made["pilots_planning"].kpi
        made["pilots_release"] = make_selected(municipality, challenge=challenge)
    if is_here:
        made["pilots_result"] = _result(made["pilots_planning"].entry, canary)
    return made


def _milestone(table: Table, side: PilotSide, state: PilotState, canary: str) -> Milestone:
    delivered = MilestoneState.PLANNED if state == PilotState.PLANNING else MilestoneState.DELIVERED
    return Milestone.objects.create(
        pilot=table.pilot, title=f"Milestone {canary}", side=side, state=delivered, due_on=clock.now().date()
    )


def _fill_ledger(table: Table, canary: str) -> None:
    day = clock.now().date() - timedelta(days=1)
    ledger.add_reading(
        table.pilot, seat=table.city, kpi=table.kpi, value=Decimal(40), observed_on=day, method=canary, text=canary
    )
    upload = SimpleUploadedFile(f"{canary}.csv", f"day,trips\n{canary},40\n".encode())
    ledger.add_file(table.pilot, seat=table.other, file=upload, text=canary, observed_on=day)


def _result(like: PilotEntry, canary: str) -> PilotEntry:
    texts = ("aim", "rationale", "deviation", "went_well", "went_badly", "differently")
    figure = {
        "id": "1", "names": {"en-gb": f"KPI {canary}"}, "unit": "%", "aim": "less", "baseline": "50", "target": "30",
        "threshold": "60", "value": "42", "observed_on": "2026-11-01", "readings": 1, "standing": "between",
    }  # fmt: skip
    return PilotEntry.objects.create(
        municipality=like.municipality,
        company=like.company,
        call=like.call,
        pilot_id=like.public_id,
        label={"en-gb": f"Result {canary}"},
        state=PilotState.DECIDED,
        published_at=clock.now(),
        result={
            "title": {"en-gb": f"Result {canary}"},
            "municipality": like.municipality.names,
            "company": like.company.name,
            "period": {"from": "2026-09-01", "to": "2026-11-01"},
            "kpis": [figure],
            "outcome": "stop",
            "rule_says": "iterate",
            "texts": {name: f"{name} {canary}" for name in texts},
        },
    )
