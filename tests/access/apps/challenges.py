"""Workshops, candidates, challenges and briefs."""

from collections.abc import Callable
from typing import Any, Final

from django_tenants.utils import tenant_context

from challenges.enums import CardKind, RowKind
from challenges.services import candidates, rows, workshops
from programs.cohorts.models import Progress
from programs.models import Municipality
from tech4muni.core import clock
from tests.access.answers import MUNICIPALITY, Answers, NamedPage, Row, inside, writers
from tests.access.world import CANARIES, World
from tests.factories.challenges import acting_as, make_challenge

Kwargs = Callable[[World], dict[str, Any]]


def here(world: World, name: str) -> Any:
    """Return a thing of the municipality that is asked."""
    return world.rows[world.here.schema_name][name]


def challenge_of(world: World) -> dict[str, Any]:
    """Name the municipality's challenge."""
    return {"challenge_id": here(world, "challenge").public_id}


def workshop_of(world: World) -> dict[str, Any]:
    """Name the municipality's workshop."""
    return {"workshop_id": here(world, "workshop").public_id}


def participant_of(world: World) -> dict[str, Any]:
    """Name somebody who took part in it."""
    return {**workshop_of(world), "participant_id": here(world, "participant").pk}


def card_of(world: World) -> dict[str, Any]:
    """Name a card of it."""
    return {"card_id": here(world, "card").public_id}


def candidate_of(world: World) -> dict[str, Any]:
    """Name the municipality's candidate."""
    return {"candidate_id": here(world, "candidate").public_id}


def section_of(world: World) -> dict[str, Any]:
    """Name a section of the brief."""
    return {**challenge_of(world), "language": "en-gb", "section": "people"}


def list_of(world: World) -> dict[str, Any]:
    """Name a list of the brief."""
    return {**challenge_of(world), "kind": RowKind.FIGURES.value}


def figure_of(world: World) -> dict[str, Any]:
    """Name a figure of the brief."""
    return {**list_of(world), "row_id": here(world, "figure").public_id}


def text_of(world: World) -> dict[str, Any]:
    """Name the text of the brief in the municipality's first language."""
    return {**challenge_of(world), "language": world.here.languages[0]}


def field_of(world: World) -> dict[str, Any]:
    """Name a field of the brief."""
    return {**challenge_of(world), "field": "problem"}


def read(name: str, kwargs: Kwargs) -> Row:
    """A page that everybody inside reads."""
    return Row(MUNICIPALITY, f"challenges:{name}", inside(200), inside(405), kwargs)


def written(name: str, kwargs: Kwargs, post: int = 422) -> Row:
    """A form for writers, sent empty."""
    return Row(MUNICIPALITY, f"challenges:{name}", writers(200), writers(post), kwargs)


def pressed(name: str, kwargs: Kwargs, post: Answers | None = None) -> Row:
    """A button for writers."""
    return Row(MUNICIPALITY, f"challenges:{name}", inside(405), post or writers(302), kwargs)


def nothing(_world: World) -> dict[str, Any]:
    """Name nothing in the address."""
    return {}


