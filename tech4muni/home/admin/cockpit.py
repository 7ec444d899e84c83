"""The cockpit: all challenges of all municipalities, where they are, what is late, and who is silent."""

from datetime import timedelta
from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from programs.cohorts.models import Progress
from programs.enums import Ending, Stage
from programs.timing.models import Deadline
from programs.timing.queries import open_deadlines
from tech4muni.core import clock, dates
from tech4muni.core.components import Count as Figure
from tech4muni.core.components import Tone
from tech4muni.home.admin.base import CoordinatorAdmin, RowLink, Words, badge, said

SILENT_AFTER: Final = timedelta(days=14)
SLOW_AFTER: Final = timedelta(days=42)
LATE, SILENT, SLOW = "late", "silent", "slow"
LATE_ONES, SILENT_ONES = "late_ones", "silent_ones"


def late_of_challenge() -> QuerySet[Deadline]:
    """Return the deadlines that are late of the challenge of an outer row."""
    return open_deadlines().filter(challenge_id=OuterRef("challenge_id"), due_at__lt=clock.now()).order_by()


def watched(rows: QuerySet[Progress]) -> QuerySet[Progress]:
    """Count for each challenge what is late."""
    late = late_of_challenge().values("challenge_id").annotate(number=Count("pk")).values("number")
    return rows.annotate(late=Coalesce(Subquery(late, output_field=IntegerField()), 0))


def by_health(rows: QuerySet[Any], which: str) -> QuerySet[Any]:
    """Keep the challenges with late items, of silent teams, or long in their stage."""
    now, under_way = clock.now(), rows.filter(ended_at__isnull=True)
    if which == LATE:
        return under_way.filter(late__gt=0)
    if which == SILENT:
        return under_way.filter(active_at__lt=now - SILENT_AFTER)
    return under_way.filter(since__lt=now - SLOW_AFTER)


