"""Calls on the portal, for everybody; and the page of a municipality's own call."""

from typing import Any, Final
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from challenges.models import Challenge
from challenges.permissions import may_move_on, may_read, may_write
from challenges.queries import challenge_for
from programs.enums import Stage
from programs.http import MunicipalityRequest
from solutions.market.enums import CallState
from solutions.market.forms.calls import PortalForm
from solutions.market.models import Call
from solutions.market.queries import calls as queries
from solutions.market.queries import portal
from solutions.market.queries.reading import read, steps_of
from solutions.market.services.windows import portal_address
from tech4muni.core import clock

PER_PAGE: Final = 12
QUESTIONS_PER_PAGE: Final = 20


@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """Show the calls of all municipalities: open ones first, the most urgent of them at the head."""
    now = clock.now()
    countries, places = portal.choices()
    form = PortalForm(request.GET or None, countries=countries, places=places)
    wanted = form.wanted
    page = Paginator(portal.wanted_calls(wanted, now), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "readings": portal.readings(page.object_list, get_language() or "", now),
        "is_filtered": wanted != portal.Wanted(),
    }
    return render(request, "market/calls/list.html", context)


@require_safe
@cache_control(public=True, max_age=300)
def feed(request: HttpRequest) -> HttpResponse:
    """Answer with the open calls as JSON, for other sites."""
    return JsonResponse({"calls": portal.feed(clock.now())}, json_dumps_params={"ensure_ascii": False})


@require_safe
def call(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Show a call; `?lang=` shows its texts in another of its languages."""
    rows = portal.with_cities(Call.objects.select_related("program"))
    found = get_object_or_404(rows, public_id=call_id)
    wish = request.GET.get("lang") or get_language() or ""
    reading = read(found, wish, clock.now())
    questions = Paginator(queries.public_questions(found), QUESTIONS_PER_PAGE)
    context = {
        "call": found,
        "reading": reading,
        "steps": steps_of(reading),
        "questions": questions.get_page(request.GET.get("page")),
        "is_other": reading.language != wish,
    }
    return render(request, "market/calls/call.html", context)


@require_safe
def overview(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Show a municipality's own call, or what is missing to publish it."""
    may_read(request.actor).enforce()
    challenge = challenge_for(request.actor, challenge_id)
    city = queries.city_of(challenge)
    context: dict[str, Any] = {
        "challenge": challenge,
        "city": city,
        "brief": challenge.brief,
        "leads_joint": queries.leads_joint(challenge, request.municipality),
        "may_publish": may_move_on(request.actor, challenge),
        "may_answer": bool(may_write(request.actor, challenge)),
    }
    if city is None:
        context["to_join"] = queries.call_to_join(challenge.joint) if challenge.joint else None
        return render(request, "market/calls/unpublished.html", context)
    state = queries.call_state(city.call, clock.now())
    context |= {
        "call": city.call,
        "state": state,
        "last_moment": queries.last_moment(city.call),
        "is_lead": city.call.challenge_id == challenge.public_id,
        "has_steps": _has_steps(challenge, city.call, state) and bool(context["may_publish"]),
        "portal_url": portal_address(city.call),
        "cities": city.call.cities.select_related("municipality"),
        "questions": Paginator(queries.questions_of(city.call), QUESTIONS_PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "market/calls/overview.html", context)


def _has_steps(challenge: Challenge, call: Call, state: CallState) -> bool:
    """Whether the municipality whose call it is can still move its deadline or withdraw it."""
    if call.challenge_id != challenge.public_id or state == CallState.WITHDRAWN:
        return False
    return state != CallState.CLOSED or challenge.stage == Stage.MAPPING
