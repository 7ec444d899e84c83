"""Steps about one's own account; those that coordinators take for others are in `lifecycle`."""

from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from programs.people.services import visits
from programs.people.trails import platform_trail
from tech4muni.accounts import services as accounts
from tech4muni.accounts.models import User
from tech4muni.audit.services import record


@transaction.atomic
def change_profile(user: User, *, name: str, language: str, time_zone: str) -> None:
    """Change one's own name, language and time zone."""
    changed = accounts.change_profile(user, name=name, language=language, time_zone=time_zone)
    if changed:
        note("account.profile_changed", user, fields=changed)


@transaction.atomic
def end_other_sessions(user: User, *, keep: SessionBase) -> None:
    """End all of one's own sessions but this one."""
    accounts.end_sessions(user, keep=keep)
    visits.leave_all(user)
    note("account.sessions_ended", user)


@transaction.atomic
def account_secured(verb: str, user: User, *, keep: SessionBase | None, **data: Any) -> None:
    """End the other sessions after a password or a second factor changed, and note the change."""
    accounts.end_sessions(user, keep=keep)
    visits.leave_all(user)
    note(verb, user, **data)


def note(verb: str, user: User, **data: Any) -> None:
    """Write to the platform's trail what somebody did with their own account."""
    with platform_trail():
        record(verb, actor=user, target=user, data=data)