class HealthFilter(admin.SimpleListFilter):
    """Challenges that need a coordinator."""

    title = _("who needs help")
    parameter_name = "health"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer the three ways to need help."""
        return [
            (LATE, _("Something is late")),
            (SILENT, _("Silent for 14 days")),
            (SLOW, _("In its stage for 6 weeks")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Progress]) -> QuerySet[Progress]:
        """Keep the chosen ones."""
        return by_health(queryset, self.value() or "") if self.value() in {LATE, SILENT, SLOW} else queryset


class UnderWayFilter(admin.SimpleListFilter):
    """Challenges that still go through the stages, or have ended."""

    title = _("way")
    parameter_name = "way"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer both."""
        return [("open", _("Under way")), ("ended", _("Ended"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Progress]) -> QuerySet[Progress]:
        """Keep the chosen ones."""
        if self.value() in {"open", "ended"}:
            return queryset.filter(ended_at__isnull=self.value() == "open")
        return queryset


class PastLast(ChangeList):
    """The list of challenges: what was taken over from past editions stands last, however the rest is ordered."""

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """Order by this first."""
        return [IsNull(F("import_key"), rhs=False).asc(), *super().get_ordering(request, queryset)]


class ProgressAdmin(CoordinatorAdmin[Progress]):
    """All challenges: read here, worked on in their municipality."""

    words = Words(
        lead=_("All challenges of all municipalities. What is done in one is done inside: enter it from here."),
        empty=_("A challenge appears here as soon as a municipality begins it."),
    )
    list_display = (
        "challenge", "late_shown", "in_stage", "municipality_shown", "stage_shown", "program", "activity",
    )  # fmt: skip
    list_filter = (HealthFilter, UnderWayFilter, "stage", "program")
    list_select_related = ("municipality", "program")
    search_fields = ("label", "municipality__schema_name", "municipality__names")
    search_help_text = _("challenge or municipality")
    sortable_by = ("in_stage", "late_shown", "activity")
    ordering = ("since",)
    fields = (
        "challenge", "municipality_shown", "program", "joint", "stage_shown", "in_stage", "moves", "late_shown",
        "deadlines", "activity",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Progress]:
        """Count what is late along."""
        return watched(super().get_queryset(request))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Order the list so that past editions come last."""
        return PastLast

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the number of challenges in each stage above the list."""
        return super().changelist_view(request, {"figures": stage_figures(), **(extra_context or {})})

    def row_links(self, request: HttpRequest, obj: Progress) -> tuple[RowLink, ...]:
        """Lead inside."""
        return (RowLink(_("Enter the municipality"), enter_url(obj)),)

    @admin.display(description=_("challenge"))
    def challenge(self, progress: Progress) -> str:
        """Show the title in the active language."""
        return said(progress.name)

    @admin.display(description=_("municipality"))
    def municipality_shown(self, progress: Progress) -> str:
        """Name the municipality, as the way inside."""
        return format_html('<a href="{}"><bdi>{}</bdi></a>', enter_url(progress), progress.municipality)

    @admin.display(description=_("stage"), ordering="stage")
    def stage_shown(self, progress: Progress) -> str:
        """Show where it is, and how it ended."""
        stage = Stage(progress.stage)
        words = format_html("{}. {}", stage.number, stage.label)
        if progress.ended_at is None:
            return words
        return format_html("{} {}", words, badge(ending_words(progress), Tone.DRAFT))

    @admin.display(description=_("days since the last move"), ordering="-since")
    def in_stage(self, progress: Progress) -> int:
        """Count the days in this stage."""
        return max((clock.now() - progress.since).days, 0)

    @admin.display(description=_("late"), ordering="-late")
    def late_shown(self, progress: Progress) -> str:
        """Say how much is late."""
        number: int = progress.late  # type: ignore[attr-defined]
        if not number:
            return "–"
        return badge(ngettext("%(count)s item", "%(count)s items", number) % {"count": number}, Tone.LATE)

    @admin.display(description=_("last activity"), ordering="active_at")
    def activity(self, progress: Progress) -> str:
        """Show the day, and whether the team is silent."""
        day = dates.day_words(progress.active_at)
        if progress.ended_at is None and progress.active_at < clock.now() - SILENT_AFTER:
            return format_html("{} {}", day, badge(_("Silent"), Tone.TODO))
        return day

    @admin.display(description=_("deadlines"))
    def deadlines(self, progress: Progress) -> str:
        """List what is still to be done, with who does it."""
        rows = open_deadlines().filter(challenge_id=progress.challenge_id).select_related("owner")[:20]
        lines = [
            format_html(
                '<span class="cell-line"><bdi>{}</bdi> · {} · <bdi>{}</bdi></span>',
                row.name,
                dates.moment_words(row.due_at, row.time_zone),
                row.owner or "–",
            )
            for row in rows
        ]
        return format_html("{}" * len(lines), *lines) if lines else "–"


def ending_words(progress: Progress) -> str:
    """Say in a word or three how the way of a challenge ended."""
    return str(_("Result not known")) if progress.ending == Ending.NOT_KNOWN else progress.get_ending_display()


def enter_url(progress: Progress) -> str:
    """Return where a coordinator begins a visit to the municipality of a challenge."""
    return f"{reverse('enter_municipality')}?municipality={progress.municipality.public_id}"


def stage_figures() -> list[Figure]:
    """Count the challenges under way by stage, and those that need help, each with the way to them; one query."""
    url = reverse("admin:programs_progress_changelist")
    counts = under_way().aggregate(
        **{stage.value: Count("pk", filter=Q(stage=stage)) for stage in Stage}, **who_needs_help()
    )
    return [
        *(Figure(stage.label, counts[stage.value], f"{url}?way=open&stage__exact={stage.value}") for stage in Stage),
        Figure(_("late"), counts[LATE_ONES], help_url(LATE)),
        Figure(_("silent"), counts[SILENT_ONES], help_url(SILENT)),
    ]


def help_figures() -> dict[str, int]:
    """Count the challenges that are late, and those of silent teams; one query."""
    return under_way().aggregate(**who_needs_help())


def help_url(which: str) -> str:
    """Return where the challenges are that need help in one way."""
    return f"{reverse('admin:programs_progress_changelist')}?health={which}"


def under_way() -> QuerySet[Progress]:
    """Return the challenges that still go through the stages."""
    return watched(Progress.objects.filter(ended_at__isnull=True))


def who_needs_help() -> dict[str, Count]:
    """Return how to count late challenges and silent teams among those under way."""
    return {
        LATE_ONES: Count("pk", filter=Q(late__gt=0)),
        SILENT_ONES: Count("pk", filter=Q(active_at__lt=clock.now() - SILENT_AFTER)),
    }
