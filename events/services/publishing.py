"""Publishing a timetable: its meetings, in the place of those of the one before, and a mail to everybody concerned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from events.enums import MeetingState, TimetableState
from events.models import Event, Meeting, Timetable
from events.permissions import may_run
from events.queries.plans import complaints
from events.queries.problems import problem_of, same_problem
from events.services.telling import Change, tell_agendas
from events.timetable.documents import InvalidDocumentError
from events.timetable.plan import Status
from programs.actors import Actor
from tech4muni.audit.services import record
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused

Pair = tuple[int, int]
STALE: Final = _("What this timetable was made from has changed since: make a new one.")


@dataclass(frozen=True, slots=True)
class Place:
    """When and at which table a pair meets."""

    starts_at: datetime
    ends_at: datetime
    table: int


@transaction.atomic
def publish(timetable: Timetable, *, actor: Actor) -> Timetable:
    """Make the meetings of a timetable, for everybody to see, and tell each delegation what is new.

    Meetings that stay keep their row; those that do not are cancelled. What was held or missed stays.

    Raises:
        Conflict: if it is no draft any more.
        Refused: if it is no plan, if the independent checker finds a rule broken, or if what it was made from has
            changed since.
    """
    may_run(actor).enforce()
    event = Event.objects.select_for_update(of=("self",)).select_related("program__brand").get(pk=timetable.event_id)
    row = Timetable.objects.select_for_update(of=("self",)).get(pk=timetable.pk)
    _refuse(event, row)
    again = _replace(event)
    row.publish()
    row.published_at = row.updated_at = clock.now()
    row.save(update_fields=["state", "published_at", "updated_at"])
    try:
        with transaction.atomic():
            changes = _arrange(event, row, _places(event, row))
    except IntegrityError as error:
        raise Refused(_("Somebody would have to be at two tables at once: make a new timetable.")) from error
    event.publish()
    event.updated_at = clock.now()
    event.save(update_fields=["state", "updated_at"])
    record("timetable.published", actor=actor.user, target=row, data={"meetings": _count(event)})
    tell_agendas(event, row, changes, again=again)
    return row


def _refuse(event: Event, row: Timetable) -> None:
    if row.state != TimetableState.DRAFT:
        state = row.get_state_display()
        raise Conflict(_("This is not possible: the timetable is in the state “%(state)s”.") % {"state": state})
    if not can_proceed(event.publish):
        raise Refused(_("Nothing is published in the state “%(state)s”.") % {"state": event.get_state_display()})
    if row.plan is None or row.plan["status"] != Status.SOLVED:
        raise Refused(_("This is no timetable that keeps all rules."))
    if broken := complaints(row):
        words = {"count": len(broken), "rule": f"{broken[0].rule}"}
        raise Refused(_("The check found %(count)d mistakes, such as: %(rule)s.") % words)
    try:
        present: dict[str, Any] = problem_of(event)
    except InvalidDocumentError as error:
        raise Refused(STALE) from error
    if not same_problem(present, row.problem):
        raise Refused(STALE)


def _replace(event: Event) -> bool:
    """Let the timetable that holds make way; returns whether there was one."""
    before = Timetable.objects.select_for_update(of=("self",)).filter(event=event, state=TimetableState.PUBLISHED)
    for row in before:
        row.replace()
        row.updated_at = clock.now()
        row.save(update_fields=["state", "updated_at"])
        return True
    return False


def _places(event: Event, row: Timetable) -> dict[Pair, Place]:
    """Return where the plan has each pair, by the keys of city and company."""
    keys = {str(public_id): pk for public_id, pk in event.delegations.values_list("public_id", "pk")}
    slots = {slot["id"]: slot for slot in row.problem["slots"]}
    plan: Mapping[str, Any] = row.plan or {}
    return {
        (keys[one], keys[other]): Place(
            datetime.fromisoformat(slots[meeting["slot"]]["start"]),
            datetime.fromisoformat(slots[meeting["slot"]]["end"]),
            int(meeting["table"][1:]),
        )
        for meeting in plan["meetings"]
        for one, other in [meeting["parties"]]
    }


def _arrange(event: Event, row: Timetable, places: dict[Pair, Place]) -> list[Change]:
    """Cancel what changes or goes, keep what stays, make what is new; returns what is new to people."""
    before = {(each.city_id, each.company_id): each for each in _known(event)}
    changes: list[Change] = []
    stay: list[int] = []
    for pair, meeting in before.items():
        place = places.get(pair)
        if meeting.state != MeetingState.PLANNED or place == Place(meeting.starts_at, meeting.ends_at, meeting.table):
            stay.append(meeting.pk)
            continue
        _cancel(meeting)
        if place is None:
            changes.append(Change(meeting.city_id, meeting.company_id, before=meeting))
    Meeting.objects.filter(pk__in=stay).update(timetable=row)
    kept = {pair for pair, meeting in before.items() if meeting.pk in set(stay)}
    wanted = [pair for pair in places if pair not in kept]
    made = _make(event, row, {pair: places[pair] for pair in wanted})
    changes += [Change(*pair, before=before.get(pair), after=meeting) for pair, meeting in made.items()]
    return changes


def _known(event: Event) -> Sequence[Meeting]:
    return list(event.meetings.exclude(state=MeetingState.CANCELLED).select_for_update(of=("self",)))


def _cancel(meeting: Meeting) -> None:
    meeting.cancel()
    meeting.sequence += 1
    meeting.updated_at = clock.now()
    meeting.save(update_fields=["state", "sequence", "updated_at"])


def _make(event: Event, row: Timetable, places: Mapping[Pair, Place]) -> dict[Pair, Meeting]:
    """Make meetings; a pair's entry in calendars goes on counting where its earlier meeting stopped."""
    old = event.meetings.order_by().values_list("city", "company").annotate(last=Max("sequence"))
    sequences = {(city, company): last + 1 for city, company, last in old}
    made = {
        pair: Meeting(
            event=event, timetable=row, city_id=pair[0], company_id=pair[1], starts_at=place.starts_at,
            ends_at=place.ends_at, table=place.table, sequence=sequences.get(pair, 0),
        )
        for pair, place in places.items()
    }  # fmt: skip
    Meeting.objects.bulk_create(made.values())
    return made


def _count(event: Event) -> int:
    return event.meetings.exclude(state=MeetingState.CANCELLED).count()
