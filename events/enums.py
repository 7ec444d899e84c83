"""The fixed words of events."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tech4muni.core.components import Tone


class EventState(models.TextChoices):
    """How far an event is."""

    PREPARING = "preparing", pgettext_lazy("event", "Being prepared")
    CHOOSING = "choosing", pgettext_lazy("event", "Both sides choose")
    PLANNING = "planning", pgettext_lazy("event", "The timetable is made")
    PUBLISHED = "published", pgettext_lazy("event", "Timetable published")
    CLOSED = "closed", pgettext_lazy("event", "Over")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return {"closed": Tone.DRAFT, "preparing": Tone.TODO}.get(self.value, Tone.DOING)


class Side(models.TextChoices):
    """On which side of the table a delegation sits."""

    CITY = "city", _("Municipality")
    COMPANY = "company", _("Company")


class Choice(models.TextChoices):
    """How much a delegation wants to meet another; as events.timetable.problem has it."""

    MUST = "must", _("Must")
    WANT = "want", _("Want")
    NEUTRAL = "neutral", _("Neutral")
    NO = "no", pgettext_lazy("choice", "No")


class TimetableState(models.TextChoices):
    """How far a timetable is."""

    WAITING = "waiting", pgettext_lazy("timetable", "Waits for a worker")
    RUNNING = "running", pgettext_lazy("timetable", "Being computed")
    DRAFT = "draft", pgettext_lazy("timetable", "Draft")
    PUBLISHED = "published", pgettext_lazy("timetable", "Published")
    REPLACED = "replaced", pgettext_lazy("timetable", "Replaced")
    FAILED = "failed", pgettext_lazy("timetable", "Failed")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return TIMETABLE_TONES[self]


TIMETABLE_TONES: Final = {
    TimetableState.WAITING: Tone.TODO,
    TimetableState.RUNNING: Tone.DOING,
    TimetableState.DRAFT: Tone.DRAFT,
    TimetableState.PUBLISHED: Tone.DONE,
    TimetableState.REPLACED: Tone.DRAFT,
    TimetableState.FAILED: Tone.LATE,
}


class MeetingState(models.TextChoices):
    """What became of a meeting."""

    PLANNED = "planned", pgettext_lazy("meeting", "Planned")
    HELD = "held", pgettext_lazy("meeting", "Held")
    NO_SHOW = "no_show", pgettext_lazy("meeting", "Somebody did not come")
    CANCELLED = "cancelled", pgettext_lazy("meeting", "Cancelled")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return {"planned": Tone.TODO, "held": Tone.DONE, "no_show": Tone.LATE, "cancelled": Tone.DRAFT}[self.value]


class GoalName(models.TextChoices):
    """What a timetable is to be good at, as events.timetable.problem has it."""

    DISTURBED = "disturbed", _("Published meetings that move")
    BELOW_MINIMUM = "below_minimum", _("Delegations below their minimum")
    VALUE = "value", _("Value of all meetings")
    GAPS = "gaps", _("Waits between two meetings")
    LONGEST_WAIT = "longest_wait", _("Longest wait, in slots")
    SPREAD = "spread", _("Waits of the one with most, less those of the one with fewest")
    MOVES = "moves", _("Published meetings that move, released ones included")


WANTED: Final = (Choice.MUST, Choice.WANT)
"""Where both sides chose one of these, they ask for a meeting."""
