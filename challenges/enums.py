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


class Section(models.TextChoices):
    """The pages on which a brief is written, in their order."""

    PROBLEM = "problem", _("Problem")
    PEOPLE = "people", _("People and situation")
    OUTCOME = "outcome", _("Outcome and success")
    FRAME = "frame", _("Frame and pilot")
    AWARD = "award", _("Award")

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of a brief that are written there, in each language."""
        return SECTION_TEXTS[self]

    @property
    def facts(self) -> tuple[str, ...]:
        """The values of a brief that are written there, the same in all languages."""
        return SECTION_FACTS[self]

    @property
    def rows(self) -> "RowKind | None":
        """What is listed there besides, if anything is."""
        return next((kind for kind in RowKind if kind.section == self), None)


SECTION_TEXTS: Final[dict[str, tuple[str, ...]]] = {
    Section.PROBLEM: ("title", "question", "problem", "why_now"),
    Section.PEOPLE: ("affected", "situation"),
    Section.OUTCOME: ("tried", "outcome", "out_of_scope"),
    Section.FRAME: ("constraints", "assets", "pilot_site"),
    Section.AWARD: ("eligibility",),
}
SECTION_FACTS: Final[dict[str, tuple[str, ...]]] = {
    Section.PROBLEM: (),
    Section.PEOPLE: (),
    Section.OUTCOME: (),
    Section.FRAME: ("pilot_budget", "currency", "pilot_weeks"),
    Section.AWARD: ("decision_on", "contact_name", "contact_email"),
}
NEEDED_TEXTS: Final = (
    "title", "question", "problem", "why_now", "affected", "situation", "outcome", "constraints", "pilot_site",
    "eligibility",
)  # fmt: skip
"""What the text of a brief must have in a language to be complete there."""


class RowKind(models.TextChoices):
    """The lists in a brief; the values are the names of its relations."""

    FIGURES = "figures", _("Figures of the current situation")
    METRICS = "metrics", _("Success metrics")
    CRITERIA = "criteria", _("Evaluation criteria")

    @property
    def section(self) -> Section:
        """The page that lists them."""
        return {"figures": Section.PEOPLE, "metrics": Section.OUTCOME, "criteria": Section.AWARD}[self.value]


class Currency(models.TextChoices):
    """What a pilot can be paid in."""

    ALL = "ALL", _("Albanian lek (ALL)")
    EUR = "EUR", _("Euro (EUR)")
    ILS = "ILS", _("Israeli shekel (ILS)")
    MKD = "MKD", _("Macedonian denar (MKD)")
    USD = "USD", _("US dollar (USD)")
