"""The mails of the market map and of the selection."""

from datetime import date
from typing import Final

from django.utils.translation import gettext_lazy as _

from tech4muni.notifications.enums import Category
from tech4muni.notifications.kinds import Form, Kind, Placeholder, register

ANSWER: Final = register(
    Kind(
        name="selection.answer",
        label=_("The answer to an applicant"),
        category=Category.NEWS,
        placeholders=(
            Placeholder("municipality", "Strumica"),
            Placeholder("challenge", "Smarter waste collection"),
            Placeholder("company", "Binsight"),
            Placeholder("reference", "T4M-00012"),
            Placeholder("place", _("Selected")),
            Placeholder("debrief", "Fit to the challenge: the sensors were tested in bins like ours.", Form.TEXT),
            Placeholder("contact", "Ana Petrova, ana@example.org"),
            Placeholder("promised_on", date(2027, 5, 12), Form.VALUE),
            Placeholder("url", "https://example.org/", Form.LINK),
        ),
    )
)
