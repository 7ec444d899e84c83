"""Programs with their brands, windows and joint challenges, and which municipality takes part in what."""

from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from programs.cohorts import services
from programs.cohorts.models import Brand, JointChallenge, Participation, Program
from programs.enums import Stage
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tech4muni.core.components import Status, Tone
from tech4muni.core.errors import Refused
from tech4muni.core.form_fields import MomentField, NamesField
from tech4muni.core.forms import format_zone
from tech4muni.home.admin.base import CoordinatorAdmin, RowLink, Words, WrittenForm, badge, said
from tech4muni.home.admin.steps import ReasonForm, Step, with_reason
from tech4muni.home.fields import LogoField, time_zone_choices
from tech4muni.home.forms import LanguagesMixin

OPENS, CLOSES, BY_ITSELF = "opens", "closes", "by_itself"
END: Final = Step(
    name="end",
    label=_("End the participation"),
    question=ngettext_lazy("End %(count)s participation?", "End %(count)s participations?", "count"),
    effect=_("The municipality takes part in this program no more. Its workspace and all that it did stay."),
    run=with_reason(services.end_participation),
    done=ngettext_lazy("%(count)s participation is ended.", "%(count)s participations are ended.", "count"),
    form=ReasonForm,
    severe=True,
)


class BrandForm(WrittenForm, forms.ModelForm[Brand]):
    """Under which name and look programs run, and who their mails come from."""

    logo = LogoField(label=_("Logo"), required=False, help_text=_("PNG, JPEG or WebP, at most 2 MB."))

    class Meta:
        model = Brand
        fields = ("name", "colour", "logo", "sender_name", "sender_email")
        widgets = {"colour": forms.TextInput(attrs={"type": "color"})}


