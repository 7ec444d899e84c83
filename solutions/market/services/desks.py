"""Locking an application before it is changed."""

from solutions.market.models import Application
from solutions.market.queries.applications import Desk, desk_of
from tech4muni.accounts.models import User
from tech4muni.core import clock


def locked_desk(application: Application, actor: User) -> Desk:
    """Lock an application and lay it before somebody as it is now."""
    locked = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    return desk_of(locked, actor)


def touch(application: Application, *fields: str) -> None:
    """Save fields of an application, count its version up, and say when it was."""
    application.version += 1
    application.updated_at = clock.now()
    application.save(update_fields=[*fields, "version", "updated_at"])
