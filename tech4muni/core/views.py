"""Pages and small answers that belong to the frame of every host."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from tech4muni.core.colour import Colour
from tech4muni.core.colour import brand_css as css_of
from tech4muni.core.errors import Conflict, Refused
from tech4muni.core.forms import FormMixin
from tech4muni.core.theme import keep_theme

FOREVER = 365 * 24 * 3600


def safe_next(request: HttpRequest, fallback: str = "/") -> str:
    """The address in `next` if it is on this host, else the fallback."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if allowed else fallback


@require_safe
@cache_control(public=True, immutable=True, max_age=FOREVER)
def brand_css(request: HttpRequest, colour: str) -> HttpResponse:
    """The style sheet for a brand colour; the colour is in the address, so the answer never changes."""
    return HttpResponse(css_of(Colour.parse(colour)), content_type="text/css; charset=utf-8")


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark on this host (`theme`: light, dark, else as the device) and go back to `next`."""
    response = HttpResponseRedirect(safe_next(request))
    keep_theme(response, request.POST.get("theme", ""))
    return response


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "core/accessibility.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """The privacy notice."""
    return render(request, "core/privacy.html")


class FormErrorsMixin:
    """For form views: a form that does not hold is answered with 422 and what was typed."""

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        """Show the form again with its errors."""
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = 422
        return response


def sent(request: HttpRequest) -> QueryDict | None:
    """Return what a form was sent with, None for a page that is only asked for.

    An empty form is sent too: `request.POST or None` would take it for a question and answer 200 instead of 422.
    """
    return request.POST if request.method == "POST" else None


def render_form(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Render a page with `form` in its context: 422 if the form has errors, else 200."""
    status = 422 if context["form"].errors else 200
    return render(request, template, context, status=status)


def answers_422(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Wrap a library's form view: a form that does not hold is answered with 422, as ours are."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if request.method == "POST" and response.status_code == HTTPStatus.OK and form is not None and form.errors:
            response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response

    return wrapped


def carried_out(form: FormMixin, step: Callable[[], object]) -> bool:
    """Take a step if the form holds, and return whether it was taken; a refusal is put into the form.

    A conflict is not for the form: it is raised on.
    """
    if not form.is_valid():
        return False
    try:
        step()
    except Conflict:
        raise
    except Refused as refused:
        form.add_refusal(refused)
        return False
    return True
