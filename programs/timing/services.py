"""Deadlines and due rows: written in the transaction of what asks for them, moved with it, and never doubled."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from programs.cohorts.models import Program
from programs.enums import ReminderStep
from programs.models import Municipality
from programs.timing.models import Deadline, Due
from tech4muni.accounts.models import User
from tech4muni.core import clock, later

REMIND: Final = "programs.remind"
CARRY_OUT: Final = "programs.carry_out_due"
STEPS: Final = {
    ReminderStep.WEEK_BEFORE: -7,
    ReminderStep.TWO_DAYS_BEFORE: -2,
    ReminderStep.DAY_AFTER: 1,
    ReminderStep.TO_LEAD: 3,
    ReminderStep.TO_COORDINATOR: 5,
}
"""Days from the deadline to each reminder."""


@transaction.atomic
def set_deadline(
    key: str,
    *,
    label: Mapping[str, str],
    due_at: datetime,
    time_zone: str,
    municipality: Municipality | None = None,
    program: Program | None = None,
    challenge_id: UUID | None = None,
    owner: User | None = None,
    path: str = "",
) -> Deadline:
    """Make a deadline, or move and rename the one that has this key; reminders follow it.

    A deadline that was met stays met unless its instant moves.

    Args:
        key: what and for which thing; one deadline each.
        label: what has to be done, a sentence per language.
        due_at: by when.
        time_zone: IANA name; reminders leave at the deadline's time of day on this clock.
        municipality: whose people are reminded; None for the coordinators' own.
        program: the program it belongs to.
        challenge_id: public id of the challenge that it is about.
        owner: who is reminded first; the municipality's leads if None.
        path: of the page where it is done, on the municipality's host, or else on the platform's own.
    """
    values = {
        "label": dict(label), "municipality": municipality, "program": program, "challenge_id": challenge_id,
        "owner": owner, "path": path, "due_at": due_at, "time_zone": time_zone,
    }  # fmt: skip
    deadline, made = Deadline.objects.select_for_update().get_or_create(key=key, defaults=values)
    if not made:
        moved = deadline.due_at != due_at
        for name, value in values.items():
            setattr(deadline, name, value)
        if moved or deadline.withdrawn_at:
            deadline.met_at = None
        deadline.withdrawn_at = None
        deadline.updated_at = clock.now()
        deadline.save(update_fields=[*values, "met_at", "withdrawn_at", "updated_at"])
    _plan_reminders(deadline)
    return deadline


@transaction.atomic
def meet_deadline(key: str) -> None:
    """Note that it is done: nobody is reminded any more. Nothing happens if there is no such deadline, or it is met."""
    _close(Deadline.objects.filter(key=key), "met_at")


@transaction.atomic
def withdraw_deadlines(*, challenge_id: UUID | None = None, keys: Iterable[str] = ()) -> None:
    """Note that nobody has to do it any more: all open deadlines of a challenge, or those with these keys."""
    named = Q(key__in=list(keys))
    _close(Deadline.objects.filter(Q(challenge_id=challenge_id) if challenge_id else named), "withdrawn_at")


@transaction.atomic
def schedule(kind: str, *, key: str, due_at: datetime, payload: Mapping[str, Any] | None = None) -> Due:
    """Let the system do something at an instant, once per key; a row that is there is moved unless it is done.

    Args:
        kind: names the handler, see `kinds`.
        key: what, whom and when.
        due_at: not before this instant.
        payload: what the handler needs: primitives.
    """
    due, made = Due.objects.select_for_update().get_or_create(
        key=key, defaults={"kind": kind, "due_at": due_at, "payload": dict(payload or {})}
    )
    if not made and due.done_at is None:
        due.due_at, due.payload, due.cancelled_at = due_at, dict(payload or {}), None
        due.save(update_fields=["due_at", "payload", "cancelled_at"])
    if due.due_at <= clock.now() and due.done_at is None:
        later.after_commit(CARRY_OUT)
    return due


@transaction.atomic
def cancel(*keys: str) -> None:
    """Do not do what waits under these keys."""
    Due.objects.filter(key__in=keys, done_at__isnull=True).update(cancelled_at=clock.now())


def reminder_at(deadline: Deadline, step: ReminderStep) -> datetime:
    """Return when a reminder leaves: whole days from the deadline on the deadline's own clock.

    Across a clock change a day has 23 or 25 hours; the time of day stays. A time that the change skips is taken as
    the clock shows it after the change.
    """
    zone = ZoneInfo(deadline.time_zone)
    local = deadline.due_at.astimezone(zone) + timedelta(days=STEPS[step])
    return local.astimezone(ZoneInfo("UTC"))


def reminder_key(deadline: Deadline, step: ReminderStep) -> str:
    """Name a reminder of the deadline's present instant."""
    return f"{deadline.key}:{step}:{deadline.due_at:%Y%m%dT%H%MZ}"


def _plan_reminders(deadline: Deadline) -> None:
    """Make the reminders of the deadline's present instant, but for those whose time is over, and cancel all others."""
    now, keys = clock.now(), []
    for step in ReminderStep:
        at = reminder_at(deadline, step)
        key = reminder_key(deadline, step)
        keys.append(key)
        if at < now:
            continue
        row, made = Due.objects.get_or_create(
            key=key, defaults={"kind": REMIND, "deadline": deadline, "step": step, "due_at": at}
        )
        if not made and row.done_at is None and row.cancelled_at is not None and deadline.is_open:
            row.cancelled_at = None
            row.save(update_fields=["cancelled_at"])
    others = deadline.steps.filter(done_at__isnull=True, cancelled_at__isnull=True).exclude(key__in=keys)
    others.update(cancelled_at=now)


def _close(deadlines: Any, field: str) -> None:
    rows = deadlines.filter(met_at__isnull=True, withdrawn_at__isnull=True).select_for_update().order_by("pk")
    for deadline in rows:
        setattr(deadline, field, clock.now())
        deadline.updated_at = clock.now()
        deadline.save(update_fields=[field, "updated_at"])
        deadline.steps.filter(done_at__isnull=True, cancelled_at__isnull=True).update(cancelled_at=clock.now())
