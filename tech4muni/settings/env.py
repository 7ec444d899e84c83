"""Typed readers of environment variables that refuse nonsense instead of guessing.

Every variable may also be given as `NAME_FILE`, the path of a file that holds it: a container engine's secret.
"""

import os
import re
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE: Final = frozenset({"1", "true", "yes", "on"})
FALSE: Final = frozenset({"0", "false", "no", "off"})
HOST: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
DATABASE_OPTIONS: Final = frozenset({"application_name", "sslcert", "sslkey", "sslmode", "sslrootcert"})


def text(name: str, default: str | None = None) -> str:
    """Return the variable's text; without a default it must be set and not blank."""
    value = os.environ.get(name, "").strip()
    path = os.environ.get(f"{name}_FILE", "").strip()
    if value and path:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    if path:
        value = _content(path, f"{name}_FILE")
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"{name} must be set.")
    return default


def _content(path: str, name: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name} names a file that cannot be read: {type(error).__name__}.") from None


def boolean(name: str, *, default: bool) -> bool:
    """Return a yes/no variable; anything but 1/0, true/false, yes/no, on/off is refused."""
    value = text(name, "").lower()
    if not value:
        return default
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be one of 1/0, true/false, yes/no, on/off; it is {value!r}.")


def integer(name: str, *, default: int, low: int, high: int) -> int:
    """Return a whole number between `low` and `high`, both included."""
    value = text(name, str(default))
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number; it is {value!r}.") from None
    if not low <= number <= high:
        raise ImproperlyConfigured(f"{name} must be between {low} and {high}; it is {number}.")
    return number


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Return the comma-separated words of a variable, without blanks."""
    found = [word.strip() for word in text(name, "").split(",") if word.strip()]
    return found or list(default)


def choice(name: str, allowed: tuple[str, ...], *, default: str) -> str:
    """Return the variable if it is one of the allowed words."""
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}; it is {value!r}.")
    return value


def secret(name: str, *, length: int = 50) -> str:
    """Return a secret of at least `length` characters."""
    value = text(name)
    if len(value) < length:
        raise ImproperlyConfigured(f"{name} must have at least {length} characters; it has {len(value)}.")
    return value


def host(name: str, default: str | None = None) -> str:
    """Return a host name in small letters, without scheme, port or path."""
    value = text(name, default)
    if not HOST.fullmatch(value):
        raise ImproperlyConfigured(f"{name} must be a host name in small letters, such as tech4muni.example.")
    return value


def url(name: str, schemes: tuple[str, ...], default: str | None = None) -> str:
    """Return a URL with one of the given schemes and a host; "" where that is the default and nothing is set."""
    value = text(name, default)
    if value:
        _split(name, value, schemes)
    return value


def _split(name: str, address: str, schemes: tuple[str, ...]) -> SplitResult:
    """Take a URL apart; its text is never repeated in the complaint, since it may hold a password."""
    expected = f"{name} must be a URL that starts with {' or '.join(f'{scheme}://' for scheme in schemes)}"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(f"{expected} and has a port between 1 and 65535, if any.") from None
    if parts.scheme not in schemes or not parts.hostname or port == 0:
        raise ImproperlyConfigured(f"{expected} and names a host.")
    return parts


def database(address: str) -> dict[str, object]:
    """Split a `postgres://user:password@host:port/name?sslmode=require` URL into Django's database settings.

    Raises:
        ImproperlyConfigured: the URL is none of PostgreSQL's, names no database, or has an option we do not know.
    """
    parts = _split("DATABASE_URL", address, ("postgres", "postgresql"))
    name = unquote(parts.path.removeprefix("/"))
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if not name or "/" in name:
        raise ImproperlyConfigured("DATABASE_URL must look like postgres://user:password@host:port/name")
    if unknown := sorted(options.keys() - DATABASE_OPTIONS):
        raise ImproperlyConfigured(f"DATABASE_URL has options that are not known: {', '.join(unknown)}.")
    return {
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or 5432),
        "OPTIONS": {"connect_timeout": 5, **options},
    }