ROWS: Final[list[Row]] = [
    read("list", nothing),
    read("challenge", challenge_of),
    Row(
        MUNICIPALITY,
        "challenges:move_on",
        inside(403, lead=200, visitor=200),
        inside(403, lead=422, visitor=422),
        challenge_of,
    ),
    Row(MUNICIPALITY, "challenges:move_early", inside(403, visitor=200), inside(403, visitor=422), challenge_of),
    Row(MUNICIPALITY, "challenges:move_back", inside(403, visitor=200), inside(403, visitor=422), challenge_of),
    Row(
        MUNICIPALITY,
        "challenges:withdraw",
        inside(403, lead=200, visitor=200),
        inside(403, lead=422, visitor=422),
        challenge_of,
    ),
    read("origin", challenge_of),
    read("workshops", nothing),
    read("workshop", workshop_of),
    written("workshop_plan", nothing),
    written("workshop_edit", workshop_of),
    written("participants_add", workshop_of),
    pressed("participant_remove", participant_of),
    written("cards_add", workshop_of),
    written("cards_arrange", workshop_of),
    written("card_edit", card_of),
    pressed("card_remove", card_of),
    read("candidates", nothing),
    written("candidate_add", nothing),
    Row(MUNICIPALITY, "challenges:candidate", inside(200), inside(422, viewer=403, visitor=403), candidate_of),
    written("candidate_edit", candidate_of),
    written("candidate_choose", candidate_of),
    written("begin", nothing),
    read("brief", challenge_of),
    read("brief_print", text_of),
    pressed("brief_submit", challenge_of),
    pressed("brief_reopen", challenge_of),
    # Nothing waits for approval: those who might approve learn that, all others are refused.
    pressed("brief_approve", challenge_of, inside(403, lead=302, approver=302)),
    Row(
        MUNICIPALITY,
        "challenges:brief_request_edits",
        inside(403, lead=200, approver=200),
        inside(403, lead=422, approver=422),
        challenge_of,
    ),
    written("brief_section", section_of, 302),  # an empty draft is a draft
    written("brief_cards", field_of, 302),
    written("brief_row_add", list_of),
    written("brief_row_edit", figure_of),
    pressed("brief_row_remove", figure_of),
]
PAGES: Final[list[NamedPage]] = [
    NamedPage(MUNICIPALITY, "challenges:list", "viewer"),
    NamedPage(MUNICIPALITY, "challenges:challenge", "lead"),
    NamedPage(MUNICIPALITY, "challenges:move_on", "lead"),
    NamedPage(MUNICIPALITY, "challenges:origin", "member"),
    NamedPage(MUNICIPALITY, "challenges:workshops", "member"),
    NamedPage(MUNICIPALITY, "challenges:workshop", "member"),
    NamedPage(MUNICIPALITY, "challenges:cards_arrange", "member"),
    NamedPage(MUNICIPALITY, "challenges:candidates", "evaluator"),
    NamedPage(MUNICIPALITY, "challenges:candidate", "member"),
    NamedPage(MUNICIPALITY, "challenges:begin", "lead"),
    NamedPage(MUNICIPALITY, "challenges:brief", "lead"),
    NamedPage(MUNICIPALITY, "challenges:brief_section", "member"),
    NamedPage(MUNICIPALITY, "challenges:brief_row_edit", "member"),
]


def make_rows(municipality: Municipality, world: World) -> dict[str, Any]:
    """Make a workshop, a candidate, and a challenge in its first stage, named with the municipality's canary."""
    canary = CANARIES[municipality.schema_name]
    lead = acting_as(world.people["lead" if municipality == world.here else "elsewhere"], municipality)
    with tenant_context(municipality):
        workshop = workshops.plan_workshop(
            actor=lead, title=f"Workshop {canary}", starts_at=clock.now(), place=canary, agenda=canary
        )
        [participant] = workshops.add_participants(workshop, actor=lead, people=[(f"Guest {canary}", canary)])
        [card] = workshops.add_cards(workshop, actor=lead, kind=CardKind.PAIN, texts=[f"Card {canary}"], group=canary)
        candidate = candidates.add_candidate(actor=lead, title=f"Candidate {canary}", problem=canary, workshop=workshop)
        program = world.rows[municipality.schema_name]["program"]
        challenge = make_challenge(municipality, title=f"Bins {canary}", program=program)
        figure = rows.add_row(
            challenge,
            actor=lead,
            kind=RowKind.FIGURES,
            values={"names": {"en-gb": f"Figure {canary}"}, "value": 5, "unit": "%", "source": canary},
        )
        return {
            "challenge": challenge,
            "progress": Progress.objects.get(challenge_id=challenge.public_id),
            "workshop": workshop,
            "participant": participant,
            "card": card,
            "candidate": candidate,
            "figure": figure,
        }
