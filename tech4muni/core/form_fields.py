"""Form fields for days and instants, as the browser's own inputs that no language misreads, and for names."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tech4muni.core import dates


class DayInput(forms.DateInput):
    """A native date input: the browser shows the day in the person's way and sends ISO 8601."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class ClockInput(forms.TimeInput):
    """A native time input."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class MomentInput(forms.DateTimeInput):
    """A native input for a day with a time of day."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class MomentField(forms.DateTimeField):
    """An instant, typed as the wall clock of one time zone, which the label names.

    Args:
        zone: IANA name; without it the zone that is active, the viewer's. A form may set `field.zone` later.
    """

    widget = MomentInput

    def __init__(self, *, zone: str = "", **options: Any) -> None:
        super().__init__(**options)
        self.zone = zone

    @property
    def city(self) -> str:
        """The city that stands for the zone, in the active language."""
        return dates.zone_city(self.zone or dates.viewer_zone())

    def prepare_value(self, value: Any) -> Any:
        """Show an instant on the field's clock."""
        with timezone.override(self._zone()):
            return super().prepare_value(value)

    def to_python(self, value: str | datetime | date | None) -> datetime | None:
        """Read the field's clock; raise ValidationError for nonsense and for times that a clock change skips."""
        with timezone.override(self._zone()):
            return super().to_python(value)

    def _zone(self) -> Any:
        return ZoneInfo(self.zone) if self.zone else timezone.get_current_timezone()


NATIVE_INPUTS: dict[type[forms.Widget], type[forms.Widget]] = {
    forms.DateInput: DayInput,
    forms.TimeInput: ClockInput,
    forms.DateTimeInput: MomentInput,
}


def use_native_input(field: forms.Field) -> None:
    """Give a date or time field the browser's own input in place of Django's plain text one."""
    native = NATIVE_INPUTS.get(type(field.widget))
    if native is None:
        return
    widget = native(field.widget.attrs)
    widget.is_required = field.required
    field.widget = widget


class NamesWidget(forms.MultiWidget):
    """One labelled text input per language: of the product, unless others are named."""

    template_name = "core/widgets/names.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None, *, languages: Sequence[str] = ()) -> None:
        self.languages = languages_or_all(languages)
        inputs: dict[str, forms.Widget | type[forms.Widget]] = {
            code: forms.TextInput(attrs={"lang": code, "dir": "auto"}) for code in self.languages
        }
        super().__init__(inputs, attrs)

    def decompress(self, value: dict[str, str] | None) -> list[str]:
        """Spread the stored mapping over the inputs."""
        names = value if isinstance(value, dict) else {}
        return [names.get(code, "") for code in self.languages]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Put each language's name beside its input."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        labels = dict(settings.LANGUAGES)
        for widget, code in zip(context["widget"]["subwidgets"], self.languages, strict=True):
            widget["label"] = labels[code]
        return context


class NamesField(forms.MultiValueField):
    """A mapping of language to name; at least one is wanted.

    Args:
        languages: in which there may be a name, all of the product if empty.
        max_length: of each name, in characters.
    """

    widget = NamesWidget

    def __init__(self, *, languages: Sequence[str] = (), max_length: int | None = 120, **kwargs: Any) -> None:
        self.languages = languages_or_all(languages)
        fields = tuple(forms.CharField(max_length=max_length, required=False) for _language in self.languages)
        kwargs["error_messages"] = {"required": _("Give a name in at least one language.")}
        kwargs.setdefault("widget", NamesWidget(languages=self.languages))
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> dict[str, str]:
        """Keep the languages that have a name."""
        names = {code: name for code, name in zip(self.languages, data_list, strict=False) if name}
        if not names:  # blanks alone
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return names


def languages_or_all(languages: Sequence[str]) -> list[str]:
    """Return the codes of languages, of all of the product's if none is named."""
    return list(languages) or [code for code, _name in settings.LANGUAGES]
