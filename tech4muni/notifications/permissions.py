"""Who may do what in the outbox: pure predicates over a person and a message."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tech4muni.core.permissions import ALLOW, STRANGER, Decision, refuse

if TYPE_CHECKING:
    from tech4muni.accounts.models import User
    from tech4muni.notifications.models import Message


def may_handle(user: "User | None") -> Decision:
    """Coordinators hold, release, send and drop what waits; nobody else knows of the outbox."""
    return ALLOW if user is not None and user.is_staff else STRANGER


def may_read(user: "User | None", message: "Message") -> Decision:
    """Coordinators read what leaves, but for codes and links that are for the receiver alone."""
    decision = may_handle(user)
    if decision and message.private:
        return refuse(_("This message is private: it carries a code or link that only the receiver may see."))
    return decision


def may_edit(user: "User | None", message: "Message") -> Decision:
    """Coordinators change what they may read."""
    return may_read(user, message)
