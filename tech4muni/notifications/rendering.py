"""From a kind and its values to the subject, text and HTML that one receiver gets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template import Context, Engine
from django.utils import timezone, translation

from tech4muni.core.dates import zone_city
from tech4muni.notifications import safety
from tech4muni.notifications.kinds import Kind

SUBJECT_LENGTH: Final = 200


@dataclass(frozen=True, slots=True)
class Rendered:
    """What is sent: the text and the HTML say the same."""

    subject: str
    text: str
    html: str


def render(kind: Kind, values: Mapping[str, Any], *, language: str, time_zone: str, brand: str = "") -> Rendered:
    """Render a kind's three templates in the receiver's language and time zone.

    Args:
        kind: what to render.
        values: exactly the kind's placeholders.
        language: the receiver's language code.
        time_zone: the receiver's IANA time zone.
        brand: the name at the head of the mail; the platform's if empty.

    Raises:
        ValueError: if a placeholder is missing or unknown, or a link is none.
        TypeError: if a number, date or instant is something else.
    """
    with translation.override(language), timezone.override(ZoneInfo(time_zone)):
        safe = _made_safe(kind, values) | _frame(language, time_zone, brand)
        told = {name: value for name, value in safe.items() if name not in kind.secrets}
        return Rendered(
            subject=shorten(" ".join(_fill(kind.template("subject.txt"), told, escape=False).split())),
            text=_fill(kind.template("txt"), safe, escape=False).strip() + "\n",
            html=_fill(kind.template("html"), safe, escape=True),
        )


def render_edited(subject: str, text: str, *, language: str, brand: str = "") -> Rendered:
    """Make the HTML twin of a text that a coordinator wrote."""
    with translation.override(language):
        values = _frame(language, "UTC", brand) | {"text": text, "subject": subject}
        html = _fill("notifications/mail/edited.html", values, escape=True)
    return Rendered(subject=shorten(" ".join(subject.split())), text=text.strip() + "\n", html=html)


def shorten(subject: str) -> str:
    """Cut a subject to what the outbox holds."""
    return subject if len(subject) <= SUBJECT_LENGTH else subject[: SUBJECT_LENGTH - 1] + "…"


def _made_safe(kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    names = {placeholder.name for placeholder in kind.placeholders}
    if names != set(values):
        raise ValueError(f"{kind.name} takes {sorted(names)}, not {sorted(values)}.")
    return {
        placeholder.name: safety.made_safe(placeholder, values[placeholder.name]) for placeholder in kind.placeholders
    }


def _frame(language: str, time_zone: str, brand: str) -> dict[str, Any]:
    return {
        "language": language,
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "time_zone": zone_city(time_zone),
        "brand": safety.line(brand or settings.PLATFORM_NAME),
        "platform_name": settings.PLATFORM_NAME,
    }


def _fill(template: str, values: Mapping[str, Any], *, escape: bool) -> str:
    return Engine.get_default().get_template(template).render(Context(dict(values), autoescape=escape))
