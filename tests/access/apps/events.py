"""Events."""

from typing import Any, Final

from programs.models import Municipality
from tests.access.answers import NamedPage, Row
from tests.access.world import World

ROWS: Final[list[Row]] = []
PAGES: Final[list[NamedPage]] = []


def make_rows(municipality: Municipality, world: World) -> dict[str, Any]:
    """Make one of every thing of this app in a municipality, named with its canary; keys are the app's own."""
    return {}
