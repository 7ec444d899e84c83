"""Pilots, made through their services."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django_tenants.utils import tenant_context

from challenges.models import Challenge
from pilots.enums import PilotOutcome, PilotSide, PilotState
from pilots.models import Kpi, Milestone, Pilot
from pilots.permissions import Seat
from pilots.queries.figures import figures_of, what_the_rule_says
from pilots.services import beginning, closing, ledger, plan
from programs.actors import Actor
from programs.enums import Role, Stage
from programs.models import Municipality
from solutions.market.enums import ApplicationState, CompanyRole, ReleaseState
from solutions.market.models import Company, CompanyMember, PilotEntry, Release
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tests.factories.challenges import acting_as, make_challenge
from tests.factories.market import make_application, make_call, make_company, release_to
from tests.factories.people import make_member, make_user


@dataclass
class Table:
    """A pilot with both sides of its table."""

    municipality: Municipality
    challenge: Challenge
    release: Release
    company: Company
    lead: User
    founder: User
    pilot: Pilot

    @property
    def city(self) -> Seat:
        """The lead's seat."""
        return Seat(PilotSide.CITY, acting_as(self.lead, self.municipality))

    @property
    def other(self) -> Seat:
        """The founder's seat."""
        return Seat(PilotSide.COMPANY, Actor(user=self.founder), CompanyRole.OWNER)

    @property
    def entry(self) -> PilotEntry:
        """The public row."""
        return PilotEntry.objects.get(pilot_id=self.pilot.public_id)

    @property
    def kpi(self) -> Kpi:
        """The KPI of the call: less is better."""
        return self.pilot.kpis.order_by("pk")[0]

    @property
    def milestones(self) -> list[Milestone]:
        """The municipality's and the company's."""
        return list(self.pilot.milestones.order_by("due_on"))

    def fresh(self) -> Pilot:
        """Read the pilot anew."""
        self.pilot = Pilot.objects.select_related("challenge").get(pk=self.pilot.pk)
        return self.pilot

    def at_city(self, name: str, **more: Any) -> str:
        """Return the path of a page on the municipality's host."""
        keys: dict[str, UUID] = {"challenge_id": self.challenge.public_id, "pilot_id": self.pilot.public_id}
        return reverse(f"pilots:{name}", urlconf="tech4muni.urls_tenant", kwargs={**keys, **more})

    def at_company(self, name: str, **more: Any) -> str:
        """Return the path of a page on the platform's host."""
        keys = {"entry_id": self.entry.public_id}
        return reverse(f"pilots:{name}", urlconf="tech4muni.urls_public", kwargs={**keys, **more})


def make_selected(
    municipality: Municipality, *, challenge: Challenge | None = None, founder: User | None = None, **fields: Any
) -> Release:
    """Make a challenge in its last stage (unless one is given) with an application that was selected for it."""
    with tenant_context(municipality), transaction.atomic():
        found = challenge or make_challenge(municipality, stage=Stage.PILOT, **fields)
    calls = municipality.calls.filter(challenge_id=found.public_id)
    call = calls.first() or make_call(municipality, found)
    person = founder or make_user()
    existing = Company.objects.filter(members__user=person).first()
    company = existing or make_company(person, name=f"Acme {person.pk}")
    application = make_application(call, owner=person, company=company, state=ApplicationState.SUBMITTED)
    return release_to(application, call.cities.get(), ReleaseState.SELECTED)


