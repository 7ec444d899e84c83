"""Received applications, screening and the market map."""

from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django_tenants.utils import tenant_context

from challenges.models import Challenge
from programs.enums import Stage
from programs.models import Municipality
from solutions.market.enums import ReleaseState
from solutions.selection.models import Lead, ReceivedApplication, Requirement
from tests.access.answers import MUNICIPALITY, Answers, NamedPage, Row, inside, managers, writers
from tests.access.world import CANARIES, World
from tests.factories.challenges import make_challenge
from tests.factories.market import make_company
from tests.factories.people import make_user
from tests.factories.selection import close_call, freeze, make_lead, make_received


def challenge_of(world: World) -> dict[str, Any]:
    """Name the challenge to which somebody applied."""
    challenge: Challenge = world.rows[world.here.schema_name]["mapped"]
    return {"challenge_id": challenge.public_id}


def application_of(world: World) -> dict[str, Any]:
    """Name the application."""
    received: ReceivedApplication = world.rows[world.here.schema_name]["received"]
    return {**challenge_of(world), "release_id": received.release_id}


def file_of(world: World) -> dict[str, Any]:
    """Name a file of the application."""
    file_id: UUID = world.rows[world.here.schema_name]["received_file"]
    return {**application_of(world), "file_id": file_id}


def lead_of(world: World) -> dict[str, Any]:
    """Name a solution that was scouted."""
    lead: Lead = world.rows[world.here.schema_name]["market_lead"]
    return {**challenge_of(world), "lead_id": lead.public_id}


def requirement_of(world: World) -> dict[str, Any]:
    """Name a requirement."""
    requirement: Requirement = world.rows[world.here.schema_name]["requirement"]
    return {**challenge_of(world), "requirement_id": requirement.public_id}


def pressing() -> Answers:
    """An answer to a button of screening: those who may are sent back to the page."""
    return writers(302)


ROWS: Final[list[Row]] = [
    Row(MUNICIPALITY, "selection:map", inside(200), inside(405), challenge_of),
    Row(MUNICIPALITY, "selection:map_fit", inside(200), inside(405), challenge_of),
    Row(MUNICIPALITY, "selection:map_add", writers(200), writers(422), challenge_of),
    Row(MUNICIPALITY, "selection:map_lead", writers(200), writers(422), lead_of),
    Row(MUNICIPALITY, "selection:map_judge", writers(200), writers(422), lead_of),
    Row(MUNICIPALITY, "selection:map_requirements", writers(200), writers(422), challenge_of),
    Row(MUNICIPALITY, "selection:map_requirement_remove", writers(200), writers(302), requirement_of),
    Row(MUNICIPALITY, "selection:applications", inside(200), inside(405), challenge_of),
    Row(MUNICIPALITY, "selection:applications_export", inside(200), inside(405), challenge_of),
    Row(MUNICIPALITY, "selection:applications_several", inside(405), pressing(), challenge_of),
    Row(MUNICIPALITY, "selection:applications_invite", managers(200), managers(422), challenge_of),
    Row(MUNICIPALITY, "selection:application", inside(200, viewer=403), inside(405), application_of),
    Row(MUNICIPALITY, "selection:application_file", inside(200, viewer=403), inside(405), file_of),
    Row(MUNICIPALITY, "selection:application_ineligible", writers(200), writers(422), application_of),
    Row(MUNICIPALITY, "selection:application_ask_more", writers(200), writers(422), application_of),
    Row(MUNICIPALITY, "selection:application_eligible", inside(405), pressing(), application_of),
    Row(MUNICIPALITY, "selection:application_shortlist", inside(405), pressing(), application_of),
    Row(MUNICIPALITY, "selection:application_take_off", inside(405), pressing(), application_of),
]
PAGES: Final[list[NamedPage]] = [
    NamedPage(MUNICIPALITY, "selection:map", "lead"),
    NamedPage(MUNICIPALITY, "selection:map_fit", "member"),
    NamedPage(MUNICIPALITY, "selection:map_judge", "member"),
    NamedPage(MUNICIPALITY, "selection:applications", "lead"),
    NamedPage(MUNICIPALITY, "selection:application", "member"),
    NamedPage(MUNICIPALITY, "selection:applications_invite", "lead"),
]


def make_rows(municipality: Municipality, world: World) -> dict[str, Any]:
    """Make a challenge whose call has closed, with an application, a lead and a requirement.

    The title of the call is everybody's, and so without the canary. Here the founder has applied, there somebody else.
    """
    canary = CANARIES[municipality.schema_name]
    people, is_here = world.people, municipality == world.here
    owner = people["founder"] if is_here else make_user()
    with tenant_context(municipality), transaction.atomic():
        challenge = make_challenge(municipality, title="Mapped streets", stage=Stage.MAPPING)
        company = make_company(owner, name=f"Company {municipality.schema_name}")
        received = make_received(
            challenge, company=company, owner=owner, state=ReleaseState.UNDER_REVIEW, text=canary,
            files=[(f"{canary}.pdf", b"%PDF " + canary.encode())],
        )  # fmt: skip
        close_call(challenge)
        freeze(challenge, people["lead" if is_here else "elsewhere"])
        lead = make_lead(challenge, name=f"Lead {canary}", notes=canary, source=canary)
        requirement = Requirement.objects.create(challenge=challenge, text=f"Works {canary}", must=True)
        return {
            "mapped": challenge,
            "received": received,
            "received_file": received.files.get().public_id,
            "market_lead": lead,
            "requirement": requirement,
        }
