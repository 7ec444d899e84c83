"""The fixed words of the market: companies, calls and applications."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tech4muni.core.components import Tone


class CompanyKind(models.TextChoices):
    """What a company is."""

    STARTUP = "startup", _("Startup")
    SCALE_UP = "scale_up", _("Scale-up")
    VENDOR = "vendor", _("Established vendor")
    RESEARCH = "research", _("Research institution")
    CIVIL_SOCIETY = "civil_society", _("Civil society")


class CompanyRole(models.TextChoices):
    """What a person is in a company."""

    OWNER = "owner", pgettext_lazy("company", "Owner")
    EDITOR = "editor", pgettext_lazy("company", "Editor")
    VIEWER = "viewer", pgettext_lazy("company", "Viewer")


class CallState(models.TextChoices):
    """Where a call stands at an instant: computed (solutions.market.queries.calls.call_state), never stored."""

    UPCOMING = "upcoming", pgettext_lazy("call", "Opens soon")
    OPEN = "open", pgettext_lazy("call", "Open")
    CLOSING = "closing", pgettext_lazy("call", "In the minutes of grace")
    CLOSED = "closed", pgettext_lazy("call", "Closed")
    WITHDRAWN = "withdrawn", pgettext_lazy("call", "Withdrawn")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return CALL_TONES[self]


CALL_TONES: Final = {
    CallState.UPCOMING: Tone.TODO,
    CallState.OPEN: Tone.DOING,
    CallState.CLOSING: Tone.LATE,
    CallState.CLOSED: Tone.DRAFT,
    CallState.WITHDRAWN: Tone.DRAFT,
}


class ApplicationState(models.TextChoices):
    """How far an application is as a whole; each city's own decision is a ReleaseState."""

    DRAFT = "draft", pgettext_lazy("application", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("application", "Submitted")
    WITHDRAWN = "withdrawn", pgettext_lazy("application", "Withdrawn")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return {"draft": Tone.DOING, "submitted": Tone.DONE, "withdrawn": Tone.DRAFT}[self.value]


class ReleaseState(models.TextChoices):
    """What one city makes of an application that was released to it."""

    SUBMITTED = "submitted", pgettext_lazy("application", "Received")
    INELIGIBLE = "ineligible", _("Not eligible")
    MORE_INFO_REQUESTED = "more_info_requested", _("More information requested")
    UNDER_REVIEW = "under_review", _("Under review")
    SHORTLISTED = "shortlisted", _("On the shortlist")
    INVITED = "invited", _("Invited to the event")
    SELECTED = "selected", _("Selected")
    RESERVE = "reserve", _("In reserve")
    NOT_SELECTED = "not_selected", _("Not selected")
    WITHDRAWN = "withdrawn", pgettext_lazy("application", "Withdrawn")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return RELEASE_TONES[self]


RELEASE_TONES: Final = {
    ReleaseState.SUBMITTED: Tone.DOING,
    ReleaseState.INELIGIBLE: Tone.DRAFT,
    ReleaseState.MORE_INFO_REQUESTED: Tone.TODO,
    ReleaseState.UNDER_REVIEW: Tone.DOING,
    ReleaseState.SHORTLISTED: Tone.DOING,
    ReleaseState.INVITED: Tone.DOING,
    ReleaseState.SELECTED: Tone.DONE,
    ReleaseState.RESERVE: Tone.DOING,
    ReleaseState.NOT_SELECTED: Tone.DRAFT,
    ReleaseState.WITHDRAWN: Tone.DRAFT,
}
LIVE_RELEASES: Final = tuple(
    state for state in ReleaseState if state not in {ReleaseState.WITHDRAWN, ReleaseState.INELIGIBLE}
)
EARLY_RELEASES: Final = (ReleaseState.SUBMITTED, ReleaseState.MORE_INFO_REQUESTED, ReleaseState.UNDER_REVIEW)
