"""Making and running events: coordinators only."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from events.enums import EventState
from events.models import Event
from events.permissions import may_run
from events.queries.problems import requests_of
from events.services.choosing import begin_choosing, end_choosing
from events.services.slots import Block, blocks_of, lay
from programs.actors import Actor
from tech4muni.audit.services import record
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused

EVENT_FIELDS: Final = frozenset(
    {"names", "program", "time_zone", "place", "choices_due_at", "slot_minutes", "break_minutes", "tables"}
)
ON_THE_CLOCK: Final = frozenset({"time_zone", "slot_minutes", "break_minutes"})
SETTLED: Final = (EventState.PUBLISHED, EventState.CLOSED)


@transaction.atomic
def save_event(event: Event, *, actor: Actor, changes: Mapping[str, Any]) -> Event:
    """Make an event, or change one; its slots follow its clock, and the deadlines for choosing their instant.

    Raises ValidationError with the fields' names, and Refused where a change comes too late.
    """
    may_run(actor).enforce()
    unknown = set(changes) - EVENT_FIELDS
    if unknown:
        raise TypeError(f"Not fields to be given here: {', '.join(sorted(unknown))}.")
    made = event.pk is None
    row = event if made else _locked(event)
    changed = {name for name, value in changes.items() if made or getattr(row, name) != value}
    if not made:
        _refuse_late(row, changed)
    for name, value in changes.items():
        setattr(row, name, value)
    row.full_clean(exclude=["state"])  # which only transitions write
    row.updated_at = clock.now()
    row.save()
    if changed & ON_THE_CLOCK and row.blocks:
        lay(row, blocks_of(row))
    if "choices_due_at" in changed and row.state == EventState.CHOOSING:
        begin_choosing(row)
    data = {"program": str(row.program)}
    record("event.created" if made else "event.edited", actor=actor.user, target=row, data=data)
    return row


@transaction.atomic
def set_days(event: Event, *, actor: Actor, blocks: Sequence[Block]) -> Event:
    """Say on which days, and from when to when, meetings take place; raises Refused where that makes no sense."""
    may_run(actor).enforce()
    row = _locked(event)
    if row.state in SETTLED:
        raise Refused(_("The timetable is published: days are not changed any more."))
    row.blocks = [block.row for block in sorted(blocks, key=lambda block: (block.day, block.begins))]
    row.updated_at = clock.now()
    row.save(update_fields=["blocks", "updated_at"])
    record("event.days_set", actor=actor.user, target=row, data={"slots": lay(row, blocks)})
    return row


@transaction.atomic
def open_choices(event: Event, *, actor: Actor) -> Event:
    """Let both sides choose, tell them, and remind them until they have.

    Raises Refused if the time is over or a side is missing, Conflict in another state.
    """
    row = _take(event, actor, "open_choices")
    _refuse_nobody(row)
    return _begin(row, actor, "event.choices_opened")


@transaction.atomic
def reopen_choices(event: Event, *, actor: Actor) -> Event:
    """Let both sides choose again; the due time must have been moved ahead."""
    row = _take(event, actor, "reopen_choices")
    return _begin(row, actor, "event.choices_reopened")


@transaction.atomic
def close_choices(event: Event, *, actor: Actor) -> Event:
    """Take no more choices, before they are due."""
    row = _take(event, actor, "close_choices")
    return _end(row, actor)


@transaction.atomic
def close_due_choices(event_id: int) -> bool:
    """Take no more choices since they are due; returns whether that was to be done. Does no harm when run twice."""
    row = Event.objects.select_for_update(of=("self",)).select_related("program__brand").filter(pk=event_id).first()
    if row is None or row.state != EventState.CHOOSING or clock.now() < row.choices_due_at:
        return False
    row.close_choices()
    _end(row, None)
    return True


@transaction.atomic
def end_event(event: Event, *, actor: Actor) -> Event:
    """Note that an event is over: no new timetable is made; outcomes are still written."""
    row = _take(event, actor, "close")
    row.updated_at = clock.now()
    row.save(update_fields=["state", "updated_at"])
    record("event.ended", actor=actor.user, target=row)
    return row


def _begin(row: Event, actor: Actor, verb: str) -> Event:
    if row.choices_due_at <= clock.now():
        raise Refused(_("The time until which choices are due has passed: move it first."))
    row.updated_at = clock.now()
    row.save(update_fields=["state", "updated_at"])
    record(verb, actor=actor.user, target=row)
    begin_choosing(row)
    return row


def _end(row: Event, actor: Actor | None) -> Event:
    row.updated_at = clock.now()
    row.save(update_fields=["state", "updated_at"])
    data = {"requests": requests_of(row).count()}
    record("event.choices_closed", actor=actor.user if actor else None, target=row, data=data)
    end_choosing(row)
    return row


def _take(event: Event, actor: Actor, step: str) -> Event:
    """Lock the row as it is now and take a transition that its state allows; raises Conflict."""
    may_run(actor).enforce()
    row = _locked(event)
    transition: Any = getattr(row, step)
    if not can_proceed(transition):
        raise Conflict(
            _("This is not possible: the event is in the state “%(state)s”.") % {"state": row.get_state_display()}
        )
    transition()
    return row


def _locked(event: Event) -> Event:
    return Event.objects.select_for_update(of=("self",)).select_related("program__brand").get(pk=event.pk)


def _refuse_nobody(row: Event) -> None:
    sides = set(row.delegations.values_list("side", flat=True))
    if len(sides) != 2:
        raise Refused(_("Gather the delegations first: there must be some on both sides."))


def _refuse_late(row: Event, changed: set[str]) -> None:
    if "program" in changed:
        raise Refused(_("An event stays in its program."), field="program")
    if row.state in SETTLED and changed & ON_THE_CLOCK:
        raise Refused(_("The timetable is published: its times are not changed any more."))
    if row.state == EventState.CLOSED and changed:
        raise Refused(_("The event is over."))
