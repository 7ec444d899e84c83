"""What crosses municipalities on the market: companies, calls and applications. Drafts stay private."""

from typing import Any, Final

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from solutions.market.enums import ApplicationState, ReleaseState
from solutions.market.models import Application, Call, Company
from tech4muni.core import clock, dates
from tech4muni.core.components import Tone
from tech4muni.home.admin.base import CoordinatorAdmin, RowLink, Words, badge, said
from tech4muni.home.admin.exports import Exported, SafeResource

OPEN, AHEAD, OVER, WITHDRAWN = "open", "ahead", "over", "withdrawn"


class CompanyResource(SafeResource):
    """Companies as a list elsewhere."""

    class Meta:
        model = Company
        fields = ("name", "kind", "country", "website", "created_at")
        export_order = fields


class CompanyAdmin(Exported[Company]):
    """The companies: they describe themselves when they apply."""

    words = Words(
        lead=_("Companies come here by applying, or from public records. They describe themselves."),
        empty=_("A company appears with its first application."),
    )
    resource_classes = [CompanyResource]
    list_display = ("name_shown", "kind", "country", "people", "applied", "pilots")
    list_filter = ("kind",)
    search_fields = ("name", "description", "website")
    search_help_text = _("name or description")
    sortable_by = ("name_shown", "country")
    fields = ("name_shown", "kind", "country", "website", "description_shown", "members_shown", "sources_shown")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Company]:
        """Count people, applications and pilots along."""
        return (
            super()
            .get_queryset(request)
            .annotate(
                people_count=Count("members", filter=Q(members__ended_at__isnull=True), distinct=True),
                applied_count=Count(
                    "applications", filter=~Q(applications__state=ApplicationState.DRAFT), distinct=True
                ),
                pilot_count=Count("pilot_entries", distinct=True),
            )
        )

    @admin.display(description=_("name"), ordering="name")
    def name_shown(self, company: Company) -> str:
        """Show the name."""
        return said(company.name)

    @admin.display(description=_("description"))
    def description_shown(self, company: Company) -> str:
        """Show what it says of itself."""
        return said(company.description or "–")

    @admin.display(description=_("people"))
    def people(self, company: Company) -> int:
        """Count who works for it here."""
        count: int = company.people_count  # type: ignore[attr-defined]
        return count

    @admin.display(description=_("applications"))
    def applied(self, company: Company) -> int:
        """Count what it has submitted."""
        count: int = company.applied_count  # type: ignore[attr-defined]
        return count

    @admin.display(description=_("pilots"))
    def pilots(self, company: Company) -> int:
        """Count its pilots."""
        count: int = company.pilot_count  # type: ignore[attr-defined]
        return count

    @admin.display(description=_("people"))
    def members_shown(self, company: Company) -> str:
        """List who works for it here."""
        rows = company.members.filter(ended_at__isnull=True).select_related("user")
        lines = [(member.user, member.get_role_display()) for member in rows]
        return format_html_join("", '<span class="cell-line"><bdi>{}</bdi> · {}</span>', lines) or "–"

    @admin.display(description=_("sources"))
    def sources_shown(self, company: Company) -> str:
        """List the public pages that it was taken over from."""
        return (
            format_html_join("", '<bdi class="cell-line" dir="ltr">{}</bdi>', ((url,) for url in company.sources))
            or "–"
        )


def call_badge(call: Call) -> str:
    """Return how a call stands, in a word."""
    now = clock.now()
    if call.withdrawn_at:
        return badge(_("Withdrawn"), Tone.DRAFT)
    if now < call.opens_at:
        return badge(_("Not open yet"), Tone.TODO)
    return badge(_("Open"), Tone.DOING) if now < call.closes_at else badge(_("Closed"), Tone.DONE)


