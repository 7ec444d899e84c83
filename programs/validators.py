"""Checks on a municipality's fields; the database says the same where it can."""

import re
import zoneinfo
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

SCHEMA_NAME: Final = r"^[a-z][a-z0-9_]{2,40}$"
RESERVED_SCHEMAS: Final = ("public", "information_schema", "template")
HOST_NAME: Final = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$"
COLOUR: Final = r"^#[0-9a-f]{6}$"


def validate_schema_name(value: str) -> None:
    """Refuse a name that PostgreSQL, a host name or our own rule would not take."""
    if not re.fullmatch(SCHEMA_NAME, value) or value.startswith("pg_") or value in RESERVED_SCHEMAS:
        raise ValidationError(
            _("Use 3 to 41 small Latin letters, digits and underscores, starting with a letter."),
            code="schema_name",
        )


def validate_host(value: str) -> None:
    """Refuse what is no host name in small letters; to its last character, which a RegexValidator's `$` is not."""
    if not re.fullmatch(HOST_NAME, value):
        raise ValidationError(_("Write a host name in small letters, such as strumica.example.org."), code="host")


def validate_time_zone(value: str) -> None:
    """Refuse what is no IANA time zone."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError(_("%(value)s is no time zone, such as Europe/Skopje."), params={"value": value})


def validate_names(value: object) -> None:
    """Refuse anything but a non-empty mapping of the product's languages to names."""
    known = dict(settings.LANGUAGES)
    ok = (
        isinstance(value, dict)
        and value
        and all(key in known and isinstance(name, str) and name.strip() for key, name in value.items())
    )
    if not ok:
        raise ValidationError(_("Give a name in at least one of the product's languages."), code="names")
