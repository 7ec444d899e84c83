"""Received applications: the list, one of them, its files, and the list as a table for spreadsheets."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from challenges.models import Challenge
from challenges.permissions import may_read
from challenges.queries import challenge_for
from programs.http import MunicipalityRequest
from solutions.market.enums import ReleaseState
from solutions.selection.forms.market_map import ApplicationFilter, RoundForm
from solutions.selection.models import ReceivedApplication
from solutions.selection.permissions import may_invite, may_open_application, may_screen_application
from solutions.selection.queries.received import (
    Intake,
    Row,
    answers_of,
    counted,
    found,
    intake_of,
    may_open,
    received_for,
    steps_of,
    visible_to,
    with_states,
)
from solutions.selection.services.opening import note_opened
from solutions.selection.services.screening import STEPS, ScreeningStep, possible_steps
from tech4muni.core.spreadsheets import csv_response

PER_PAGE = 25
DECIDED: Final = frozenset({ReleaseState.SELECTED, ReleaseState.RESERVE, ReleaseState.NOT_SELECTED})


@require_safe
def applications(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """List who applied; before the call has closed there is only their number."""
    challenge = challenge_for(request.actor, challenge_id)
    may_read(request.actor).enforce()
    intake = intake_of(challenge)
    form = ApplicationFilter(request.GET)
    rows = found(visible_to(request.actor, challenge, intake), challenge, **chosen_by(form))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    listed = with_states(page.object_list)
    possible = {step for row in listed for step in possible_steps(row.release)}
    may_screen = bool(may_screen_application(request.actor, challenge, intake.seen))
    context = {
        "challenge": challenge,
        "intake": intake,
        "received": None if intake.is_closed else counted(challenge).count(),
        "form": form,
        "page": page,
        "rows": listed,
        "may_open": bool(may_open_application(request.actor, intake.seen)),
        "may_screen": may_screen and bool(possible & {ScreeningStep.ELIGIBLE, ScreeningStep.SHORTLIST}),
        "may_invite": bool(may_invite(request.actor, challenge)) and not any(row.state in DECIDED for row in listed),
        "filtered": any(form.cleaned_data.values()) if form.is_valid() else True,
    }
    return render(request, "selection/map/applications.html", context)


def chosen_by(form: ApplicationFilter) -> dict[str, str]:
    """Return what a filter asks for; a filter that makes no sense asks for nothing."""
    if not form.is_valid():
        return {}
    return {"state": form.cleaned_data["state"], "words": form.cleaned_data["words"]}


@require_safe
def export(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Give the list, as it is filtered, as text with commas for spreadsheets."""
    challenge = challenge_for(request.actor, challenge_id)
    rows = found(visible_to(request.actor, challenge), challenge, **chosen_by(ApplicationFilter(request.GET)))
    headings = [_("Reference"), _("Company"), _("State"), _("Submitted"), _("Language"), _("Round")]
    return csv_response("applications", [headings, *(cells_of(row) for row in with_states(rows))])


def cells_of(row: Row) -> list[object]:
    """Return what an export tells of an application."""
    received = row.received
    when = received.submitted_at.isoformat(timespec="minutes")
    return [received.reference, received.company_name, row.state.label, when, received.language, received.round]


@require_safe
def application(request: MunicipalityRequest, challenge_id: UUID, release_id: UUID) -> HttpResponse:
    """Show what a company wrote, and what can be made of it; the first one that is opened is noted."""
    challenge, received, intake = opened(request, challenge_id, release_id)
    [row] = with_states([received])
    may_screen = may_screen_application(request.actor, challenge, intake.seen)
    context = {
        "challenge": challenge,
        "row": row,
        "received": received,
        "sections": answers_of(received.content),
        "files": received.files.all(),
        "steps_so_far": steps_of(received),
        "may_screen": may_screen,
        "actions": actions_on(row) if may_screen else [],
        "round_form": RoundForm(initial={"seen_round": received.round}),
        "waits": row.state == ReleaseState.MORE_INFO_REQUESTED,
    }
    return render(request, "selection/map/application.html", context)


@require_safe
def application_file(
    request: MunicipalityRequest, challenge_id: UUID, release_id: UUID, file_id: UUID
) -> HttpResponse | FileResponse:
    """Give a file of an application as a download, never as a page."""
    _challenge, received, _intake = opened(request, challenge_id, release_id)
    file = get_object_or_404(received.files, public_id=file_id)
    response = FileResponse(
        file.file.open("rb"), as_attachment=True, filename=file.name, content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def opened(
    request: MunicipalityRequest, challenge_id: UUID, release_id: UUID
) -> tuple[Challenge, ReceivedApplication, Intake]:
    """Open an application for somebody who may read it; raises Http404, or Forbidden with the reason."""
    challenge = challenge_for(request.actor, challenge_id)
    intake = intake_of(challenge)
    received = received_for(request.actor, challenge, release_id, intake)
    may_open(request.actor, received, intake).enforce()
    if intake.opened_at is None:
        note_opened(challenge, request.actor)
    return challenge, received, intake


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be made of an application now: a button, or a link to a page that asks for words."""

    label: str
    url: str
    asks: bool


def actions_on(row: Row) -> list[Action]:
    """Return what can be made of an application in its state."""
    address = [row.received.challenge.public_id, row.received.release_id]
    return [
        Action(str(BUTTONS[step]), reverse(f"selection:application_{step}", args=address), STEPS[step].needs_text)
        for step in possible_steps(row.release)
    ]


BUTTONS: Final = {
    ScreeningStep.ELIGIBLE: gettext_lazy("Eligible"),
    ScreeningStep.SHORTLIST: gettext_lazy("Put on the shortlist"),
    ScreeningStep.TAKE_OFF: gettext_lazy("Take off the shortlist"),
    ScreeningStep.ASK_MORE: gettext_lazy("Ask for more"),
    ScreeningStep.INELIGIBLE: gettext_lazy("Not eligible"),
}
