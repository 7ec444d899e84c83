"""Programs and the coordinators' cockpit."""

from typing import Any, Final

from programs.cohorts.models import JointChallenge
from programs.cohorts.services import save_joint
from programs.models import Municipality
from programs.timing.services import set_deadline
from tech4muni.core import clock
from tests.access.answers import PUBLIC, SHUT, NamedPage, Row, admin, coordinators
from tests.access.world import CANARIES, World
from tests.factories.challenges import make_brand, make_program

OPEN: Final = coordinators(200)
BAD: Final = coordinators(422)

ROWS: Final[list[Row]] = [
    *admin("programs_brand", "brand", add=OPEN, post_add=BAD, post_change=BAD),
    *admin("programs_program", "program", add=OPEN, post_add=BAD, post_change=BAD),
    *admin("programs_participation", "participation", add=OPEN, post_add=BAD, post_change=coordinators(302)),
    *admin("programs_jointchallenge", "joint", add=OPEN, post_add=BAD, post_change=BAD),
    *admin("programs_deadline", "deadline", add=SHUT, post_add=SHUT, post_change=SHUT),
    *admin("programs_progress", "progress", add=SHUT, post_add=SHUT, post_change=SHUT),
]
PAGES: Final[list[NamedPage]] = [
    NamedPage(PUBLIC, "admin:programs_progress_changelist", "coordinator"),
    NamedPage(PUBLIC, "admin:programs_progress_change", "coordinator"),
    NamedPage(PUBLIC, "admin:programs_program_changelist", "coordinator"),
    NamedPage(PUBLIC, "admin:programs_program_change", "coordinator"),
    NamedPage(PUBLIC, "admin:programs_participation_changelist", "coordinator"),
    NamedPage(PUBLIC, "admin:programs_brand_change", "coordinator"),
    NamedPage(PUBLIC, "admin:programs_deadline_changelist", "coordinator"),
]


def make_rows(municipality: Municipality, world: World) -> dict[str, Any]:
    """Make a program with its brand and a joint challenge, in which the municipality takes part alone."""
    canary = CANARIES[municipality.schema_name]
    brand = make_brand(name=f"Brand {canary}")
    program = make_program(municipality, names={"en-gb": f"Program {canary}"}, brand=brand)
    names = {"en-gb": f"Joint {canary}"}
    joint = save_joint(JointChallenge(), actor=None, changes={"names": names, "program": program, "lead": municipality})
    deadline = set_deadline(
        f"access:{municipality.schema_name}",
        label={"en-gb": f"Score {canary}"},
        due_at=clock.now(),
        time_zone=municipality.time_zone,
        municipality=municipality,
    )
    return {
        "deadline": deadline,
        "brand": brand,
        "program": program,
        "participation": program.participations.get(),
        "joint": joint,
    }
