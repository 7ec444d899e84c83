"""Choosing whom to meet: for the people of a delegation alone."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events.enums import Choice, EventState
from events.forms import ChoicesForm
from events.models import Delegation
from events.permissions import may_choose, may_read_choices
from events.queries.problems import mutual
from events.queries.seats import delegation_for, seats_in
from events.services.choices import save_choices
from events.views.frame import base_of
from programs.http import ActorRequest
from programs.people.views.account import read_and_send
from tech4muni.core import clock
from tech4muni.core.errors import Conflict
from tech4muni.core.views import carried_out, render_form, sent


@login_required
@require_safe
def choices(request: ActorRequest, event_id: UUID) -> HttpResponse:
    """Show one's own delegations at an event; with a single one, lead to its choices."""
    event, own = seats_in(request.actor, event_id)
    may_read_choices(delegation_for(request.actor, event_id, own[0].public_id)[1]).enforce()
    if len(own) == 1:
        return redirect("events:choose", event_id, own[0].public_id)
    context = {"event": event, "own": own, "base_template": base_of(request)}
    return render(request, "events/choices.html", context)


@login_required
@read_and_send
def choose(request: ActorRequest, event_id: UUID, delegation_id: UUID) -> HttpResponse:
    """Say of each delegation of the other side how much one's own wants to meet it."""
    own, seat = delegation_for(request.actor, event_id, delegation_id)
    may_read_choices(seat).enforce()
    decision = may_choose(seat, own.event, clock.now())
    if request.method == "POST":
        decision.enforce()
    others = list(own.event.delegations.exclude(side=own.side).select_related("company"))
    chosen = dict(own.preferences.values_list("chosen", "choice"))
    context = {
        "own": own,
        "event": own.event,
        "may": decision,
        "base_template": base_of(request),
        "chosen": len(chosen),
    }
    if not decision:
        context["rows"] = _rows(own, others, chosen)
        return render(request, "events/chosen.html", context)
    return _answer(request, own, others, chosen, {**context, "others": len(others)})


def _answer(
    request: ActorRequest, own: Delegation, others: list[Delegation], chosen: dict[int, str], context: dict[str, Any]
) -> HttpResponse:
    version = {"version": own.choices_version}
    form = ChoicesForm(sent(request), initial=version, others=others, chosen=chosen)
    status = None
    try:
        if carried_out(
            form,
            lambda: save_choices(own, actor=request.actor, choices=form.choices, version=form.cleaned_data["version"]),
        ):
            messages.success(request, _("Your choices are saved. Only your own side sees them."))
            return redirect("events:choose", own.event.public_id, own.public_id)
    except Conflict as conflict:
        form = ChoicesForm(_renewed(request, own.choices_version), others=others, chosen=chosen)
        context |= {"conflict": conflict.message, "theirs": _rows(own, others, chosen)}
        status = HTTPStatus.CONFLICT
    response = render_form(request, "events/choose.html", {**context, "form": form})
    response.status_code = status or response.status_code
    return response


def _renewed(request: ActorRequest, version: int) -> Any:
    """Return what was sent, as if it had been written over the present version."""
    data = request.POST.copy()
    data["version"] = str(version)
    return data


def _rows(own: Delegation, others: list[Delegation], chosen: dict[int, str]) -> list[tuple[Delegation, str, bool]]:
    """Return each of the others with one's own word about it, and, once choices are closed, whether both want it."""
    known = own.event.state not in {EventState.PREPARING, EventState.CHOOSING}
    both = set(mutual([own]).values_list("chosen", flat=True)) if known else set()
    words = {other.pk: str(Choice(chosen[other.pk]).label) if other.pk in chosen else "" for other in others}
    return [(other, words[other.pk], other.pk in both) for other in others]
