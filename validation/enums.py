"""The fixed words of validation."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tech4muni.core.components import Tone


class EngagementKind(models.TextChoices):
    """How people were asked."""

    INTERVIEW = "interview", _("Interview")
    FOCUS_GROUP = "focus_group", _("Focus group")
    OBSERVATION = "observation", _("Observation")
    SITE_VISIT = "site_visit", _("Site visit")


class SurveyState(models.TextChoices):
    """Whether a survey takes answers."""

    DRAFT = "draft", pgettext_lazy("survey", "Draft")
    OPEN = "open", pgettext_lazy("survey", "Open")
    CLOSED = "closed", pgettext_lazy("survey", "Closed")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return {"draft": Tone.DRAFT, "open": Tone.DOING, "closed": Tone.DRAFT}[self.value]


class QuestionKind(models.TextChoices):
    """What kind of answer a question takes."""

    SINGLE = "single", _("One of several answers")
    MULTIPLE = "multiple", _("Any of several answers")
    SCALE = "scale", _("From 1 to 5")
    TEXT = "text", _("Own words")
    DIRECTION = "direction", _("Want, indifferent or reject a direction")

    @property
    def has_options(self) -> bool:
        """Whether its answers are written by the team."""
        return self in (QuestionKind.SINGLE, QuestionKind.MULTIPLE)


class Attitude(models.TextChoices):
    """What somebody thinks of a direction."""

    WANT = "want", _("Want it")
    INDIFFERENT = "indifferent", _("Indifferent")
    REJECT = "reject", _("Reject it")


class AssumptionVerdict(models.TextChoices):
    """What became of an assumption."""

    UNTESTED = "untested", _("Not tested")
    SUPPORTED = "supported", _("Supported")
    REFUTED = "refuted", _("Refuted")
    MIXED = "mixed", _("Mixed")

    @property
    def tone(self) -> Tone:
        """How the verdict looks."""
        return {"untested": Tone.TODO, "supported": Tone.DONE, "refuted": Tone.LATE, "mixed": Tone.DOING}[self.value]


class ChallengeVerdict(models.TextChoices):
    """What validation found of the challenge as a whole."""

    VALIDATED = "validated", _("Validated")
    REFRAMED = "reframed", _("Reframed")
    REJECTED = "rejected", _("Rejected")

    @property
    def tone(self) -> Tone:
        """How the verdict looks."""
        return {"validated": Tone.DONE, "reframed": Tone.DOING, "rejected": Tone.LATE}[self.value]


class Noun(models.TextChoices):
    """What a team writes down in validation, in words for the trail."""

    GROUP = "group", _("Stakeholder group")
    DIRECTION = "direction", _("Direction")
    ENGAGEMENT = "engagement", _("Talk")
    ASSUMPTION = "assumption", _("Assumption")
    BOTTLENECK = "bottleneck", _("Bottleneck")
    FINDING = "finding", _("Finding")
    SURVEY = "survey", _("Survey")
    QUESTION = "question", _("Question")


SMALLEST_CELL: Final = 5
"""Results of fewer people than this are shown nowhere."""

CONSENT_VERSION: Final = "2026-11"
"""Of the words by which a survey says what is kept and who sees it; kept with each response. New words, new version."""

ON_THE_SCALE: Final = range(1, 6)
"""What a question of the kind `scale` can be answered with."""
