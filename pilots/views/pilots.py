"""The pilots of a challenge, and a pilot with its plan."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from challenges.queries import challenge_for
from pilots.enums import MilestoneState, MilestoneStep, PilotState
from pilots.models import Milestone
from pilots.permissions import may_begin_pilot, may_step
from pilots.queries.figures import figures_of
from pilots.queries.ledger import unsigned_count
from pilots.queries.pilots import entries_for, missing_of, pilots_of, today_in, waiting_releases
from pilots.queries.rows import plan_rows
from pilots.services.beginning import begin_pilot
from pilots.views.desk import Desk, show
from programs.http import MunicipalityRequest
from solutions.market.models import Release
from tech4muni.core.errors import Refused

PER_PAGE = 12


@require_safe
def pilots(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Show the pilots of a challenge, and the selected applications that wait for theirs."""
    challenge = challenge_for(request.actor, challenge_id)
    page = Paginator(pilots_of(challenge), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "challenge": challenge,
        "page": page,
        "waiting": waiting_releases(challenge),
        "may_begin": may_begin_pilot(request.actor, challenge),
    }
    return render(request, "pilots/list.html", context)


@require_POST
def begin(request: MunicipalityRequest, challenge_id: UUID, release_id: UUID) -> HttpResponse:
    """Begin a pilot with a selected application."""
    challenge = challenge_for(request.actor, challenge_id)
    release = get_object_or_404(Release, public_id=release_id, city__challenge_id=challenge.public_id)
    try:
        pilot = begin_pilot(challenge, release=release, actor=request.actor)
    except Refused as refused:
        messages.error(request, str(refused.message))
        return redirect("pilots:list", challenge_id)
    messages.success(request, _("The pilot has begun. Write its plan, and agree to it with the company."))
    return redirect(reverse("pilots:pilot", args=[challenge_id, pilot.public_id]))


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Show the pilots of somebody's companies, on the platform's host."""
    rows = entries_for(request.user)  # type: ignore[arg-type]
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    entries = [(entry, PilotState(entry.state)) for entry in page.object_list]
    return render(request, "pilots/mine.html", {"page": page, "entries": entries})


@require_safe
def pilot(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show a pilot: what to do next, its plan, its milestones and where its KPIs stand."""
    today = today_in(desk.municipality)
    milestones = list(desk.pilot.milestones.all())
    figures = figures_of(desk.pilot)
    context = {
        "milestones": [
            {"row": row, "state": MilestoneState(row.state), "late": row.is_late(today), "steps": _steps(desk, row)}
            for row in milestones
        ],
        "figures": figures,
        "missing": missing_of(desk.pilot, [figure.kpi for figure in figures], milestones),
        "unsigned": unsigned_count(desk.pilot),
        "is_planned": desk.pilot.state == PilotState.PLANNING,
        "agreed": desk.pilot.agreed_at(desk.seat.side),
        "other_agreed": desk.pilot.agreed_at(desk.seat.side.other),
        "plan": plan_rows(desk.pilot),
    }
    return show(request, desk, "pilots/pilot.html", context)


def _steps(desk: Desk, milestone: Milestone) -> list[MilestoneStep]:
    """Return what the person may do with a milestone now."""
    milestone.pilot = desk.pilot
    return [step for step in MilestoneStep if milestone.state in FROM[step] and may_step(desk.seat, milestone, step)]


FROM = {
    MilestoneStep.BEGIN: ("planned",),
    MilestoneStep.DELIVER: ("planned", "in_progress"),
    MilestoneStep.ACCEPT: ("delivered",),
    MilestoneStep.REJECT: ("delivered",),
    MilestoneStep.CANCEL: ("planned", "in_progress"),
}
