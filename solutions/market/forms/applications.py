"""Forms of those who apply."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field as Shown
from crispy_forms.layout import Layout
from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from solutions.market import sections
from solutions.market.enums import CompanyRole
from solutions.market.models import ApplicationCall, Call
from solutions.market.queries.content import seen_of
from solutions.market.sections import Answers, Kind, Section
from solutions.market.services.sniffing import TYPES
from tech4muni.core.forms import FormMixin

TRAP: Final = "website"


class StartForm(FormMixin, forms.Form):
    """The address that a link is mailed to; with a field that people do not see, and programs fill in."""

    submit_label = _("Send me the link")
    autocomplete: ClassVar[dict[str, str]] = {"email": "email"}

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("We send you a link. You need no password and no account."),
        max_length=254,
    )
    website = forms.CharField(label=_("Leave this empty"), required=False)

    def layout_parts(self) -> list[Any]:
        """Hide the trap."""
        self.fields[TRAP].widget.attrs |= {"tabindex": "-1", "autocomplete": "off"}
        return ["email", Shown(TRAP, wrapper_class="d-none")]

    @property
    def is_trapped(self) -> bool:
        """Whether a program has filled it in."""
        return bool(self.data.get(TRAP))


class BeginForm(FormMixin, forms.Form):
    """Nothing to fill in: somebody who is logged in begins."""

    submit_label = _("Begin the application")


class DropForm(FormMixin, forms.Form):
    """Nothing to fill in: a call is left out."""

    submit_label = _("Leave this call out")


class WritingButtons:
    """The end of a section for crispy: save and stay, or save and leave."""

    def render(self, form: forms.BaseForm, context: Any, template_pack: str = "", **kwargs: Any) -> str:
        """Render the buttons, as crispy asks of everything in a layout."""
        return render_to_string("market/applications/_buttons.html")


class AnswersForm(FormMixin, forms.Form):
    """The questions of a section. It asks for right types alone: what is missing is said on the way to submission.

    Args:
        section: what is asked.
        answers: what is there.
    """

    def __init__(self, data: QueryDict | None = None, *, section: Section, answers: Answers) -> None:
        self.section = section
        self.base_fields = {  # type: ignore[misc]
            question.name: field_of(question) for question in section.fields
        }
        self.base_fields["version"] = forms.CharField(
            widget=forms.HiddenInput, required=False, initial=seen_of(answers), max_length=64
        )
        super().__init__(data, initial=dict(answers))

    @property
    def seen(self) -> str | None:
        """What the page showed when it was opened."""
        return self.cleaned_data.get("version") or None

    def typed(self) -> dict[str, Any]:
        """Return the answers as they are kept."""
        return {name: self.cleaned_data[name] for name in self.section.names}

    def overwrites(self, answers: Answers) -> None:
        """Let the next sending count as one that has seen these answers."""
        self.data = {name: self.data.get(name) for name in self.data} | {"version": seen_of(answers)}

    def layout_parts(self) -> list[Any]:
        """The questions, and two ways to save them."""
        return [*self.fields, WritingButtons()]

    @property
    def helper(self) -> FormHelper:
        """Required is said by the label, since a draft may be saved without; static/js/autosave.js finds the form."""
        helper = super().helper
        helper.all_optional = True
        helper.layout = Layout(*self.layout_parts())
        helper.attrs |= {"data-autosave": ""}
        return helper


def field_of(question: sections.Field) -> forms.Field:
    """Return the form field for a question; nothing is required of a draft."""
    label = question.label if question.required else _("%(question)s (optional)") % {"question": question.label}
    common: dict[str, Any] = {"label": label, "help_text": question.help, "required": False}
    if question.kind is Kind.CHOICE:
        return forms.ChoiceField(choices=lambda: [("", _("Choose")), *question.choices()], **common)
    if question.kind is Kind.NUMBER:
        return forms.IntegerField(min_value=1, max_value=question.most, **common)
    if question.kind is Kind.URL:
        return forms.URLField(max_length=question.max_length, assume_scheme="https", **common)
    widget = forms.Textarea(attrs={"rows": 6}) if question.kind is Kind.LONG else forms.TextInput()
    return forms.CharField(max_length=question.max_length, widget=widget, **common)


class ChooseForm(FormMixin, forms.Form):
    """Which open calls an application answers, and which of each call's municipalities get it.

    Args:
        offer: the open calls.
        chosen: those that it answers now.
    """

    submit_label = _("Save the choice")

    def __init__(self, data: QueryDict | None, *, offer: Sequence[Call], chosen: Sequence[ApplicationCall]) -> None:
        self.offer = offer
        present = {choice.call_id: choice.left_out for choice in chosen}
        self.base_fields = {name_of(call): cities_field(call) for call in offer}  # type: ignore[misc]
        initial = {
            name_of(call): [city.pk for city in call.cities.all() if city.pk not in present[call.pk]]
            for call in offer
            if call.pk in present
        }
        super().__init__(data, initial=initial)

    @property
    def helper(self) -> FormHelper:
        """None of the calls must be chosen, so none is marked as optional."""
        helper = super().helper
        helper.all_optional = True
        return helper

    def choice(self) -> Mapping[int, set[int]]:
        """Return the chosen municipalities by call."""
        return {call.pk: {int(city) for city in self.cleaned_data[name_of(call)]} for call in self.offer}


def name_of(call: Call) -> str:
    """Return the name of a call's field."""
    return f"call_{call.pk}"


def cities_field(call: Call) -> forms.Field:
    """Return the field in which the municipalities of a call are chosen."""
    return forms.MultipleChoiceField(
        label=call.title,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(city.pk, str(city.municipality)) for city in call.cities.all()],
    )


class UploadForm(FormMixin, forms.Form):
    """A file for an application; what it may be is for the service to say."""

    submit_label = _("Add the file")

    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, PNG, JPEG, Word, Excel or PowerPoint, at most 10 MB. Pictures are drawn anew as PNG."),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{ending}" for ending in TYPES)}),
        max_length=300,
        allow_empty_file=True,
    )


class InviteForm(FormMixin, forms.Form):
    """A colleague to work on an application."""

    submit_label = _("Send the invitation")

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(
        label=pgettext_lazy("company", "Role"),
        choices=[(role.value, role.label) for role in (CompanyRole.EDITOR, CompanyRole.VIEWER)],
        help_text=_("Editors write. Viewers read. Only you can submit and withdraw."),
    )


class SubmitForm(FormMixin, forms.Form):
    """The consent to hand an application over, with what was shown.

    Args:
        seen: the digest of what the page shows.
        names: of the municipalities that get it.
    """

    submit_label = _("Submit the application")

    consent = forms.BooleanField(error_messages={"required": _("Tick the box: without it nothing is handed over.")})
    version = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, data: QueryDict | None, *, seen: str, names: str | Promise) -> None:
        super().__init__(data, initial={"version": seen})
        self.fields["consent"].label = _(
            "I agree that this application with its files is handed over to: %(municipalities)s."
        ) % {"municipalities": names}
