"""Whether meetings took place, and what they came to: written by either side, confirmed by both."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from events.enums import MeetingState, Side
from events.models import Delegation, Meeting, Outcome
from events.permissions import Seat, may_mark, may_write_outcome
from events.queries.seats import seat_at
from events.services import trail
from programs.actors import Actor
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused

TEXTS: Final = ("wins", "risks", "infrastructure", "next_steps")
OUTCOME_FIELDS: Final = (*TEXTS, "owner", "due_on")
CONFIRMATIONS: Final = ("city_confirmed_at", "city_confirmed_by", "company_confirmed_at", "company_confirmed_by")


@transaction.atomic
def hold(meeting: Meeting, *, actor: Actor) -> Meeting:
    """Note that a meeting took place; its outcome can be written now. Nothing happens if it is noted already."""
    row, seat, own = _locked(meeting, actor)
    may_mark(seat, row, clock.now()).enforce()
    if row.state != MeetingState.HELD:
        row.hold()
        _save_state(row)
        trail.note("meeting.held", own, actor=actor, target=row)
    Outcome.objects.get_or_create(meeting=row)
    return row


@transaction.atomic
def miss(meeting: Meeting, *, actor: Actor) -> Meeting:
    """Note that somebody did not come. Nothing happens if it is noted already."""
    row, seat, own = _locked(meeting, actor)
    may_mark(seat, row, clock.now()).enforce()
    if row.state != MeetingState.NO_SHOW:
        row.miss()
        _save_state(row)
        trail.note("meeting.missed", own, actor=actor, target=row)
    return row


@transaction.atomic
def save_outcome(meeting: Meeting, *, actor: Actor, version: int, changes: Mapping[str, Any]) -> Outcome:
    """Write what a meeting came to; new words have to be confirmed by both sides anew.

    Args:
        meeting: that was held.
        actor: who writes for one of its sides.
        version: of the words that the person saw.
        changes: the four parts, who takes the next step and until when.

    Raises Http404 or Forbidden for others, Conflict if somebody wrote in the meantime.
    """
    row, seat, own = _locked(meeting, actor)
    may_write_outcome(seat, row).enforce()
    outcome = _outcome(row, version)
    values = {name: _plain(changes.get(name)) for name in OUTCOME_FIELDS}
    values["due_on"] = changes.get("due_on")
    if all(getattr(outcome, name) == value for name, value in values.items()):
        return outcome
    for name, value in values.items():
        setattr(outcome, name, value)
    for name in CONFIRMATIONS:
        setattr(outcome, name, None)
    outcome.full_clean(exclude=["meeting", *CONFIRMATIONS])
    outcome.version += 1
    outcome.updated_at = clock.now()
    outcome.save(update_fields=[*OUTCOME_FIELDS, *CONFIRMATIONS, "version", "updated_at"])
    trail.note("outcome.saved", own, actor=actor, target=row)
    return outcome


@transaction.atomic
def confirm(meeting: Meeting, *, actor: Actor, version: int) -> Outcome:
    """Agree, for one's own side, to the words as they stand.

    Raises Conflict if they are others than those of `version`, Refused if nothing is written.
    """
    row, seat, own = _locked(meeting, actor)
    may_write_outcome(seat, row).enforce()
    outcome = _outcome(row, version)
    if not any(getattr(outcome, name).strip() for name in TEXTS):
        raise Refused(_("Write down first what the meeting came to."))
    side = Side.CITY if own is not None and own.side == Side.CITY else Side.COMPANY
    if getattr(outcome, f"{side}_confirmed_at") is None:
        setattr(outcome, f"{side}_confirmed_at", clock.now())
        setattr(outcome, f"{side}_confirmed_by", actor.user)
        outcome.updated_at = clock.now()
        outcome.save(update_fields=[f"{side}_confirmed_at", f"{side}_confirmed_by", "updated_at"])
        trail.note("outcome.confirmed", own, actor=actor, target=row)
    return outcome


def _locked(meeting: Meeting, actor: Actor) -> tuple[Meeting, Seat, Delegation | None]:
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("event", "city", "company")
    row = rows.get(pk=meeting.pk)
    seat, own = seat_at(actor, row.city, row.company)
    return row, seat, own


def _outcome(meeting: Meeting, version: int) -> Outcome:
    outcome = Outcome.objects.select_for_update(of=("self",)).get(meeting=meeting)
    if outcome.version != version:
        raise Conflict(_("Somebody else wrote in the meantime."))
    return outcome


def _plain(value: str | date | None) -> Any:
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value or ""


def _save_state(row: Meeting) -> None:
    row.updated_at = clock.now()
    row.save(update_fields=["state", "updated_at"])
