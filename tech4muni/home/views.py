"""The first page on every host."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from programs.enums import MunicipalityState
from programs.http import MunicipalityRequest
from programs.models import Municipality


def portal(request: HttpRequest) -> HttpResponse:
    """Show anyone what this platform is and which municipalities are on it."""
    municipalities = Municipality.objects.filter(state=MunicipalityState.ACTIVE).prefetch_related("domains")
    return render(request, "home/portal.html", {"municipalities": municipalities})


def municipality_home(request: MunicipalityRequest) -> HttpResponse:
    """Show a municipality's people where they are and what is next."""
    return render(request, "home/municipality.html")
