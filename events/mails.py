"""The mails about events: to the people of municipalities, and to those of companies."""

from datetime import UTC, datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tech4muni.notifications.enums import Category
from tech4muni.notifications.kinds import Form, Kind, Placeholder, register

SAMPLE_DUE: Final = datetime(2027, 5, 5, 15, tzinfo=UTC)
URL: Final = "https://strumica.example.org/events/"
CHOOSING: Final = (
    Placeholder("event", "Skopje 2027"),
    Placeholder("due_at", SAMPLE_DUE, Form.VALUE),
    Placeholder("url", URL, Form.LINK),
)
AGENDA: Final = (
    Placeholder("event", "Skopje 2027"),
    Placeholder("meetings", 7, Form.VALUE),
    Placeholder("again", sample=False, form=Form.VALUE),
    Placeholder("changes", "Strumica – Clean Air: 09:30", Form.TEXT),
    Placeholder("url", URL, Form.LINK),
)
MUNICIPALITY: Final = Placeholder("municipality", "Strumica")
COMPANY: Final = Placeholder("company", "Clean Air")


def _kind(name: str, label: Promise, category: Category, *placeholders: Any) -> Kind:
    return register(Kind(name=f"events.{name}", label=label, category=category, placeholders=placeholders))


CHOOSE_CITY: Final = _kind(
    "choose_city", _("A municipality chooses whom to meet"), Category.NEWS, *CHOOSING, MUNICIPALITY
)
CHOOSE_COMPANY: Final = _kind("choose_company", _("A company chooses whom to meet"), Category.NEWS, *CHOOSING, COMPANY)
REMIND_COMPANY: Final = _kind(
    "remind_company", _("A company has not chosen yet whom to meet"), Category.REMINDER, *CHOOSING, COMPANY
)
AGENDA_CITY: Final = _kind("agenda_city", _("A municipality's agenda"), Category.NEWS, *AGENDA, MUNICIPALITY)
AGENDA_COMPANY: Final = _kind("agenda_company", _("A company's agenda"), Category.NEWS, *AGENDA, COMPANY)
