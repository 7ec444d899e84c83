"""One meeting: whether it took place, and what it came to."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from events.enums import MeetingState, Side
from events.forms import OutcomeForm, SeenForm
from events.models import Delegation, Meeting, Outcome
from events.permissions import may_mark, may_write_outcome
from events.queries.agendas import meeting_for, outcome_of
from events.services import outcomes
from events.views.frame import base_of
from programs.http import ActorRequest
from programs.people.views.account import read_and_send
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused
from tech4muni.core.views import carried_out, render_form, sent


@login_required
@read_and_send
def meeting(request: ActorRequest, event_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Show a meeting with its outcome, and write it."""
    found, seat, own = meeting_for(request.actor, event_id, meeting_id)
    may_write = may_write_outcome(seat, found)
    if request.method == "POST":
        may_write.enforce()
    outcome = outcome_of(found)
    context = {
        "meeting": found,
        "event": found.event,
        "own": own,
        "state": MeetingState(found.state),
        "outcome": outcome,
        "may_mark": may_mark(seat, found, clock.now()),
        "may_write": may_write,
        "is_written": outcome is not None and outcome.is_written,
        "may_confirm": bool(may_write) and _waits_for(own, outcome),
        "base_template": base_of(request),
    }
    if not may_write or outcome is None:
        return render(request, "events/meeting.html", context)
    return _answer(request, found, outcome, context)


@login_required
@require_POST
def held(request: ActorRequest, event_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Note that a meeting took place."""
    return _step(request, event_id, meeting_id, lambda row: outcomes.hold(row, actor=request.actor), _("Noted."))


@login_required
@require_POST
def missed(request: ActorRequest, event_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Note that somebody did not come."""
    return _step(request, event_id, meeting_id, lambda row: outcomes.miss(row, actor=request.actor), _("Noted."))


@login_required
@require_POST
def confirm(request: ActorRequest, event_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Agree to the outcome as it stands."""
    form = SeenForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0

    def step(row: Meeting) -> None:
        outcomes.confirm(row, actor=request.actor, version=version)

    return _step(request, event_id, meeting_id, step, _("Your side confirms this outcome."))


def _waits_for(own: Delegation | None, outcome: Outcome | None) -> bool:
    """Whether there are words that the own side has not confirmed yet."""
    side = Side.CITY if own is not None and own.side == Side.CITY else Side.COMPANY
    return outcome is not None and outcome.is_written and getattr(outcome, f"{side}_confirmed_at") is None


def _step(
    request: ActorRequest, event_id: UUID, meeting_id: UUID, step: Callable[[Meeting], object], done: str
) -> HttpResponse:
    found, _seat, _own = meeting_for(request.actor, event_id, meeting_id)
    try:
        step(found)
        messages.success(request, done)
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect("events:meeting", event_id, meeting_id)


def _answer(request: ActorRequest, found: Meeting, outcome: Outcome, context: dict[str, Any]) -> HttpResponse:
    version = {"version": outcome.version}
    form = OutcomeForm(sent(request), instance=Outcome.objects.get(pk=outcome.pk), initial=version)
    status = None

    def step() -> None:
        words = {name: form.cleaned_data[name] for name in outcomes.OUTCOME_FIELDS}
        outcomes.save_outcome(found, actor=request.actor, version=form.cleaned_data["version"], changes=words)

    try:
        if carried_out(form, step):
            messages.success(request, _("Saved. Both sides confirm it now."))
            return redirect("events:meeting", found.event.public_id, found.public_id)
    except Conflict as conflict:
        data = request.POST.copy()
        data["version"] = str(outcome.version)
        form = OutcomeForm(data, instance=Outcome.objects.get(pk=outcome.pk))
        context = {**context, "conflict": conflict.message}
        status = HTTPStatus.CONFLICT
    context = {**context, "form": form, "seen": SeenForm(initial=version, auto_id="confirm_%s")}
    response = render_form(request, "events/meeting.html", context)
    response.status_code = status or response.status_code
    return response
