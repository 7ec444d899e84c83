"""One `now` per request or task, so that everything decided in it is decided at the same instant."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.utils import timezone

_frozen: ContextVar[datetime | None] = ContextVar("frozen_now", default=None)


def now() -> datetime:
    """Return the instant (UTC, aware) of the current request or task, or the wall clock outside of one."""
    return _frozen.get() or timezone.now()


@contextmanager
def at(instant: datetime) -> Iterator[datetime]:
    """Make `now()` answer `instant` (aware) inside the block."""
    if timezone.is_naive(instant):
        raise ValueError("The clock takes aware instants only.")
    token = _frozen.set(instant)
    try:
        yield instant
    finally:
        _frozen.reset(token)


def ticking() -> Callable[[], datetime]:
    """Return a clock that starts at `now()` and goes on, for work that takes longer than an instant."""
    start, begun = now(), time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - begun)
