"""What the team makes of received applications."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from challenges.queries import challenge_for
from programs.http import MunicipalityRequest
from programs.people.views.account import read_and_send
from solutions.market.enums import ReleaseState
from solutions.selection.forms.market_map import ChosenForm, InviteForm, RoundForm, TellForm
from solutions.selection.permissions import may_invite, may_screen_application
from solutions.selection.queries.received import found, intake_of, open_for, visible_to, with_states
from solutions.selection.services.invitations import invite
from solutions.selection.services.screening import ScreeningStep, screen, screen_all
from solutions.selection.views.applications import opened
from tech4muni.core.errors import Conflict, Refused
from tech4muni.core.views import carried_out, render_form, sent

PLAIN = {step.value: step for step in (ScreeningStep.ELIGIBLE, ScreeningStep.SHORTLIST, ScreeningStep.TAKE_OFF)}


@require_POST
def step(request: MunicipalityRequest, challenge_id: UUID, release_id: UUID, step: str) -> HttpResponse:
    """Take a step with one application that needs no words: eligible, on the shortlist, off it."""
    challenge, received, intake = opened(request, challenge_id, release_id)
    may_screen_application(request.actor, challenge, intake.seen).enforce()
    here = reverse("selection:application", args=[challenge_id, release_id])
    form = RoundForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Look at the application again, then choose."))
        return redirect(here)
    try:
        screen(received, PLAIN[step], actor=request.actor, seen_round=form.cleaned_data["seen_round"])
        messages.success(request, _("Saved."))
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect(here)


@read_and_send
def find_ineligible(request: MunicipalityRequest, challenge_id: UUID, release_id: UUID) -> HttpResponse:
    """Say why an application does not meet what the brief asks of applicants."""
    lead = _("Say which condition of the brief is not met.")
    return _tell(request, challenge_id, release_id, ScreeningStep.INELIGIBLE, _("Not eligible"), lead)


@read_and_send
def ask_more(request: MunicipalityRequest, challenge_id: UUID, release_id: UUID) -> HttpResponse:
    """Ask a company for more information."""
    lead = _("Ask what you need to know. The company is told, and can send its application again.")
    return _tell(request, challenge_id, release_id, ScreeningStep.ASK_MORE, _("Ask for more"), lead)


def _tell(
    request: MunicipalityRequest, challenge_id: UUID, release_id: UUID, taken: ScreeningStep, heading: str, lead: str
) -> HttpResponse:
    challenge, received, intake = opened(request, challenge_id, release_id)
    may_screen_application(request.actor, challenge, intake.seen).enforce()
    form = TellForm(sent(request), initial={"seen_round": received.round}, submit_label=heading)
    here = reverse("selection:application", args=[challenge_id, release_id])
    form.cancel_url = here

    def carry_out() -> None:
        asked = form.cleaned_data
        screen(received, taken, actor=request.actor, seen_round=asked["seen_round"], text=asked["text"])
        messages.success(request, _("Saved."))

    try:
        if carried_out(form, carry_out):
            return redirect(here)
    except Conflict as conflict:
        form.add_error(None, str(conflict.message))
    context = {"challenge": challenge, "form": form, "heading": f"{heading}: {received.company_name}", "lead": lead}
    return render_form(request, "challenges/frame_form.html", context)


@require_POST
def bulk(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Take a step with several applications of the list at once, all or none."""
    challenge = challenge_for(request.actor, challenge_id)
    intake = intake_of(challenge)
    may_screen_application(request.actor, challenge, intake.seen).enforce()
    rows = {row.release_id: row for row in open_for(request.actor, challenge, intake)}
    form = ChosenForm(request.POST, release_ids=list(rows))
    if form.is_valid():
        chosen = [rows[release_id] for release_id in form.cleaned_data["chosen"]]
        try:
            screen_all(challenge, chosen, PLAIN[form.cleaned_data["step"]], actor=request.actor)
            messages.success(request, _changed(len(chosen)))
        except Refused as refused:
            messages.error(request, str(refused.message))
    else:
        messages.error(request, _("Choose at least one application."))
    return redirect(reverse("selection:applications", args=[challenge_id]))


def _changed(number: int) -> str:
    words = ngettext("%(number)s application changed.", "%(number)s applications changed.", number)
    return words % {"number": number}


@read_and_send
def invite_shortlisted(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Invite those on the shortlist to the event."""
    challenge = challenge_for(request.actor, challenge_id)
    may_invite(request.actor, challenge).enforce()
    rows = found(visible_to(request.actor, challenge), challenge, state=ReleaseState.SHORTLISTED)
    listed = with_states(rows)
    everybody = [str(row.received.release_id) for row in listed]
    form = InviteForm(sent(request), rows=listed, initial={"chosen": everybody})
    form.cancel_url = reverse("selection:applications", args=[challenge_id])

    def step() -> None:
        number = invite(challenge, form.cleaned_data["chosen"], actor=request.actor)
        words = ngettext("%(number)s company invited.", "%(number)s companies invited.", number)
        messages.success(request, words % {"number": number})

    try:
        if carried_out(form, step):
            return redirect(form.cancel_url)
    except Conflict as conflict:
        messages.error(request, str(conflict.message))
        return redirect(reverse("selection:applications_invite", args=[challenge_id]))
    context = {
        "challenge": challenge,
        "form": form,
        "rows": listed,
        "heading": _("Invite to the event"),
        "lead": _("Who is invited is told by mail at once, and chooses whom to meet at the event."),
    }
    return render_form(request, "selection/map/invite.html", context)
