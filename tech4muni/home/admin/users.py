"""Everybody with an account."""

from typing import Any, Final

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from programs.people.services import coordinators, lifecycle
from tech4muni.accounts.models import User
from tech4muni.core.components import Status, Tone
from tech4muni.home.admin.base import CoordinatorAdmin, Words, WrittenForm, badge, said
from tech4muni.home.admin.steps import ReasonForm, Step, with_reason

DEACTIVATE: Final = Step(
    name="deactivate",
    label=_("Deactivate"),
    question=ngettext_lazy("Deactivate %(count)s account?", "Deactivate %(count)s accounts?", "count"),
    effect=_("Nobody can log in with it, and all its sessions end at once. It can be opened again."),
    run=with_reason(lifecycle.deactivate_person),
    done=ngettext_lazy("%(count)s account is deactivated.", "%(count)s accounts are deactivated.", "count"),
    form=ReasonForm,
    severe=True,
)
REACTIVATE: Final = Step(
    name="reactivate",
    label=_("Open again"),
    question=ngettext_lazy("Open %(count)s account again?", "Open %(count)s accounts again?", "count"),
    effect=_("The person can log in again; memberships that have not ended count again."),
    run=with_reason(lifecycle.reactivate_person),
    done=ngettext_lazy("%(count)s account is open again.", "%(count)s accounts are open again.", "count"),
    form=ReasonForm,
)
ANONYMISE: Final = Step(
    name="anonymise",
    label=_("Anonymise"),
    question=ngettext_lazy("Anonymise %(count)s person?", "Anonymise %(count)s people?", "count"),
    effect=_("Name, address, password and second factors are overwritten for good, and all memberships end. What was "
             "done stays on record, without the name. This cannot be undone."),
    run=with_reason(lifecycle.anonymise_person),
    done=ngettext_lazy("%(count)s person is anonymised.", "%(count)s people are anonymised.", "count"),
    form=ReasonForm,
    severe=True,
)  # fmt: skip
DISMISS: Final = Step(
    name="dismiss",
    label=_("Dismiss as coordinator"),
    question=ngettext_lazy("Dismiss %(count)s coordinator?", "Dismiss %(count)s coordinators?", "count"),
    effect=_(
        "They keep their account and what they are in municipalities; the admin is closed to them, and visits end."
    ),
    run=with_reason(coordinators.dismiss_coordinator),
    done=ngettext_lazy("%(count)s coordinator is dismissed.", "%(count)s coordinators are dismissed.", "count"),
    form=ReasonForm,
    severe=True,
)


def user_status(user: User) -> Status:
    """Return how an account is, in a word."""
    if user.anonymised_at:
        return Status(_("Anonymised"), Tone.DRAFT)
    return Status(_("Active"), Tone.DONE) if user.is_active else Status(_("Deactivated"), Tone.LATE)


class CoordinatorForm(WrittenForm, forms.ModelForm[User]):
    """Somebody who becomes a coordinator, with an account or without."""

    class Meta:
        model = User
        fields = ("email", "name", "language")
        help_texts = {
            "email": _("Somebody who has an account already keeps it and becomes a coordinator, too."),
            "name": _("As others see it; for somebody who has no account yet."),
            "language": _("Of the mail that tells them; for somebody who has no account yet."),
        }

    def clean_email(self) -> str:
        """Addresses are kept in small letters."""
        return str(self.cleaned_data["email"]).lower()

    def validate_unique(self) -> None:
        """Take an address that has an account: it is appointed."""


class UserAdmin(CoordinatorAdmin[User]):
    """Everybody with an account: coordinators are appointed; accounts are shut and made nameless, never deleted."""

    words = Words(
        lead=_("Everybody with an account. Nobody is deleted: an account is deactivated, and anonymised on request, so "
               "that the record of what was done stays."),
        empty=_("People get an account by an invitation into a municipality; coordinators are appointed here."),
        add=_("Appoint a coordinator"),
    )  # fmt: skip
    form = CoordinatorForm
    actions = tuple(step.as_action() for step in (DEACTIVATE, REACTIVATE, DISMISS, ANONYMISE))
    list_display = ("email", "name_shown", "coordinator_badge", "status", "municipalities", "last_login")
    list_filter = ("is_coordinator", "is_active")
    search_fields = ("email", "name")
    search_help_text = _("name or address")
    sortable_by = ("email", "name_shown", "last_login")
    shown = ("email", "name", "language", "time_zone", "coordinator_badge", "status", "last_login", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By `appoint_coordinator`."""
        return True

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Ask only for what appointing needs."""
        return self.shown if obj else ("email", "name", "language")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """What people are called and how they are written to is theirs to change."""
        return self.shown if obj else ()

    def write(self, obj: User, form: Any, actor: User) -> User:
        """Appoint a coordinator."""
        return coordinators.appoint_coordinator(actor=actor, **form.cleaned_data)

    def row_steps(self, request: HttpRequest, obj: User) -> list[Step]:
        """Offer what the account's state allows; nobody does it to themselves."""
        if obj.anonymised_at or obj.pk == request.user.pk:
            return []
        dismiss = [DISMISS] if obj.is_coordinator else []
        return [*dismiss, DEACTIVATE if obj.is_active else REACTIVATE, ANONYMISE]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Count the municipalities along."""
        working = Count("memberships", filter=Q(memberships__ended_at__isnull=True))
        return super().get_queryset(request).annotate(municipalities=working)

    @admin.display(description=_("name"), ordering="name")
    def name_shown(self, user: User) -> str:
        """Show the name."""
        return said(user.name) if user.name else self.get_empty_value_display()

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
