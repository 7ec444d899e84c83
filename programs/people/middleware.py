"""What must be settled before anything else: the second factor of those whose role demands one."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from programs.middleware import is_account_page
from programs.people.queries import lacks_second_factor

# What somebody needs to set a second factor up, or to turn away; the frame's own pages are marked `open_to_all`.
ON_THE_WAY: Final = frozenset(
    {
        "account_login", "account_logout", "account_reauthenticate", "mfa_index", "mfa_activate_totp",
        "mfa_add_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
    }
)  # fmt: skip


class SecondFactorMiddleware:
    """Lead coordinators and leads without a second factor to set one up, and let them do nothing else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Send those who must to the page where a second factor is set up."""
        match = request.resolver_match
        if not request.user.is_authenticated or match is None or match.view_name in ON_THE_WAY:
            return None
        if getattr(view, "open_to_all", False) and not is_account_page(request):
            return None
        if not lacks_second_factor(request.user):
            return None
        messages.info(request, _("Your role demands a second factor. Please set one up first."))
        return redirect("mfa_index")
