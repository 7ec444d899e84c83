"""Who carries out what is due: each app declares its handlers in its `timers` module."""

from collections.abc import Callable, Mapping
from typing import Any, Final


class Superseded(Exception):
    """Raised by a handler whose effect something later has taken the place of: its row is cancelled, not done."""


Handler = Callable[[Mapping[str, Any]], None]
_handlers: Final[dict[str, Handler]] = {}


def register(kind: str, handler: Handler) -> None:
    """Make a handler known; raises ValueError if another one has its kind.

    Args:
        kind: `<app>.<verb>`.
        handler: is given the row's payload, in the public schema and in one transaction with the row; it may raise,
            and is then tried again, or dropped if it raises `Superseded`. It enters municipalities by itself, and does
            no harm when run twice.
    """
    if _handlers.setdefault(kind, handler) is not handler:
        raise ValueError(f"There are two handlers for {kind}.")


def handler_of(kind: str) -> Handler:
    """Return the handler of a kind; raises LookupError."""
    try:
        return _handlers[kind]
    except KeyError:
        raise LookupError(f"Nothing carries out {kind}: declare it in a `timers` module.") from None


def registered() -> list[str]:
    """Return all kinds by name."""
    return sorted(_handlers)
