"""Publishing a challenge, joining a call, moving its deadline and withdrawing it, on a municipality's host."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from challenges.enums import TextState
from challenges.models import Challenge
from challenges.permissions import may_move_on
from challenges.queries import challenge_for
from programs.http import MunicipalityRequest
from programs.people.views.account import read_and_send
from solutions.market.forms.calls import DeadlineForm, JoinForm, PublishForm, WithdrawForm
from solutions.market.models import Call, CallCity
from solutions.market.queries.calls import city_of
from solutions.market.services import publishing, windows
from tech4muni.core.errors import Conflict
from tech4muni.core.forms import FormMixin
from tech4muni.core.views import carried_out, render_form, sent


@read_and_send
def publish(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Publish a challenge, after a look at what will be public."""
    challenge = _challenge(request, challenge_id)
    if request.method != "POST" and city_of(challenge) is not None:
        return redirect("market:call_overview", challenge.public_id)
    form = PublishForm(sent(request), zone=request.municipality.time_zone)

    def step() -> None:
        publishing.publish_call(challenge, actor=request.actor, **form.cleaned_data)
        messages.success(request, _("The call is published."))

    return _answer(
        request, challenge, form, step, "market/calls/publish.html", _texts(challenge, _("Publish the call"))
    )


@read_and_send
def join(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Join the call of a joint challenge."""
    challenge = _challenge(request, challenge_id)
    if request.method != "POST" and city_of(challenge) is not None:
        return redirect("market:call_overview", challenge.public_id)
    form = JoinForm(sent(request))

    def step() -> None:
        publishing.join_call(challenge, actor=request.actor)
        messages.success(request, _("Your municipality has joined the call."))

    return _answer(request, challenge, form, step, "market/calls/join.html", _texts(challenge, _("Join the call")))


@read_and_send
def move_deadline(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Give companies more time."""
    challenge = _challenge(request, challenge_id)
    call = _led_call(challenge)
    seen = {"seen": call.closes_at.isoformat(), "closes_at": call.closes_at}
    form = DeadlineForm(sent(request), zone=call.time_zone, initial=seen)

    def step() -> None:
        windows.move_deadline(challenge, actor=request.actor, **form.cleaned_data)
        messages.success(request, _("The deadline has moved. Everybody who works on an application is told."))

    def renew() -> None:
        """Let the person send again, now that they see the deadline that somebody else has set."""
        call.refresh_from_db(fields=["closes_at"])
        typed = request.POST.copy()
        typed["seen"] = call.closes_at.isoformat()
        form.data = typed

    context = {"heading": _("Move the deadline"), "call": call}
    return _answer(request, challenge, form, step, "market/calls/deadline.html", context, renew)


@read_and_send
def withdraw(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Withdraw a call for good."""
    challenge = _challenge(request, challenge_id)
    call = _led_call(challenge)
    form = WithdrawForm(sent(request))

    def step() -> None:
        windows.withdraw_call(challenge, actor=request.actor, reason=form.cleaned_data["reason"])
        messages.success(request, _("The call is withdrawn."))

    context = {"heading": _("Withdraw the call"), "call": call}
    return _answer(request, challenge, form, step, "market/calls/withdraw.html", context)


def _challenge(request: MunicipalityRequest, challenge_id: UUID) -> Challenge:
    challenge = challenge_for(request.actor, challenge_id)
    may_move_on(request.actor, challenge).enforce()
    return challenge


def _led_call(challenge: Challenge) -> Call:
    """Return the call that this challenge leads; raises Http404."""
    city: CallCity | None = city_of(challenge)
    if city is None or city.call.challenge_id != challenge.public_id:
        raise Http404
    return city.call


def _texts(challenge: Challenge, heading: str) -> dict[str, Any]:
    """Return what is about to be public: the languages that were approved, and those that were not."""
    texts = list(challenge.brief.texts.all())
    return {
        "heading": heading,
        "brief": challenge.brief,
        "approved": [text for text in texts if text.state == TextState.APPROVED],
        "left_out": [text for text in texts if text.state != TextState.APPROVED],
    }


def _answer(
    request: MunicipalityRequest,
    challenge: Challenge,
    form: FormMixin,
    step: Callable[[], None],
    template: str,
    context: Mapping[str, Any],
    renew: Callable[[], None] = lambda: None,
) -> HttpResponse:
    """Carry a step out and go to the call's page; if somebody was faster, keep what was typed and say so (409).

    `renew` brings the form up to date in that case.
    """
    status = 0
    try:
        if carried_out(form, step):
            return redirect("market:call_overview", challenge.public_id)
    except Conflict as conflict:
        form.add_refusal(conflict)
        renew()
        status = 409
    form.cancel_url = _overview(challenge)
    response = render_form(request, template, {"challenge": challenge, "form": form, **context})
    response.status_code = status or response.status_code
    return response


def _overview(challenge: Challenge) -> str:
    return f"/challenges/{challenge.public_id}/call/"
