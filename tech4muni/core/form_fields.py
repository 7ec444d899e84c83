"""Form fields for days and instants that no language misreads: the browser's own date and time inputs."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

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