class BrandAdmin(CoordinatorAdmin[Brand]):
    """The names under which programs run."""

    words = Words(
        lead=_("A brand gives a program its name, its colour and the sender of its mails: Tech4Muni, CityTech."),
        empty=_("Add the brand of your country first; programs choose one."),
        add=_("Add a brand"),
    )
    form = BrandForm
    list_display = ("name", "sender_name", "sender_email")
    search_fields = ("name",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By `save_brand`."""
        return True

    def has_change_permission(self, request: HttpRequest, obj: Brand | None = None) -> bool:
        """By `save_brand`."""
        return True

    def write(self, obj: Brand, form: Any, actor: User) -> Brand:
        """Add or change the brand."""
        return services.save_brand(obj, actor=actor, changes=form.cleaned_data)


class ProgramForm(LanguagesMixin, WrittenForm, forms.ModelForm[Program]):
    """A program that is being added: what it is; its windows follow."""

    languages_are_for = _("In which challenges are published. The main language is always among them.")
    names = NamesField(label=_("Names"), help_text=_("Such as “Tech4Muni North Macedonia 2027”."))
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zone_choices)

    class Meta:
        model = Program
        fields = ("names", "brand", "country", "languages", "time_zone", "partner", "funder", "notes")

    def changes(self) -> dict[str, Any]:
        """Return what the service takes."""
        return {name: value for name, value in self.cleaned_data.items() if name in services.PROGRAM_FIELDS}


def window_field(stage: Stage, part: str) -> str:
    """Return the name of a form field about a stage's window."""
    return f"{stage.value}_{part}"


class ProgramWithWindowsForm(ProgramForm):
    """A program that is there, with the instants at which its stages begin and end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        windows = {window.stage: window for window in self.instance.windows.all()} if self.instance.pk else {}
        for stage in Stage:
            window = windows.get(stage)
            for part, attribute in ((OPENS, "opens_at"), (CLOSES, "closes_at")):
                self._on_clock(window_field(stage, part))
                self.initial.setdefault(window_field(stage, part), getattr(window, attribute, None))
            self.initial.setdefault(window_field(stage, BY_ITSELF), getattr(window, "moves_by_itself", False))

    def _on_clock(self, name: str) -> None:
        """Let an instant be typed on the program's clock, and say so."""
        field = self.fields[name]
        if isinstance(field, MomentField):
            field.zone = self.instance.time_zone
            field.label = format_zone(self.base_fields[name].label or "", field.city)

    def clean(self) -> dict[str, Any]:
        """A window has two ends, or none."""
        cleaned = super().clean()
        for stage in Stage:
            opens, closes = cleaned.get(window_field(stage, OPENS)), cleaned.get(window_field(stage, CLOSES))
            if (opens is None) != (closes is None) and not self.errors:
                missing = OPENS if opens is None else CLOSES
                self.add_error(window_field(stage, missing), _("Give both ends of the stage, or neither."))
        return cleaned

    def windows(self) -> list[tuple[Stage, datetime, datetime, bool]]:
        """Return the windows that were typed, in the order of the stages."""
        found = []
        for stage in Stage:
            opens, closes, by_itself = (
                self.cleaned_data.get(window_field(stage, part)) for part in (OPENS, CLOSES, BY_ITSELF)
            )
            if opens and closes:
                found.append((stage, opens, closes, bool(by_itself)))
        return found


WINDOW_FIELDS: Final = {
    name: field
    for stage in Stage
    for name, field in (
        (window_field(stage, OPENS), MomentField(label=_("Begins"), required=False)),
        (window_field(stage, CLOSES), MomentField(label=_("Ends"), required=False)),
        (
            window_field(stage, BY_ITSELF),
            forms.BooleanField(
                label=_("At its end, challenges whose gate is met move on by themselves"), required=False
            ),
        ),
    )
}
ProgramWithWindowsForm.base_fields |= WINDOW_FIELDS
ProgramWithWindowsForm.declared_fields |= WINDOW_FIELDS


class ProgramAdmin(CoordinatorAdmin[Program]):
    """The programs: added, edited, given their windows; never deleted."""

    words = Words(
        lead=_("A program takes several municipalities through the six stages at the same time."),
        empty=_("Add a program: its name, brand, country, languages and time zone. Then set when each stage begins and "
                "ends, and say which municipalities take part."),
        add=_("Add a program"),
    )  # fmt: skip
    form = ProgramWithWindowsForm
    list_display = ("name_shown", "brand", "country", "begins", "municipalities", "challenges")
    list_filter = ("country", "brand")
    list_select_related = ("brand",)
    search_fields = ("names", "partner", "funder")
    search_help_text = _("name, partner or funder")
    sortable_by = ("country",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Program]:
        """Count who takes part and what is under way."""
        taking_part = Count("participations", filter=Q(participations__ended_at__isnull=True), distinct=True)
        rows = super().get_queryset(request).prefetch_related("windows")
        return rows.annotate(taking_part=taking_part, on_the_way=Count("progress", distinct=True))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By `save_program`."""
        return True

    def has_change_permission(self, request: HttpRequest, obj: Program | None = None) -> bool:
        """By `save_program` and `set_window`."""
        return True

    def get_form(self, request: HttpRequest, obj: Program | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Ask for the windows once its time zone is known."""
        return super().get_form(request, obj, change, form=ProgramWithWindowsForm if change else ProgramForm, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Program | None = None) -> Any:
        """Show what it is, then its stages."""
        base = (
            (_("Name and brand"), {"fields": ("names", "brand", "country")}),
            (_("Languages and time"), {"fields": ("main_language", "languages", "time_zone")}),
            (_("Who stands behind it"), {"fields": ("partner", "funder", "notes")}),
        )
        windows = (
            (stage.label, {"fields": tuple(window_field(stage, part) for part in (OPENS, CLOSES, BY_ITSELF))})
            for stage in Stage
        )
        return (*base, *(windows if obj else ()))

    def write(self, obj: Program, form: Any, actor: User) -> Program:
        """Add or change the program, and set its windows."""
        program = services.save_program(obj, actor=actor, changes=form.changes())
        for stage, opens_at, closes_at, by_itself in getattr(form, "windows", list)():
            known = program.windows.filter(
                stage=stage, opens_at=opens_at, closes_at=closes_at, moves_by_itself=by_itself
            )
            if known.exists():
                continue
            try:
                services.set_window(
                    program, stage, actor=actor, opens_at=opens_at, closes_at=closes_at, moves_by_itself=by_itself
                )
            except Refused as refused:
                part = CLOSES if refused.field == "closes_at" else OPENS
                raise Refused(refused.message, field=window_field(stage, part)) from refused
        return program

    def response_add(self, request: HttpRequest, obj: Program, post_url_continue: str | None = None) -> HttpResponse:
        """Go on to the windows."""
        super().response_add(request, obj, post_url_continue)
        return HttpResponseRedirect(reverse("admin:programs_program_change", args=[obj.pk]))

    def row_links(self, request: HttpRequest, obj: Program) -> tuple[RowLink, ...]:
        """Lead to who takes part and to what is under way."""
        return (
            RowLink(
                _("Municipalities"), f"{reverse('admin:programs_participation_changelist')}?program__id__exact={obj.pk}"
            ),
            RowLink(_("Challenges"), f"{reverse('admin:programs_progress_changelist')}?program__id__exact={obj.pk}"),
        )

    @admin.display(description=_("name"))
    def name_shown(self, program: Program) -> str:
        """Show the name in the active language."""
        return said(program.name)

    @admin.display(description=_("from – to"))
    def begins(self, program: Program) -> str:
        """Show its first and its last day."""
        windows = sorted(program.windows.all(), key=lambda window: window.opens_at)
        if not windows:
            return badge(_("No windows yet"), Tone.TODO)
        return format_html("{} – {}", windows[0].opens_at.date(), max(window.closes_at for window in windows).date())

    @admin.display(description=_("municipalities"))
    def municipalities(self, program: Program) -> int:
        """Count who takes part."""
        count: int = program.taking_part  # type: ignore[attr-defined]
        return count

    @admin.display(description=_("challenges"))
    def challenges(self, program: Program) -> int:
        """Count the challenges in it."""
        count: int = program.on_the_way  # type: ignore[attr-defined]
        return count


def participation_status(participation: Participation) -> Status:
    """Return whether it lasts, in a word."""
    ended = participation.ended_at is not None and participation.ended_at <= clock.now()
    return Status(_("Ended"), Tone.DRAFT) if ended else Status(_("Takes part"), Tone.DONE)


class ParticipationForm(WrittenForm, forms.ModelForm[Participation]):
    """Which municipality takes part in which program, and who looks after it."""

    class Meta:
        model = Participation
        fields = ("program", "municipality", "coordinator")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields.get("coordinator")  # of one that has ended, nothing is asked any more
        if isinstance(choice, forms.ModelChoiceField):
            choice.queryset = User.objects.filter(is_coordinator=True, is_active=True)


class ParticipationAdmin(CoordinatorAdmin[Participation]):
    """Which municipality takes part in which program."""

    words = Words(
        lead=_(
            "A municipality takes part in a program under its brand and in its windows; a coordinator looks after it."
        ),
        empty=_("Say which municipality takes part in which program."),
        add=_("Let a municipality take part"),
    )
    form = ParticipationForm
    list_display = ("municipality", "program", "coordinator", "status")
    list_filter = ("program",)
    list_select_related = ("municipality", "program", "coordinator")
    search_fields = ("municipality__schema_name", "municipality__names", "program__names")
    search_help_text = _("municipality or program")
    sortable_by = ()
    actions = (END.as_action(),)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By `join`."""
        return True

    def has_change_permission(self, request: HttpRequest, obj: Participation | None = None) -> bool:
        """By `change_coordinator`, while it lasts."""
        return obj is None or obj.ended_at is None

    def get_fields(self, request: HttpRequest, obj: Participation | None = None) -> tuple[str, ...]:
        """Ask for what can be decided."""
        return ("program", "municipality", "coordinator", *(("status",) if obj else ()))

    def get_readonly_fields(self, request: HttpRequest, obj: Participation | None = None) -> tuple[str, ...]:
        """Who takes part in what stays; who looks after it may change."""
        if obj is None:
            return ()
        return ("program", "municipality", "status", *(("coordinator",) if obj.ended_at else ()))

    def write(self, obj: Participation, form: Any, actor: User) -> Participation:
        """Let the municipality take part, or another coordinator look after it."""
        coordinator = form.cleaned_data["coordinator"]
        if obj.pk:
            return services.change_coordinator(obj, actor=actor, coordinator=coordinator)
        return services.join(obj.program, obj.municipality, actor=actor, coordinator=coordinator)

    def row_steps(self, request: HttpRequest, obj: Participation) -> tuple[Step, ...]:
        """End it, while it lasts."""
        return () if obj.ended_at else (END,)

    @admin.display(description=_("state"))
    def status(self, participation: Participation) -> str:
        """Show whether it lasts."""
        status = participation_status(participation)
        return badge(status.label, status.tone)


class JointForm(WrittenForm, forms.ModelForm[JointChallenge]):
    """A problem that several municipalities of a program share."""

    names = NamesField(label=_("Names"))

    class Meta:
        model = JointChallenge
        fields = ("names", "program", "lead")


class JointChallengeAdmin(CoordinatorAdmin[JointChallenge]):
    """Problems that several municipalities share."""

    words = Words(
        lead=_("One call and one application for several municipalities, with a decision in each. The leading one "
               "writes the shared brief; the others join with their own annex when they begin their challenge."),
        empty=_("Add a problem that several municipalities of a program share."),
        add=_("Add a joint challenge"),
    )  # fmt: skip
    form = JointForm
    list_display = ("name_shown", "program", "lead")
    list_filter = ("program",)
    list_select_related = ("program", "lead")
    search_fields = ("names",)
    sortable_by = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By `save_joint`."""
        return True

    def has_change_permission(self, request: HttpRequest, obj: JointChallenge | None = None) -> bool:
        """By `save_joint`."""
        return True

    def write(self, obj: JointChallenge, form: Any, actor: User) -> JointChallenge:
        """Add or change it."""
        return services.save_joint(obj, actor=actor, changes=form.cleaned_data)

    @admin.display(description=_("name"))
    def name_shown(self, joint: JointChallenge) -> str:
        """Show the name in the active language."""
        return said(joint.name)
