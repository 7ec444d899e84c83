"""Answers to whoever watches over this process, before the host is looked at."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, JsonResponse
from django.utils import translation

from tech4muni.home.health import report


class HealthMiddleware:
    """`/healthz`: this process lives, and nothing else was asked. `/readyz`: what it stands on is well, too.

    Both answer on any host and by address, without TLS: the ones who ask are a container engine and a proxy.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.pages = {"/healthz": alive, "/readyz": ready}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the two paths, and leave all others to the product."""
        page = self.pages.get(request.path_info)
        if page is None:
            return self.get_response(request)
        response = page() if request.method in {"GET", "HEAD"} else HttpResponseNotAllowed(["GET", "HEAD"])
        response["Cache-Control"] = "no-store"
        return response


def alive() -> HttpResponse:
    """Say that this process answers."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def ready() -> HttpResponse:
    """Say how each thing is that this process needs; 503 if a vital one failed."""
    with translation.override(settings.LANGUAGE_CODE):  # the thread may still have the language of its last person
        found = report()
        status = HTTPStatus.OK if found.is_ready else HTTPStatus.SERVICE_UNAVAILABLE
        return JsonResponse(found.as_json(), status=status)
