"""The fixed words of workshops, challenges and briefs."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tech4muni.core.components import Tone


class CardKind(models.TextChoices):
    """What a card of a workshop says."""

    CAUSE = "cause", _("Cause")
    SYMPTOM = "symptom", _("Symptom")
    AFFECTED_GROUP = "affected_group", _("Affected group")
    PAIN = "pain", _("Pain")
    DATUM = "datum", _("Datum")
    IDEA = "idea", _("Idea")


class BriefState(models.TextChoices):
    """How far the brief of a challenge is."""

    DRAFTING = "drafting", _("Being written")
    IN_REVIEW = "in_review", _("In review")
    EDITS_REQUESTED = "edits_requested", _("Changes requested")
    APPROVED = "approved", pgettext_lazy("brief", "Approved")
    PUBLISHED = "published", pgettext_lazy("brief", "Published")
    CLOSED = "closed", pgettext_lazy("brief", "Closed")
    WITHDRAWN = "withdrawn", pgettext_lazy("brief", "Withdrawn")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return BRIEF_TONES[self]


BRIEF_TONES: Final = {
    BriefState.DRAFTING: Tone.DOING,
    BriefState.IN_REVIEW: Tone.DOING,
    BriefState.EDITS_REQUESTED: Tone.TODO,
    BriefState.APPROVED: Tone.DONE,
    BriefState.PUBLISHED: Tone.DONE,
    BriefState.CLOSED: Tone.DONE,
    BriefState.WITHDRAWN: Tone.DRAFT,
}
EDITABLE_BRIEF: Final = (BriefState.DRAFTING, BriefState.EDITS_REQUESTED)
"""States in which the team writes."""


class TextState(models.TextChoices):
    """How far the text of a brief is in one language."""

    DRAFT = "draft", pgettext_lazy("text", "Draft")
    APPROVED = "approved", pgettext_lazy("text", "Approved")
    OUTDATED = "outdated", pgettext_lazy("text", "Outdated")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return {"draft": Tone.DRAFT, "approved": Tone.DONE, "outdated": Tone.LATE}[self.value]


class Aim(models.TextChoices):
    """Which way a figure shall go."""

    MORE = "more", _("More is better")
    LESS = "less", _("Less is better")


class SnapshotReason(models.TextChoices):
    """Why the text of a brief was kept as it was."""

    VALIDATION = "validation", _("Before validation")
    PUBLISHED = "published", _("As published")
