"""Candidates: compared, rated, and chosen; and challenges that begin without one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from challenges.forms.candidates import BeginForm, CandidateEditForm, CandidateForm, RatingForm
from challenges.models import Candidate, Challenge
from challenges.permissions import may_begin, may_rate, may_read
from challenges.queries.candidates import (
    QUESTIONS,
    candidate_for,
    candidates_for,
    compare,
    own_ratings,
    question_labels,
)
from challenges.services import candidates as services
from challenges.views.answers import answer
from programs.cohorts.queries import program_of
from programs.http import MunicipalityRequest
from programs.people.views.account import read_and_send
from tech4muni.core.errors import Conflict
from tech4muni.core.views import carried_out, render_form, sent

PER_PAGE = 25
PAGE = "challenges/candidates/form.html"
BEGIN = "challenges/candidates/begin.html"


@require_safe
def candidates(request: MunicipalityRequest) -> HttpResponse:
    """Compare the candidates: what all think of them, and what oneself does."""
    may_read(request.actor).enforce()
    page = Paginator(candidates_for(request.actor), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": compare(list(page.object_list), request.actor),
        "questions": question_labels(),
        "may_write": bool(may_begin(request.actor)),
        "may_rate": bool(may_rate(request.actor)),
    }
    return render(request, "challenges/candidates/list.html", context)


@read_and_send
def add(request: MunicipalityRequest) -> HttpResponse:
    """Add a candidate, with the cards that it rests on."""
    may_begin(request.actor).enforce()
    form = CandidateForm(sent(request))

    def step() -> None:
        services.add_candidate(actor=request.actor, **form.cleaned_data)
        messages.success(request, _("The candidate is added."))

    context = {"heading": _("Add a candidate")}
    return answer(request, form, step, template=PAGE, context=context, back=reverse("challenges:candidates"))


@read_and_send
def candidate(request: MunicipalityRequest, candidate_id: UUID) -> HttpResponse:
    """Show a candidate with its cards; members rate it here."""
    found = candidate_for(request.actor, candidate_id)
    if request.method == "POST":
        may_rate(request.actor).enforce()
    form = RatingForm(sent(request), instance=own_ratings([found], request.actor).get(found.pk))

    def step() -> None:
        services.rate(found, actor=request.actor, stars={name: form.cleaned_data[name] for name in QUESTIONS})
        messages.success(request, _("Your rating is saved."))

    here = reverse("challenges:candidate", args=[found.public_id])
    try:
        if carried_out(form, step):
            return redirect("challenges:candidates")
    except Conflict as conflict:
        messages.error(request, str(conflict.message))
        return redirect(here)
    context = {
        "candidate": found,
        "cards": found.cards.select_related("workshop"),
        "form": form,
        "may_write": bool(may_begin(request.actor)),
        "may_rate": bool(may_rate(request.actor)),
    }
    return render_form(request, "challenges/candidates/candidate.html", context)


@read_and_send
def edit(request: MunicipalityRequest, candidate_id: UUID) -> HttpResponse:
    """Change a candidate that was not chosen yet."""
    found = candidate_for(request.actor, candidate_id)
    may_begin(request.actor).enforce()
    form = CandidateEditForm(sent(request), instance=found, initial={"seen": found.updated_at})

    def step() -> None:
        services.edit_candidate(found, actor=request.actor, **form.cleaned_data)
        messages.success(request, _("Saved."))

    def present() -> tuple[dict[str, Any], Any]:
        fresh = Candidate.objects.get(pk=found.pk)
        return {"title": fresh.title, "problem": fresh.problem}, fresh.updated_at

    back = reverse("challenges:candidate", args=[found.public_id])
    context = {"heading": _("Change the candidate")}
    return answer(request, form, step, template=PAGE, context=context, back=back, present=present)


@read_and_send
def choose(request: MunicipalityRequest, candidate_id: UUID) -> HttpResponse:
    """Make a candidate the challenge."""
    found = candidate_for(request.actor, candidate_id)
    may_begin(request.actor).enforce()
    heading = _("Choose “%(candidate)s” as the challenge") % {"candidate": found}
    return _begin(request, found, heading, reverse("challenges:candidate", args=[found.public_id]))


@read_and_send
def begin(request: MunicipalityRequest) -> HttpResponse:
    """Begin a challenge that was no candidate."""
    may_begin(request.actor).enforce()
    return _begin(request, None, _("Begin a challenge directly"), reverse("challenges:list"))


def _begin(request: MunicipalityRequest, candidate: Candidate | None, heading: str, back: str) -> HttpResponse:
    initial = {"title": candidate.title if candidate else "", "owner": request.actor.user}
    form = BeginForm(sent(request), initial=initial, municipality=request.municipality)
    form.cancel_url = back
    begun: list[Challenge] = []

    def step() -> None:
        asked = form.cleaned_data
        values = {"title": asked["title"], "joint": asked.get("joint"), "owner": asked["owner"]}
        if candidate is None:
            begun.append(services.begin_directly(actor=request.actor, **values))
        else:
            begun.append(services.choose(candidate, actor=request.actor, **values))
        messages.success(request, _("The challenge has begun. Its brief comes next."))

    try:
        if carried_out(form, step):
            return redirect("challenges:brief", challenge_id=begun[0].public_id)
    except Conflict as conflict:
        messages.error(request, str(conflict.message))
        return redirect(back)
    context = {"form": form, "heading": heading, "program": program_of(request.municipality)}
    return render_form(request, BEGIN, context)
