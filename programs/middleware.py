"""Who acts on a host, and who gets past its door."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from programs.permissions import may_enter
from programs.queries import actor_for

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
GetResponse = Callable[[HttpRequest], HttpResponseBase]
VISIT_KEY = "visit"
ACCOUNT_PAGES = "account/"


def open_to_all(view: View) -> View:
    """Mark a view of a municipality's host as open to people who are not (yet) inside."""
    view.open_to_all = True  # type: ignore[attr-defined]
    return view


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
        if request.municipality is None or is_account_page(request) or is_open_to_all(view):  # type: ignore[attr-defined]
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        may_enter(request.actor).enforce()  # type: ignore[attr-defined]
        return None


def is_open_to_all(view: Callable[..., Any]) -> bool:
    """Whether a view may be reached by somebody who is not inside: it is marked so."""
    return getattr(view, "open_to_all", False)


def is_account_page(request: HttpRequest) -> bool:
    """Whether a page is about logging in or one's own account; each looks itself whether somebody is logged in."""
    return request.resolver_match is not None and request.resolver_match.route.startswith(ACCOUNT_PAGES)
