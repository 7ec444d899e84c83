"""Scorecards and the matrix."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from challenges.models import Challenge
from challenges.queries import challenge_for
from programs.actors import Actor
from programs.http import MunicipalityRequest
from programs.people.views.account import read_and_send
from solutions.selection.forms.evaluation import CloseForm, ScorecardForm, WhyForm
from solutions.selection.models import Criterion, ReceivedApplication, Scorecard
from solutions.selection.permissions import may_lead_selection, may_read_selection, may_score
from solutions.selection.queries.panel import (
    companies_of,
    criteria_of,
    has_declared,
    in_pool,
    panel_member,
    round_of,
    states_of,
)
from solutions.selection.queries.received import visible_to
from solutions.selection.queries.scores import (
    matrix_for,
    own_card,
    own_rows,
    scorecards_for,
    scoring_standing,
)
from solutions.selection.services import scoring as services
from solutions.selection.views.criteria import at
from solutions.selection.views.steps import answer_form, keep_typed
from tech4muni.core.errors import Conflict
from tech4muni.core.views import carried_out, render_form, sent

PER_PAGE = 40


@require_safe
def scores(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Show how far the scoring is, and to members of the panel what they are to score."""
    found = challenge_for(request.actor, challenge_id)
    may_read_selection(request.actor).enforce()
    selection, member = round_of(found), panel_member(request.actor, found)
    rows = own_rows(request.actor, found, selection) if member else []
    context = {
        "challenge": found,
        "selection": selection,
        "member": member,
        "declared": member is not None and has_declared(member, companies_of(found)),
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "standing": scoring_standing(found, selection),
        "may_close": bool(may_lead_selection(request.actor, found)),
    }
    return render(request, "selection/evaluation/scores.html", context)


@read_and_send
def scorecard(request: MunicipalityRequest, challenge_id: UUID, release_id: UUID) -> HttpResponse:
    """Show and keep one's own scorecard of an application; those of others once it is handed in."""
    found = challenge_for(request.actor, challenge_id)
    received = _scored(request.actor, found, release_id)
    criteria, card = list(criteria_of(found)), own_card(request.actor, found, release_id)
    form = ScorecardForm(sent(request), criteria=criteria, initial=_initial(card))

    def step() -> None:
        saved = services.save_scorecard(
            found,
            release_id,
            actor=request.actor,
            answers=form.answers(),
            comment=form.cleaned_data["comment"],
            version=form.seen or 0,
            hand_in=form.cleaned_data["hand_in"],
        )
        messages.success(request, _("Handed in.") if saved.submitted_at else _("The draft is saved."))

    try:
        if carried_out(form, step):
            return redirect(at(found, "evaluation_scorecard", release_id=release_id))
    except Conflict as conflict:
        card = own_card(request.actor, found, release_id)
        keep_typed(form, conflict, card.version if card else 0)
    context = {"challenge": found, "form": form, "heading": received.company_name, "card": card, "received": received}
    context |= _others(request.actor, found, release_id, criteria)
    form.cancel_url = at(found, "evaluation_scores")
    return render_form(request, "selection/evaluation/scorecard.html", context)


def _scored(actor: Actor, challenge: Challenge, release_id: UUID) -> ReceivedApplication:
    """Return an application that somebody scores; raises Http404 if it is hidden from them or not scored."""
    may_score(actor, challenge, on_panel=panel_member(actor, challenge) is not None).enforce()
    received: ReceivedApplication = get_object_or_404(visible_to(actor, challenge), release_id=release_id)
    if release_id not in in_pool(round_of(challenge), states_of(challenge)):
        raise Http404
    return received


def _initial(card: Scorecard | None) -> dict[str, Any]:
    if card is None:
        return {"version": 0}
    values: dict[str, Any] = {"version": card.version, "comment": card.comment}
    for score in card.scores.all():
        values[f"value_{score.criterion_id}"] = "" if score.value is None else str(score.value)
        values[f"reason_{score.criterion_id}"] = score.reason
    return values


def _others(actor: Actor, challenge: Challenge, release_id: UUID, criteria: list[Criterion]) -> dict[str, Any]:
    """Return the scorecards of an application as a table: the person, a score per criterion, the comment."""
    selection = round_of(challenge)
    cards = scorecards_for(actor, challenge, selection).filter(received__release_id=release_id)
    rows = []
    for card in cards:
        known = {score.criterion_id: score for score in card.scores.all()}
        rows.append((card, [known.get(criterion.pk) for criterion in criteria]))
    return {"criteria": criteria, "rows": rows, "selection": selection}


@read_and_send
def reopen(request: MunicipalityRequest, challenge_id: UUID, release_id: UUID) -> HttpResponse:
    """Take one's own scorecard back, with a reason."""
    found = challenge_for(request.actor, challenge_id)
    received = _scored(request.actor, found, release_id)
    card = own_card(request.actor, found, release_id)
    if card is None:
        raise Http404
    form = WhyForm(sent(request))

    def step() -> None:
        services.reopen(card, actor=request.actor, reason=form.cleaned_data["reason"])
        messages.success(request, _("You can change your scorecard now."))

    return answer_form(
        request,
        found,
        form,
        step,
        to=at(found, "evaluation_scorecard", release_id=release_id),
        heading=_("Take your scorecard back"),
        lead=str(received),
    )


@read_and_send
def close(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Close the scoring for all."""
    found = challenge_for(request.actor, challenge_id)
    may_lead_selection(request.actor, found).enforce()
    standing = scoring_standing(found, round_of(found))
    form = CloseForm(sent(request))

    def step() -> None:
        services.close(found, actor=request.actor, reason=form.cleaned_data["reason"])
        messages.success(request, _("Scoring is closed. Everybody sees the scores now."))

    lead = _("%(in)s of %(all)s scorecards are handed in.") % {
        "in": len(standing.handed_in), "all": len(standing.expected)
    }  # fmt: skip
    return answer_form(
        request, found, form, step, to=at(found, "evaluation_matrix"), heading=_("Close the scoring"), lead=lead
    )


@require_safe
def matrix(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Show the ranking: applications by criteria, as far as the person may see the scores."""
    found = challenge_for(request.actor, challenge_id)
    may_read_selection(request.actor).enforce()
    selection = round_of(found)
    shown = matrix_for(request.actor, found, selection)
    context = {
        "challenge": found,
        "selection": selection,
        "criteria": shown.criteria,
        "page": Paginator(shown.rows, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "selection/evaluation/matrix.html", context)
