"""Where the running code was called from: the request's id and host, for logs, audit entries and tasks."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class CallContext:
    """The request or task that is running."""

    request_id: str = ""
    host: str = ""


HEADER: Final = "request_id"
"""The message header that carries the id of a request to the tasks it sends."""

EMPTY: Final = CallContext()
_current: ContextVar[CallContext] = ContextVar("call_context", default=EMPTY)


def current() -> CallContext:
    """Return the running request's or task's context, empty outside of both."""
    return _current.get()


@contextmanager
def entered(context: CallContext) -> Iterator[CallContext]:
    """Make `context` current inside the block."""
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)
