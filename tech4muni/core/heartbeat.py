"""Whether beat sends and a worker works: the instant at which a worker last carried out beat's smallest task."""

from datetime import datetime
from typing import Final

from django.core.cache import caches

from tech4muni.core import clock

KEY: Final = "last_beat"


def note_beat() -> None:
    """Remember that beat's task was carried out now."""
    caches["shared"].set(KEY, clock.now().isoformat(), timeout=None)


def last_beat() -> datetime | None:
    """Return when beat's task was last carried out, None if that is not known."""
    noted = caches["shared"].get(KEY)
    return datetime.fromisoformat(noted) if noted else None
