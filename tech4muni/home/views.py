"""The first page on every host, and a municipality's history and profile."""

from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from challenges.queries import standings, visible_to
from programs.enums import Ending
from programs.http import MunicipalityRequest
from programs.models import Municipality
from programs.municipalities import edit_municipality
from programs.permissions import may_manage_people, may_read_history
from programs.timing.queries import soon
from tech4muni.core import clock, dates
from tech4muni.core.components import Crumb, Text
from tech4muni.core.views import render_form, sent
from tech4muni.home.facts import facts_about
from tech4muni.home.forms import HistoryForm, ProfileForm
from tech4muni.home.next_steps import challenge_steps, next_steps
from tech4muni.home.queries import figures_of, needs_second_factor, places_by_country, team_of
from tech4muni.home.stages import stages_ahead

ENTRIES_PER_PAGE: Final = 50
CHALLENGES_SHOWN: Final = 6
ENDED_SHOWN: Final = 6
DEADLINES_SHOWN: Final = 8
DAYS_AHEAD: Final = 60


@dataclass(frozen=True, slots=True)
class Door:
    """A public page that is for somebody."""

    label: Text
    url_name: str


@dataclass(frozen=True, slots=True)
class Audience:
    """Somebody the program is for: what they gain, how they begin, and where."""

    who: Text
    gain: Text
    how: Text
    doors: tuple[Door, ...] = ()


AUDIENCES: Final = (
    Audience(
        gettext_lazy("Municipal teams"),
        gettext_lazy("One workspace for your municipality: where you are, what is next and by when, until the pilot."),
        gettext_lazy("Your coordinator opens it and invites you by e-mail."),
    ),
    Audience(
        gettext_lazy("Startups"),
        gettext_lazy("Real customers with a real challenge, chosen by both sides, and an answer for every applicant."),
        gettext_lazy("The municipalities you could work with stand below."),
        (
            Door(gettext_lazy("Open calls"), "market:calls"),
            Door(gettext_lazy("Results of pilots"), "pilots:results"),
        ),
    ),
    Audience(
        gettext_lazy("Residents"),
        gettext_lazy("You are asked before anything is bought, and you can read what came of it."),
        gettext_lazy("You need no account: your municipality sends you a link."),
    ),
)


@require_safe
def portal(request: HttpRequest) -> HttpResponse:
    """Show anyone what this platform is and which municipalities are on it."""
    countries = places_by_country()
    context = {
        "countries": countries,
        "figures": figures_of(countries),
        "stages": stages_ahead(),
        "audiences": AUDIENCES,
    }
    return render(request, "home/portal.html", context)


@require_safe
def municipality_home(request: MunicipalityRequest) -> HttpResponse:
    """Show a municipality's people where they are and what is next."""
    municipality, actor, now = request.municipality, request.actor, clock.now()
    team = team_of(municipality, now)
    may_manage = bool(may_manage_people(actor))
    visible = visible_to(actor)
    ended = visible.filter(ended_at__isnull=False).annotate(is_past=Q(ending=Ending.NOT_KNOWN))
    found = standings(list(visible.filter(ended_at__isnull=True).order_by("created_at")[:CHALLENGES_SHOWN]))
    context = {
        "stages": stages_ahead(),
        "standings": found,
        "ended": list(ended.order_by("is_past", "-ended_at", "-pk")[:ENDED_SHOWN]),
        "challenge_steps": challenge_steps(found, actor, now),
        "deadlines": soon(municipality, DAYS_AHEAD)[:DEADLINES_SHOWN],
        "now": now,
        "team": team,
        "may_manage": may_manage,
        "steps": next_steps(municipality, team, may_manage=may_manage, needs_second_factor=needs_second_factor(actor)),
        "facts": facts_about(municipality),
    }
    return render(request, "home/municipality.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: MunicipalityRequest) -> HttpResponse:
    """Let a lead edit what the municipality says of itself."""
    may_manage_people(request.actor).enforce()
    municipality = Municipality.objects.get(pk=request.municipality.pk)
    form = ProfileForm(sent(request), request.FILES or None, instance=municipality)
    form.cancel_url = reverse("home")
    if request.method == "POST" and form.is_valid() and saved(form, municipality, request):
        messages.success(request, _("The profile is saved."))
        return redirect("home")
    context = {
        "form": form,
        "heading": _("Profile of the municipality"),
        "lead": _("Shown on every page of your workspace and to companies on the portal."),
        "base_template": "base_tenant.html",
        "crumbs": [Crumb(_("Home"), reverse("home")), Crumb(_("Profile"))],
    }
    return render_form(request, "core/form_page.html", context)


def saved(form: ProfileForm, municipality: Municipality, request: MunicipalityRequest) -> bool:
    """Save what changed; whether it held."""
    try:
        edit_municipality(municipality, actor=request.actor.user, changes=form.changes())
    except ValidationError as error:
        form.add_error(None, error)
    return form.is_valid()


@require_safe
def history(request: MunicipalityRequest) -> HttpResponse:
    """Show everybody inside what was done in their municipality, visits of coordinators among it."""
    may_read_history(request.actor).enforce()
    form = HistoryForm(request.GET)
    page = Paginator(form.entries(), ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    city = dates.zone_city(dates.viewer_zone())
    return render_form(request, "home/history.html", {"form": form, "page": page, "city": city})
