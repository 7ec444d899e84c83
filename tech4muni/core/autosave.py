"""Pages that save themselves: the server's half of static/js/autosave.js (docs/design.md, Forms)."""

from http import HTTPStatus

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tech4muni.core import clock, dates

HEADER = "X-Autosave"


def autosaves(request: HttpRequest) -> bool:
    """Whether the script sent this form, and not the person: it wants a short answer instead of a page."""
    return HEADER in request.headers


def autosaved(**fields: str) -> JsonResponse:
    """Say that the form is saved, and when on the viewer's clock.

    Args:
        fields: new values of hidden fields of the form, such as the mark of what was just saved.
    """
    now = clock.now().astimezone(timezone.get_current_timezone())
    return JsonResponse({"words": _("Saved %(time)s") % {"time": dates.clock_words(now)}, "fields": fields})


def not_autosaved(message: str | Promise, status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY) -> JsonResponse:
    """Say why the form is not saved; after 409 the script leaves the form to the person."""
    return JsonResponse({"words": str(message)}, status=status)
