"""A coordinator's visit: prepared on the platform's host, begun and ended on the municipality's.

There is no redirect from one host to the other: the content security policy lets no form end on another host.
"""

from http import HTTPStatus
from typing import Final

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from programs.http import MunicipalityRequest
from programs.middleware import VISIT_KEY, open_to_all
from programs.models import Visit
from programs.people import queries
from programs.people.forms import EnterForm
from programs.people.services import visits
from programs.people.views.account import AccountRequest, read_and_send
from programs.permissions import may_visit
from tech4muni.core.hosts import address
from tech4muni.core.views import carried_out, render_form, sent

BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"


@login_required
@read_and_send
def enter_municipality(request: AccountRequest) -> HttpResponse:
    """Prepare a visit, on the platform's host; `?municipality=<public id>` chooses one."""
    may_visit(request.user).enforce()
    form = EnterForm(sent(request), initial={"municipality": request.GET.get("municipality")})
    link: list[str] = []

    def step() -> None:
        municipality, reason = form.cleaned_data["municipality"], form.cleaned_data["reason"]
        token = visits.prepare(request.user, municipality, reason=reason)
        path = reverse("people:visit", args=[token], urlconf=settings.ROOT_URLCONF)
        link.append(address(queries.primary_host(municipality), path))

    if carried_out(form, step):
        context = {"link": link[0], "chosen": form.cleaned_data["municipality"]}
        return render(request, "programs/people/visit_prepared.html", context)
    context = {
        "form": form,
        "heading": _("Visit a municipality"),
        "lead": _("For an hour you see and may do there what a lead may. It is on record, there and here."),
        "base_template": "base_centred.html",
    }
    return render_form(request, "core/form_page.html", context)


@open_to_all
@read_and_send
def visit(request: MunicipalityRequest, token: str) -> HttpResponse:
    """Ask, and begin the visit by POST; 404 for a link into another municipality, 410 for one that was used."""
    try:
        found = visits.find(request.municipality, token)
        if found is None:
            raise Http404
        if request.method == "POST":
            return _begin(request, visits.enter(found))
    except visits.Expired:
        return render(request, "programs/people/visit_gone.html", {"enter": _enter_address()}, status=HTTPStatus.GONE)
    return render(request, "programs/people/visit.html", {"visit": found})


@require_POST
def leave_visit(request: MunicipalityRequest) -> HttpResponse:
    """End the visit, and with it the session."""
    if request.actor.visit is None:
        raise Http404
    logout(request)  # receivers.end_visit ends the visit
    return redirect("people:visit_over")


@open_to_all
@require_safe
def visit_over(request: MunicipalityRequest) -> HttpResponse:
    """Say that the visit is over, and lead back to the platform's host."""
    return render(request, "programs/people/visit_over.html", {"platform": address(settings.PLATFORM_HOST, "/")})


def _begin(request: MunicipalityRequest, begun: Visit) -> HttpResponse:
    """Make a session that is for this visit only, whoever was logged in here before."""
    logout(request)
    login(request, begun.coordinator, backend=BACKEND)
    request.session[VISIT_KEY] = str(begun.public_id)
    UserSession.objects.create_from_request(request)
    return redirect("home")


def _enter_address() -> str:
    return address(settings.PLATFORM_HOST, reverse("enter_municipality", urlconf=settings.PUBLIC_SCHEMA_URLCONF))
