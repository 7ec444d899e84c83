"""The brief of a challenge: how far it is, its approval, and as one reads it."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST, require_safe

from challenges.enums import BriefState, Section
from challenges.forms.briefs import ApproveForm, EditsForm
from challenges.models import Challenge
from challenges.permissions import may_approve, may_read, may_write
from challenges.queries import challenge_for
from challenges.queries.briefs import (
    brief_of,
    can_reopen,
    citations_of,
    is_editable,
    language_states,
    languages_of,
    titled_texts,
)
from challenges.queries.origins import held_workshops, origins_of
from challenges.queries.readiness import is_ready, readiness_of
from challenges.services import approvals
from challenges.views.answers import answer
from programs.actors import Actor
from programs.http import MunicipalityRequest
from programs.people.views.account import read_and_send
from tech4muni.core.errors import Conflict, Refused
from tech4muni.core.views import sent


@require_safe
def brief(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Show how far the brief is: its languages, what is missing, and where it waits."""
    challenge = challenge_for(request.actor, challenge_id)
    found = brief_of(challenge)
    readiness = readiness_of(challenge)
    languages = languages_of(challenge, request.municipality)
    context = {
        "challenge": challenge,
        "brief": found,
        "state": BriefState(found.state),
        "languages": language_states(found, languages),
        "first_language": languages[0],
        "sections": list(Section),
        "readiness": readiness,
        "ready": is_ready(readiness),
        "editable": is_editable(found),
        "in_review": found.state == BriefState.IN_REVIEW,
        "can_reopen": can_reopen(found),
        "may_write": may_write(request.actor, challenge),
        "may_approve": may_approve(request.actor, challenge, found.submitted_by_id),
        "approve_form": ApproveForm(initial={"seen": found.version}),
    }
    return render(request, "challenges/brief/brief.html", context)


@require_safe
def print_brief(request: MunicipalityRequest, challenge_id: UUID, language: str) -> HttpResponse:
    """Show the whole brief in one language, for reading and for paper."""
    challenge = challenge_for(request.actor, challenge_id)
    found = brief_of(challenge)
    text = found.texts.filter(language=language).first()
    if text is None:
        raise Http404
    with override(language):
        context = {
            "challenge": challenge,
            "brief": found,
            "text": text,
            "parts": titled_texts(text),
            "figures": found.figures.all(),
            "metrics": found.metrics.all(),
            "criteria": found.criteria.all(),
            "citations": citations_of(found),
        }
        return render(request, "challenges/brief/print.html", context)


@require_safe
def origin(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Show where a challenge comes from: its workshop, and the candidates it was compared with."""
    challenge = challenge_for(request.actor, challenge_id)
    found = origins_of([challenge])[challenge.pk]
    held = found.candidate.workshop if found.candidate else None
    context = {
        "challenge": challenge,
        "origin": found,
        "workshops": [held] if held else held_workshops().order_by("-starts_at")[:5],
        "cards": found.candidate.cards.all() if found.candidate else [],
        "may_write": bool(may_write(request.actor, challenge)),
    }
    return render(request, "challenges/origin.html", context)


@require_POST
def submit(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Hand the brief in for approval."""
    return _act(request, challenge_id, approvals.submit, _("The brief is handed in; those who approve have a mail."))


@require_POST
def reopen(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Write in the brief again."""
    return _act(request, challenge_id, approvals.reopen, _("The brief is open for writing."))


@require_POST
def approve(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Approve the brief as it was read."""
    form = ApproveForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else 0

    def step(challenge: Challenge, *, actor: Actor) -> object:
        return approvals.approve(challenge, actor=actor, seen=seen)

    return _act(request, challenge_id, step, _("The brief is approved."))


@read_and_send
def request_edits(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Send the brief back with what to change."""
    challenge = challenge_for(request.actor, challenge_id)
    found = brief_of(challenge)
    may_approve(request.actor, challenge, found.submitted_by_id).enforce()
    form = EditsForm(sent(request), initial={"seen": found.version})

    def step() -> None:
        approvals.request_edits(challenge, actor=request.actor, **form.cleaned_data)
        messages.success(request, _("The brief is back with its writers."))

    context = {"challenge": challenge, "heading": _("Request changes")}
    back = address(challenge)
    return answer(request, form, step, template="challenges/frame_form.html", context=context, back=back)


def address(challenge: Challenge) -> str:
    """Return the path of the brief's page."""
    return reverse("challenges:brief", args=[challenge.public_id])


def _act(request: MunicipalityRequest, challenge_id: UUID, step: Callable[..., object], success: str) -> HttpResponse:
    """Take a step that needs no form, and lead back to the brief with what came of it."""
    challenge = challenge_for(request.actor, challenge_id)
    may_read(request.actor).enforce()
    try:
        step(challenge, actor=request.actor)
        messages.success(request, success)
    except (Conflict, Refused) as refused:
        messages.error(request, str(refused.message))
    return redirect(address(challenge))
