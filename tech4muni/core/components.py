"""What the components of `templatetags/ui.py` are given: plain values, no models."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol, runtime_checkable

from django.forms import BaseForm, BoundField
from django.utils.functional import Promise
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class Tone(StrEnum):
    """How a status looks. The word beside it says everything; the tone only repeats it."""

    TODO = "todo"
    DOING = "doing"
    DONE = "done"
    LATE = "late"
    DRAFT = "draft"


@runtime_checkable
class Toned(Protocol):
    """A status with a word and a tone; an enumeration of states can offer both itself."""

    @property
    def label(self) -> Text:
        """The word on the screen."""

    @property
    def tone(self) -> Tone:
        """The look of it."""


@dataclass(frozen=True, slots=True)
class Status:
    """A status that no enumeration names."""

    label: Text
    tone: Tone


class StepState(StrEnum):
    """Where a step of the stage rail stands."""

    DONE = "done"
    NOW = "now"
    LATE = "late"
    NEXT = "next"
    SKIPPED = "skipped"


STEP_WORDS: Final[dict[StepState, Text]] = {
    StepState.DONE: _("Done"),
    StepState.NOW: _("In progress"),
    StepState.LATE: _("Late"),
    StepState.NEXT: _("Not started"),
    StepState.SKIPPED: _("Left out"),
}


@dataclass(frozen=True, slots=True)
class RailStep:
    """A stage on the rail.

    Args:
        name: of the stage.
        state: where it stands.
        note: says the state in words with its date, such as "Done 14 October"; the state's plain word if empty.
        url: of the stage's page, "" where there is none.
    """

    name: Text
    state: StepState
    note: Text = ""
    url: str = ""

    @property
    def words(self) -> Text:
        """What stands under the name."""
        return self.note or STEP_WORDS[self.state]

    @property
    def is_current(self) -> bool:
        """Whether the work is at this step."""
        return self.state in (StepState.NOW, StepState.LATE)


@dataclass(frozen=True, slots=True)
class Task:
    """A thing to do: a verb and its object, where to do it, and how far it is. `url` may be ""."""

    title: Text
    url: str
    status: Toned
    note: Text = ""


@dataclass(frozen=True, slots=True)
class Count:
    """A row of a funnel: how many are at this step. `url` may be ""."""

    label: Text
    number: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure against its goal, both in `unit` and not negative."""

    label: Text
    now: float
    goal: float
    unit: Text = ""
    less_is_better: bool = False


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the way to this page; the last one has no address."""

    label: Text
    url: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar as numbers for an SVG whose viewBox is 100 wide, mirrored where the page reads from right to left.

    They are text, since a template would write 12.5 as 12,5 in German.
    """

    x: str
    width: str
    goal: str = ""

    @classmethod
    def of(cls, value: float, maximum: float, goal: float | None = None) -> "Bar":
        """Scale a value and a goal to the maximum; values beyond it end there, and a maximum of 0 is an empty bar."""
        width = _share(value, maximum)
        mirrored = get_language_bidi()
        mark = "" if goal is None else _coordinate(_share(goal, maximum) * 0.99, 1, mirrored=mirrored)
        return cls(_coordinate(0, width, mirrored=mirrored), f"{width:.2f}", mark)


def _share(value: float, maximum: float) -> float:
    return 0.0 if maximum <= 0 else min(max(value / maximum, 0.0), 1.0) * 100


def _coordinate(start: float, width: float, *, mirrored: bool) -> str:
    return f"{100 - start - width if mirrored else start:.2f}"


@dataclass(frozen=True, slots=True)
class FieldError:
    """A line of the error summary: what is wrong, and where (`target` is an element's id, or "")."""

    label: Text
    message: Text
    target: str


def form_errors(forms: Iterable[BaseForm]) -> Sequence[FieldError]:
    """Collect the errors of forms in the order of their fields, those of a whole form first."""
    return [error for form in forms for error in _errors_of(form)]


def _errors_of(form: BaseForm) -> Iterable[FieldError]:
    for message in form.non_field_errors():
        yield FieldError("", str(message), "")
    for field in form:
        for message in field.errors:
            yield FieldError("" if field.is_hidden else field.label, str(message), _target(field))


def _target(field: BoundField) -> str:
    """The id of the first control of a field: of the first choice where the field is a group of them."""
    if field.is_hidden:
        return ""
    return field.id_for_label or next((str(part.id_for_label) for part in field.subwidgets), "")
