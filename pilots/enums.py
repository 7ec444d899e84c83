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

    @property
    def other(self) -> "PilotSide":
        """The side across the table."""
        return PilotSide.COMPANY if self == PilotSide.CITY else PilotSide.CITY


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


OPEN_LEDGER: Final = (PilotState.RUNNING, PilotState.REVIEW)
"""States in which the ledger takes entries."""

BETWEEN: Final = frozenset({PilotOutcome.ITERATE, PilotOutcome.EXTEND})
"""Outcomes between success and failure: where the figures say one of them, a person may choose the other."""


class Standing(models.TextChoices):
    """Where a KPI stands."""

    MET = "met", _("Target reached")
    BETWEEN = "between", _("Between threshold and target")
    BROKEN = "broken", _("Worse than the threshold")
    OPEN = "open", pgettext_lazy("KPI", "Not measured yet")
    UNPLANNED = "unplanned", _("Without a target")

    @property
    def tone(self) -> Tone:
        """How the standing looks."""
        tones = {"met": Tone.DONE, "between": Tone.DOING, "broken": Tone.LATE, "open": Tone.TODO}
        return tones.get(self.value, Tone.DRAFT)


class MilestoneStep(models.TextChoices):
    """What can be done with a milestone while the pilot runs."""

    BEGIN = "begin", _("Begin")
    DELIVER = "deliver", _("Deliver")
    ACCEPT = "accept", _("Accept")
    REJECT = "reject", _("Send back")
    CANCEL = "cancel", _("Do without it")


BY_WHO_DELIVERS: Final = frozenset({MilestoneStep.BEGIN, MilestoneStep.DELIVER})
"""Steps of the side that delivers; all others are the other side's."""
