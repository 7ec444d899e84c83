"""The mails about pilots."""

from datetime import date
from typing import Final

from django.utils.translation import gettext_lazy as _

from tech4muni.notifications.enums import Category
from tech4muni.notifications.kinds import Form, Kind, Placeholder, register

PILOT_NEWS: Final = register(
    Kind(
        name="pilots.news",
        label=_("Something happened in a pilot"),
        category=Category.NEWS,
        placeholders=(
            Placeholder("municipality", "Strumica"),
            Placeholder("pilot", "Smarter waste collection"),
            Placeholder("what", _("The other side agreed to the plan.")),
            Placeholder("about", "Sensors in 40 bins"),
            Placeholder("url", "https://strumica.example.org/challenges/", Form.LINK),
        ),
    )
)
MILESTONE_REMINDER: Final = register(
    Kind(
        name="pilots.milestone",
        label=_("Reminder of a milestone, to a company"),
        category=Category.REMINDER,
        placeholders=(
            Placeholder("municipality", "Strumica"),
            Placeholder("pilot", "Smarter waste collection"),
            Placeholder("milestone", "Sensors in 40 bins"),
            Placeholder("due_on", date(2026, 11, 22), Form.VALUE),
            Placeholder("late", 0, Form.VALUE),
            Placeholder("url", "https://example.org/pilots/", Form.LINK),
        ),
    )
)
