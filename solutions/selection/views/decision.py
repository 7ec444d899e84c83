"""The decision, and the file that defends it."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from challenges.models import Challenge
from challenges.queries import challenge_for
from programs.http import MunicipalityRequest
from programs.people.views.account import read_and_send
from solutions.selection.enums import DecisionOutcome, DecisionState
from solutions.selection.forms.evaluation import DecisionForm, ReturnForm
from solutions.selection.models import Conflict as ConflictOfInterest
from solutions.selection.models import Decision
from solutions.selection.permissions import (
    may_decide,
    may_lead_selection,
    may_read_selection,
    may_write_decision,
)
from solutions.selection.queries.decisions import decision_of, lines_for, proposals_of
from solutions.selection.queries.panel import criteria_of, is_conflicted, panel_of, round_of
from solutions.selection.queries.scores import matrix_for, scoring_standing
from solutions.selection.services import decisions as services
from solutions.selection.services.criteria import is_intact
from solutions.selection.views.criteria import at
from solutions.selection.views.steps import answer_button, answer_form, keep_typed
from tech4muni.audit.queries import history_of
from tech4muni.core.errors import Conflict
from tech4muni.core.views import carried_out, render_form, sent

ON_FILE: Final = (
    "criteria.prepared", "criterion.added", "criterion.edited", "criterion.removed", "criteria.frozen",
    "panel_member.named", "panel_member.removed", "panel_member.declared", "conflict.found", "conflict.lifted",
    "scoring.planned", "scoring.closed", "decision.edited", "decision.proposed", "decision.returned",
    "decision.approved", "applicants.answered",
)  # fmt: skip
"""What the decision file repeats from the trail."""


@require_safe
def decision(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Show the decision as far as it is, and what the person may do with it."""
    found = challenge_for(request.actor, challenge_id)
    may_read_selection(request.actor).enforce()
    made = decision_of(found)
    conflicted = is_conflicted(request.actor, found)
    by = made.proposed_by_id if made else None
    context = {
        "challenge": found,
        "selection": round_of(found),
        "decision": made,
        "lines": lines_for(request.actor, made) if made else [],
        "may_write": may_write_decision(request.actor, found, conflicted=conflicted),
        "may_decide": may_decide(request.actor, found, proposed_by=by, conflicted=conflicted),
        "ends_here": _ends_here(made) and bool(may_lead_selection(request.actor, found)),
        "return_form": ReturnForm(),
    }
    return render(request, "selection/evaluation/decision.html", context)


def _ends_here(made: Decision | None) -> bool:
    return made is not None and made.state == DecisionState.APPROVED and made.outcome == DecisionOutcome.NO_AWARD


@read_and_send
def write(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Write the draft of the decision."""
    found = challenge_for(request.actor, challenge_id)
    may_write_decision(request.actor, found, conflicted=is_conflicted(request.actor, found)).enforce()
    made = decision_of(found)
    form = DecisionForm(sent(request), proposals=proposals_of(found, made), initial=_initial(made))

    def step() -> None:
        cleaned = form.cleaned_data
        services.write(
            found,
            actor=request.actor,
            outcome=DecisionOutcome(cleaned["outcome"]),
            rationale=cleaned["rationale"],
            dissent=cleaned["dissent"],
            lines=form.lines(),
            version=form.seen,
        )
        messages.success(request, _("The draft is saved."))

    saved: Decision | None = None
    try:
        if carried_out(form, step):
            return redirect(at(found, "evaluation_decision"))
    except Conflict as conflict:
        saved = decision_of(found)
        keep_typed(form, conflict, saved.version if saved else 0)
    form.cancel_url = at(found, "evaluation_decision")
    context = {"challenge": found, "form": form, "heading": _("Write the decision"), "saved": saved}
    return render_form(request, "selection/evaluation/write.html", context)


def _initial(made: Decision | None) -> dict[str, Any]:
    if made is None:
        return {"version": 0}
    return {"version": made.version, "outcome": made.outcome, "rationale": made.rationale, "dissent": made.dissent}


@require_POST
def propose(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Give the decision to a second person."""
    found = challenge_for(request.actor, challenge_id)
    may_write_decision(request.actor, found, conflicted=is_conflicted(request.actor, found)).enforce()
    made = _made(found)
    version = request.POST.get("version", "")
    return answer_button(
        request,
        lambda: services.propose(made, actor=request.actor, version=int(version) if version.isdecimal() else 0),
        to=at(found, "evaluation_decision"),
        done=_("The decision waits for the approval of a second person."),
    )


@require_POST
def approve(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Approve the decision: all applicants are answered."""
    found = challenge_for(request.actor, challenge_id)
    return answer_button(
        request,
        lambda: services.approve(_made(found), actor=request.actor),
        to=at(found, "evaluation_decision"),
        done=_("The decision is approved, and all applicants get their answer."),
    )


@read_and_send
def send_back(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Send the decision back with what has to be changed."""
    found = challenge_for(request.actor, challenge_id)
    made = _made(found)
    conflicted = is_conflicted(request.actor, found)
    may_decide(request.actor, found, proposed_by=made.proposed_by_id, conflicted=conflicted).enforce()
    form = ReturnForm(sent(request))

    def step() -> None:
        services.send_back(made, actor=request.actor, text=form.cleaned_data["text"])
        messages.success(request, _("The decision is sent back."))

    return answer_form(
        request, found, form, step, to=at(found, "evaluation_decision"), heading=_("Send the decision back")
    )


@require_POST
def end_without_award(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """End the challenge whose decision is to choose nobody."""
    found = challenge_for(request.actor, challenge_id)
    return answer_button(
        request,
        lambda: services.end_without_award(found, actor=request.actor),
        to=at(found, "evaluation_decision"),
        done=_("The challenge has ended without an award."),
    )


@require_safe
def file(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Show all that the decision rests on, on one page."""
    return _file(request, challenge_id, "selection/evaluation/file.html")


@require_safe
def print_file(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Show the decision file for paper."""
    return _file(request, challenge_id, "selection/evaluation/print.html")


def _file(request: MunicipalityRequest, challenge_id: UUID, template: str) -> HttpResponse:
    found = challenge_for(request.actor, challenge_id)
    may_read_selection(request.actor).enforce()
    selection, made = round_of(found), decision_of(found)
    matrix = matrix_for(request.actor, found, selection)
    context = {
        "challenge": found,
        "selection": selection,
        "intact": selection is not None and selection.frozen_at is not None and is_intact(selection),
        "criteria": criteria_of(found),
        "panel": panel_of(found),
        "conflicts": _conflicts(found),
        "standing": scoring_standing(found, selection),
        "matrix": matrix,
        "decision": made,
        "lines": lines_for(request.actor, made) if made else [],
        "entries": history_of(found).filter(verb__in=ON_FILE),
    }
    return render(request, template, context)


def _conflicts(challenge: Challenge) -> Any:
    """Return all conflicts, lifted ones among them, as the file names them."""
    return ConflictOfInterest.objects.filter(challenge=challenge).select_related("user", "lifted_by")


def _made(challenge: Challenge) -> Decision:
    made = decision_of(challenge)
    if made is None:
        raise Http404
    return made
