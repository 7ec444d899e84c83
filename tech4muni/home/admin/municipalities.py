"""The municipalities."""

from typing import Any, ClassVar, Final

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from import_export.fields import Field

from programs import municipalities as services
from programs.enums import MunicipalityState, SchemaJobState
from programs.models import Municipality
from programs.schemas.versions import is_behind
from tech4muni.accounts.models import User
from tech4muni.core.components import Tone
from tech4muni.home.admin.base import RowLink, Words, WrittenForm, badge
from tech4muni.home.admin.exports import Exported, SafeResource
from tech4muni.home.admin.steps import ReasonForm, Step, plain, with_reason
from tech4muni.home.forms import MunicipalityForm, NewMunicipalityForm

TONES: Final = {
    MunicipalityState.PREPARING: Tone.DOING,
    MunicipalityState.ACTIVE: Tone.DONE,
    MunicipalityState.SUSPENDED: Tone.LATE,
}
PREPARE: Final = Step(
    name="prepare",
    label=_("Prepare"),
    question=ngettext_lazy("Prepare %(count)s municipality?", "Prepare %(count)s municipalities?", "count"),
    effect=_("A worker makes the schema and opens the workspace. This happens by itself after adding; ask for it "
             "again where it failed."),
    run=plain(services.ask_for_schema),
    done=ngettext_lazy("%(count)s municipality is being prepared.", "%(count)s municipalities are being prepared.",
                       "count"),
)  # fmt: skip
SUSPEND: Final = Step(
    name="suspend",
    label=_("Suspend"),
    question=ngettext_lazy("Suspend %(count)s municipality?", "Suspend %(count)s municipalities?", "count"),
    effect=_("Everybody who opens the workspace sees a plain page with the reason. Nothing is lost, and you can resume "
             "it at any time."),
    run=with_reason(services.suspend),
    done=ngettext_lazy("%(count)s municipality is suspended.", "%(count)s municipalities are suspended.", "count"),
    form=ReasonForm,
    severe=True,
)  # fmt: skip
RESUME: Final = Step(
    name="resume",
    label=_("Resume"),
    question=ngettext_lazy("Resume %(count)s municipality?", "Resume %(count)s municipalities?", "count"),
    effect=_("Its people can work again at once."),
    run=plain(services.resume),
    done=ngettext_lazy("%(count)s municipality is open again.", "%(count)s municipalities are open again.", "count"),
)
STEPS: Final = {
    MunicipalityState.PREPARING: (PREPARE,),
    MunicipalityState.ACTIVE: (SUSPEND,),
    MunicipalityState.SUSPENDED: (RESUME,),
}
STATE_SHOWN: Final = ("state_badge", "suspension_reason", "hosts", "people_link", "schema")


class MunicipalityResource(SafeResource):
    """What coordinators list elsewhere."""

    name = Field("name", _("name"))
    hosts = Field(column_name=_("hosts"))
    people = Field("people", _("people"))

    class Meta:
        model = Municipality
        fields = (
            "schema_name",
            "name",
            "country",
            "state",
            "hosts",
            "people",
            "population",
            "time_zone",
            "schema_version",
        )
        export_order = fields

    def dehydrate_hosts(self, municipality: Municipality) -> str:
        """Name all hosts."""
        return " ".join(domain.domain for domain in municipality.domains.all())


class AddedMunicipalityForm(WrittenForm, NewMunicipalityForm):
    """A municipality that is being added."""


class EditedMunicipalityForm(WrittenForm, MunicipalityForm):
    """A municipality that is there."""


