"""Asking for a timetable, and what a worker does with the row: each step a short transaction of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from events.enums import EventState, TimetableState
from events.models import LONGEST_SEARCH, Event, Timetable
from events.permissions import may_run
from events.queries.problems import problem_of
from events.timetable.documents import InvalidDocumentError
from programs.actors import Actor
from programs.timing.services import schedule
from tech4muni.accounts.models import User
from tech4muni.audit.services import record
from tech4muni.core import clock, later
from tech4muni.core.errors import Refused

PLAN: Final = "events.plan_timetable"
AGAIN: Final = "events.plan_timetable_again"
PATIENCE: Final = timedelta(seconds=120)
"""How much longer than its search a worker may take before another one begins."""
MOST_TRIES: Final = 5
LOST: Final = "No worker finished it."
PLANNED_IN: Final = (EventState.PLANNING, EventState.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Work:
    """What a worker needs to compute a timetable."""

    problem: dict[str, Any]
    limit_seconds: int


@transaction.atomic
def ask_for_timetable(event: Event, *, actor: Actor, limit_seconds: int = 60) -> Timetable:
    """Keep what is to be planned, as it is now, and let a worker plan it.

    Args:
        event: whose choices are closed.
        actor: a coordinator.
        limit_seconds: to search at most, 1 to 120.

    Raises Refused while choices are open, if there is nothing to plan, or while another one is computed.
    """
    may_run(actor).enforce()
    row = Event.objects.select_for_update(of=("self",)).select_related("program").get(pk=event.pk)
    if row.state not in PLANNED_IN:
        raise Refused(_("A timetable is made after choices are closed, and before the event is over."))
    if not 1 <= limit_seconds <= LONGEST_SEARCH:
        raise Refused(_("Choose 1 to %(most)s seconds.") % {"most": LONGEST_SEARCH}, field="limit_seconds")
    if row.timetables.filter(state__in=[TimetableState.WAITING, TimetableState.RUNNING]).exists():
        raise Refused(_("Another timetable is being computed."))
    last = row.timetables.order_by("-number").first()
    timetable = Timetable.objects.create(
        event=row,
        number=last.number + 1 if last else 1,
        problem=_problem(row),
        limit_seconds=limit_seconds,
        asked_by=cast(User, actor.user),  # who may run is somebody
    )
    record("timetable.asked", actor=actor.user, target=timetable)
    later.after_commit(PLAN, timetable.pk)
    _look_again(timetable, 1)
    return timetable


@transaction.atomic
def begin(timetable_id: int) -> Work | None:
    """Take a timetable that waits, or that a worker has left lying; None if there is nothing to do."""
    row = _locked(timetable_id)
    if row is None or row.state not in {TimetableState.WAITING, TimetableState.RUNNING}:
        return None
    if row.state == TimetableState.RUNNING and not _is_lost(row):
        return None
    row.start()
    row.started_at = row.updated_at = clock.now()
    row.save(update_fields=["state", "started_at", "updated_at"])
    return Work(row.problem, row.limit_seconds)


@transaction.atomic
def finish(timetable_id: int, plan: Mapping[str, Any], *, at: datetime) -> bool:
    """Keep what was computed; returns whether it was: the first of two workers is heard.

    Args:
        timetable_id: which one.
        plan: the engine's answer.
        at: when the search ended.
    """
    row = _locked(timetable_id)
    if row is None or row.state != TimetableState.RUNNING:
        return False
    row.finish()
    row.plan, row.finished_at, row.updated_at = dict(plan), at, clock.now()
    row.save(update_fields=["state", "plan", "finished_at", "updated_at"])
    record("timetable.computed", actor=None, target=row, data={"meetings": len(plan["meetings"])})
    return True


@transaction.atomic
def fail(timetable_id: int, error: str, *, at: datetime) -> bool:
    """Note that a timetable could not be computed, and why; returns whether it was still wanted."""
    row = _locked(timetable_id)
    if row is None or row.state not in {TimetableState.WAITING, TimetableState.RUNNING}:
        return False
    row.fail(error[:2000])
    row.finished_at, row.updated_at = at, clock.now()
    row.save(update_fields=["state", "error", "finished_at", "updated_at"])
    record("timetable.failed", actor=None, target=row)
    return True


@transaction.atomic
def look_again(timetable_id: int, tries: int) -> None:
    """Send a timetable to a worker again that none has finished, and look again later; give up after some tries."""
    row = _locked(timetable_id)
    if row is None or row.state not in {TimetableState.WAITING, TimetableState.RUNNING}:
        return
    if tries >= MOST_TRIES:
        fail(timetable_id, LOST, at=clock.now())
        return
    if row.state == TimetableState.WAITING or _is_lost(row):
        later.after_commit(PLAN, row.pk)
    _look_again(row, tries + 1)


def _look_again(row: Timetable, tries: int) -> None:
    schedule(
        AGAIN,
        key=f"timetable:{row.public_id}:again:{tries}",
        due_at=clock.now() + timedelta(seconds=row.limit_seconds) + PATIENCE,
        payload={"timetable": row.pk, "tries": tries},
    )


def _is_lost(row: Timetable) -> bool:
    """Whether the worker that began has had all its time."""
    end = (row.started_at or row.created_at) + timedelta(seconds=row.limit_seconds) + PATIENCE
    return clock.now() >= end


def _locked(timetable_id: int) -> Timetable | None:
    return Timetable.objects.select_for_update(of=("self",)).select_related("event").filter(pk=timetable_id).first()


def _problem(event: Event) -> dict[str, Any]:
    try:
        problem = problem_of(event)
    except InvalidDocumentError as error:
        place, what = error.complaints[0]
        words = {"place": place, "what": what}
        raise Refused(_("The event cannot be planned yet. %(place)s: %(what)s") % words) from error
    if not problem["requests"]:
        raise Refused(_("There is no pair that both sides want."))
    return problem
