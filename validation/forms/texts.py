"""Fields that hold one text per language of the municipality, or of a survey."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tech4muni.core.languages import own_name


def field_name(name: str, language: str) -> str:
    """Name the field of a text in one language, such as `names_mk`."""
    return f"{name}_{language}"


class TextsMixin(forms.BaseForm):
    """A form with texts in several languages: put it behind FormMixin, and before `forms.Form` or `forms.ModelForm`."""

    def add_texts(
        self,
        name: str,
        label: str | Promise,
        languages: Sequence[str],
        initial: Mapping[str, str],
        *,
        needed: int = 1,
        long: bool = False,
        help_text: str | Promise = "",
        max_length: int = 200,
    ) -> None:
        """Add a field for each language.

        Args:
            name: of the value that `texts` returns.
            label: names the text; the language is added.
            languages: codes; the first `needed` ones cannot be left out.
            initial: texts by language.
            needed: how many languages have to be filled in.
            long: whether it has several lines.
            help_text: stands above the first one.
            max_length: characters of each text.
        """
        for place, language in enumerate(languages):
            widget: forms.Widget = forms.Textarea(attrs={"rows": 3}) if long else forms.TextInput()
            widget.attrs["lang"] = language
            self.fields[field_name(name, language)] = forms.CharField(
                label=_("%(label)s (%(language)s)") % {"label": label, "language": own_name(language)},
                required=place < needed,
                initial=initial.get(language, ""),
                widget=widget,
                help_text=str(help_text) if not place else "",
                max_length=max_length,
            )

    def texts(self, name: str, languages: Sequence[str]) -> dict[str, str]:
        """Return what was typed by language, without empty ones."""
        typed: dict[str, Any] = getattr(self, "cleaned_data", {})
        given = {language: typed.get(field_name(name, language), "") for language in languages}
        return {language: text for language, text in given.items() if text}
