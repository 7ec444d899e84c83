"""Deadlines of all municipalities, and what the system does at an instant."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from programs.timing.models import Deadline
from tech4muni.core import clock, dates
from tech4muni.core.components import Status, Tone
from tech4muni.home.admin.base import CoordinatorAdmin, Words, badge, said

OPEN, LATE, DONE = "open", "late", "done"


def deadline_status(deadline: Deadline) -> Status:
    """Return how a deadline stands, in a word."""
    if deadline.met_at:
        return Status(_("Done"), Tone.DONE)
    if deadline.withdrawn_at:
        return Status(_("No longer needed"), Tone.DRAFT)
    return Status(_("Late"), Tone.LATE) if deadline.due_at <= clock.now() else Status(_("Open"), Tone.TODO)


class StandingFilter(admin.SimpleListFilter):
    """Deadlines by how they stand now."""

    title = _("state")
    parameter_name = "now"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer what a deadline can be."""
        return [(LATE, _("Late")), (OPEN, _("Open")), (DONE, _("Done"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Deadline]) -> QuerySet[Deadline]:
        """Keep the chosen ones."""
        still = queryset.filter(met_at__isnull=True, withdrawn_at__isnull=True)
        choices: dict[str, QuerySet[Deadline]] = {
            LATE: still.filter(due_at__lte=clock.now()),
            OPEN: still.filter(due_at__gt=clock.now()),
            DONE: queryset.filter(met_at__isnull=False),
        }
        return choices.get(self.value() or "", queryset)


class DeadlineAdmin(CoordinatorAdmin[Deadline]):
    """What has to be done by when, in all municipalities."""

    words = Words(
        lead=_("What has to be done by when. People are reminded 7 and 2 days before and a day after, then their lead, "
               "then the coordinator who looks after the municipality."),
        empty=_("Deadlines appear with the stages of challenges, with calls, scores and milestones."),
    )  # fmt: skip
    list_display = ("what", "municipality", "owner", "by", "status")
    list_filter = (StandingFilter, "program")
    list_select_related = ("municipality", "owner")
    search_fields = ("label", "municipality__schema_name", "owner__email")
    search_help_text = _("what, municipality or person")
    sortable_by = ("by",)
    ordering = ("due_at",)
    fields = ("what", "municipality", "program", "owner", "by", "status", "steps_shown")
    readonly_fields = fields

    @admin.display(description=_("what"))
    def what(self, deadline: Deadline) -> str:
        """Say what has to be done."""
        return said(deadline.name)

    @admin.display(description=_("by"), ordering="due_at")
    def by(self, deadline: Deadline) -> str:
        """Show the instant on the deadline's clock."""
        return f"{dates.moment_words(deadline.due_at, deadline.time_zone)} ({dates.zone_city(deadline.time_zone)})"

    @admin.display(description=_("state"))
    def status(self, deadline: Deadline) -> str:
        """Show how it stands."""
        status = deadline_status(deadline)
        return badge(status.label, status.tone)

    @admin.display(description=_("reminders"))
    def steps_shown(self, deadline: Deadline) -> str:
        """List the reminders, sent and to come."""
        words = [
            f"{step.get_step_display()}: {dates.moment_words(step.done_at or step.due_at, deadline.time_zone)}"
            f" {'✓' if step.done_at else '–' if step.cancelled_at else ''}"
            for step in deadline.steps.order_by("due_at")
        ]
        return said(" · ".join(words) or "–")
