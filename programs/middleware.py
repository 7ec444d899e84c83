"""Who acts on a host, and who gets past its door."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from programs.actors import Actor
from programs.permissions import may_enter
from programs.queries import actor_for
from tech4muni.core.errors import Forbidden

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
GetResponse = Callable[[HttpRequest], HttpResponseBase]
VISIT_KEY = "visit"
ACCOUNT_PAGES = "account/"
LOG_OUT = "account_logout"


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
        visit_id = request.session.get(VISIT_KEY)
        actor = _actor(request, visit_id)
        if visit_id and actor.visit is None:  # a visit's session is for that visit only
            logout(request)
            messages.info(request, _("Your visit has ended."))
            actor = _actor(request, None)
        request.actor = actor  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Send people who are not logged in to log in, and answer 404 to strangers; visitors leave their account be."""
        match = request.resolver_match
        if is_account_page(request):
            if request.actor.visit and match and match.view_name != LOG_OUT:  # type: ignore[attr-defined]
                raise Forbidden(_("Not while you visit a municipality. Leave first."))
            return None
        if request.municipality is None or is_open_to_all(view):  # type: ignore[attr-defined]
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        may_enter(request.actor).enforce()  # type: ignore[attr-defined]
        return None


def _actor(request: HttpRequest, visit_id: str | None) -> Actor:
    user = request.user if request.user.is_authenticated else None
    return actor_for(user, request.municipality, visit_id)  # type: ignore[attr-defined]


def is_open_to_all(view: Callable[..., Any]) -> bool:
    """Whether a view may be reached by somebody who is not inside: it is marked so."""
    return getattr(view, "open_to_all", False)


def is_account_page(request: HttpRequest) -> bool:
    """Whether a page is about logging in or one's own account; each looks itself whether somebody is logged in."""
    return request.resolver_match is not None and request.resolver_match.route.startswith(ACCOUNT_PAGES)
