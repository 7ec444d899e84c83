"""Lists as spreadsheets: in XLSX and CSV, with nothing that a spreadsheet would run."""

from typing import Any, ClassVar, Final, TypeVar

from django import forms
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from import_export.admin import ExportMixin
from import_export.fields import Field
from import_export.formats.base_formats import CSV, XLSX
from import_export.forms import ExportForm
from import_export.resources import ModelResource

from tech4muni.audit.services import record
from tech4muni.core.forms import FormMixin
from tech4muni.core.spreadsheets import harmless
from tech4muni.home.admin.base import CoordinatorAdmin, acting

M = TypeVar("M", bound=Model)

FORMATS: Final = {XLSX: _("Excel (XLSX)"), CSV: _("Text with commas (CSV, UTF-8)")}


class SafeResource(ModelResource):
    """The columns of an export."""

    def export_field(self, field: Field, instance: Model, **kwargs: Any) -> Any:
        """Return the cell, made harmless."""
        return harmless(super().export_field(field, instance, **kwargs))


class FormatForm(FormMixin, ExportForm):
    """Which kind of file."""

    submit_label = _("Download")
    format = forms.ChoiceField(label=_("Kind of file"), widget=forms.RadioSelect)

    def _init_formats(self, formats: list[type[XLSX] | type[CSV]]) -> None:
        self.fields["format"].choices = [(str(at), FORMATS[kind]) for at, kind in enumerate(formats)]  # type: ignore[attr-defined]
        self.fields["format"].initial = "0"


class Exported(ExportMixin, CoordinatorAdmin[M]):
    """A list that can be downloaded as it is searched and filtered; each download goes on record."""

    export_form_class = FormatForm
    export_formats: ClassVar[list[type[XLSX] | type[CSV]]] = list(FORMATS)
    import_export_change_list_template = "admin/change_list.html"
    to_encoding = "utf-8-sig"  # Excel takes a CSV without this mark for something else than UTF-8

    @transaction.atomic
    def _do_file_export(self, file_format: Any, request: HttpRequest, queryset: Any, **options: Any) -> HttpResponse:
        data = {"list": self.opts.label_lower, "rows": queryset.count(), "format": file_format.get_extension()}
        record("list.exported", actor=acting(request), data=data)
        response: HttpResponse = super()._do_file_export(file_format, request, queryset, **options)
        return response
