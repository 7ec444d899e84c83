"""How an application reaches the municipality that it was released to: the selection app registers its receiver here.

The receiver is called in the transaction of the submission, with the municipality's schema active and the release
locked; the release's `round` and `submitted_at` are those of this submission. Whoever locks a release and rows of the
municipality in one transaction locks the release first, as a submission does.

The content is plain values, as JSON has them (`solutions.market.queries.content.content_for` makes it)::

    {
        "reference": "T4M-…", "language": "mk",
        "company": {"id": "<public id>", "name": …, "kind": …, "country": …, "website": …, "description": …},
        "solution": {"name": …, "purpose": …, "mechanism": …, "sectors": "a, b", "readiness": 7, "references": …},
        "sections": [
            {"name": "company", "label": "Company", "fields": [
                {"name": "name", "label": "Name of the company", "value": "…", "shown": "…"}, …]},
            …, {"name": "proposal", …}
        ],
        "files": [{"id": "<public id>", "name": …, "size": …, "content_type": …, "sha256": …}]
    }

Labels and `shown` are in the language of the application; `solutions.market.sections` knows them in all languages.
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
