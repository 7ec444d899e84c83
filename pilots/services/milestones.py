"""Milestones while the pilot runs: one side delivers, the other one accepts or sends back."""

from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from pilots.enums import MilestoneStep
from pilots.models import Milestone
from pilots.permissions import Seat, may_step
from pilots.queries.pilots import entry_of, today_in
from pilots.services.common import locked, put_on_record, tell_side
from pilots.services.reminders import expect, expect_no_more
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused

WRITTEN: Final = ["state", "note", "due_on", "round", "delivered_at", "updated_at"]
VERBS: Final = {
    MilestoneStep.BEGIN: "milestone.begun",
    MilestoneStep.DELIVER: "milestone.delivered",
    MilestoneStep.ACCEPT: "milestone.accepted",
    MilestoneStep.CANCEL: "milestone.cancelled",
}
NEWS: Final[dict[MilestoneStep, str | Promise]] = {
    MilestoneStep.DELIVER: _("The other side delivered a milestone: accept it or send it back."),
    MilestoneStep.ACCEPT: _("The other side accepted a milestone."),
    MilestoneStep.CANCEL: _("The other side does without a milestone."),
}


@transaction.atomic
def take_step(milestone: Milestone, *, seat: Seat, step: MilestoneStep) -> Milestone:
    """Begin, deliver, accept or do without a milestone; `send_back` is a step of its own.

    Raises Conflict if it is in a state that does not allow it.
    """
    row = _allowed(milestone, seat, step)
    method: Any = getattr(row, step.value)
    method()
    if step == MilestoneStep.DELIVER:
        row.delivered_at, row.note = clock.now(), ""
    if step in {MilestoneStep.DELIVER, MilestoneStep.CANCEL}:
        expect_no_more(row, delivered=step == MilestoneStep.DELIVER)
    _write(row, seat, VERBS[step])
    if step in NEWS:
        event = f"milestone:{row.public_id}:{step}:{row.round}"
        tell_side(row.pilot, seat.side.other, what=NEWS[step], about=row.title, event=event)
    return row


@transaction.atomic
def send_back(milestone: Milestone, *, seat: Seat, note: str, due_on: date) -> Milestone:
    """Do not accept what was delivered: say what is missing, and until when.

    Raises Conflict if nothing waits to be accepted, Refused without a note or with a day that has passed.
    """
    row = _allowed(milestone, seat, MilestoneStep.REJECT)
    if not note.strip():
        raise Refused(_("Say what is missing."), field="note")
    municipality = entry_of(row.pilot).municipality
    if due_on < today_in(municipality):
        raise Refused(_("Choose a day that has not passed."), field="due_on")
    row.reject(note.strip(), due_on)
    expect(row, row.pilot, municipality)
    _write(row, seat, "milestone.rejected", reason=row.note)
    event = f"milestone:{row.public_id}:reject:{row.round}"
    tell_side(row.pilot, seat.side.other, what=_("A milestone was sent back."), about=row.title, event=event)
    return row


def _allowed(milestone: Milestone, seat: Seat, step: MilestoneStep) -> Milestone:
    """Return the locked milestone if its side may take the step now."""
    pilot = locked(milestone.pilot)
    row = Milestone.objects.select_for_update(of=("self",)).get(pk=milestone.pk)
    row.pilot = pilot
    may_step(seat, row, step).enforce()
    if not can_proceed(getattr(row, step.value)):
        state = row.get_state_display()
        raise Conflict(_("This is not possible: the milestone is in the state “%(state)s”.") % {"state": state})
    return row


def _write(row: Milestone, seat: Seat, verb: str, reason: str = "") -> None:
    row.updated_at = clock.now()
    row.save(update_fields=WRITTEN)
    put_on_record(verb, row.pilot, seat, data={"milestone": row.title, "due": row.due_on}, reason=reason)
