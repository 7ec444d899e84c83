"""How an application reaches the municipality that it was released to: the selection app registers its receiver here.

The receiver is called in the transaction of the submission, with the municipality's schema active.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from solutions.market.models import ApplicationFile, Release


class Receiver(Protocol):
    """Who takes applications into a municipality's schema."""

    def receive(self, release: Release, content: Mapping[str, Any], files: Sequence[ApplicationFile]) -> str:
        """Keep what was submitted, for good, and return the digest of what was kept."""

    def withdraw(self, release: Release) -> None:
        """Take note that the company took its application back."""


_receivers: Final[list[Receiver]] = []


def register(receiver: Receiver) -> None:
    """Make the receiver known; raises ValueError if there is one already."""
    if _receivers and _receivers[0] is not receiver:
        raise ValueError("There is a receiver of applications already.")
    if not _receivers:
        _receivers.append(receiver)


def receiver() -> Receiver:
    """Return the receiver; raises LookupError if no app has registered one."""
    if not _receivers:
        raise LookupError("No app receives applications: see solutions.market.handover.")
    return _receivers[0]
