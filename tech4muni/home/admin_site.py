"""The coordinators' admin: Django's own, on the public host only, in the product's look."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any, Final

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from programs.cohorts.models import Brand, JointChallenge, Participation, Program, Progress
from programs.models import Domain, Invitation, Membership, Municipality, Visit
from programs.timing.models import Deadline
from solutions.market.models import Application, Call, Company
from tech4muni.accounts.models import User
from tech4muni.audit.models import Entry
from tech4muni.home.admin import (
    cockpit,
    health,
    hosts,
    market,
    municipalities,
    outbox,
    overview,
    people,
    programs,
    records,
    timing,
    users,
)
from tech4muni.notifications.models import Message

# Pages of Django's admin that the product has elsewhere (passwords), or nowhere.
LEFT_OUT: Final = frozenset({"app_list", "autocomplete", "password_change", "password_change_done", "view_on_site"})


@dataclass(frozen=True)
class Section:
    """An entry of the navigation: the lists that belong together, the first one where it leads."""

    label: str | Promise
    models: tuple[type[Model], ...]


@dataclass(frozen=True)
class Link:
    """Where a word of the navigation leads, and whether we are there."""

    label: str | Promise
    url: str
    current: bool


SECTIONS: Final = (
    Section(_("Challenges"), (Progress, Deadline)),
    Section(_("Programs"), (Program, Participation, JointChallenge, Brand)),
    Section(_("Market"), (Call, Application, Company)),
    Section(_("Municipalities"), (Municipality, Domain)),
    Section(_("People"), (User, Membership, Invitation, Visit)),
    Section(_("Messages"), (Message,)),
    Section(_("Record"), (Entry,)),
)


class CoordinatorSite(AdminSite):
    """For coordinators, with the product's name on it."""

    site_header = _("Coordinators")
    site_title = _("Coordinators")
    index_title = _("Everything across municipalities")
    index_template = "admin/overview.html"
    enable_nav_sidebar = False
    final_catch_all_view = False  # an unknown page is 404 for everyone
    empty_value_display = "–"

    def has_permission(self, request: HttpRequest) -> bool:
        """Let active coordinators in."""
        return request.user.is_authenticated and request.user.is_staff

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Lead people who are not logged in to log in as everywhere; for others than coordinators there is nothing."""
        guarded: Callable[..., HttpResponseBase] = super().admin_view(view, cacheable)

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not self.has_permission(request):
                raise Http404
            return guarded(request, *args, **kwargs)

        return update_wrapper(inner, view)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead to the product's own log-in."""
        return redirect_to_login(reverse("admin:index"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Lead to the product's own log-out, which asks first."""
        return redirect("account_logout")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Leave Django's list of everything empty: `navigation` is ours."""
        return []

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show what needs a coordinator, and the way to everything."""
        return super().index(request, {**overview.context(), **(extra_context or {})})

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the health page, and leave out what is not for here."""
        own = [path("health/", self.admin_view(health.page(self)), name="health")]
        django = [pattern for pattern in super().get_urls() if getattr(pattern, "name", None) not in LEFT_OUT]
        return [*own, *django]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Give every page its navigation."""
        return {**super().each_context(request), **self.navigation(request)}

    def navigation(self, request: HttpRequest) -> dict[str, Any]:
        """Return the sections, and the lists of the one that is open."""
        match = request.resolver_match
        here = match.url_name or "" if match else ""
        current = next((section for section in SECTIONS if any(is_at(here, model) for model in section.models)), None)
        return {
            "nav": [
                Link(_("Overview"), reverse("admin:index"), here == "index"),
                *(Link(section.label, list_url(section.models[0]), section is current) for section in SECTIONS),
                Link(_("Events"), reverse("events:list"), current=False),
                Link(_("Health"), reverse("admin:health"), here == "health"),
            ],
            "subnav_label": current.label if current else "",
            "subnav": [
                Link(model._meta.verbose_name_plural or "", list_url(model), is_at(here, model))
                for model in (current.models if current and len(current.models) > 1 else ())
            ],
        }


def list_url(model: type[Model]) -> str:
    """Return the address of a model's list."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def is_at(url_name: str, model: type[Model]) -> bool:
    """Whether a URL name of the admin belongs to a model."""
    return url_name.startswith(f"{model._meta.app_label}_{model._meta.model_name}_")


site = CoordinatorSite(name="admin")
site.register(Progress, cockpit.ProgressAdmin)
site.register(Deadline, timing.DeadlineAdmin)
site.register(Call, market.CallAdmin)
site.register(Application, market.ApplicationAdmin)
site.register(Company, market.CompanyAdmin)
site.register(Program, programs.ProgramAdmin)
site.register(Participation, programs.ParticipationAdmin)
site.register(JointChallenge, programs.JointChallengeAdmin)
site.register(Brand, programs.BrandAdmin)
site.register(Municipality, municipalities.MunicipalityAdmin)
site.register(Domain, hosts.HostAdmin)
site.register(User, users.UserAdmin)
site.register(Membership, people.MembershipAdmin)
site.register(Invitation, people.InvitationAdmin)
site.register(Visit, people.VisitAdmin)
site.register(Message, outbox.MessageAdmin)
site.register(Entry, records.EntryAdmin)
