"""Writing the plan of a pilot and agreeing to it."""

import copy
from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pilots.forms import AgreeForm, KpiForm, MilestoneForm, OwnKpiForm, PlanForm
from pilots.models import Kpi, Milestone
from pilots.permissions import may_agree, may_plan, may_start
from pilots.queries.rows import kpi_rows, milestone_rows, plan_rows
from pilots.services import plan as services
from pilots.views.desk import Desk
from pilots.views.forms import Text, answer_button, answer_form
from programs.people.views.account import read_and_send
from tech4muni.core.errors import Refused
from tech4muni.core.views import sent


@read_and_send
def plan(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Write the plan's own fields."""
    may_plan(desk.seat, desk.pilot).enforce()
    form = PlanForm(sent(request), instance=copy.copy(desk.pilot), initial={"version": desk.pilot.version})

    def step() -> None:
        asked = form.cleaned_data
        services.change_plan(desk.pilot, seat=desk.seat, version=asked["version"], changes=asked)

    def theirs() -> Iterable[tuple[Text, object]]:
        desk.pilot.refresh_from_db()
        return plan_rows(desk.pilot)

    lead = _("Both sides write it. Any change has to be agreed to again.")
    return answer_form(request, desk, form, step, heading=_("Plan of the pilot"), lead=lead, theirs=theirs)


@read_and_send
def kpi(request: HttpRequest, desk: Desk, kpi_id: UUID | None = None) -> HttpResponse:
    """Set what a KPI has to reach, or add a KPI."""
    may_plan(desk.seat, desk.pilot).enforce()
    row = get_object_or_404(Kpi, pilot=desk.pilot, public_id=kpi_id) if kpi_id else None
    kind = KpiForm if row and row.metric_id else OwnKpiForm
    instance = copy.copy(row) if row else Kpi(pilot=desk.pilot)
    form = kind(sent(request), instance=instance, initial={"version": desk.pilot.version})

    def step() -> None:
        values = form.values() if isinstance(form, OwnKpiForm) else form.cleaned_data
        version = form.cleaned_data["version"]
        services.set_kpi(desk.pilot, seat=desk.seat, version=version, kpi=row, values=values)

    def theirs() -> Iterable[tuple[Text, object]]:
        return kpi_rows(Kpi.objects.get(pk=row.pk)) if row else ()

    lead = _("The threshold is where you stop: a value worse than it ends the pilot.")
    heading = row.name if row else _("Add a KPI")
    return answer_form(request, desk, form, step, heading=heading, lead=lead, theirs=theirs)


@read_and_send
def milestone(request: HttpRequest, desk: Desk, milestone_id: UUID | None = None) -> HttpResponse:
    """Write a milestone, or add one."""
    may_plan(desk.seat, desk.pilot).enforce()
    row = get_object_or_404(Milestone, pilot=desk.pilot, public_id=milestone_id) if milestone_id else None
    instance = copy.copy(row) if row else Milestone(pilot=desk.pilot)
    form = MilestoneForm(sent(request), instance=instance, initial={"version": desk.pilot.version})

    def step() -> None:
        values, version = form.cleaned_data, form.cleaned_data["version"]
        services.set_milestone(desk.pilot, seat=desk.seat, version=version, milestone=row, values=values)

    def theirs() -> Iterable[tuple[Text, object]]:
        stored = Milestone.objects.filter(pk=row.pk).first() if row else None
        return milestone_rows(stored) if stored else ()

    heading = row.title if row else _("Add a milestone")
    return answer_form(request, desk, form, step, heading=heading, theirs=theirs)


@require_POST
def remove_milestone(request: HttpRequest, desk: Desk, milestone_id: UUID) -> HttpResponse:
    """Take a milestone out of the plan."""
    may_plan(desk.seat, desk.pilot).enforce()
    row = get_object_or_404(Milestone, pilot=desk.pilot, public_id=milestone_id)

    def step() -> None:
        services.remove_milestone(desk.pilot, seat=desk.seat, version=_version(request), milestone=row)

    return answer_button(request, desk, step, done=_("The milestone is removed."))


@require_POST
def agree(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Agree to the plan as it was shown."""
    may_agree(desk.seat, desk.pilot).enforce()

    def step() -> None:
        services.agree(desk.pilot, seat=desk.seat, version=_version(request))

    return answer_button(request, desk, step, done=_("You agreed to the plan."))


@require_POST
def start(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Let the pilot run by the plan as it was shown."""
    may_start(desk.seat, desk.pilot).enforce()

    def step() -> None:
        services.start(desk.pilot, seat=desk.seat, version=_version(request))

    return answer_button(request, desk, step, done=_("The pilot is running."))


def _version(request: HttpRequest) -> int:
    """Return the version that the button named; raises Refused if it named none."""
    form = AgreeForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Please look at the plan again and send it once more."))
    return int(form.cleaned_data["version"])
