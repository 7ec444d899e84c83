"""Reminders of unfinished drafts: three before the deadline, each once, and none once it is submitted or withdrawn."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction

from programs.timing.services import cancel, schedule
from solutions.market.enums import ApplicationState
from solutions.market.mails import APPLICATION_REMINDER
from solutions.market.models import Application, Call
from solutions.market.permissions import COMPANY_WRITERS
from solutions.market.queries.applications import chosen_calls, drafts_for, people_on
from solutions.market.queries.calls import accepts
from solutions.market.sections import PROPOSAL, SHARED, missing
from solutions.market.services.telling import mail, public_path
from tech4muni.core import clock

REMIND: Final = "market.remind_draft"
STEPS: Final = {"week": timedelta(days=7), "two_days": timedelta(days=2), "two_hours": timedelta(hours=2)}
"""How long before the first deadline of a draft each reminder leaves."""


@transaction.atomic
def plan(application: Application) -> None:
    """Let the reminders of an application follow the first deadline that is still ahead; no draft, no reminders.

    A reminder whose time is over already is not sent afterwards; one that was sent is not sent again.
    """
    call = next_call(application)
    if application.state != ApplicationState.DRAFT or call is None:
        cancel(*(key_of(application, step) for step in STEPS))
        return
    for step in STEPS:
        at = reminder_at(call, step)
        if at < clock.now():
            cancel(key_of(application, step))
        else:
            payload = {"application": str(application.public_id), "step": step}
            schedule(REMIND, key=key_of(application, step), due_at=at, payload=payload)


@transaction.atomic
def follow_deadline(call: Call) -> None:
    """Let the reminders of all drafts for a call follow its moved deadline, in the transaction that moves it."""
    for application in drafts_for(call).order_by("pk"):
        plan(application)


def remind(payload: Mapping[str, Any]) -> None:
    """Mail those who write a draft that it is not submitted; nothing if it is, or if no call of it is open any more."""
    application = Application.objects.filter(public_id=payload["application"], state=ApplicationState.DRAFT).first()
    call = next_call(application) if application else None
    if application is None or call is None:
        return
    values = {
        "call": call,
        "reference": application.reference,
        "closes_at": call.closes_at,
        "missing": count_missing(application),
    }
    for person in people_on(application).filter(role__in=COMPANY_WRITERS, user__is_active=True):
        mail(
            APPLICATION_REMINDER,
            person.user,
            call,
            values,
            path=public_path("market:application", application),
            key=f"{application.public_id}:{payload['step']}:{person.user_id}",
            expires_at=call.closes_at,
        )


def next_call(application: Application) -> Call | None:
    """Return the call of an application that closes next."""
    now = clock.now()
    waiting = [choice.call for choice in chosen_calls(application) if accepts(choice.call, now)]
    return min(waiting, key=lambda call: call.closes_at, default=None)


def count_missing(application: Application) -> int:
    """Return how many required answers an application lacks."""
    shared = sum(len(missing(section, application.answers.get(section.name, {}))) for section in SHARED)
    return shared + sum(len(missing(PROPOSAL, choice.answers)) for choice in chosen_calls(application))


def reminder_at(call: Call, step: str) -> datetime:
    """Return when a reminder leaves: whole days before the deadline on the call's own clock, or two hours exactly."""
    before = STEPS[step]
    if before < timedelta(days=1):
        return call.closes_at - before
    local = call.closes_at.astimezone(ZoneInfo(call.time_zone)) - before
    return local.astimezone(ZoneInfo("UTC"))


def key_of(application: Application, step: str) -> str:
    """Return the key of a due row: one for each draft and step."""
    return f"{REMIND}:{application.public_id}:{step}"
