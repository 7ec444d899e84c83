"""People: users, their memberships, invitations, and coordinators' visits."""

from typing import Any, Final

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from programs.models import Invitation, Membership, Visit
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tech4muni.core.components import Status, Tone
from tech4muni.home.admin.base import CoordinatorAdmin, Words, badge
from tech4muni.home.admin.exports import Exported, SafeResource

OPEN: Final = "open"
ENDED: Final = "ended"


def user_status(user: User) -> Status:
    """Return how an account is, in a word."""
    if user.anonymised_at:
        return Status(_("Anonymised"), Tone.DRAFT)
    return Status(_("Active"), Tone.DONE) if user.is_active else Status(_("Deactivated"), Tone.LATE)


def invitation_status(invitation: Invitation) -> Status:
    """Return what became of an invitation, in a word."""
    if invitation.accepted_at:
        return Status(_("Accepted"), Tone.DONE)
    if invitation.revoked_at:
        return Status(_("Withdrawn"), Tone.DRAFT)
    return Status(_("Expired"), Tone.LATE) if invitation.expires_at <= clock.now() else Status(_("Open"), Tone.TODO)


def visit_status(visit: Visit) -> Status:
    """Return how far a visit is, in a word."""
    now = clock.now()
    if visit.left_at or (visit.ends_at and visit.ends_at <= now):
        return Status(_("Over"), Tone.DONE)
    if visit.entered_at:
        return Status(_("Inside"), Tone.DOING)
    return Status(_("Not entered"), Tone.DRAFT) if visit.redeem_by <= now else Status(_("Link is open"), Tone.TODO)


class UserAdmin(CoordinatorAdmin[User]):
    """Everybody with an account: added, deactivated, anonymised, never deleted."""

    words = Words(
        lead=_("Everybody with an account. Nobody is deleted: an account is deactivated, and anonymised on request, so "
               "that the record of what was done stays."),
        empty=_("People get an account by an invitation into a municipality; coordinators are added here."),
    )  # fmt: skip
    list_display = ("email", "name_shown", "coordinator_badge", "status", "municipalities", "last_login")
    list_filter = ("is_coordinator", "is_active")
    search_fields = ("email", "name")
    search_help_text = _("name or address")
    sortable_by = ("email", "name_shown", "last_login")
    fields = ("email", "name", "language", "time_zone", "coordinator_badge", "status", "last_login", "created_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Count the municipalities along."""
        working = Count("memberships", filter=Q(memberships__ended_at__isnull=True))
        return super().get_queryset(request).annotate(municipalities=working)

    @admin.display(description=_("name"), ordering="name")
    def name_shown(self, user: User) -> str:
        """Show the name."""
        return user.name

    @admin.display(description=_("coordinator"))
    def coordinator_badge(self, user: User) -> str:
        """Say whether somebody works across municipalities."""
        return badge(_("Coordinator"), Tone.DOING) if user.is_coordinator else self.get_empty_value_display()

    @admin.display(description=_("account"))
    def status(self, user: User) -> str:
        """Show how the account is."""
        status = user_status(user)
        return badge(status.label, status.tone)

    @admin.display(description=_("municipalities"))
    def municipalities(self, user: User) -> int:
        """Count where somebody works."""
        count: int = user.municipalities  # type: ignore[attr-defined]
        return count


class OpenFilter(admin.SimpleListFilter):
    """Memberships that last, or that have ended."""

    title = _("membership")
    parameter_name = "membership"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer both."""
        return [(OPEN, _("Lasting")), (ENDED, _("Ended"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> QuerySet[Membership]:
        """Keep the chosen ones."""
        if self.value() in {OPEN, ENDED}:
            return queryset.filter(ended_at__isnull=self.value() == OPEN)
        return queryset


class MembershipResource(SafeResource):
    """Who is what where."""

    class Meta:
        model = Membership
        fields = ("municipality__schema_name", "user__email", "user__name", "role", "created_at", "ended_at")
        export_order = fields


class MembershipAdmin(Exported[Membership]):
    """Who works where, as what."""

    words = Words(
        lead=_("Who works in which municipality, as what. A membership ends; it is never deleted."),
        empty=_("Invite the first lead of a municipality; the lead then invites the team."),
    )
    resource_classes = [MembershipResource]
    list_display = ("user", "municipality", "role", "created_at", "ended_at")
    list_filter = (OpenFilter, "role")
    list_select_related = ("user", "municipality")
    search_fields = ("user__email", "user__name", "municipality__schema_name")
    search_help_text = _("person or municipality")
    sortable_by = ("role", "created_at", "ended_at")
    ordering = ("municipality__schema_name", "user__email")
    fields = ("user", "municipality", "role", "created_at", "ended_at")
    readonly_fields = fields


class InvitationAdmin(CoordinatorAdmin[Invitation]):
    """Who is asked to come in."""

    words = Words(
        lead=_("Each invitation is a link for one person into one municipality, and works once."),
        empty=_("Invite somebody into a municipality: they get a mail with a link that works once."),
    )
    list_display = ("email", "municipality", "role", "status", "invited_by", "expires_at")
    list_filter = ("role",)
    list_select_related = ("municipality", "invited_by")
    search_fields = ("email", "municipality__schema_name")
    search_help_text = _("address or municipality")
    sortable_by = ("email", "expires_at")
    fields = (
        "email",
        "municipality",
        "role",
        "status",
        "invited_by",
        "created_at",
        "expires_at",
        "accepted_at",
        "revoked_at",
    )
    readonly_fields = fields

    @admin.display(description=_("state"))
    def status(self, invitation: Invitation) -> str:
        """Show what became of it."""
        status = invitation_status(invitation)
        return badge(status.label, status.tone)


class VisitAdmin(CoordinatorAdmin[Visit]):
    """Which coordinator was in which municipality, why, and for how long."""

    words = Words(
        lead=_("Coordinators enter a municipality with a reason and for a short time. The municipality reads it too."),
        empty=_("Enter a municipality from its own page; the visit then stands here."),
    )
    list_display = ("coordinator", "municipality", "reason", "status", "created_at", "left_at")
    list_select_related = ("coordinator", "municipality")
    search_fields = ("coordinator__email", "municipality__schema_name", "reason")
    search_help_text = _("coordinator, municipality or reason")
    sortable_by = ("created_at",)
    fields = ("coordinator", "municipality", "reason", "status", "created_at", "entered_at", "ends_at", "left_at")
    readonly_fields = fields

    @admin.display(description=_("state"))
    def status(self, visit: Visit) -> str:
        """Show how far it is."""
        status = visit_status(visit)
        return badge(status.label, status.tone)
