"""Form fields for what a municipality is: a working week, a time zone, a logo."""

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from programs.enums import Weekday
from programs.people.zones import zone_choices
from tech4muni.core import images

LOGO_SIDE: Final = 512  # pixels


class WorkingDaysField(forms.TypedMultipleChoiceField):
    """The days on which people work, in the order of their week."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        kwargs["error_messages"] = {"required": _("Choose at least one day.")}
        super().__init__(coerce=int, choices=Weekday.choices, **kwargs)

    def clean(self, value: Any) -> list[int]:
        """Return the days as ISO numbers, from the first one after the days off."""
        return in_order_of_the_week(super().clean(value))


def in_order_of_the_week(days: Iterable[int]) -> list[int]:
    """Sort ISO weekdays so that the week begins after its days off: 1-4 and 7 become 7, 1, 2, 3, 4."""
    found = sorted(set(days))
    first = next((day for day in found if (day - 2) % 7 + 1 not in found), Weekday.MONDAY)
    return sorted(found, key=lambda day: (day - first) % 7)


def time_zone_choices() -> list[tuple[Any, Any]]:
    """Return nothing to begin with, then the cities of each region."""
    return [("", "---------"), *zone_choices()[1:]]


class LogoField(forms.FileField):
    """A picture, drawn anew before it is stored."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the new file, "" to have none, or the stored one if nothing was chosen."""
        chosen = super().clean(data, initial)
        return self._redraw(chosen) if isinstance(chosen, UploadedFile) else chosen or ""

    def _redraw(self, upload: UploadedFile[bytes]) -> ContentFile[bytes]:
        return images.redraw(upload, size=upload.size or 0, max_side=LOGO_SIDE)
