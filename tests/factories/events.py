"""Events: with delegations as rows, and everything after that through the services."""

import itertools
import secrets
from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from typing import Any

from django_tenants.utils import tenant_context

from challenges.models import Challenge
from events.enums import Choice, Side
from events.models import Delegation, Event, Timetable
from events.services import choices, publishing, timetables
from events.services import events as services
from events.services.slots import Block
from events.tasks import plan_timetable
from programs.actors import Actor
from programs.cohorts.models import Program
from programs.enums import Role
from programs.models import Membership, Municipality
from solutions.market.models import Call, Company
from tech4muni.core import clock
from tests.factories.challenges import acting_as
from tests.factories.market import make_company
from tests.factories.people import make_coordinator, make_member

_numbers = itertools.count(1)
DAY = date(2027, 5, 12)
MORNING = Block(DAY, time(9), time(11))


def a_coordinator() -> Actor:
    """Return a coordinator on the public host."""
    return Actor(user=make_coordinator())


def make_event(
    program: Program, *, actor: Actor | None = None, blocks: Sequence[Block] = (MORNING,), **fields: Any
) -> Event:
    """Make an event of one morning with choices due in two weeks, through the services."""
    acting = actor or a_coordinator()
    values = {
        "names": {"en-gb": f"Event {next(_numbers)}"}, "program": program, "time_zone": program.time_zone,
        "place": "City hall", "choices_due_at": clock.now() + timedelta(days=14), "slot_minutes": 20,
        "break_minutes": 5, "tables": 3, **fields,
    }  # fmt: skip
    event = services.save_event(Event(), actor=acting, changes=values)
    return services.set_days(event, actor=acting, blocks=blocks)


def seat_city(
    event: Event, municipality: Municipality, challenge: Challenge | None = None, **fields: Any
) -> Delegation:
    """Put a municipality's challenge at an event, as a row."""
    label = challenge.title if challenge else f"{municipality.name} {next(_numbers)}"
    values: dict[str, Any] = {"challenge_id": challenge.public_id if challenge else None, "label": {"en-gb": label}}
    values["call"] = Call.objects.filter(challenge_id=values["challenge_id"]).first()
    return Delegation.objects.create(
        **{"event": event, "side": Side.CITY, "municipality": municipality, **values, **_token(), **fields}
    )


def seat_company(event: Event, company: Company | None = None, **fields: Any) -> Delegation:
    """Put a company at an event, as a row."""
    found = company or make_company()
    values = {"event": event, "side": Side.COMPANY, "company": found, "label": {"en-gb": found.name}}
    return Delegation.objects.create(**{**values, **_token(), **fields})


def _token() -> dict[str, str]:
    return {"agenda_token": secrets.token_urlsafe(32)}


def member_of(delegation: Delegation) -> Actor:
    """Return somebody who writes for a delegation: a lead of the municipality, or the company's owner."""
    if delegation.municipality is None:
        assert delegation.company is not None
        return Actor(user=delegation.company.members.earliest("pk").user)
    leads = Membership.objects.filter(municipality=delegation.municipality, role=Role.LEAD, ended_at__isnull=True)
    lead = leads.first()
    user = lead.user if lead else make_member(delegation.municipality, Role.LEAD)
    return acting_as(user, delegation.municipality)


def choose(delegation: Delegation, said: dict[Delegation, Choice]) -> Delegation:
    """Let somebody of a delegation choose, where they would do it."""
    delegation.refresh_from_db(fields=["choices_version"])
    actor = member_of(delegation)
    words = {other.public_id: choice for other, choice in said.items()}
    if delegation.municipality is None:
        return choices.save_choices(delegation, actor=actor, choices=words, version=delegation.choices_version)
    with tenant_context(delegation.municipality):
        return choices.save_choices(delegation, actor=actor, choices=words, version=delegation.choices_version)


def choose_all(event: Event, *, choice: Choice = Choice.WANT) -> None:
    """Let everybody choose the same about everybody; choices must be open."""
    rows = list(event.delegations.select_related("municipality", "company"))
    for own in rows:
        choose(own, {other: choice for other in rows if other.side != own.side})


def plan(event: Event, *, actor: Actor, limit_seconds: int = 10) -> Timetable:
    """Ask for a timetable and let the engine compute it here and now."""
    timetable = timetables.ask_for_timetable(event, actor=actor, limit_seconds=limit_seconds)
    plan_timetable(timetable.pk)
    timetable.refresh_from_db()
    return timetable


def publish(event: Event, *, actor: Actor, wanted: Iterable[tuple[Delegation, Delegation]] | None = None) -> Timetable:
    """Take an event from preparing to published: all want each other, or only these pairs."""
    services.open_choices(event, actor=actor)
    if wanted is None:
        choose_all(event)
    for city, company in wanted or ():
        choose(city, {company: Choice.MUST})
        choose(company, {city: Choice.MUST})
    services.close_choices(event, actor=actor)
    timetable = publishing.publish(plan(event, actor=actor), actor=actor)
    event.refresh_from_db()
    return timetable