class MunicipalityAdmin(Exported[Municipality]):
    """The municipalities: added, edited, suspended and resumed, never deleted."""

    words = Words(
        lead=_("Each has a workspace of its own, on its own host. None is ever deleted: suspend one that shall rest."),
        empty=_("Add the first municipality: its name in each language, its country, its working week and its host. "
                "A worker then prepares its workspace."),
        add=_("Add a municipality"),
    )  # fmt: skip
    resource_classes: ClassVar[list[type[SafeResource]]] = [MunicipalityResource]
    form = EditedMunicipalityForm
    list_display = ("name_shown", "state_badge", "country", "hosts", "people", "schema")
    list_filter = ("state", "country")
    search_fields = ("schema_name", "names", "domains__domain")
    search_help_text = _("name or host")
    ordering = ("schema_name",)
    sortable_by = ("name_shown", "country", "people")
    actions = tuple(step.as_action() for step in (SUSPEND, RESUME, PREPARE))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Municipality]:
        """Count the people and fetch hosts and work on the schema along."""
        working = Count("memberships", filter=Q(memberships__ended_at__isnull=True), distinct=True)
        rows = super().get_queryset(request).select_related("schema_job").prefetch_related("domains")
        return rows.annotate(people=working)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By `create_municipality`."""
        return True

    def has_change_permission(self, request: HttpRequest, obj: Municipality | None = None) -> bool:
        """By `edit_municipality`."""
        return True

    def get_form(
        self, request: HttpRequest, obj: Municipality | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Ask for schema and host only once."""
        return super().get_form(request, obj, change, form=self.form if change else AddedMunicipalityForm, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Municipality | None = None) -> Any:
        """Show how far it is where it is there already, and what is decided for good where it is not."""
        first: tuple[str, ...] = ("names", "country")
        state = ((None, {"fields": STATE_SHOWN, "classes": ("is-aside",)}),)
        return (
            *(state if obj else ()),
            (_("Name and place"), {"fields": first if obj else (*first, "schema_name", "host")}),
            (_("Languages and time"), {"fields": ("main_language", "languages", "time_zone", "working_days")}),
            (_("Figures"), {"fields": ("population", "latitude", "longitude")}),
            (_("Look"), {"fields": ("colour", "logo")}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Municipality | None = None) -> tuple[str, ...]:
        """The state is changed by steps, not by typing."""
        return STATE_SHOWN if obj else ()

    def write(self, obj: Municipality, form: Any, actor: User) -> Municipality:
        """Add or change the municipality."""
        if obj.pk:
            return services.edit_municipality(obj, actor=actor, changes=form.changes())
        fields = {name: form.cleaned_data[name] for name in services.EDITABLE}
        return services.create_municipality(
            actor=actor, schema_name=form.cleaned_data["schema_name"], host=form.cleaned_data["host"], **fields
        )

    def row_steps(self, request: HttpRequest, obj: Municipality) -> tuple[Step, ...]:
        """Offer what the state allows."""
        return STEPS[MunicipalityState(obj.state)]

    def row_links(self, request: HttpRequest, obj: Municipality) -> tuple[RowLink, ...]:
        """Lead inside, while it is open."""
        if obj.state != MunicipalityState.ACTIVE:
            return ()
        return (RowLink(_("Enter"), f"{reverse('enter_municipality')}?municipality={obj.public_id}"),)

    @admin.display(description=_("name"), ordering="schema_name")
    def name_shown(self, municipality: Municipality) -> str:
        """Show the name in the active language."""
        return format_html("<bdi>{}</bdi>", municipality.name)

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, municipality: Municipality) -> str:
        """Show the state in a word."""
        job = getattr(municipality, "schema_job", None)
        state = MunicipalityState(municipality.state)
        if state is MunicipalityState.PREPARING and job is not None and job.state == SchemaJobState.FAILED:
            return badge(_("Preparing failed"), Tone.LATE)
        return badge(state.label, TONES[state])

    @admin.display(description=_("hosts"))
    def hosts(self, municipality: Municipality) -> str:
        """List the hosts, the primary one first."""
        domains = sorted(municipality.domains.all(), key=lambda domain: (not domain.is_primary, domain.domain))
        return format_html_join(
            "", '<bdi class="cell-line" dir="ltr">{}</bdi>', ((domain.domain,) for domain in domains)
        )

    @admin.display(description=_("people"), ordering="people")
    def people(self, municipality: Municipality) -> int:
        """Count who works there now."""
        count: int = municipality.people
        return count

    @admin.display(description=_("people"))
    def people_link(self, municipality: Municipality) -> str:
        """Lead to who works there."""
        url = reverse("admin:programs_membership_changelist")
        return format_html(
            '<a href="{}?municipality__id__exact={}">{}</a>', url, municipality.pk, self.people(municipality)
        )

    @admin.display(description=_("schema"), ordering="schema_version")
    def schema(self, municipality: Municipality) -> str:
        """Show the schema's version, and what is wrong with it."""
        job = getattr(municipality, "schema_job", None)
        if job is not None and job.state == SchemaJobState.FAILED:
            return format_html('{}<span class="cell-line">{}</span>', badge(_("Failed"), Tone.LATE), job.error)
        name = format_html('<bdi dir="ltr">{}</bdi>', municipality.schema_name)
        version = municipality.schema_version.partition("-")[0].lstrip("0")
        if not is_behind(municipality.schema_version):
            return format_html('{} <span class="cell-note">{}</span>', name, version)
        waits = municipality.state == MunicipalityState.PREPARING
        return name if waits else format_html("{} {}", name, badge(_("Behind"), Tone.LATE))
