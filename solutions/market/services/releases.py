"""What a city makes of an application that was released to it: the public row, which its company sees."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from solutions.market.models import Release
from tech4muni.core import clock
from tech4muni.core.errors import Conflict


@transaction.atomic
def take(release_id: UUID, step: str, *, note: str = "") -> Release:
    """Take a transition of a release, in the transaction of the city's own service, which has asked who may.

    Args:
        release_id: its public id.
        step: name of the transition, such as "shortlist".
        note: what the company is told besides.

    Raises Conflict if the release is in a state that does not allow it.
    """
    release = (
        Release.objects.select_for_update(of=("self",)).select_related("application", "city").get(public_id=release_id)
    )
    method: Any = getattr(release, step)
    if not can_proceed(method):
        state = release.get_state_display()
        raise Conflict(_("This is not possible: the application is in the state “%(state)s”.") % {"state": state})
    method()
    release.note = note or release.note
    release.updated_at = clock.now()
    release.save(update_fields=["state", "note", "updated_at"])
    return release
