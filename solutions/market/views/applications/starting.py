"""Beginning an application: the page that says what is asked, the link by mail, and what the link leads to."""

from http import HTTPStatus
from typing import Final
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from programs.http import ActorRequest
from programs.people.views.account import read_and_send
from programs.viewer import viewer_zone
from solutions.market.forms.applications import BeginForm, StartForm
from solutions.market.models import Application, ApplicationLink, Call
from solutions.market.queries.applications import begun_for, call_to_apply_for, is_usable, link_by_token
from solutions.market.queries.calls import accepts
from solutions.market.sections import PROPOSAL, SHARED
from solutions.market.services import starting
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tech4muni.core.errors import Conflict
from tech4muni.core.forms import FormMixin
from tech4muni.core.limits import is_within
from tech4muni.core.views import carried_out, render_form, sent

BACKEND: Final = settings.AUTHENTICATION_BACKENDS[0]
MOST: Final = 20
SECONDS: Final = 600
START: Final = "market/applications/start.html"


@read_and_send
def apply(request: ActorRequest, call_id: UUID) -> HttpResponse:
    """Say what an application to a call takes, and begin it: by mail, or at once for somebody who is logged in."""
    call = call_to_apply_for(call_id)
    if request.actor.user is not None:
        return _begin(request, call, request.actor.user)
    form = StartForm(sent(request))
    if request.method == "POST" and form.is_trapped:
        return redirect("market:link_sent", call.public_id)
    if request.method == "POST" and not is_within(request, "market.apply", most=MOST, seconds=SECONDS):
        form.add_error(None, _("Too many tries. Please wait some minutes and try again."))
        return _start(request, call, form, HTTPStatus.TOO_MANY_REQUESTS)

    def step() -> None:
        starting.ask_for_link(call, email=form.cleaned_data["email"], language=request.LANGUAGE_CODE)

    if carried_out(form, step):
        return redirect("market:link_sent", call.public_id)
    return _start(request, call, form)


@require_safe
def link_sent(request: ActorRequest, call_id: UUID) -> HttpResponse:
    """Say that a link is on its way: the same for every address."""
    return render(request, "market/applications/link_sent.html", {"call": call_to_apply_for(call_id)})


@read_and_send
def application_link(request: ActorRequest, token: str) -> HttpResponse:
    """Ask, and use the link up by POST alone: programs that read mail open links."""
    link = link_by_token(token)
    if link is None:
        raise Http404
    if not is_usable(link):
        return _gone(request, link)
    if request.method != "POST":
        context = {"link": link, "call": link.call, "inside": request.actor.user}
        return render(request, "market/applications/link.html", context)
    try:
        spent = starting.spend(link, time_zone=viewer_zone(request), present=request.actor.user)
    except starting.MustLogIn as refused:
        logout(request)  # whoever it is: the link is for somebody else
        messages.info(request, str(refused.message))
        return redirect(f"{reverse('account_login')}?{urlencode({'next': request.path})}")
    except Conflict:
        return _gone(request, link)
    _enter(request, spent.user)
    if spent.application is None:
        messages.info(request, _("This call takes no applications any more. You are logged in."))
        return redirect("market:applications")
    return redirect("market:application", spent.application.public_id)


def _begin(request: ActorRequest, call: Call, user: User) -> HttpResponse:
    form = BeginForm(sent(request))
    begun: list[Application] = []

    def step() -> None:
        begun.append(starting.begin(call, actor=user, language=request.LANGUAGE_CODE))

    if carried_out(form, step):
        return redirect("market:application", begun[0].public_id)
    return _start(request, call, form, begun=begun_for(user, call))


def _start(
    request: ActorRequest,
    call: Call,
    form: FormMixin,
    status: int = HTTPStatus.OK,
    begun: Application | None = None,
) -> HttpResponse:
    now = clock.now()
    context = {
        "call": call,
        "form": form,
        "begun": begun,
        "sections": [*SHARED, PROPOSAL],
        "is_open": accepts(call, now),
        "is_early": call.opens_at > now and call.withdrawn_at is None,
    }
    answer = render_form(request, START, context)
    answer.status_code = status if status != HTTPStatus.OK else answer.status_code
    return answer


def _enter(request: ActorRequest, user: User) -> None:
    """Make a session of one's own for the person of a link, whoever was logged in here before."""
    if request.actor.user == user:
        return
    logout(request)
    login(request, user, backend=BACKEND)
    UserSession.objects.create_from_request(request)


def _gone(request: ActorRequest, link: ApplicationLink) -> HttpResponse:
    """Lead the person who used the link on; tell everybody else that it works no more."""
    user, application = request.actor.user, link.application
    if user is not None and user.email == link.email:
        begun = application or (begun_for(user, link.call) if link.call else None)
        return redirect("market:application", begun.public_id) if begun else redirect("market:applications")
    return render(request, "market/applications/link_gone.html", {"call": link.call}, status=HTTPStatus.GONE)
