"""Computing, reading and publishing timetables, for coordinators."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from events.enums import TimetableState
from events.forms import AskForm
from events.queries.events import event_for, timetable_of
from events.queries.plans import complaints, view_of
from events.services import publishing
from events.services.timetables import ask_for_timetable
from events.views.frame import event_path
from programs.http import ActorRequest
from programs.people.views.account import read_and_send
from tech4muni.core.errors import Refused
from tech4muni.core.views import carried_out, render_form, sent


@login_required
@read_and_send
def ask(request: ActorRequest, event_id: UUID) -> HttpResponse:
    """Let the engine compute a timetable."""
    event = event_for(request.actor, event_id)
    form = AskForm(sent(request))
    form.cancel_url = event_path(event)
    made: list[int] = []

    def step() -> None:
        seconds = form.cleaned_data["limit_seconds"]
        made.append(ask_for_timetable(event, actor=request.actor, limit_seconds=seconds).number)

    if carried_out(form, step):
        messages.success(request, _("The timetable is being computed."))
        return redirect("events:timetable", event.public_id, made[0])
    lead = _("Only meetings that both sides want are planned. The best timetable that is found in this time is kept.")
    context = {
        "form": form, "heading": _("New timetable"), "lead": lead, "kicker": event.name,
        "base_template": "base_public.html",
    }  # fmt: skip
    return render_form(request, "core/form_page.html", context)


@login_required
@require_safe
def timetable(request: ActorRequest, event_id: UUID, number: int) -> HttpResponse:
    """Show a timetable: how good it is, who meets whom when and where, and why the rest is not held."""
    event = event_for(request.actor, event_id)
    found = timetable_of(event, number)
    view = view_of(event, found)
    context = {
        "event": event,
        "timetable": found,
        "state": TimetableState(found.state),
        "view": view,
        "complaints": complaints(found) if view else [],
        "waits": found.state in {TimetableState.WAITING, TimetableState.RUNNING},
        "may_publish": found.state == TimetableState.DRAFT and view is not None and view.is_solved,
    }
    return render(request, "events/timetable.html", context)


@login_required
@require_POST
def publish(request: ActorRequest, event_id: UUID, number: int) -> HttpResponse:
    """Publish a timetable."""
    event = event_for(request.actor, event_id)
    try:
        publishing.publish(timetable_of(event, number), actor=request.actor)
        messages.success(request, _("The timetable is published, and everybody is told."))
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect("events:timetable", event.public_id, number)


@login_required
@require_safe
def problem(request: ActorRequest, event_id: UUID, number: int) -> HttpResponse:
    """Hand out what the engine was given."""
    found = timetable_of(event_for(request.actor, event_id), number)
    return _document(found.problem, f"timetable-{number}-problem.json")


@login_required
@require_safe
def plan(request: ActorRequest, event_id: UUID, number: int) -> HttpResponse:
    """Hand out what the engine gave back."""
    found = timetable_of(event_for(request.actor, event_id), number)
    if found.plan is None:
        raise Http404
    return _document(found.plan, f"timetable-{number}-plan.json")


def _document(document: dict[str, Any], name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return JsonResponse(document, headers=headers, json_dumps_params={"ensure_ascii": False, "indent": 1})
