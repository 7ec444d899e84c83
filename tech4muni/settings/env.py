"""Typed readers of environment variables that refuse nonsense instead of guessing."""

import os
from typing import Final
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE: Final = frozenset({"1", "true", "yes", "on"})
FALSE: Final = frozenset({"0", "false", "no", "off"})


def text(name: str, default: str | None = None) -> str:
    """Return the variable's text; without a default it must be set and not blank."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"{name} must be set.")
    return default


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


def url(name: str, schemes: tuple[str, ...], default: str | None = None) -> str:
    """Return a URL with one of the given schemes and a host."""
    value = text(name, default)
    if not value:
        return value
    parts = urlsplit(value)
    if parts.scheme not in schemes or not parts.hostname:
        raise ImproperlyConfigured(f"{name} must be a URL that starts with {' or '.join(schemes)}://")
    return value


def database(address: str) -> dict[str, object]:
    """Split a `postgres://user:password@host:port/name` URL into Django's database settings."""
    parts = urlsplit(address)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgres", "postgresql"} or not name:
        raise ImproperlyConfigured("DATABASE_URL must look like postgres://user:password@host:port/name")
    return {
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or 5432),
    }
