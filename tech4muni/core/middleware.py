"""Middleware that needs no app: the request's identity and its one `now`."""

import re
import uuid
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from tech4muni.core import clock
from tech4muni.core.context import CallContext, entered

REQUEST_ID: Final = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestContextMiddleware:
    """Give each request an id (the proxy's `X-Request-ID` when it is sane) and one frozen `now`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request inside its context and name its id in the response."""
        given = request.headers.get("X-Request-ID", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        context = CallContext(request_id=request_id, host=request.META.get("HTTP_HOST", ""))
        with entered(context), clock.at(timezone.now()):
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response
