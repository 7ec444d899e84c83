"""Asking about a call on the portal, and answering on the municipality's host."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from challenges.models import Challenge
from challenges.permissions import may_write
from challenges.queries import challenge_for
from programs.http import MunicipalityRequest
from programs.people.views.account import read_and_send
from solutions.market.forms.calls import AnswerForm, AskForm, HideForm
from solutions.market.models import Call, CallQuestion
from solutions.market.services import questions
from tech4muni.core import limits
from tech4muni.core.errors import Conflict
from tech4muni.core.forms import FormMixin
from tech4muni.core.views import carried_out, render_form, sent

HOUR: Final = 3600
MOST_OF_ADDRESS: Final = 20
MOST_OF_MAILBOX: Final = 6


@read_and_send
def ask(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Take a question about a call from anybody; what was typed stays, also when the deadline passes meanwhile."""
    call = get_object_or_404(Call.objects.select_related("municipality"), public_id=call_id)
    here = reverse("market:call", args=[call.public_id])
    form = AskForm(sent(request))
    form.cancel_url = here
    too_many = form.is_valid() and not _is_within_rate(request, form.cleaned_data["email"])

    def step() -> None:
        if not form.was_machine:
            asked = form.cleaned_data
            questions.ask(call, email=asked["email"], language=get_language() or "", text=asked["text"])

    if too_many:
        form.add_error(None, _("Too many questions came from you within an hour. Please send this one later."))
    elif carried_out(form, step):
        messages.success(
            request, _("Your question was sent. You get the answer by mail, and everybody can read both here.")
        )
        return redirect(here)
    context = {"form": form, "heading": _("Ask a question"), "kicker": call.title, "call": call}
    response = render_form(request, "market/calls/ask.html", context)
    if too_many:
        response.status_code = 429
    return response


def _is_within_rate(request: HttpRequest, email: str) -> bool:
    what = "market.question"
    from_here = limits.is_within(request, what, most=MOST_OF_ADDRESS, seconds=HOUR)
    return limits.is_within(request, what, most=MOST_OF_MAILBOX, seconds=HOUR, by=email.lower()) and from_here


@read_and_send
def answer(request: MunicipalityRequest, challenge_id: UUID, question_id: UUID) -> HttpResponse:
    """Answer a question."""
    challenge, question = _find(request, challenge_id, question_id)
    form = AnswerForm(sent(request))

    def step() -> None:
        questions.answer(question_id, actor=request.actor, challenge=challenge, text=form.cleaned_data["answer"])
        messages.success(request, _("The answer is on the portal."))

    try:
        if carried_out(form, step):
            return redirect("market:call_overview", challenge.public_id)
    except Conflict as conflict:
        return _conflict(request, challenge, question, form, conflict)
    return _page(request, challenge, question, form, _("Answer a question"))


@read_and_send
def hide(request: MunicipalityRequest, challenge_id: UUID, question_id: UUID) -> HttpResponse:
    """Hide an abusive question."""
    challenge, question = _find(request, challenge_id, question_id)
    form = HideForm(sent(request))

    def step() -> None:
        questions.hide(question_id, actor=request.actor, challenge=challenge, reason=form.cleaned_data["reason"])
        messages.success(request, _("The question is hidden."))

    try:
        if carried_out(form, step):
            return redirect("market:call_overview", challenge.public_id)
    except Conflict as conflict:
        return _conflict(request, challenge, question, form, conflict)
    return _page(request, challenge, question, form, _("Hide a question"))


def _find(request: MunicipalityRequest, challenge_id: UUID, question_id: UUID) -> tuple[Challenge, CallQuestion]:
    challenge = challenge_for(request.actor, challenge_id)
    may_write(request.actor, challenge).enforce()
    rows = CallQuestion.objects.filter(call__challenge_id=challenge.public_id)
    return challenge, get_object_or_404(rows, public_id=question_id)


def _conflict(
    request: MunicipalityRequest, challenge: Challenge, question: CallQuestion, form: FormMixin, conflict: Conflict
) -> HttpResponse:
    """Show what the other person wrote beside what was typed here."""
    question.refresh_from_db()
    form.add_refusal(conflict)
    response = _page(request, challenge, question, form, _("Answer a question"))
    response.status_code = 409
    return response


def _page(
    request: MunicipalityRequest, challenge: Challenge, question: CallQuestion, form: FormMixin, heading: str
) -> HttpResponse:
    form.cancel_url = reverse("market:call_overview", args=[challenge.public_id])
    context = {"challenge": challenge, "question": question, "form": form, "heading": heading}
    return render_form(request, "market/calls/question.html", context)
