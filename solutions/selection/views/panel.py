"""The panel and its conflicts of interest."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from challenges.models import Challenge
from challenges.queries import challenge_for
from programs.actors import Actor
from programs.http import MunicipalityRequest
from programs.people.queries import members
from programs.people.views.account import read_and_send
from solutions.selection.enums import Pool
from solutions.selection.forms.evaluation import DeclareForm, NameMemberForm, PlanForm, WhyForm
from solutions.selection.models import Conflict
from solutions.selection.permissions import may_lead_selection, may_read_selection, may_score
from solutions.selection.queries.decisions import is_decided
from solutions.selection.queries.panel import (
    companies_of,
    has_declared,
    open_conflicts,
    panel_member,
    panel_of,
    round_of,
)
from solutions.selection.queries.received import intake_of
from solutions.selection.services import conflicts as conflict_services
from solutions.selection.services import panel as services
from solutions.selection.services.panel import SCORERS
from solutions.selection.views.criteria import at
from solutions.selection.views.steps import answer_button, answer_form
from tech4muni.accounts.models import User
from tech4muni.core.views import sent


@read_and_send
def panel(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Show who scores and which conflicts are known; a lead names members here."""
    found = challenge_for(request.actor, challenge_id)
    (
        may_lead_selection(request.actor, found) if request.method == "POST" else may_read_selection(request.actor)
    ).enforce()
    form = NameMemberForm(sent(request), people=_eligible(request, found))

    def step() -> None:
        services.name_member(found, actor=request.actor, user=form.cleaned_data["user"])
        messages.success(request, _("The person is on the panel."))

    return answer_form(
        request,
        found,
        form,
        step,
        to=at(found, "evaluation_panel"),
        heading=_("Panel"),
        template="selection/evaluation/panel.html",
        **_shown(request.actor, found),
    )


def _shown(actor: Actor, challenge: Challenge) -> dict[str, Any]:
    companies = companies_of(challenge)
    rows = [(member, has_declared(member, companies)) for member in panel_of(challenge)]
    selection = round_of(challenge)
    is_closed = selection is not None and selection.closed_at is not None
    may_lead = bool(may_lead_selection(actor, challenge))
    return {
        "selection": selection,
        "rows": rows,
        "conflicts": open_conflicts(challenge),
        "own": any(actor.user is not None and member.user_id == actor.user.pk for member, _declared in rows),
        "may_change": may_lead and not is_closed,
        "may_lift": may_lead and not (is_closed and is_decided(challenge)),
    }


def _eligible(request: MunicipalityRequest, challenge: Challenge) -> list[User]:
    """Return who can be named: those who work here, viewers apart, and are not on the panel yet."""
    on_panel = set(panel_of(challenge).values_list("user", flat=True))
    people = members(request.municipality).filter(role__in=SCORERS).exclude(user__in=on_panel)
    return [membership.user for membership in people]


@require_POST
def remove(request: MunicipalityRequest, challenge_id: UUID, member_id: int) -> HttpResponse:
    """Take somebody off the panel."""
    found = challenge_for(request.actor, challenge_id)
    may_lead_selection(request.actor, found).enforce()
    member = get_object_or_404(panel_of(found), pk=member_id)
    return answer_button(
        request,
        lambda: services.remove_member(member, actor=request.actor),
        to=at(found, "evaluation_panel"),
        done=_("The person is not on the panel any more."),
    )


@read_and_send
def plan(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Say which applications are scored, and until when."""
    found = challenge_for(request.actor, challenge_id)
    may_lead_selection(request.actor, found).enforce()
    selection = round_of(found)
    initial = {"pool": selection.pool, "scores_due_at": selection.scores_due_at} if selection else {}
    form = PlanForm(sent(request), initial=initial, zone=request.municipality.time_zone)

    def step() -> None:
        cleaned = form.cleaned_data
        services.plan(found, actor=request.actor, scores_due_at=cleaned["scores_due_at"], pool=Pool(cleaned["pool"]))
        messages.success(request, _("Saved; each member of the panel is reminded in time."))

    return answer_form(request, found, form, step, to=at(found, "evaluation_panel"), heading=_("Plan the scoring"))


@read_and_send
def declare(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Declare one's own conflicts; of the companies it shows the names alone."""
    found = challenge_for(request.actor, challenge_id)
    may_score(request.actor, found, on_panel=panel_member(request.actor, found) is not None).enforce()
    own = {conflict.company_id: conflict for conflict in open_conflicts(found).filter(user=request.actor.user)}
    closed = intake_of(found).is_closed
    companies = [company for company in companies_of(found) if closed and company.company_id not in own]
    form = DeclareForm(sent(request), companies=companies)

    def step() -> None:
        conflict_services.declare(found, actor=request.actor, reasons=form.reasons())
        messages.success(request, _("Your declaration is on record."))

    return answer_form(
        request,
        found,
        form,
        step,
        to=at(found, "evaluation_scores"),
        heading=_("Declare conflicts of interest"),
        template="selection/evaluation/declare.html",
        own=own.values(),
        lead="" if closed else conflict_services.TOO_EARLY,
    )


@read_and_send
def lift(request: MunicipalityRequest, challenge_id: UUID, conflict_id: int) -> HttpResponse:
    """Lift somebody else's conflict, with a reason."""
    found = challenge_for(request.actor, challenge_id)
    may_lead_selection(request.actor, found).enforce()
    conflict: Conflict = get_object_or_404(open_conflicts(found), pk=conflict_id)
    form = WhyForm(sent(request))

    def step() -> None:
        conflict_services.lift(conflict, actor=request.actor, reason=form.cleaned_data["reason"])
        messages.success(request, _("The conflict is lifted."))

    return answer_form(
        request,
        found,
        form,
        step,
        to=at(found, "evaluation_panel"),
        heading=_("Lift a conflict of interest"),
        lead=f"{conflict}: {conflict.reason}",
    )
