"""The first page on every host, and the history of a municipality."""

from typing import Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from programs.enums import MunicipalityState
from programs.http import MunicipalityRequest
from programs.models import Municipality
from programs.permissions import may_read_history
from tech4muni.core import dates
from tech4muni.core.views import render_form
from tech4muni.home.forms import HistoryForm

ENTRIES_PER_PAGE: Final = 50


def portal(request: HttpRequest) -> HttpResponse:
    """Show anyone what this platform is and which municipalities are on it."""
    municipalities = Municipality.objects.filter(state=MunicipalityState.ACTIVE).prefetch_related("domains")
    return render(request, "home/portal.html", {"municipalities": municipalities})


def municipality_home(request: MunicipalityRequest) -> HttpResponse:
    """Show a municipality's people where they are and what is next."""
    return render(request, "home/municipality.html")


@require_safe
def history(request: MunicipalityRequest) -> HttpResponse:
    """Show everybody inside what was done in their municipality, visits of coordinators among it."""
    may_read_history(request.actor).enforce()
    form = HistoryForm(request.GET)
    page = Paginator(form.entries(), ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    city = dates.zone_city(dates.viewer_zone())
    return render_form(request, "home/history.html", {"form": form, "page": page, "city": city})
