"""Chooses the schema by the exact host, and answers for hosts on which nobody can work."""

from collections.abc import Callable, Iterable, Iterator
from enum import Enum, auto
from http import HTTPStatus
from typing import Final, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import set_urlconf
from django_tenants.utils import tenant_context

from programs.enums import MunicipalityState
from programs.hosts.cache import municipality_on
from programs.models import Municipality
from programs.schemas.versions import is_behind
from tech4muni.core.hosts import host_name

GetResponse = Callable[[HttpRequest], HttpResponseBase]
CLOSED: Final = "closed_because"
RETRY_AFTER: Final = 60  # seconds


class Closed(Enum):
    """Why nobody can work on a host."""

    UNKNOWN = auto()
    SUSPENDED = auto()
    UPDATING = auto()


class HostMiddleware:
    """Put the host's municipality on the request (None on the platform's own host) and its schema on the connection.

    A host that is malformed is answered with 400 by Django. An unknown host and one whose municipality is still being
    prepared cannot be told apart.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request in its schema."""
        host = host_name(request)
        municipality = None if host == settings.PLATFORM_HOST else municipality_on(host)
        closed = None if host == settings.PLATFORM_HOST else _closed(municipality)
        if closed is Closed.UNKNOWN:
            municipality = None
        request.municipality = municipality  # type: ignore[attr-defined]
        setattr(request, CLOSED, closed)
        request.urlconf = settings.ROOT_URLCONF if municipality else settings.PUBLIC_SCHEMA_URLCONF
        set_urlconf(request.urlconf)
        if municipality is None:
            return self.get_response(request)
        with tenant_context(municipality):
            return _kept_inside(municipality, self.get_response(request))


class ClosedHostMiddleware:
    """Answer 404 on unknown hosts and a plain page on closed ones, before anything reads the database.

    It stands behind the middleware that sets headers and the language, so that these pages have both.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let requests to open hosts pass."""
        closed: Closed | None = getattr(request, CLOSED)
        if closed is Closed.UNKNOWN:
            raise Http404
        if closed is Closed.SUSPENDED:
            return render(request, "programs/suspended.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
        if closed is Closed.UPDATING:
            response = render(request, "programs/updating.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
            response["Retry-After"] = str(RETRY_AFTER)
            return response
        return self.get_response(request)


def _closed(municipality: Municipality | None) -> Closed | None:
    if municipality is None or municipality.state == MunicipalityState.PREPARING:
        return Closed.UNKNOWN
    if municipality.state == MunicipalityState.SUSPENDED:
        return Closed.SUSPENDED
    if is_behind(municipality.schema_version):
        return Closed.UPDATING
    return None


def _kept_inside(municipality: Municipality, response: HttpResponseBase) -> HttpResponseBase:
    """Make a streamed body enter the municipality for each of its parts: it is read after the middleware is done.

    A file's body is left alone, for the server to send it as it likes; it reads no database.
    """
    if isinstance(response, StreamingHttpResponse) and getattr(response, "file_to_stream", None) is None:
        response.streaming_content = _parts_inside(municipality, cast(Iterable[bytes], response.streaming_content))
    return response


def _parts_inside(municipality: Municipality, parts: Iterable[bytes]) -> Iterator[bytes]:
    iterator = iter(parts)
    while True:
        with tenant_context(municipality):
            part = next(iterator, None)
        if part is None:
            return
        yield part
