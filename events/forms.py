"""Forms of events."""

import zoneinfo
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from crispy_forms.layout import Div, Field, Fieldset
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from events.enums import Choice
from events.models import LONGEST_SEARCH, Delegate, Delegation, Event, Outcome
from events.services.slots import Block
from programs.cohorts.models import Program
from programs.people.zones import zone_choices
from tech4muni.core.form_fields import MomentField, use_native_input
from tech4muni.core.forms import FormMixin, format_zone
from tech4muni.core.languages import own_name

SPARE_BLOCKS: Final = 4
MOST_BLOCKS: Final = 60
EVENT_FIELDS: Final = (
    "program", "time_zone", "place", "choices_due_at", "slot_minutes", "break_minutes", "tables",
)  # fmt: skip


class EventForm(FormMixin, forms.ModelForm[Event]):
    """What an event is: its names, place, clock and lengths."""

    choices_due_at = MomentField(label=_("Choices due"))
    time_zone = forms.ChoiceField(label=_("Time zone"))

    class Meta:
        model = Event
        fields = EVENT_FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["program"].queryset = Program.objects.all()  # type: ignore[attr-defined]
        self.fields["program"].disabled = self.instance.pk is not None
        self.fields["time_zone"].choices = [("", "---------"), *zone_choices()[1:]]  # type: ignore[attr-defined]
        for code, _language in settings.LANGUAGES:
            self.fields[name_field(code)] = _name_field(code, (self.instance.names or {}).get(code, ""))
        self._read_clock()

    def _read_clock(self) -> None:
        """Let the due time be typed on the event's clock: the one that is chosen in the same form."""
        zone = self["time_zone"].value() or ""
        due = self.fields["choices_due_at"]
        if isinstance(due, MomentField) and zone in zoneinfo.available_timezones():
            due.zone = zone
            due.label = format_zone(_("Choices due"), due.city)

    def layout_parts(self) -> list[Any]:
        """The names first."""
        names = [name_field(code) for code, _language in settings.LANGUAGES]
        return [Fieldset(str(_("Name in each language")), *names), *EVENT_FIELDS]

    def clean(self) -> dict[str, Any]:
        """Gather the names."""
        cleaned = super().clean() or {}
        names = {code: cleaned.pop(name_field(code), "") for code, _language in settings.LANGUAGES}
        cleaned["names"] = {code: name for code, name in names.items() if name}
        if not cleaned["names"]:
            raise ValidationError(_("Give a name in at least one language."))
        return cleaned

    def _post_clean(self) -> None:
        """Leave the row alone: the service writes and checks it."""


def name_field(code: str) -> str:
    """Return the field that holds the name in a language."""
    return f"name_{code.replace('-', '_')}"


def _name_field(code: str, initial: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"lang": code, "dir": "auto", "autocomplete": "off"})
    return forms.CharField(label=own_name(code), max_length=120, required=False, initial=initial, widget=widget)


class DaysForm(FormMixin, forms.Form):
    """The blocks of an event: a day with from and to, one line each; empty lines count for nothing."""

    def __init__(self, *args: Any, blocks: Sequence[Block] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = self._lines(len(blocks))
        for number in range(self.count):
            block = blocks[number] if number < len(blocks) else None
            self._add(number, block)

    def _lines(self, known: int) -> int:
        """Return how many lines there are: as many as were sent, else some more than are known."""
        sent = [name for name in self.data if name.startswith("day_")]
        return min(max(len(sent), known + SPARE_BLOCKS), MOST_BLOCKS)

    def _add(self, number: int, block: Block | None) -> None:
        day = forms.DateField(label=_("Day"), required=False, initial=block and block.day)
        begins = forms.TimeField(label=_("From"), required=False, initial=block and block.begins)
        ends = forms.TimeField(label=_("To"), required=False, initial=block and block.ends)
        for name, field in (("day", day), ("begins", begins), ("ends", ends)):
            use_native_input(field)
            self.fields[f"{name}_{number}"] = field

    def layout_parts(self) -> list[Any]:
        """One line for each block."""
        return [
            Fieldset(
                str(_("Block %(number)d") % {"number": number + 1}),
                Div(f"day_{number}", f"begins_{number}", f"ends_{number}", css_class="filters"),
            )
            for number in range(self.count)
        ]

    def clean(self) -> dict[str, Any]:
        """Gather the blocks; a line that is begun must be whole."""
        cleaned = super().clean() or {}
        blocks = []
        for number in range(self.count):
            names = [f"{name}_{number}" for name in ("day", "begins", "ends")]
            values: list[Any] = [cleaned.get(name) for name in names]
            missing = [name for name, value in zip(names, values, strict=True) if value is None]
            if not missing:
                blocks.append(Block(*values))
            elif len(missing) < len(names):
                for name in set(missing) - set(self.errors):
                    self.add_error(name, _("Fill in the whole line, or leave it empty."))
        cleaned["blocks"] = blocks
        return cleaned


class LimitsForm(FormMixin, forms.Form):
    """How many meetings a delegation shall and may have, and when it is away."""

    minimum = forms.IntegerField(label=_("At least so many meetings"), min_value=0, max_value=1000)
    maximum = forms.IntegerField(label=_("At most so many meetings"), min_value=0, max_value=1000, required=False)
    absent = forms.TypedMultipleChoiceField(
        label=_("Away in these slots"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, slots: Iterable[tuple[Any, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["absent"].choices = list(slots)  # type: ignore[attr-defined]


class DelegateForm(FormMixin, forms.ModelForm[Delegate]):
    """Somebody who sits at the table."""

    absent = LimitsForm.base_fields["absent"]

    class Meta:
        model = Delegate
        fields = ("name", "role", "required")

    def __init__(self, *args: Any, slots: Iterable[tuple[Any, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["absent"].choices = list(slots)  # type: ignore[attr-defined]


class AskForm(FormMixin, forms.Form):
    """How long the engine may search."""

    submit_label = _("Compute a timetable")
    limit_seconds = forms.IntegerField(
        label=_("Seconds to search at most"), min_value=1, max_value=LONGEST_SEARCH, initial=60
    )


class ChoicesForm(FormMixin, forms.Form):
    """What a delegation wants of each of the others."""

    submit_label = _("Save choices")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, others: Sequence[Delegation], chosen: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = {f"about_{other.public_id}": other for other in others}
        for name, other in self.others.items():
            about = other.company.description[:300] if other.company else ""
            self.fields[name] = forms.ChoiceField(
                label=other.name,
                help_text=about,
                choices=Choice.choices,
                required=False,
                initial=chosen.get(other.pk),
                widget=forms.RadioSelect,
            )

    def layout_parts(self) -> list[Any]:
        """The version, then the others, four words in a row for each."""
        return ["version", *(Field(name, wrapper_class="one-row") for name in self.others)]

    @property
    def choices(self) -> dict[UUID, Choice]:
        """What was chosen, by public id; those about whom nothing was said are left out."""
        said = {other.public_id: self.cleaned_data.get(name) for name, other in self.others.items()}
        return {other: Choice(choice) for other, choice in said.items() if choice}


class SeenForm(FormMixin, forms.Form):
    """Which version of the words somebody saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class OutcomeForm(FormMixin, forms.ModelForm[Outcome]):
    """What a meeting came to."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Outcome
        fields = ("wins", "risks", "infrastructure", "next_steps", "owner", "due_on")

    def _post_clean(self) -> None:
        """Leave the row alone: the service writes it."""
