"""When the first application of a challenge was opened: never before its criteria were frozen."""

from django.db import transaction

from challenges.models import Challenge
from challenges.services.trail import note
from programs.actors import Actor
from solutions.selection.models import SelectionRound
from solutions.selection.permissions import FREEZE_FIRST
from tech4muni.core import clock
from tech4muni.core.errors import Forbidden


@transaction.atomic
def note_opened(challenge: Challenge, actor: Actor) -> None:
    """Note that somebody opens an application; only the first time is kept.

    Raises Forbidden while the criteria are not frozen.
    """
    stand = SelectionRound.objects.select_for_update(of=("self",)).filter(challenge=challenge).first()
    if stand is None or stand.frozen_at is None:
        raise Forbidden(FREEZE_FIRST)
    if stand.opened_at is not None:
        return
    stand.opened_at = stand.updated_at = clock.now()
    stand.save(update_fields=["opened_at", "updated_at"])
    note("applications.opened", challenge, actor=actor.user)
