"""What a session must be to count: made on this host, used lately, and not too old."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase

HOST: Final = "_host"
STARTED: Final = "_started"  # seconds since 1970, as JSON has no instants
SEEN: Final = "_seen"
IDLE_LIMIT: Final = timedelta(hours=8)
AGE_LIMIT: Final = timedelta(days=7)
SEEN_EVERY: Final = timedelta(minutes=5)  # a visit is not worth a write on each request


def bind(session: SessionBase, *, host: str, now: datetime) -> None:
    """Tie a session to the host that it is made on, and start its clocks."""
    session[HOST] = host
    session[STARTED] = session[SEEN] = int(now.timestamp())


def is_bound(session: SessionBase) -> bool:
    """Whether `bind` was called since the last log-in."""
    return HOST in session and STARTED in session


def belongs_to(session: SessionBase, host: str) -> bool:
    """Whether the session was made on this host; one that names no host belongs to none."""
    found: object = session.get(HOST)
    return found == host


def is_over(session: SessionBase | Mapping[str, Any], now: datetime) -> bool:
    """Whether a session, or what it holds, was idle for 8 hours or began 7 days ago."""
    idle = now.timestamp() - int(session.get(SEEN, 0))
    age = now.timestamp() - int(session.get(STARTED, 0))
    return idle >= IDLE_LIMIT.total_seconds() or age >= AGE_LIMIT.total_seconds()


def note_seen(session: SessionBase, now: datetime) -> None:
    """Keep when the person was last here, once in five minutes."""
    if SESSION_KEY in session and now.timestamp() - session.get(SEEN, 0) >= SEEN_EVERY.total_seconds():
        session[SEEN] = int(now.timestamp())
