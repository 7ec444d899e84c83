"""When a delegation meets whom: as a page, and as a calendar to subscribe to."""

import uuid
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.calendars import MIME, Entry, calendar
from events.enums import EventState, MeetingState
from events.models import Delegation, Meeting
from events.queries.agendas import agendas, calendar_rows, delegation_by_token, other_side
from events.queries.seats import seats_in
from events.views.frame import base_of
from programs.http import ActorRequest
from programs.middleware import open_to_all

SHOWN = frozenset({EventState.PUBLISHED, EventState.CLOSED})


@login_required
@require_safe
def agenda(request: ActorRequest, event_id: UUID) -> HttpResponse:
    """Show the agendas of one's own delegations at an event."""
    event, own = seats_in(request.actor, event_id)
    context = {
        "event": event,
        "is_published": event.state in SHOWN,
        "agendas": [(each, _address(request, each.delegation)) for each in agendas(event, own)],
        "base_template": base_of(request),
    }
    return render(request, "events/agenda.html", context)


@open_to_all
@require_safe
@never_cache
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Hand out a delegation's meetings as a calendar; who has the address may read it."""
    delegation = delegation_by_token(token)
    with override(_language(delegation)):
        name = f"{delegation.event}: {delegation}"
        text = calendar(name, [_entry(delegation, row) for row in calendar_rows(delegation)])
    return HttpResponse(text, content_type=MIME, headers={"Content-Disposition": 'inline; filename="agenda.ics"'})


def _entry(delegation: Delegation, row: Meeting) -> Entry:
    event = delegation.event
    pair = f"{row.city.public_id}:{row.company.public_id}"
    return Entry(
        uid=str(uuid.uuid5(event.public_id, pair)),
        sequence=row.sequence,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        stamped_at=row.updated_at,
        summary=other_side(row, delegation).name,
        location=_("%(place)s, table %(table)s") % {"place": event.place, "table": row.table},
        cancelled=row.state == MeetingState.CANCELLED,
    )


def _language(delegation: Delegation) -> str:
    """Return the language of a calendar: it is asked for by a program, which has none."""
    languages = delegation.municipality.languages if delegation.municipality else delegation.event.program.languages
    return str(languages[0])


def _address(request: ActorRequest, delegation: Delegation) -> str:
    return request.build_absolute_uri(reverse("events:feed", args=[delegation.agenda_token]))
