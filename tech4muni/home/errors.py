"""Pages for what went wrong, in the brand of the host. None of them needs the database."""

import logging
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from programs.brand import brand_of
from tech4muni.core import context
from tech4muni.core.errors import Forbidden
from tech4muni.core.theme import chosen_theme

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What happened, and what the person can do now."""

    status: int
    heading: str | Promise
    advice: str | Promise


BAD_REQUEST: Final = Trouble(400, _("We could not understand this request"), _("Please go back and try again."))
FORBIDDEN: Final = Trouble(
    403, _("You may not do this"), _("If you think that you should, ask the lead of your municipality.")
)
NOT_FOUND: Final = Trouble(
    404,
    _("Page not found"),
    _("The address may be mistyped, or the page may be for other people than you. Check the address, or log in."),
)
STALE_FORM: Final = Trouble(
    403,
    _("Please send the form again"),
    _("It was open for too long, or your browser refuses cookies. Go back, reload the page, and send it once more."),
)
TOO_MANY: Final = Trouble(
    429, _("Too many tries"), _("Please wait some minutes and try again. Nothing is wrong with your account.")
)
BROKEN: Final = Trouble(
    500,
    _("Something went wrong on our side"),
    _("It has been noted. What you had saved before is safe. Please try again in a few minutes."),
)


def bad_request(request: HttpRequest, exception: SuspiciousOperation | None = None) -> HttpResponse:
    """Answer 400."""
    return trouble_page(request, BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: PermissionDenied | None = None) -> HttpResponse:
    """Answer 403 with the reason, where the refusal gave one."""
    return trouble_page(request, FORBIDDEN, exception.reason if isinstance(exception, Forbidden) else "")


def page_not_found(request: HttpRequest, exception: Http404 | None = None) -> HttpResponse:
    """Answer 404 without a word about what was looked for: a stranger may not know that it exists."""
    return trouble_page(request, NOT_FOUND)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Answer 429, for allauth's limits."""
    return trouble_page(request, TOO_MANY)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form without a valid token; the technical reason goes to the log."""
    logger.warning("CSRF check failed: %s", reason)
    return trouble_page(request, STALE_FORM)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 with the request's id, by which the log finds it."""
    return trouble_page(request, BROKEN)


def trouble_page(request: HttpRequest, trouble: Trouble, reason: str | Promise = "") -> HttpResponse:
    """Render the page without context processors, which would read the session or the person."""
    values = {
        "trouble": trouble,
        "status": trouble.status,
        "reason": reason,
        "brand": brand_of(getattr(request, "municipality", None)),
        "theme": chosen_theme(request),
        "actor": getattr(request, "actor", None),
        "request_id": context.current().request_id,
    }
    return HttpResponse(render_to_string("core/error.html", values), status=trouble.status)
