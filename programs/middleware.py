"""Host → municipality → schema, and who acts there."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import set_urlconf
from django_tenants.utils import tenant_context

from programs.enums import MunicipalityState
from programs.models import Domain, Municipality
from programs.permissions import may_enter
from programs.queries import actor_for

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
GetResponse = Callable[[HttpRequest], HttpResponseBase]
VISIT_KEY = "visit"


def open_to_all(view: View) -> View:
    """Mark a view of a municipality's host as open to people who are not (yet) inside."""
    view.open_to_all = True  # type: ignore[attr-defined]
    return view


class HostMiddleware:
    """Choose the schema by the exact host; an unknown host is 404, a suspended municipality a plain page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request in its schema."""
        host = request.get_host().rsplit(":", 1)[0].lower()
        request.municipality = None  # type: ignore[attr-defined]
        if host == settings.PLATFORM_HOST:
            return self._public(request)
        municipality = find_municipality(host)
        if municipality is None or municipality.state == MunicipalityState.PREPARING:
            self._use_urls(request, settings.PUBLIC_SCHEMA_URLCONF)
            raise Http404
        request.municipality = request.tenant = municipality  # type: ignore[attr-defined]
        with tenant_context(municipality):
            self._use_urls(request, settings.ROOT_URLCONF)
            if municipality.state == MunicipalityState.SUSPENDED:
                return render(request, "programs/suspended.html", {"municipality": municipality}, status=503)
            return self.get_response(request)

    def _public(self, request: HttpRequest) -> HttpResponseBase:
        self._use_urls(request, settings.PUBLIC_SCHEMA_URLCONF)
        return self.get_response(request)

    def _use_urls(self, request: HttpRequest, urlconf: str) -> None:
        request.urlconf = urlconf
        set_urlconf(urlconf)


def find_municipality(host: str) -> Municipality | None:
    """Return the municipality whose domain is exactly `host` (small letters, no port)."""
    domain = Domain.objects.select_related("tenant").filter(domain=host).first()
    return domain.tenant if domain else None


class ActorMiddleware:
    """Work out who acts, and let nobody but insiders past the door of a municipality."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Put the actor on the request."""
        user = request.user if request.user.is_authenticated else None
        visit_id = request.session.get(VISIT_KEY)
        request.actor = actor_for(user, request.municipality, visit_id)  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Send people who are not logged in to log in, and answer 404 to strangers."""
        if request.municipality is None or is_open_to_all(view):  # type: ignore[attr-defined]
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        may_enter(request.actor).enforce()  # type: ignore[attr-defined]
        return None


def is_open_to_all(view: Callable[..., Any]) -> bool:
    """Whether a view may be reached by somebody who is not inside: marked so, or a page of log-in and account."""
    return getattr(view, "open_to_all", False) or view.__module__.startswith("allauth.")
