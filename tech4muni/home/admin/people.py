"""Who works where: memberships, invitations, and coordinators' visits."""

from typing import Any, Final

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from programs.actors import Actor
from programs.enums import Role
from programs.models import Invitation, Membership, Visit
from programs.people.services import invitations, memberships
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tech4muni.core.components import Status, Tone
from tech4muni.home.admin.base import CoordinatorAdmin, Words, WrittenForm, badge, said
from tech4muni.home.admin.exports import Exported, SafeResource
from tech4muni.home.admin.steps import ReasonForm, Step, plain, with_reason

OPEN: Final = "open"
ENDED: Final = "ended"


END: Final = Step(
    name="end",
    label=_("End the membership"),
    question=ngettext_lazy("End %(count)s membership?", "End %(count)s memberships?", "count"),
    effect=_("They can no longer enter the workspace, and get a mail. What they did there stays."),
    run=with_reason(memberships.end_membership, by=Actor),
    done=ngettext_lazy("%(count)s membership is ended.", "%(count)s memberships are ended.", "count"),
    form=ReasonForm,
    severe=True,
)
RESEND: Final = Step(
    name="resend",
    label=_("Send again"),
    question=ngettext_lazy("Send %(count)s invitation again?", "Send %(count)s invitations again?", "count"),
    effect=_("They get a new link that is good for seven days; the old one works no more."),
    run=plain(invitations.resend, by=Actor),
    done=ngettext_lazy("%(count)s invitation is sent again.", "%(count)s invitations are sent again.", "count"),
)
WITHDRAW: Final = Step(
    name="withdraw",
    label=_("Withdraw"),
    question=ngettext_lazy("Withdraw %(count)s invitation?", "Withdraw %(count)s invitations?", "count"),
    effect=_("The link in the mail works no more. You can invite them again."),
    run=plain(invitations.withdraw, by=Actor),
    done=ngettext_lazy("%(count)s invitation is withdrawn.", "%(count)s invitations are withdrawn.", "count"),
    severe=True,
)


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


class RoleForm(WrittenForm, forms.ModelForm[Membership]):
    """Another role for somebody."""

    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=300, help_text=_("Needed where no lead would be left.")
    )

    class Meta:
        model = Membership
        fields = ("role",)


class MembershipAdmin(Exported[Membership]):
    """Who works where, as what."""

    words = Words(
        lead=_("Who works in which municipality, as what. A membership ends; it is never deleted."),
        empty=_("Invite the first lead of a municipality; the lead then invites the team."),
    )
    form = RoleForm
    resource_classes = [MembershipResource]
    actions = (END.as_action(),)
    list_display = ("user", "municipality", "role", "created_at", "ended_at")
    list_filter = (OpenFilter, "role")
    list_select_related = ("user", "municipality")
    search_fields = ("user__email", "user__name", "municipality__schema_name")
    search_help_text = _("person or municipality")
    sortable_by = ("role", "created_at", "ended_at")
    ordering = ("municipality__schema_name", "user__email")

    def has_change_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        """By `change_role`, while it lasts."""
        return obj is None or obj.ended_at is None

    def get_fields(self, request: HttpRequest, obj: Membership | None = None) -> tuple[str, ...]:
        """Show what it is; ask for the role while it lasts."""
        asked = ("role", "reason") if obj and obj.ended_at is None else ("role", "ended_at")
        return ("user", "municipality", "created_at", *asked)

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> list[str]:
        """Only the role is changed."""
        return [name for name in self.get_fields(request, obj) if name not in {"role", "reason"}]

    def write(self, obj: Membership, form: Any, actor: User) -> Membership:
        """Change the role."""
        role, reason = Role(form.cleaned_data["role"]), form.cleaned_data["reason"]
        return memberships.change_role(obj, actor=Actor(user=actor), role=role, reason=reason)

    def row_steps(self, request: HttpRequest, obj: Membership) -> tuple[Step, ...]:
        """End it, while it lasts."""
        return () if obj.ended_at else (END,)


class InvitationForm(WrittenForm, forms.ModelForm[Invitation]):
    """Whom to invite where, as what."""

    class Meta:
        model = Invitation
        fields = ("municipality", "email", "role")


class InvitationAdmin(CoordinatorAdmin[Invitation]):
    """Who is asked to come in."""

    words = Words(
        lead=_("Each invitation is a link for one person into one municipality, and works once."),
        empty=_("Invite somebody into a municipality: they get a mail with a link that works once."),
        add=_("Invite somebody"),
    )
    form = InvitationForm
    actions = (RESEND.as_action(), WITHDRAW.as_action())
    list_display = ("email", "municipality", "role", "status", "invited_by", "expires_at")
    list_filter = ("role",)
    list_select_related = ("municipality", "invited_by")
    search_fields = ("email", "municipality__schema_name")
    search_help_text = _("address or municipality")
    sortable_by = ("email", "expires_at")
    shown = (
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

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By `invite`."""
        return True

    def get_fields(self, request: HttpRequest, obj: Invitation | None = None) -> tuple[str, ...]:
        """Ask only for what inviting needs."""
        return self.shown if obj else ("municipality", "email", "role")

    def get_readonly_fields(self, request: HttpRequest, obj: Invitation | None = None) -> tuple[str, ...]:
        """What was sent is not changed: it is withdrawn, or sent again."""
        return self.shown if obj else ()

    def write(self, obj: Invitation, form: Any, actor: User) -> Invitation:
        """Invite somebody."""
        asked = form.cleaned_data
        return invitations.invite(
            asked["municipality"], actor=Actor(user=actor), email=asked["email"], role=Role(asked["role"])
        )

    def row_steps(self, request: HttpRequest, obj: Invitation) -> tuple[Step, ...]:
        """Offer both while nobody took it."""
        return () if obj.accepted_at or obj.revoked_at else (RESEND, WITHDRAW)

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
    list_display = ("coordinator", "municipality", "why", "status", "created_at", "left_at")
    list_select_related = ("coordinator", "municipality")
    search_fields = ("coordinator__email", "municipality__schema_name", "reason")
    search_help_text = _("coordinator, municipality or reason")
    sortable_by = ("created_at",)
    fields = ("coordinator", "municipality", "reason", "status", "created_at", "entered_at", "ends_at", "left_at")
    readonly_fields = fields

    @admin.display(description=_("reason"))
    def why(self, visit: Visit) -> str:
        """Show the reason that was given."""
        return said(visit.reason)

    @admin.display(description=_("state"))
    def status(self, visit: Visit) -> str:
        """Show how far it is."""
        status = visit_status(visit)
        return badge(status.label, status.tone)