def make_pilot(
    municipality: Municipality,
    *,
    state: PilotState = PilotState.PLANNING,
    outcome: PilotOutcome | None = None,
    lead: User | None = None,
    founder: User | None = None,
    challenge: Challenge | None = None,
    text: str = "sensors",
    **fields: Any,
) -> Table:
    """Begin a pilot and take it to a state; the municipality's schema must be active.

    Args:
        municipality: whose.
        state: where it shall be.
        outcome: of a decided pilot; what the figures say if None.
        lead: of the municipality.
        founder: owner of the company.
        challenge: in its last stage; a new one if None.
        text: stands in all texts.
        fields: of the challenge.
    """
    lead = lead or make_member(municipality, Role.LEAD)
    actor = acting_as(lead, municipality)
    release = make_selected(municipality, challenge=challenge, founder=founder, **fields)
    challenge = Challenge.objects.get(public_id=release.city.challenge_id)
    pilot = beginning.begin_pilot(challenge, release=release, actor=actor)
    company = release.application.company
    assert company is not None
    owner = founder or CompanyMember.objects.get(company=company).user
    table = Table(municipality, challenge, release, company, lead, owner, pilot)
    if state != PilotState.PLANNING:
        run(table, text=text)
    if state in {PilotState.REVIEW, PilotState.DECIDED}:
        look_back(table, text=text)
    if state == PilotState.DECIDED:
        end(table, outcome=outcome, text=text)
    table.fresh()
    return table


def write_plan(table: Table, *, text: str = "sensors") -> None:
    """Write a whole plan: baseline 50, target 30, threshold 60, less is better; a milestone for each side."""
    today = clock.now().date()
    changes = {
        "aim": f"aim {text}", "site": f"site {text}", "budget": Decimal(20000), "currency": "EUR",
        "starts_on": today, "ends_on": today + timedelta(weeks=12), "purchase_route": f"route {text}",
        "decision_rule": f"rule {text}",
    }  # fmt: skip
    plan.change_plan(table.fresh(), seat=table.city, version=table.pilot.version, changes=changes)
    set_figures(table, table.kpi, 50, 30, 60)
    add_milestone(table, PilotSide.CITY, today + timedelta(weeks=2), f"site ready {text}")
    add_milestone(table, PilotSide.COMPANY, today + timedelta(weeks=3), f"delivery {text}")


def set_figures(table: Table, kpi: Kpi, baseline: int, target: int, threshold: int) -> None:
    """Set what a KPI has to reach."""
    values = {"baseline": Decimal(baseline), "target": Decimal(target), "threshold": Decimal(threshold)}
    plan.set_kpi(table.fresh(), seat=table.city, version=table.pilot.version, kpi=kpi, values=values)


def add_milestone(table: Table, side: PilotSide, due_on: date, title: str = "Delivery") -> Milestone:
    """Add a milestone to the plan."""
    values = {"title": title, "due_on": due_on, "side": side}
    return plan.set_milestone(
        table.fresh(), seat=table.city, version=table.pilot.version, milestone=None, values=values
    )


def run(table: Table, *, text: str = "sensors") -> None:
    """Write the plan, agree to it, and start."""
    write_plan(table, text=text)
    version = table.fresh().version
    plan.agree(table.pilot, seat=table.city, version=version)
    plan.agree(table.pilot, seat=table.other, version=version)
    plan.start(table.pilot, seat=table.city, version=version)
    table.fresh()


def read(table: Table, value: int | str, *, day: date | None = None, seat: Seat | None = None) -> Any:
    """Enter a reading of the call's KPI."""
    return ledger.add_reading(
        table.pilot,
        seat=seat or table.city,
        kpi=table.kpi,
        value=Decimal(value),
        observed_on=day or clock.now().date(),
        method="Counted",
    )


def look_back(table: Table, *, text: str = "sensors") -> None:
    """Begin the review, and write both sides' reviews."""
    closing.begin_review(table.pilot, seat=table.city)
    for seat in (table.city, table.other):
        parts = {name: f"{name} {text}" for name in closing.PARTS}
        closing.write_review(table.pilot, seat=seat, **parts)
    table.fresh()


def end(table: Table, *, outcome: PilotOutcome | None = None, text: str = "sensors") -> None:
    """Decide."""
    says = what_the_rule_says(figures_of(table.pilot))
    closing.decide(
        table.pilot,
        seat=table.city,
        seen=says,
        outcome=outcome or PilotOutcome.ITERATE,
        rationale=f"because {text}",
        deviation=f"although {text}",
    )
    table.fresh()
