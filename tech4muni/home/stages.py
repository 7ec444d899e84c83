"""What each of the six stages is about, in a sentence, for people who have not been through it."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from programs.enums import Stage
from tech4muni.core.components import RailStep, StepState, Text

MEANINGS: Final[dict[Stage, Text]] = {
    Stage.CHALLENGE: _("Choose a problem that residents or employees really have, and say it in one question."),
    Stage.VALIDATION: _("Ask those concerned, quickly. Learning that a thing is not wanted is a good result."),
    Stage.MAPPING: _("Search the whole market, other sectors too, and call for applications."),
    Stage.EVENT: _("Meet the companies you chose and that chose you, about risks, wins and next steps."),
    Stage.SELECTION: _("Decide by criteria that stood before the first file was opened."),
    Stage.PILOT: _("Try it in the city, against figures agreed before the first day, to an honest end."),
}


def stages_ahead() -> list[RailStep]:
    """Return the rail of somebody who has not begun: each stage with its meaning."""
    return [RailStep(stage.label, StepState.NEXT, MEANINGS[stage]) for stage in Stage]
