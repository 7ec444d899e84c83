"""Middleware that needs no app: the request's identity, its line in the log, and the browser's rules."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.security import SecurityMiddleware
from django.utils import timezone, translation

from tech4muni.core import clock
from tech4muni.core.context import CallContext, entered
from tech4muni.core.logs import loggable_path, schema_now

GetResponse = Callable[[HttpRequest], HttpResponseBase]

REQUEST_ID: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
access_log = logging.getLogger("tech4muni.access")


class RequestContextMiddleware:
    """Give each request an id (the proxy's `X-Request-ID` when it is sane) and one frozen `now`.

    It begins in the default language, and the one it was answered in does not stay on the thread: an answer given
    before the next visitor's language is known would come in it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request inside its context and name its id in the response."""
        given = request.headers.get("X-Request-ID", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        context = CallContext(request_id=request_id, host=request.META.get("HTTP_HOST", ""))
        with entered(context), clock.at(timezone.now()), translation.override(settings.LANGUAGE_CODE):
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class AccessLogMiddleware:
    """One line in the log per request: what was asked, what was answered, how long it took."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request and write its line."""
        start = time.monotonic()
        response = self.get_response(request)
        path = loggable_path(request)
        municipality = getattr(request, "municipality", None)
        access_log.info(
            "%s %s %s",
            request.method,
            path,
            response.status_code,
            extra={
                "schema": municipality.schema_name if municipality else schema_now(),
                "method": request.method,
                "path": path,
                "status": response.status_code,
                "ms": round((time.monotonic() - start) * 1000),
            },
        )
        return response


class ResponseHeadersMiddleware(SecurityMiddleware):
    """Django's security headers and ours on every answer, also on those given before the host is known.

    The redirect to HTTPS is left to Django's own middleware further in: an unknown host is not redirected to itself.
    A page that does not say how it may be kept is not kept at all, neither by the browser nor by a proxy.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Redirect nobody."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Add what the answer does not say itself."""
        response = super().process_response(request, response)
        for name, value in settings.RESPONSE_HEADERS.items():
            response.headers.setdefault(name, value)
        return response
