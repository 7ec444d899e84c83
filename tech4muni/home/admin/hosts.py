"""The hosts on which municipalities answer."""

from typing import Any, Final

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from programs import municipalities as services
from programs.models import Domain
from tech4muni.accounts.models import User
from tech4muni.core.components import Tone
from tech4muni.home.admin.base import CoordinatorAdmin, Words, WrittenForm, badge
from tech4muni.home.admin.steps import Step, plain

REMOVE: Final = Step(
    name="remove",
    label=_("Remove"),
    question=ngettext_lazy("Remove %(count)s host?", "Remove %(count)s hosts?", "count"),
    effect=_("Nobody is answered there any more, and links to it lead nowhere."),
    run=plain(services.remove_host),
    done=ngettext_lazy("%(count)s host is removed.", "%(count)s hosts are removed.", "count"),
    severe=True,
)
MAKE_PRIMARY: Final = Step(
    name="make_primary",
    label=_("Make primary"),
    question=ngettext_lazy("Make %(count)s host the primary one?", "Make %(count)s hosts the primary ones?", "count"),
    effect=_("Links and mails use it from now on. The one before still answers."),
    run=plain(services.make_primary),
    done=ngettext_lazy("%(count)s host is primary now.", "%(count)s hosts are primary now.", "count"),
)


class HostForm(WrittenForm, forms.ModelForm[Domain]):
    """A host of a municipality."""

    host = forms.CharField(label=_("Host"), max_length=253, help_text=_("Small letters, such as strumica.example.org."))

    class Meta:
        model = Domain
        fields = ("tenant",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("host", self.instance.domain)


class HostAdmin(CoordinatorAdmin[Domain]):
    """Where municipalities answer."""

    words = Words(
        lead=_("A municipality answers on each of its hosts; links and mails use the primary one. A change counts with "
               "the next request."),
        empty=_("Each municipality gets its first host when it is added; here further ones are added."),
        add=_("Add a host"),
    )  # fmt: skip
    form = HostForm
    list_display = ("domain", "tenant", "primary_badge")
    list_filter = ("is_primary",)
    list_select_related = ("tenant",)
    search_fields = ("domain", "tenant__schema_name")
    search_help_text = _("host")
    sortable_by = ("domain",)
    actions = tuple(step.as_action() for step in (MAKE_PRIMARY, REMOVE))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By `add_host`."""
        return True

    def has_change_permission(self, request: HttpRequest, obj: Domain | None = None) -> bool:
        """By `change_host`."""
        return True

    def get_fields(self, request: HttpRequest, obj: Domain | None = None) -> tuple[str, ...]:
        """A host keeps its municipality."""
        return ("tenant", "host", "primary_badge") if obj else ("tenant", "host")

    def get_readonly_fields(self, request: HttpRequest, obj: Domain | None = None) -> tuple[str, ...]:
        """A host keeps its municipality."""
        return ("tenant", "primary_badge") if obj else ()

    def write(self, obj: Domain, form: Any, actor: User) -> Domain:
        """Add or change the host."""
        host = form.cleaned_data["host"]
        if obj.pk:
            return services.change_host(obj, actor=actor, host=host)
        return services.add_host(obj.tenant, actor=actor, host=host)

    def row_steps(self, request: HttpRequest, obj: Domain) -> tuple[Step, ...]:
        """The primary host stays until another one is."""
        return () if obj.is_primary else (MAKE_PRIMARY, REMOVE)

    @admin.display(description=_("primary"), ordering="is_primary")
    def primary_badge(self, domain: Domain) -> str:
        """Say whether links use this host."""
        return badge(_("Primary"), Tone.DONE) if domain.is_primary else badge(_("Further"), Tone.DRAFT)
