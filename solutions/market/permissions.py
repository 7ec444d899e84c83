"""Who may do what with an application: pure predicates over what somebody is on it and how it stands."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from solutions.market.enums import ApplicationState, CompanyRole
from tech4muni.core.permissions import ALLOW, STRANGER, Decision, refuse

COMPANY_WRITERS: Final = frozenset({CompanyRole.OWNER, CompanyRole.EDITOR})
WITHDRAWN: Final = _("This application was withdrawn: nothing in it is changed any more.")
LATE: Final = _("The deadline has passed. What was submitted stays as it is.")
OWNER_ONLY: Final = _("Only the owner of the application may do this.")


@dataclass(frozen=True, slots=True)
class Standing:
    """What permissions decide upon.

    Args:
        role: what the person is on the application, None for everybody else.
        state: of the application.
        is_open: whether a municipality would still take a new version.
    """

    role: CompanyRole | None
    state: ApplicationState
    is_open: bool


def may_read(standing: Standing) -> Decision:
    """Those who work on it read it, at any time; nobody else learns that it exists."""
    return STRANGER if standing.role is None else ALLOW


def may_write(standing: Standing) -> Decision:
    """Owner and editors change a draft at any time, and what was submitted while a municipality would take it."""
    if standing.role is None:
        return STRANGER
    if standing.role not in COMPANY_WRITERS:
        return refuse(_("You may read this application. Its owner and its editors change it."))
    if standing.state == ApplicationState.WITHDRAWN:
        return refuse(WITHDRAWN)
    if standing.state == ApplicationState.SUBMITTED and not standing.is_open:
        return refuse(LATE)
    return ALLOW


def may_submit(standing: Standing) -> Decision:
    """The owner hands it in; whether it is complete and in time is for the service to say."""
    return _owner(standing)


def may_withdraw(standing: Standing) -> Decision:
    """The owner takes it back, also after the deadline."""
    return _owner(standing)


def may_manage(standing: Standing) -> Decision:
    """The owner says who works on it."""
    return _owner(standing)


def _owner(standing: Standing) -> Decision:
    if standing.role is None:
        return STRANGER
    if standing.role != CompanyRole.OWNER:
        return refuse(OWNER_ONLY)
    if standing.state == ApplicationState.WITHDRAWN:
        return refuse(WITHDRAWN)
    return ALLOW
