"""When choices open and close: who is told, who is reminded, and until when."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from events.enums import EventState, Side
from events.mails import CHOOSE_CITY, CHOOSE_COMPANY, REMIND_COMPANY
from events.models import Delegation, Event
from events.queries.events import turnouts
from events.services.receivers import Letters, people_of, send
from programs.timing.services import meet_deadline, schedule, set_deadline, withdraw_deadlines
from tech4muni.core import clock
from tech4muni.core.languages import in_each_language

CLOSE: Final = "events.close_choices"
REMIND: Final = "events.remind_companies"
REMINDERS: Final = (7, 2)
"""Days before choices are due at which companies that have not chosen are reminded."""
CHOOSE: Final = Letters(CHOOSE_CITY, CHOOSE_COMPANY)
NUDGE: Final = Letters(CHOOSE_CITY, REMIND_COMPANY)
"""Municipalities are reminded by their deadline."""


def begin_choosing(event: Event) -> None:
    """Set deadlines and due steps, and tell all delegations, once per due time; in the caller's transaction."""
    stamp = f"{event.choices_due_at:%Y%m%dT%H%MZ}"
    schedule(
        CLOSE, key=f"event:{event.public_id}:close:{stamp}", due_at=event.choices_due_at, payload={"event": event.pk}
    )
    for days in REMINDERS:
        due_at = event.choices_due_at - timedelta(days=days)
        if due_at > clock.now():
            key = f"event:{event.public_id}:remind:{days}:{stamp}"
            schedule(REMIND, key=key, due_at=due_at, payload={"event": event.pk, "days": days})
    for turnout in turnouts(event):
        if turnout.delegation.side == Side.CITY and not turnout.is_complete:
            set_choice_deadline(turnout.delegation, event)
    for delegation in _delegations(event):
        tell_to_choose(delegation, CHOOSE, f"choose:{stamp}")


def end_choosing(event: Event) -> None:
    """Let nobody be reminded any more; in the caller's transaction."""
    keys = [deadline_key(row) for row in event.delegations.filter(side=Side.CITY)]
    if keys:  # none would stand for all deadlines of the platform
        withdraw_deadlines(keys=keys)


def remind_companies(event_id: int, days: int) -> int:
    """Mail the writers of companies that have not chosen about all yet; returns how many companies that are."""
    event = Event.objects.select_related("program__brand").filter(pk=event_id, state=EventState.CHOOSING).first()
    if event is None or clock.now() >= event.choices_due_at:
        return 0
    cities = event.delegations.filter(side=Side.CITY).count()
    late = _delegations(event).filter(side=Side.COMPANY).annotate(chosen_count=Count("preferences"))
    found = list(late.filter(chosen_count__lt=cities))
    for delegation in found:
        tell_to_choose(delegation, NUDGE, f"remind:{days}:{event.choices_due_at:%Y%m%dT%H%MZ}")
    return len(found)


def tell_to_choose(delegation: Delegation, letters: Letters, key: str) -> None:
    """Mail a delegation's people that they choose whom to meet."""
    event = delegation.event
    path = choices_path(delegation)
    for person in people_of(delegation, writers=True):
        values = {"event": event, "due_at": event.choices_due_at}
        send(letters, person, delegation, values, path=path, key=f"{delegation.public_id}:{key}")


def set_choice_deadline(delegation: Delegation, event: Event) -> None:
    """Let a municipality choose until choices are due."""
    set_deadline(
        deadline_key(delegation),
        label=in_each_language(lambda: _("Choose whom to meet: %(event)s") % {"event": event}),
        due_at=event.choices_due_at,
        time_zone=event.time_zone,
        municipality=delegation.municipality,
        program=event.program,
        challenge_id=delegation.challenge_id,
        path=choices_path(delegation),
    )


def meet_choice_deadline(delegation: Delegation) -> None:
    """Note that a municipality has chosen about all."""
    meet_deadline(deadline_key(delegation))


def deadline_key(delegation: Delegation) -> str:
    """Return the key of the deadline by which a delegation chooses."""
    return f"choices:{delegation.public_id}"


def choices_path(delegation: Delegation) -> str:
    """Return where a delegation chooses, on its host."""
    urlconf = settings.ROOT_URLCONF if delegation.side == Side.CITY else settings.PUBLIC_SCHEMA_URLCONF
    ids = {"event_id": delegation.event.public_id, "delegation_id": delegation.public_id}
    return reverse("events:choose", urlconf=urlconf, kwargs=ids)


def _delegations(event: Event) -> QuerySet[Delegation]:
    return event.delegations.select_related("event__program__brand", "municipality", "company")
