"""What services raise when a rule says no; views turn it into words beside the field, or a 403 or 409."""

from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise


class Refused(Exception):
    """A rule of the product refuses the step; `message` says why in the person's language.

    Args:
        message: the sentence to show (lazy translations welcome).
        field: the form field that it is about, or "" for the whole form.
    """

    def __init__(self, message: str | Promise, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Conflict(Refused):
    """Somebody else changed the same thing in the meantime."""


class Forbidden(PermissionDenied):
    """An insider without the right: answered with 403 and the reason."""

    def __init__(self, reason: str | Promise) -> None:
        super().__init__(str(reason))
        self.reason = reason
