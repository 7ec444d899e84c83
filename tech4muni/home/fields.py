"""Form fields for what a municipality is: names per language, a working week, a time zone, a logo."""

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from programs.enums import Weekday
from programs.people.zones import zone_choices
from tech4muni.core import images

LOGO_SIDE: Final = 512  # pixels


class NamesWidget(forms.MultiWidget):
    """One labelled text input per language of the product."""

    template_name = "home/widgets/names.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        inputs: dict[str, forms.Widget | type[forms.Widget]] = {
            code: forms.TextInput(attrs={"lang": code, "dir": "auto"}) for code, _name in settings.LANGUAGES
        }
        super().__init__(inputs, attrs)

    def decompress(self, value: dict[str, str] | None) -> list[str]:
        """Spread the stored mapping over the inputs."""
        names = value if isinstance(value, dict) else {}
        return [names.get(code, "") for code, _name in settings.LANGUAGES]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Put each language's name beside its input."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        for widget, (_code, label) in zip(context["widget"]["subwidgets"], settings.LANGUAGES, strict=True):
            widget["label"] = label
        return context


class NamesField(forms.MultiValueField):
    """A mapping of language to name; at least one is wanted."""

    widget = NamesWidget

    def __init__(self, **kwargs: Any) -> None:
        fields = tuple(forms.CharField(max_length=120, required=False) for _language in settings.LANGUAGES)
        kwargs["error_messages"] = {"required": _("Give a name in at least one language.")}
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> dict[str, str]:
        """Keep the languages that have a name."""
        languages = (code for code, _name in settings.LANGUAGES)
        names = {code: name for code, name in zip(languages, data_list, strict=False) if name}
        if not names:  # blanks alone
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return names


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
