"""Who sits at the tables, for coordinators."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from events.forms import DelegateForm, LimitsForm
from events.models import Delegate, Delegation
from events.queries.events import absent_slots, delegation_of, event_for, slot_choices
from events.services import delegations as services
from events.views.frame import delegation_path
from programs.http import ActorRequest
from programs.people.views.account import read_and_send
from tech4muni.core.errors import Refused
from tech4muni.core.forms import FormMixin
from tech4muni.core.views import carried_out, render_form, sent


@login_required
@require_POST
def gather(request: ActorRequest, event_id: UUID) -> HttpResponse:
    """Add a delegation for each municipality and each company that was invited since."""
    found = event_for(request.actor, event_id)
    try:
        added = services.gather_delegations(found, actor=request.actor)
        words = ngettext("%(count)d delegation added.", "%(count)d delegations added.", added)
        messages.success(request, words % {"count": added})
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect("events:event", found.public_id)


@login_required
@require_safe
def delegation(request: ActorRequest, event_id: UUID, delegation_id: UUID) -> HttpResponse:
    """Show the limits, absences and people of a delegation; never its choices."""
    event = event_for(request.actor, event_id)
    found = delegation_of(event, delegation_id)
    context = {"event": event, "delegation": found, "people": found.people.all(), "absences": found.absences.count()}
    return render(request, "events/delegation.html", context)


@login_required
@read_and_send
def limits(request: ActorRequest, event_id: UUID, delegation_id: UUID) -> HttpResponse:
    """Change the limits and absences of a delegation."""
    event = event_for(request.actor, event_id)
    found = delegation_of(event, delegation_id)
    present = {"minimum": found.minimum, "maximum": found.maximum, "absent": absent_slots(found).get(None, [])}
    form = LimitsForm(sent(request), initial=present, slots=slot_choices(event))

    def step() -> None:
        services.save_delegation(found, actor=request.actor, **form.cleaned_data)

    return _answer(request, found, form, step, _("Limits and absences"))


@login_required
@read_and_send
def add_delegate(request: ActorRequest, event_id: UUID, delegation_id: UUID) -> HttpResponse:
    """Put somebody down for a delegation."""
    event = event_for(request.actor, event_id)
    found = delegation_of(event, delegation_id)
    form = DelegateForm(sent(request), slots=slot_choices(event))
    return _answer(request, found, form, _saving(request, found, None, form), _("Add a person"))


@login_required
@read_and_send
def edit_delegate(request: ActorRequest, event_id: UUID, delegation_id: UUID, delegate_id: int) -> HttpResponse:
    """Change somebody of a delegation."""
    event = event_for(request.actor, event_id)
    found = delegation_of(event, delegation_id)
    person = get_object_or_404(found.people, pk=delegate_id)
    absent = absent_slots(found).get(person.pk, [])
    form = DelegateForm(sent(request), instance=person, initial={"absent": absent}, slots=slot_choices(event))
    return _answer(request, found, form, _saving(request, found, person, form), person.name)


@login_required
@require_POST
def remove_delegate(request: ActorRequest, event_id: UUID, delegation_id: UUID, delegate_id: int) -> HttpResponse:
    """Take somebody off a delegation."""
    found = delegation_of(event_for(request.actor, event_id), delegation_id)
    services.remove_delegate(get_object_or_404(found.people, pk=delegate_id), actor=request.actor)
    messages.success(request, _("Removed."))
    return redirect("events:delegation", event_id, delegation_id)


def _saving(request: ActorRequest, found: Delegation, person: Delegate | None, form: DelegateForm) -> Any:
    def step() -> None:
        changes = {name: form.cleaned_data[name] for name in ("name", "role", "required")}
        services.save_delegate(found, person, actor=request.actor, changes=changes, absent=form.cleaned_data["absent"])

    return step


def _answer(request: ActorRequest, found: Delegation, form: FormMixin, step: Any, heading: str) -> HttpResponse:
    form.cancel_url = delegation_path(found)
    if carried_out(form, step):
        messages.success(request, _("Saved."))
        return redirect(delegation_path(found))
    context = {"form": form, "heading": heading, "kicker": found.name, "base_template": "base_public.html"}
    return render_form(request, "core/form_page.html", context)
