"""The coordinators' admin: Django's own, on the public host only."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class CoordinatorSite(AdminSite):
    """For coordinators, with the product's name on it."""

    site_header = _("Coordinators")
    site_title = _("Coordinators")
    index_title = _("Everything across municipalities")
    final_catch_all_view = False  # an unknown page is 404 for everyone

    def has_permission(self, request: HttpRequest) -> bool:
        """Let active coordinators in."""
        return request.user.is_authenticated and request.user.is_staff

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead to the product's own log-in."""
        return redirect_to_login(reverse("admin:index"))


site = CoordinatorSite(name="admin")
