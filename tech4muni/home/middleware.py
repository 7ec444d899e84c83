"""Answers to whoever watches over this process, before the host is looked at."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, JsonResponse
from django.utils import translation

from programs.enums import MunicipalityState
from programs.hosts.cache import municipality_on
from tech4muni.home.health import report


class HealthMiddleware:
    """`/healthz`: this process lives. `/readyz`: what it stands on is well, too. `/known-host`: a host is ours.

    They answer on any host and by address, without TLS: the ones who ask are a container engine and a proxy, and the
    proxy lets nobody else ask.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.pages = {"/healthz": alive, "/readyz": ready, "/known-host": known_host}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the three paths, and leave all others to the product."""
        page = self.pages.get(request.path_info)
        if page is None:
            return self.get_response(request)
        response = page(request) if request.method in {"GET", "HEAD"} else HttpResponseNotAllowed(["GET", "HEAD"])
        response["Cache-Control"] = "no-store"
        return response


def alive(_request: HttpRequest) -> HttpResponse:
    """Say that this process answers."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def ready(_request: HttpRequest) -> HttpResponse:
    """Say how each thing is that this process needs; 503 if a vital one failed."""
    with translation.override(settings.LANGUAGE_CODE):  # the thread may still have the language of its last person
        found = report()
        status = HTTPStatus.OK if found.is_ready else HTTPStatus.SERVICE_UNAVAILABLE
        return JsonResponse(found.as_json(), status=status)


def known_host(request: HttpRequest) -> HttpResponse:
    """Tell the proxy whether to get a certificate for the host in `domain`: 200 if it is somebody's, else 404."""
    host = request.GET.get("domain", "").lower()
    municipality = municipality_on(host)
    known = municipality is not None and municipality.state != MunicipalityState.PREPARING
    status = HTTPStatus.OK if known or host == settings.PLATFORM_HOST else HTTPStatus.NOT_FOUND
    return HttpResponse(status=status, content_type="text/plain; charset=utf-8")
