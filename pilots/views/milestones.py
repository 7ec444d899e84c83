"""Milestones while the pilot runs."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pilots.enums import MilestoneStep
from pilots.forms import SendBackForm
from pilots.models import Milestone
from pilots.permissions import may_step
from pilots.services import milestones as services
from pilots.views.desk import Desk
from pilots.views.forms import answer_button, answer_form
from programs.people.views.account import read_and_send
from tech4muni.core.views import sent


@require_POST
def step(request: HttpRequest, desk: Desk, milestone_id: UUID, step: str) -> HttpResponse:
    """Begin, deliver, accept or do without a milestone."""
    if step not in MilestoneStep.values or step == MilestoneStep.REJECT:
        raise Http404
    row = _milestone(desk, milestone_id)
    asked = MilestoneStep(step)
    may_step(desk.seat, row, asked).enforce()

    def take() -> None:
        services.take_step(row, seat=desk.seat, step=asked)

    return answer_button(request, desk, take)


@read_and_send
def send_back(request: HttpRequest, desk: Desk, milestone_id: UUID) -> HttpResponse:
    """Send a delivered milestone back, with what is missing."""
    row = _milestone(desk, milestone_id)
    may_step(desk.seat, row, MilestoneStep.REJECT).enforce()
    form = SendBackForm(sent(request), initial={"due_on": row.due_on})

    def take() -> None:
        services.send_back(row, seat=desk.seat, **form.cleaned_data)

    return answer_form(request, desk, form, take, heading=_("Send back: %(title)s") % {"title": row.title})


def _milestone(desk: Desk, milestone_id: UUID) -> Milestone:
    row = get_object_or_404(Milestone, pilot=desk.pilot, public_id=milestone_id)
    row.pilot = desk.pilot
    return row
