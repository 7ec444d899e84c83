"""Forms of the pages that bring everything together: the history, a municipality's profile, the admin."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from programs.models import Municipality
from programs.municipalities import EDITABLE
from tech4muni.audit.models import Entry
from tech4muni.audit.queries import history_of, people_in_trail, verbs_in_trail
from tech4muni.core.form_fields import NamesField
from tech4muni.core.forms import FilterMixin, FormMixin
from tech4muni.home.fields import LogoField, WorkingDaysField, time_zone_choices


class HistoryForm(FilterMixin, forms.Form):
    """Which part of a municipality's trail to show."""

    verb = forms.ChoiceField(label=_("What was done"), required=False)
    who = forms.TypedChoiceField(label=_("By whom"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verb"].choices = [("", _("Everything")), *verbs_in_trail()]  # type: ignore[attr-defined]
        self.fields["who"].choices = [("", _("Everybody")), *people_in_trail()]  # type: ignore[attr-defined]

    def entries(self) -> QuerySet[Entry]:
        """Return the chosen entries, the whole trail if nothing valid was chosen."""
        entries = history_of()
        if not self.is_valid():
            return entries
        if verb := self.cleaned_data["verb"]:
            entries = entries.filter(verb=verb)
        if (who := self.cleaned_data["who"]) is not None:
            entries = entries.filter(actor_id=who)
        return entries


class ProfileForm(FormMixin, forms.ModelForm[Municipality]):
    """What a municipality says of itself."""

    names = NamesField(
        label=_("Names"), help_text=_("Each in its own language and script. Where one is missing, another is shown.")
    )
    working_days = WorkingDaysField(label=_("Working week"))
    logo = LogoField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG, JPEG or WebP, at most 2 MB. It is stored as a new picture of at most 512 pixels."),
    )

    class Meta:
        model = Municipality
        fields: tuple[str, ...] = ("names", "population", "working_days", "colour", "logo")
        widgets = {"colour": forms.TextInput(attrs={"type": "color"})}
        help_texts = {
            "population": _("Residents, by the latest census or register."),
            "colour": _("Of the top bar and the buttons; it is made darker or lighter where it could not be read."),
        }

    def changes(self) -> dict[str, Any]:
        """Return the fields that differ from what is stored, for `edit_municipality`."""
        changed = {*self.changed_data, *(("languages",) if "main_language" in self.changed_data else ())}
        return {name: value for name, value in self.cleaned_data.items() if name in changed & EDITABLE}


class LanguagesMixin(forms.Form):
    """The languages of a municipality or a program, the main one first; a subclass says what they are for."""

    languages_are_for: str | Promise = ""
    main_language = forms.ChoiceField(
        label=_("Main language"), choices=settings.LANGUAGES, help_text=_("Used where nobody chose another.")
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=settings.LANGUAGES, widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["languages"].help_text = self.languages_are_for  # type: ignore[assignment]
        self.initial.setdefault("main_language", next(iter(self.initial.get("languages") or ()), None))

    def clean(self) -> dict[str, Any]:
        """Put the main language first."""
        cleaned = super().clean() or self.cleaned_data
        if main := cleaned.get("main_language"):
            chosen = cleaned.get("languages", [])
            others = [code for code, _name in settings.LANGUAGES if code in chosen and code != main]
            cleaned["languages"] = [main, *others]
        return cleaned


class MunicipalityForm(LanguagesMixin, ProfileForm):
    """All that coordinators decide about a municipality."""

    languages_are_for = _(
        "In which its people and its residents are written to. The main language is always among them."
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zone_choices)

    class Meta(ProfileForm.Meta):
        fields: tuple[str, ...] = (
            "names", "country", "languages", "time_zone", "working_days", "population", "latitude", "longitude",
            "colour", "logo",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse half a position."""
        cleaned = super().clean()
        if (cleaned.get("latitude") is None) != (cleaned.get("longitude") is None):
            self.add_error("longitude", _("Give both latitude and longitude, or neither."))
        return cleaned


class NewMunicipalityForm(MunicipalityForm):
    """A municipality that is being added: also its schema name and its host, which follow it for good."""

    host = forms.CharField(
        label=_("Host"), max_length=253, help_text=_("The address of its workspace, such as strumica.example.org.")
    )

    class Meta(MunicipalityForm.Meta):
        fields = ("schema_name", *MunicipalityForm.Meta.fields)
