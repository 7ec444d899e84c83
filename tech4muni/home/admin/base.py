"""What all lists of the admin have in common: nothing is deleted, services write, and the trail is the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar, cast

from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from tech4muni.accounts.models import User
from tech4muni.audit.queries import history_of
from tech4muni.core.components import Crumb, Text, Tone
from tech4muni.core.errors import Refused
from tech4muni.core.forms import FormMixin

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Words:
    """What a list says of itself.

    Args:
        lead: what is in the list, in a sentence.
        empty: what belongs here, while there is nothing.
        add: on the button and above the form that adds a row.
    """

    lead: Text = ""
    empty: Text = ""
    add: Text = ""


@dataclass(frozen=True)
class RowLink:
    """A way on from a row's own page."""

    label: Text
    url: str


class WrittenForm(FormMixin):
    """A form of the admin that a service writes: what the service refuses stands beside its field."""

    refusal: Refused | ValidationError | None = None

    def full_clean(self) -> None:
        """Check the form as ever, then add what the service said of it."""
        super().full_clean()
        if isinstance(self.refusal, Refused):
            self.add_refusal(self.refusal)
        elif self.refusal is not None:
            self.add_validation_errors(self.refusal)

    def add_validation_errors(self, error: ValidationError) -> None:
        """Put each message beside its field, and those about other things above the form."""
        by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, found in by_field.items():
            for message in found:
                self.add_error(name if name in self.fields else None, message)


class CoordinatorAdmin(admin.ModelAdmin[M]):
    """A list that coordinators read; a subclass says what may be added or changed, and by which service."""

    words: ClassVar[Words] = Words()
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def get_urls(self) -> list[URLPattern]:
        """Leave out the address of old versions of Django's admin, which has no name."""
        return [pattern for pattern in super().get_urls() if pattern.name]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nothing is added, unless a subclass has a service for it."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Nothing is changed, unless a subclass has a service for it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Nothing is deleted: what ends, ends by a step that goes on record."""
        return False

    def write(self, obj: M, form: Any, actor: User) -> M:
        """Call the service that adds the row (`obj` has no pk yet) or changes it, and return the row as it is then.

        Raises Refused or ValidationError, which are shown beside their fields. Without a service, nothing is written.
        """
        raise PermissionDenied

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: bool) -> None:
        """Let the service write."""
        obj.pk = self.write(obj, form, acting(request)).pk

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the form, and show it again with what was typed if the service refuses."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (Refused, ValidationError) as refusal:
            request.refusal = refusal  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: M | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form; after a refusal, one that carries it."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form

    def log_addition(self, request: HttpRequest, obj: M, message: Any) -> Any:
        """Write no line of Django's own log: services write the trail."""

    def log_change(self, request: HttpRequest, obj: M, message: Any) -> Any:
        """Write no line of Django's own log: services write the trail."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Choose from a plain list: Django's windows that add rows on the side are not for here."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list with its own words."""
        own = {"words": self.words, "title": capfirst(self.opts.verbose_name_plural or "")}
        return super().changelist_view(request, {**own, **(extra_context or {})})

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: M | None = None,
    ) -> HttpResponse:
        """Show the form under its own heading; one with errors is answered with 422."""
        heading = self.heading_of(obj) if obj else self.words.add
        own = {
            "heading": heading,
            "title": heading,
            "subtitle": None,
            "crumbs": [Crumb(capfirst(self.opts.verbose_name_plural or ""), self.list_url()), Crumb(heading)],
            "list_url": self.list_url(),
            "row_steps": self.row_steps(request, obj) if obj else (),
            "row_links": self.row_links(request, obj) if obj else (),
        }
        response = super().render_change_form(request, {**context, **own}, add, change, form_url, obj)
        if context["errors"]:
            response.status_code = 422
        return response

    def heading_of(self, obj: M) -> str:
        """Name the row above its own page."""
        return str(obj)

    def row_steps(self, request: HttpRequest, obj: M) -> Sequence[Any]:
        """Return the steps that are offered on the row's own page."""
        return ()

    def row_links(self, request: HttpRequest, obj: M) -> Sequence[RowLink]:
        """Return where else the row's own page leads."""
        return ()

    def list_url(self) -> str:
        """Return the address of this list."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show what the trail says of the row."""
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of %(name)s") % {"name": obj},
            "opts": self.opts,
            "crumbs": [
                Crumb(capfirst(self.opts.verbose_name_plural or ""), self.list_url()),
                Crumb(str(obj), reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])),
                Crumb(_("History")),
            ],
            "entries": history_of(obj)[: self.list_per_page],
        }
        return TemplateResponse(request, "admin/object_history.html", context)


def acting(request: HttpRequest) -> User:
    """Return the coordinator who is logged in."""
    return cast(User, request.user)


def badge(label: Text, tone: Tone) -> str:
    """Return a status in a word, for a cell of a list."""
    return render_to_string("core/components/badge.html", {"label": label, "tone": tone})


def said(text: object) -> str:
    """Return what people wrote, for a cell of a list: it runs in the direction of its own script."""
    return format_html("<bdi>{}</bdi>", text)


def report(request: HttpRequest, done: str | Promise, refusals: Sequence[str]) -> None:
    """Tell what was done, and why the rest was not."""
    if done:
        messages.success(request, str(done))
    for refusal in refusals:
        messages.error(request, refusal)
