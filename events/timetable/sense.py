"""What the schema cannot say of a problem document: ids that exist, times in order, demands that can be met."""

from collections.abc import Iterator
from typing import Any

Complaints = Iterator[tuple[str, str]]


def complaints(document: dict[str, Any]) -> Complaints:
    """Yield each place in a completed problem document that makes no sense, and what is wrong with it."""
    yield from ()
