"""Workshops, candidates, challenges and briefs."""

from typing import Any, Final

from django_tenants.utils import tenant_context

from programs.cohorts.models import Progress
from programs.models import Municipality
from tests.access.answers import MUNICIPALITY, NamedPage, Row, inside
from tests.access.world import CANARIES, World
from tests.factories.challenges import make_challenge


def challenge_of(world: World) -> dict[str, Any]:
    """Name the municipality's challenge."""
    return {"challenge_id": world.rows[world.here.schema_name]["challenge"].public_id}


ROWS: Final[list[Row]] = [
    Row(MUNICIPALITY, "challenges:list", inside(200), inside(405)),
    Row(MUNICIPALITY, "challenges:challenge", inside(200), inside(405), challenge_of),
    Row(
        MUNICIPALITY,
        "challenges:move_on",
        inside(403, lead=200, visitor=200),
        inside(403, lead=422, visitor=422),
        challenge_of,
    ),
    Row(MUNICIPALITY, "challenges:move_early", inside(403, visitor=200), inside(403, visitor=422), challenge_of),
    Row(MUNICIPALITY, "challenges:move_back", inside(403, visitor=200), inside(403, visitor=422), challenge_of),
]
PAGES: Final[list[NamedPage]] = [
    NamedPage(MUNICIPALITY, "challenges:list", "viewer"),
    NamedPage(MUNICIPALITY, "challenges:challenge", "lead"),
    NamedPage(MUNICIPALITY, "challenges:move_on", "lead"),
]


def make_rows(municipality: Municipality, world: World) -> dict[str, Any]:
    """Make a challenge in its first stage, named with the municipality's canary."""
    with tenant_context(municipality):
        program = world.rows[municipality.schema_name]["program"]
        title = f"Bins {CANARIES[municipality.schema_name]}"
        challenge = make_challenge(municipality, title=title, program=program)
    return {"challenge": challenge, "progress": Progress.objects.get(challenge_id=challenge.public_id)}
