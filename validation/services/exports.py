"""Files with results that leave the platform go on record."""

from django.db import transaction

from challenges.permissions import may_read
from challenges.services.trail import note
from programs.actors import Actor
from validation.models import Survey


@transaction.atomic
def note_export(survey: Survey, *, actor: Actor) -> None:
    """Put on record that somebody downloads the results of a survey."""
    may_read(actor).enforce()
    note("survey.exported", survey.challenge, actor=actor.user, target=survey)
