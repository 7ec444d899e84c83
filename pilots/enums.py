"""The fixed words of pilots."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tech4muni.core.components import Tone


class PilotState(models.TextChoices):
    """How far a pilot is; market.PilotEntry knows the same words."""

    PLANNING = "planning", pgettext_lazy("pilot", "Being planned")
    RUNNING = "running", pgettext_lazy("pilot", "Running")
    REVIEW = "review", pgettext_lazy("pilot", "In review")
    DECIDED = "decided", pgettext_lazy("pilot", "Decided")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return {"planning": Tone.TODO, "decided": Tone.DONE}.get(self.value, Tone.DOING)


class MilestoneState(models.TextChoices):
    """How far a milestone is; whether it is late is computed."""

    PLANNED = "planned", pgettext_lazy("milestone", "Planned")
    IN_PROGRESS = "in_progress", pgettext_lazy("milestone", "In progress")
    DELIVERED = "delivered", pgettext_lazy("milestone", "Delivered")
    ACCEPTED = "accepted", pgettext_lazy("milestone", "Accepted")
    CANCELLED = "cancelled", pgettext_lazy("milestone", "Cancelled")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return MILESTONE_TONES[self]


MILESTONE_TONES: Final = {
    MilestoneState.PLANNED: Tone.TODO,
    MilestoneState.IN_PROGRESS: Tone.DOING,
    MilestoneState.DELIVERED: Tone.DOING,
    MilestoneState.ACCEPTED: Tone.DONE,
    MilestoneState.CANCELLED: Tone.DRAFT,
}


class PilotSide(models.TextChoices):
    """Who says something in a pilot."""

    CITY = "city", _("Municipality")
    COMPANY = "company", _("Company")


class EvidenceKind(models.TextChoices):
    """What an entry of the ledger is."""

    READING = "reading", _("Reading of a KPI")
    NOTE = "note", _("Note")
    FILE = "file", _("File")
    CORRECTION = "correction", _("Correction")


class PilotOutcome(models.TextChoices):
    """How a pilot ends."""

    SCALE = "scale", _("Scale it")
    ITERATE = "iterate", _("Try it again, changed")
    EXTEND = "extend", _("Extend it")
    STOP = "stop", _("Stop it")

    @property
    def tone(self) -> Tone:
        """How the outcome looks."""
        return {"scale": Tone.DONE, "iterate": Tone.DOING, "extend": Tone.DOING, "stop": Tone.LATE}[self.value]
