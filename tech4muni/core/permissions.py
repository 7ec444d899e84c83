"""The answer to "may I": a decision that carries its reason."""

from dataclasses import dataclass

from django.http import Http404
from django.utils.functional import Promise

from tech4muni.core.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether an actor may do something, and if not, why.

    `stranger` marks an actor who may not even know that the thing exists: answered with 404 instead of 403.
    """

    allowed: bool
    reason: str | Promise = ""
    stranger: bool = False

    def __bool__(self) -> bool:
        """A decision is true when it allows."""
        return self.allowed

    def enforce(self) -> None:
        """Raise Http404 for a stranger, Forbidden for an insider without the right."""
        if self.allowed:
            return
        if self.stranger:
            raise Http404
        raise Forbidden(self.reason)


ALLOW = Decision(allowed=True)
STRANGER = Decision(allowed=False, stranger=True)


def refuse(reason: str | Promise) -> Decision:
    """Refuse an insider, with the reason to show."""
    return Decision(allowed=False, reason=reason)
