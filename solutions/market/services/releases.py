"""What a city makes of an application that was released to it: the public row, which its company sees."""

from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from solutions.market.enums import ReleaseState
from solutions.market.mails import RELEASE_CHANGED
from solutions.market.models import Release
from solutions.market.services.telling import mail_all
from tech4muni.core import clock
from tech4muni.core.errors import Conflict

TOLD: Final = frozenset({"ask_for_more", "invite"})
"""Steps that applicants are mailed at once; decisions are told by the selection, all at the same time."""


@transaction.atomic
def take(release_id: UUID, step: str, *, note: str = "") -> Release:
    """Take a transition of a release, in the transaction of the city's own service, which has asked who may.

    Args:
        release_id: its public id.
        step: name of the transition, such as "shortlist".
        note: what the company is told besides.

    Raises Conflict if the release is in a state that does not allow it.
    """
    rows = Release.objects.select_for_update(of=("self",))
    release = rows.select_related("application", "city__municipality", "city__call__program__brand").get(
        public_id=release_id
    )
    method: Any = getattr(release, step)
    if not can_proceed(method):
        state = release.get_state_display()
        raise Conflict(_("This is not possible: the application is in the state “%(state)s”.") % {"state": state})
    method()
    release.note = note or release.note
    release.updated_at = clock.now()
    release.save(update_fields=["state", "note", "updated_at"])
    if step in TOLD:
        _tell(release, step, note)
    return release


def _tell(release: Release, step: str, note: str) -> None:
    """Mail everybody who works on the application."""
    call, state = release.city.call, ReleaseState(release.state)
    values = {
        "municipality": release.city.municipality,
        "call": call,
        "reference": release.application.reference,
        "state": state.label,
        "asks": int(state == ReleaseState.MORE_INFO_REQUESTED),
        "note": note or _("Nothing was written besides."),
    }
    key = f"release:{release.public_id}:{release.round}:{step}:{release.updated_at:%Y%m%dT%H%M%S}"
    mail_all(RELEASE_CHANGED, release.application, call, values, key=key)
