"""Who may do what in validation: pure predicates over an actor."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from challenges.permissions import may_move_on, may_write
from programs.actors import Actor
from programs.enums import Stage
from tech4muni.core.permissions import Decision, refuse

if TYPE_CHECKING:
    from challenges.models import Challenge


def may_validate(actor: Actor, challenge: "Challenge") -> Decision:
    """Those who write the challenge also ask the people: in any stage, while it is under way."""
    return may_write(actor, challenge)


def may_judge(actor: Actor, challenge: "Challenge") -> Decision:
    """Leads, and coordinators on a visit, give the verdict while the challenge is in validation."""
    decision = may_move_on(actor, challenge)
    if decision and challenge.stage != Stage.VALIDATION:
        return refuse(_("The verdict is given in the stage of validation."))
    return decision