class CallStateFilter(admin.SimpleListFilter):
    """Calls by how they stand now."""

    title = _("state")
    parameter_name = "now"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer what a call can be."""
        return [(OPEN, _("Open")), (AHEAD, _("Not open yet")), (OVER, _("Closed")), (WITHDRAWN, _("Withdrawn"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Call]) -> QuerySet[Call]:
        """Keep the chosen ones."""
        now, standing = clock.now(), queryset.filter(withdrawn_at__isnull=True)
        choices: dict[str, QuerySet[Call]] = {
            OPEN: standing.filter(opens_at__lte=now, closes_at__gt=now),
            AHEAD: standing.filter(opens_at__gt=now),
            OVER: standing.filter(closes_at__lte=now),
            WITHDRAWN: queryset.filter(withdrawn_at__isnull=False),
        }
        return choices.get(self.value() or "", queryset)


class CallAdmin(CoordinatorAdmin[Call]):
    """The calls: published, moved and withdrawn by their municipality."""

    words = Words(
        lead=_("What municipalities have published. They publish, move and withdraw calls in their own workspace."),
        empty=_("A call appears when a municipality publishes a challenge."),
    )
    list_display = ("title_shown", "municipality", "program", "state", "closes", "applications")
    list_filter = (CallStateFilter, "program")
    list_select_related = ("municipality", "program")
    search_fields = ("content", "municipality__schema_name", "municipality__names")
    search_help_text = _("words of the call, or municipality")
    sortable_by = ("closes",)
    fields = ("title_shown", "municipality", "program", "joint", "state", "opens_at", "closes", "decision_on", "digest")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        """Count the submitted applications along."""
        submitted = Count(
            "applications", filter=Q(applications__application__state=ApplicationState.SUBMITTED), distinct=True
        )
        return super().get_queryset(request).annotate(submitted=submitted)

    @admin.display(description=_("title"))
    def title_shown(self, call: Call) -> str:
        """Show the title in the active language."""
        return said(call.title)

    @admin.display(description=_("state"))
    def state(self, call: Call) -> str:
        """Show how it stands."""
        return call_badge(call)

    @admin.display(description=_("closes"), ordering="closes_at")
    def closes(self, call: Call) -> str:
        """Show the deadline on the municipality's clock."""
        return f"{dates.moment_words(call.closes_at, call.time_zone)} ({dates.zone_city(call.time_zone)})"

    @admin.display(description=_("applications"))
    def applications(self, call: Call) -> int:
        """Count what was submitted."""
        count: int = call.submitted  # type: ignore[attr-defined]
        return count


class ApplicationResource(SafeResource):
    """Applications as a list elsewhere; no answers."""

    company = Field("company__name", _("company"))

    class Meta:
        model = Application
        fields = ("reference", "company", "state", "language", "created_at", "submitted_at")
        export_order = fields


class ApplicationAdmin(Exported[Application]):
    """The applications: who has begun, who has submitted, and how each municipality answered; never a draft's text."""

    words = Words(
        lead=_("Who has begun and who has submitted, and what each municipality makes of it. Drafts are private: what "
               "is written in them is shown to nobody."),
        empty=_("An application appears when somebody begins one on the portal."),
    )  # fmt: skip
    resource_classes = [ApplicationResource]
    list_display = ("reference", "company_shown", "state_shown", "answered", "created_at", "submitted_at")
    list_filter = ("state",)
    list_select_related = ("company",)
    search_fields = ("reference", "company__name")
    search_help_text = _("reference or company")
    sortable_by = ("created_at", "submitted_at")
    fields = (
        "reference", "company_shown", "state_shown", "language", "created_at", "submitted_at", "digest",
        "releases_shown",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        """Count releases and answers along; leave the answers of companies out."""
        waiting = Q(releases__state__in=UNANSWERED)
        return (
            super()
            .get_queryset(request)
            .defer("answers")
            .annotate(
                released=Count("releases", distinct=True), waiting=Count("releases", filter=waiting, distinct=True)
            )
        )

    def row_links(self, request: HttpRequest, obj: Application) -> tuple[RowLink, ...]:
        """Lead to the company."""
        if obj.company_id is None:
            return ()
        return (RowLink(_("Company"), reverse("admin:market_company_change", args=[obj.company_id])),)

    @admin.display(description=_("company"), ordering="company__name")
    def company_shown(self, application: Application) -> str:
        """Name the company, where the application has got so far."""
        return said(application.company or "–")

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, application: Application) -> str:
        """Show the state in a word."""
        state = ApplicationState(application.state)
        return badge(state.label, state.tone)

    @admin.display(description=_("answered"))
    def answered(self, application: Application) -> str:
        """Say how many of the municipalities have answered."""
        released: int = application.released  # type: ignore[attr-defined]
        waiting: int = application.waiting  # type: ignore[attr-defined]
        return f"{released - waiting} / {released}" if released else "–"

    @admin.display(description=_("municipalities"))
    def releases_shown(self, application: Application) -> str:
        """List the municipalities with what each makes of it."""
        rows = application.releases.select_related("city__municipality")
        lines = [
            (release.city.municipality, badge(ReleaseState(release.state).label, ReleaseState(release.state).tone))
            for release in rows
        ]
        return format_html_join("", '<span class="cell-line"><bdi>{}</bdi> {}</span>', lines) or "–"


UNANSWERED: Final = (
    ReleaseState.SUBMITTED, ReleaseState.MORE_INFO_REQUESTED, ReleaseState.UNDER_REVIEW, ReleaseState.SHORTLISTED,
    ReleaseState.INVITED,
)  # fmt: skip
