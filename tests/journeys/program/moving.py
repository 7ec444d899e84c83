"""Taking challenges through their gates."""

from django_tenants.utils import tenant_context

from challenges.models import Challenge
from programs.enums import Role, Stage
from tests.journeys.program.world import World


def move_on(world: World, key: str, stage: Stage) -> None:
    """Let the lead take a challenge through its gate to a stage, unless the turn of a window has done so."""
    city = city_of(key)
    page = world.browsing.as_(world.people[city, Role.LEAD], city, f"/challenges/{world.challenges[key]}/")
    if stage_of(world, key) != stage:
        assert page.get_by_text("Not met", exact=True).count() == 0
        world.browsing.send("On to the next stage")
    assert stage_of(world, key) == stage


def stage_of(world: World, key: str) -> str:
    """Return the stage of a challenge, as its municipality has it."""
    with tenant_context(world.cities[city_of(key)]):
        return str(Challenge.objects.get(public_id=world.challenges[key]).stage)


def city_of(key: str) -> str:
    """Return the municipality of a challenge by its key in the world."""
    return key.partition("-")[0]
