"""Workshops of a municipality: planned, and written down."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from challenges.forms.workshops import ParticipantsForm, WorkshopEditForm, WorkshopForm
from challenges.models import Workshop
from challenges.permissions import may_begin, may_read
from challenges.queries.workshops import groups_of, workshop_for, workshops_for
from challenges.services import workshops as services
from challenges.views.answers import answer
from programs.http import MunicipalityRequest
from programs.people.views.account import read_and_send
from tech4muni.core import clock
from tech4muni.core.views import sent

PER_PAGE = 20
PAGE = "challenges/workshops/form.html"


@require_safe
def workshops(request: MunicipalityRequest) -> HttpResponse:
    """Show all workshops, the latest first."""
    may_read(request.actor).enforce()
    page = Paginator(workshops_for(request.actor), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "may_write": bool(may_begin(request.actor)), "now": clock.now()}
    return render(request, "challenges/workshops/list.html", context)


@read_and_send
def plan(request: MunicipalityRequest) -> HttpResponse:
    """Plan a workshop, or write down one that was held."""
    may_begin(request.actor).enforce()
    form = WorkshopForm(sent(request), municipality=request.municipality)

    def step() -> None:
        services.plan_workshop(actor=request.actor, **form.cleaned_data)
        messages.success(request, _("The workshop is planned."))

    context = {"heading": _("Plan a workshop")}
    return answer(request, form, step, template=PAGE, context=context, back=reverse("challenges:workshops"))


@require_safe
def workshop(request: MunicipalityRequest, workshop_id: UUID) -> HttpResponse:
    """Show a workshop: who took part, and the cards by group."""
    found = workshop_for(request.actor, workshop_id)
    context = {
        "workshop": found,
        "participants": found.participants.all(),
        "groups": groups_of(found),
        "may_write": bool(may_begin(request.actor)),
    }
    return render(request, "challenges/workshops/workshop.html", context)


@read_and_send
def edit(request: MunicipalityRequest, workshop_id: UUID) -> HttpResponse:
    """Change when and where a workshop takes place, and what is done there."""
    found = workshop_for(request.actor, workshop_id)
    may_begin(request.actor).enforce()
    form = WorkshopEditForm(
        sent(request), instance=found, initial={"seen": found.updated_at}, municipality=request.municipality
    )

    def step() -> None:
        services.edit_workshop(found, actor=request.actor, **form.cleaned_data)
        messages.success(request, _("Saved."))

    def present() -> tuple[dict[str, object], object]:
        fresh = Workshop.objects.get(pk=found.pk)
        return {name: getattr(fresh, name) for name in WorkshopForm.Meta.fields}, fresh.updated_at

    context = {"heading": _("Change the workshop"), "workshop": found}
    return answer(request, form, step, template=PAGE, context=context, back=address(found), present=present)


@read_and_send
def add_participants(request: MunicipalityRequest, workshop_id: UUID) -> HttpResponse:
    """Add people to a workshop, one per line."""
    found = workshop_for(request.actor, workshop_id)
    may_begin(request.actor).enforce()
    form = ParticipantsForm(sent(request))

    def step() -> None:
        rows = services.add_participants(found, actor=request.actor, people=form.cleaned_data["people"])
        number = len(rows)
        words = ngettext("%(number)d participant added.", "%(number)d participants added.", number)
        messages.success(request, words % {"number": number})

    context = {"heading": _("Add participants"), "workshop": found}
    return answer(request, form, step, template=PAGE, context=context, back=address(found))


@require_POST
def remove_participant(request: MunicipalityRequest, workshop_id: UUID, participant_id: int) -> HttpResponse:
    """Take somebody off a workshop."""
    found = workshop_for(request.actor, workshop_id)
    may_begin(request.actor).enforce()
    services.remove_participant(get_object_or_404(found.participants, pk=participant_id), actor=request.actor)
    return redirect(address(found))


def address(workshop: Workshop) -> str:
    """Return the path of a workshop's page."""
    return reverse("challenges:workshop", args=[workshop.public_id])
