"""The market map: solutions, requirements, how they fit, and how much of the market is covered."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from challenges.models import Challenge
from challenges.permissions import may_read
from challenges.queries import challenge_for
from programs.http import MunicipalityRequest
from programs.people.views.account import read_and_send
from solutions.selection.enums import LeadKind
from solutions.selection.forms.market_map import AddLeadForm, FitForm, LeadForm, NotesForm, RequirementForm
from solutions.selection.models import Lead
from solutions.selection.permissions import may_map, may_open_application
from solutions.selection.queries.market_map import (
    coverage_of,
    fits_of,
    lead_for,
    leads_visible_to,
    matrix,
    requirement_for,
)
from solutions.selection.queries.received import counted, intake_of
from solutions.selection.services import market_map as service
from tech4muni.core.errors import Conflict
from tech4muni.core.forms import FormMixin
from tech4muni.core.views import carried_out, render_form, sent

PER_PAGE = 20


@require_safe
def market_map(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """List the solutions around a challenge, and how much of the market they cover."""
    challenge = challenge_for(request.actor, challenge_id)
    may_read(request.actor).enforce()
    intake = intake_of(challenge)
    leads = leads_visible_to(request.actor, challenge, intake)
    page = Paginator(leads.order_by("company_name", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "challenge": challenge,
        "page": page,
        "coverage": coverage_of(leads),
        "waiting": 0 if intake.is_closed else counted(challenge).count(),
        "may_map": bool(may_map(request.actor, challenge)),
        "may_open": bool(may_open_application(request.actor, intake.seen)),
    }
    return render(request, "selection/map/map.html", context)


@require_safe
def fit_matrix(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Show how the solutions meet the requirements."""
    challenge = challenge_for(request.actor, challenge_id)
    may_read(request.actor).enforce()
    leads = leads_visible_to(request.actor, challenge).order_by("company_name", "pk")
    page = Paginator(leads, PER_PAGE).get_page(request.GET.get("page"))
    requirements = list(challenge.requirements.all())
    context = {
        "challenge": challenge,
        "page": page,
        "requirements": requirements,
        "rows": matrix(page.object_list, requirements),
        "may_map": bool(may_map(request.actor, challenge)),
    }
    return render(request, "selection/map/matrix.html", context)


@read_and_send
def add_lead(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Put a solution on the map."""
    challenge = challenge_for(request.actor, challenge_id)
    may_map(request.actor, challenge).enforce()
    form = AddLeadForm(sent(request))
    back = reverse("selection:map", args=[challenge_id])
    form.cancel_url = back
    if carried_out(form, lambda: service.add_lead(challenge, actor=request.actor, changes=form.cleaned_data)):
        messages.success(request, _("Saved."))
        return redirect(back)
    lead = _("Look outside of your own sector too: whoever counts parcels can count bins.")
    context = {"challenge": challenge, "form": form, "heading": _("Add a solution"), "lead": lead}
    return render_form(request, "challenges/frame_form.html", context)


@read_and_send
def edit_lead(request: MunicipalityRequest, challenge_id: UUID, lead_id: UUID) -> HttpResponse:
    """Change a solution on the map, or what the team writes beside one that applied."""
    challenge = challenge_for(request.actor, challenge_id)
    may_map(request.actor, challenge).enforce()
    lead = lead_for(request.actor, challenge, lead_id)
    kind = NotesForm if lead.kind == LeadKind.APPLIED else LeadForm
    present = lead_for(request.actor, challenge, lead_id)  # a form writes into the one that it is given
    form = kind(sent(request), instance=lead, initial={"version": service.version_of(lead)})

    def step() -> None:
        asked = form.cleaned_data
        service.edit_lead(present, actor=request.actor, changes=asked, version=asked["version"])

    return _save(request, challenge, form, step, present, str(present), _shown(present))


@read_and_send
def judge_lead(request: MunicipalityRequest, challenge_id: UUID, lead_id: UUID) -> HttpResponse:
    """Say how a solution meets the requirements."""
    challenge = challenge_for(request.actor, challenge_id)
    may_map(request.actor, challenge).enforce()
    lead = lead_for(request.actor, challenge, lead_id)
    requirements, present = list(challenge.requirements.all()), fits_of(lead)
    form = FitForm(
        sent(request), requirements=requirements, present=present, initial={"version": service.version_of(lead)}
    )

    def step() -> None:
        service.judge_lead(lead, actor=request.actor, fits=form.fits, version=form.cleaned_data["version"])

    [row] = matrix([lead], requirements)
    shown = [(requirement.text, fit.label) for requirement, fit in zip(requirements, row.cells, strict=True)]
    return _save(request, challenge, form, step, lead, str(lead), shown)


def _save(
    request: MunicipalityRequest,
    challenge: Challenge,
    form: FormMixin,
    step: Any,
    lead: Lead,
    heading: str,
    shown: list[tuple[Any, Any]],
) -> HttpResponse:
    """Answer a form about a lead; if somebody else was faster, show theirs beside what was typed."""
    page = "selection:map" if isinstance(form, NotesForm) else "selection:map_fit"
    back = reverse(page, args=[challenge.public_id])
    form.cancel_url = back
    theirs: list[tuple[Any, Any]] = []
    try:
        if carried_out(form, step):
            messages.success(request, _("Saved."))
            return redirect(back)
    except Conflict as conflict:
        form.add_error(None, str(conflict.message))
        form.data = {**request.POST.dict(), "version": service.version_of(lead)}
        theirs = shown
    context = {"challenge": challenge, "form": form, "heading": heading, "theirs": theirs}
    return render_form(request, "selection/map/lead_form.html", context)


def _shown(lead: Lead) -> list[tuple[Any, Any]]:
    names = (*service.PROFILE, *service.NOTES)
    return [(Lead._meta.get_field(name).verbose_name, getattr(lead, name)) for name in names]  # type: ignore[union-attr]


@read_and_send
def requirements(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """List what solutions are compared by, and add to it."""
    challenge = challenge_for(request.actor, challenge_id)
    may_map(request.actor, challenge).enforce()
    form = RequirementForm(sent(request))
    here = reverse("selection:map_requirements", args=[challenge_id])

    def step() -> None:
        asked = form.cleaned_data
        service.add_requirement(challenge, actor=request.actor, text=asked["text"], must=asked["must"])

    if carried_out(form, step):
        messages.success(request, _("Saved."))
        return redirect(here)
    context = {"challenge": challenge, "form": form, "requirements": challenge.requirements.all()}
    return render_form(request, "selection/map/requirements.html", context)


@read_and_send
def remove_requirement(request: MunicipalityRequest, challenge_id: UUID, requirement_id: UUID) -> HttpResponse:
    """Take a requirement away, after a question."""
    challenge = challenge_for(request.actor, challenge_id)
    may_map(request.actor, challenge).enforce()
    requirement = requirement_for(challenge, requirement_id)
    back = reverse("selection:map_requirements", args=[challenge_id])
    if request.method == "POST":
        try:
            service.remove_requirement(requirement, actor=request.actor)
            messages.success(request, _("Removed."))
        except Conflict as conflict:
            messages.error(request, str(conflict.message))
        return redirect(back)
    context = {
        "heading": _("Remove this requirement?"),
        "consequences": [requirement.text, _("What was judged by it goes too.")],
        "action": _("Remove"),
        "back": back,
    }
    return render(request, "core/confirm.html", context)
