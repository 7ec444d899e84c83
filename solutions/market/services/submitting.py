"""Handing an application in, once more with changes, and taking it back: all municipalities or none of them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed
from django_tenants.utils import tenant_context

from solutions.market import handover
from solutions.market.mails import APPLICATION_RECEIPT, APPLICATION_WITHDRAWN
from solutions.market.models import Application, ApplicationFile, CallCity, Release
from solutions.market.permissions import LATE, may_submit, may_withdraw
from solutions.market.queries.applications import Desk, files_of
from solutions.market.queries.content import content_for, digest_of_desk
from solutions.market.queries.sending import Sending, sending_of
from solutions.market.services import reminders
from solutions.market.services.companies import keep_company
from solutions.market.services.desks import locked_desk, touch
from solutions.market.services.telling import mail_all, names_of
from tech4muni.accounts.models import User
from tech4muni.audit.services import record
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused


@transaction.atomic
def submit(application: Application, *, actor: User, seen: str = "") -> Application:
    """Hand an application in to the municipalities that were chosen, for the first time or again with changes.

    Args:
        application: what is handed in.
        actor: its owner, who consents to the release.
        seen: the digest of what was shown for checking (`digest_of_desk`); empty to hand in what is there.

    Raises Refused for what is incomplete or late, Conflict if something has changed since it was shown.
    """
    desk = locked_desk(application, actor)
    may_submit(desk.standing).enforce()
    locked, files = desk.application, list(files_of(desk.application))
    digest = digest_of_desk(desk, files)
    if seen and seen != digest:
        raise Conflict(_("Something has changed since this page was shown. Please check it once more."))
    sending = sending_of(desk)
    _refuse(desk, sending)
    locked.company = keep_company(locked, actor)
    locked.submit()
    locked.submitted_at, locked.digest = desk.now, digest
    touch(locked, "company", "state", "submitted_at", "digest")
    _hand_over(locked, sending, files, desk.now)
    for release in sorted(sending.taken_back, key=lambda release: release.city.municipality_id):
        _take_back(release)
    reminders.plan(locked)
    _confirm(locked, actor, desk, sending)
    return locked


@transaction.atomic
def withdraw(application: Application, *, actor: User) -> Application:
    """Take an application back, for good, from all municipalities that have not decided on it yet."""
    desk = locked_desk(application, actor)
    may_withdraw(desk.standing).enforce()
    locked = desk.application
    locked.withdraw()
    locked.withdrawn_at = desk.now
    touch(locked, "state", "withdrawn_at")
    for release in sorted(desk.releases.values(), key=lambda release: release.city.municipality_id):
        _take_back(release)
    reminders.plan(locked)
    if desk.chosen:
        values = {"reference": locked.reference, "actor": actor}
        mail_all(APPLICATION_WITHDRAWN, locked, desk.chosen[0].call, values, key="withdrawn")
    record("application.taken_back", actor=actor, target=locked)
    return locked


def _refuse(desk: Desk, sending: Sending) -> None:
    if sending.late:
        names = ", ".join(str(choice.call) for choice in sending.late)
        raise Refused(
            _("The deadline has passed for: %(calls)s. What you wrote is kept; leave this call out to submit the rest.")
            % {"calls": names}
        )
    if not sending.targets:
        raise Refused(LATE)
    if not desk.is_complete:
        raise Refused(_("Some answers are missing. Each stands above with a link to where it is given."))


def _hand_over(application: Application, sending: Sending, files: Sequence[ApplicationFile], now: datetime) -> None:
    """Put the application into the hands of each municipality, in one order for all, so that none wait in a ring."""
    for target in sorted(sending.targets, key=lambda target: target.city.municipality_id):
        release = _release(application, target.city, now)
        content = content_for(application, target.choice, files)
        with tenant_context(target.city.municipality):
            release.digest = handover.receiver().receive(release, content, files)
        release.save(update_fields=["digest"])


def _release(application: Application, city: CallCity, now: datetime) -> Release:
    release = Release.objects.select_for_update(of=("self",)).filter(application=application, city=city).first()
    if release is None:
        return Release.objects.create(application=application, city=city, submitted_at=now, digest="")
    if not can_proceed(release.receive):
        raise Conflict(_("A municipality has taken a step with your application in the meantime. Please check again."))
    release.receive()
    release.round += 1
    release.note = ""  # what was asked has been answered
    release.submitted_at = release.updated_at = now
    release.save(update_fields=["state", "round", "note", "submitted_at", "updated_at"])
    return release


def _take_back(release: Release) -> None:
    """Take an application back from one municipality, unless it has decided or has no longer got it."""
    locked = Release.objects.select_for_update(of=("self",)).select_related("city__municipality").get(pk=release.pk)
    if not can_proceed(locked.withdraw):
        return
    locked.withdraw()
    locked.updated_at = clock.now()
    locked.save(update_fields=["state", "updated_at"])
    with tenant_context(locked.city.municipality):
        handover.receiver().withdraw(locked)


def _confirm(application: Application, actor: User, desk: Desk, sending: Sending) -> None:
    cities = [target.city for target in sending.targets]
    values = {
        "reference": application.reference,
        "submitted_at": desk.now,
        "digest": application.digest,
        "municipalities": names_of(cities),
    }
    call = sending.targets[0].choice.call
    mail_all(
        APPLICATION_RECEIPT, application, call, values, key=f"receipt:{application.version}", page="application_sent"
    )
    data = {
        "municipalities": ", ".join(str(city.municipality) for city in cities),
        "digest": application.digest,
        "consent": [str(city.challenge_id) for city in cities],
    }
    record("application.submitted", actor=actor, target=application, data=data)
