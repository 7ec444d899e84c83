"""The fixed words of the market map and of selection."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tech4muni.core.components import Tone


class LeadKind(models.TextChoices):
    """How a solution came onto the market map."""

    SCOUTED = "scouted", _("Scouted")
    SUGGESTED = "suggested", _("Suggested")
    APPLIED = "applied", _("Applied")


class Fit(models.TextChoices):
    """How well a solution meets a requirement."""

    MEETS = "meets", _("Meets it")
    PARTLY = "partly", _("Partly")
    FAILS = "fails", _("Does not meet it")
    UNKNOWN = "unknown", _("Not known")

    @property
    def tone(self) -> Tone:
        """How it looks in the matrix."""
        return {"meets": Tone.DONE, "partly": Tone.TODO, "fails": Tone.LATE, "unknown": Tone.DRAFT}[self.value]


class ScorecardState(models.TextChoices):
    """Whether an evaluator is done with an application."""

    DRAFT = "draft", pgettext_lazy("scorecard", "Being written")
    SUBMITTED = "submitted", pgettext_lazy("scorecard", "Handed in")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return {"draft": Tone.DOING, "submitted": Tone.DONE}[self.value]


class ConflictKind(models.TextChoices):
    """How a conflict of interest is known."""

    DECLARED = "declared", _("Declared")
    DERIVED = "derived", _("Derived from records")


class DecisionOutcome(models.TextChoices):
    """What a municipality decides about its challenge."""

    SELECTED = "selected", _("One solution selected")
    RESERVE = "reserve", _("Selected, with a reserve")
    SPLIT = "split", _("Split between several")
    NO_AWARD = "no_award", _("No award")


class DecisionState(models.TextChoices):
    """How far a decision is: a second person approves it."""

    DRAFT = "draft", pgettext_lazy("decision", "Being written")
    PROPOSED = "proposed", pgettext_lazy("decision", "Waits for approval")
    APPROVED = "approved", pgettext_lazy("decision", "Approved")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return {"draft": Tone.DOING, "proposed": Tone.TODO, "approved": Tone.DONE}[self.value]


class Place(models.TextChoices):
    """What a decision makes of one application."""

    SELECTED = "selected", pgettext_lazy("place", "Selected")
    RESERVE = "reserve", pgettext_lazy("place", "Reserve")
    NOT_SELECTED = "not_selected", pgettext_lazy("place", "Not selected")


class Pool(models.TextChoices):
    """Which applications the panel scores: a city may choose among all that are eligible, or among fewer."""

    ELIGIBLE = "eligible", _("All that are eligible")
    SHORTLISTED = "shortlisted", _("Those on the shortlist, and those invited to the event")
    INVITED = "invited", _("Those invited to the event")


HIGHEST: Final = 5
"""Scores go from 0 to this."""
LOWEST_READINESS: Final = 1
HIGHEST_READINESS: Final = 9
"""The scale of technology readiness."""
