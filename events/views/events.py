"""Making and running events, for coordinators."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from events.enums import EventState
from events.forms import DaysForm, EventForm
from events.models import Event
from events.permissions import may_run
from events.queries.events import all_events, days_of, event_for, turnouts
from events.services import events as services
from events.services.slots import blocks_of
from events.views.frame import event_path
from programs.http import ActorRequest
from programs.people.views.account import read_and_send
from tech4muni.core.errors import Refused
from tech4muni.core.views import carried_out, render_form, sent

PER_PAGE: Final = 20
STEPS: Final[dict[str, tuple[Callable[..., Event], Any]]] = {
    "open": (services.open_choices, gettext_lazy("Both sides choose now.")),
    "close": (services.close_choices, gettext_lazy("Choices are closed.")),
    "reopen": (services.reopen_choices, gettext_lazy("Both sides choose again.")),
    "end": (services.end_event, gettext_lazy("The event is over.")),
}


@login_required
@require_safe
def events(request: ActorRequest) -> HttpResponse:
    """Show all events."""
    may_run(request.actor).enforce()
    page = Paginator(all_events(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "events/list.html", {"page": page})


@login_required
@read_and_send
def new(request: ActorRequest) -> HttpResponse:
    """Make an event."""
    may_run(request.actor).enforce()
    return _form(request, Event(), _("New event"))


@login_required
@require_safe
def event(request: ActorRequest, event_id: UUID) -> HttpResponse:
    """Show how an event stands: its days, who has chosen about how many, its timetables."""
    found = event_for(request.actor, event_id)
    context = {
        "event": found,
        "state": EventState(found.state),
        "days": days_of(found),
        "blocks": blocks_of(found),
        "turnouts": turnouts(found),
        "timetables": found.timetables.defer("problem", "plan"),
        "steps": _steps(found),
    }
    return render(request, "events/event.html", context)


@login_required
@read_and_send
def edit(request: ActorRequest, event_id: UUID) -> HttpResponse:
    """Change an event."""
    found = event_for(request.actor, event_id)
    return _form(request, found, _("Edit the event"))


@login_required
@read_and_send
def days(request: ActorRequest, event_id: UUID) -> HttpResponse:
    """Say on which days, and from when to when, meetings take place."""
    found = event_for(request.actor, event_id)
    form = DaysForm(sent(request), blocks=blocks_of(found))
    form.cancel_url = event_path(found)
    if carried_out(form, lambda: services.set_days(found, actor=request.actor, blocks=form.cleaned_data["blocks"])):
        messages.success(request, _("Saved."))
        return redirect("events:event", found.public_id)
    lead = _("Times are on the clock of %(zone)s. One line is one block, such as a morning.")
    context = {"form": form, "heading": _("Days and blocks"), "lead": lead % {"zone": found.time_zone}}
    return _page(request, found, context)


@login_required
@require_POST
def take_step(request: ActorRequest, event_id: UUID, step: str) -> HttpResponse:
    """Open, close or reopen choices, or end the event."""
    found = event_for(request.actor, event_id)
    if step not in STEPS:
        raise Http404
    service, done = STEPS[step]
    try:
        service(found, actor=request.actor)
        messages.success(request, done)
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect("events:event", found.public_id)


def _form(request: ActorRequest, row: Event, heading: str) -> HttpResponse:
    form = EventForm(sent(request), instance=row)
    form.cancel_url = event_path(row) if row.pk else reverse("events:list")
    saved: list[Event] = []

    def step() -> None:
        try:
            saved.append(services.save_event(row, actor=request.actor, changes=form.cleaned_data))
        except ValidationError as error:
            raise Refused(" ".join(error.messages)) from error

    if carried_out(form, step):
        messages.success(request, _("Saved."))
        return redirect("events:event", saved[0].public_id)
    return _page(request, row, {"form": form, "heading": heading})


def _page(request: ActorRequest, row: Event, context: dict[str, Any]) -> HttpResponse:
    kicker = row.name if row.pk else ""
    return render_form(
        request, "core/form_page.html", {"base_template": "base_public.html", "kicker": kicker, **context}
    )


def _steps(row: Event) -> list[tuple[str, str]]:
    """Return what may be done next with an event: a step with its word."""
    words = {
        EventState.PREPARING: [("open", _("Open choices"))],
        EventState.CHOOSING: [("close", _("Close choices now"))],
        EventState.PLANNING: [("reopen", _("Open choices again"))],
        EventState.PUBLISHED: [("end", _("End the event"))],
    }
    return words.get(EventState(row.state), [])
