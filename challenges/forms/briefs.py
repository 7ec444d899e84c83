"""Forms in which a brief is written. A draft needs only right types: what is missing, readiness tells."""

from collections.abc import Sequence
from typing import Any, Final

from crispy_forms.helper import FormHelper
from django import forms
from django.forms.models import fields_for_model
from django.utils.translation import gettext_lazy as _

from challenges.enums import Currency, RowKind, Section
from challenges.models import Brief, BriefText, EvaluationCriterion, Figure, SuccessMetric
from tech4muni.core.form_fields import NamesField
from tech4muni.core.forms import FormMixin, set_direction

HINTS: Final = {
    "title": _("A few words. Companies see it in the list of challenges."),
    "question": _("“How might we …?” One question, without a solution in it."),
    "problem": _("What happens today, where, how often, and what it costs. Facts before opinions."),
    "why_now": _("What makes this the time: a law, a contract that ends, a budget, a loss that grows."),
    "affected": _("Name each group: who they are, how many, and what they feel of it."),
    "situation": _(
        "How the work is done now, step by step, with which systems. Figures come below, with their source."
    ),
    "tried": _("What you have tried already, and why it was not enough."),
    "outcome": _("What is different for whom when the challenge is solved. No product."),
    "out_of_scope": _("What you do not look for, so that nobody offers it."),
    "constraints": _("Law, budget, IT, data, time: what a solution has to live with."),
    "assets": _("What you give: data, sites, people who know, contacts."),
    "pilot_site": _("Where the pilot takes place, and how large it is."),
    "pilot_weeks": _("From the first day to the decision."),
    "eligibility": _("Who can apply, and who cannot."),
    "decision_on": _("By when every applicant has an answer."),
    "contact_name": _("Who answers questions. It is published."),
}


class SectionForm(FormMixin, forms.Form):
    """One section of a brief in one language; it saves itself (js/autosave.js)."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, section: Section, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        texts = fields_for_model(BriefText, fields=section.texts)
        facts = fields_for_model(Brief, fields=section.facts)
        for name, field in (texts | facts).items():
            if name == "currency":
                field = forms.ChoiceField(label=field.label, choices=Currency)
            field.help_text = HINTS.get(name, "")
            field.widget.attrs.setdefault("autocomplete", "off")
            set_direction(field)
            if name in texts:
                field.widget.attrs["lang"] = language
            self.fields[name] = field

    @property
    def helper(self) -> FormHelper:
        """Let the script save it."""
        helper = super().helper
        helper.attrs = {**helper.attrs, "data-autosave": ""}
        helper.all_optional = True
        return helper

    def clean(self) -> dict[str, Any]:
        """Return texts with plain line ends, as they are stored."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        return {
            name: value.replace("\r\n", "\n") if isinstance(value, str) else value for name, value in cleaned.items()
        }


class RowForm(FormMixin, forms.ModelForm[Any]):
    """A row of a list in the brief, with its name in the brief's languages."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order = ("names",)

    def __init__(self, *args: Any, languages: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = dict.fromkeys([*languages, *(self.instance.names or {})])
        names = NamesField(languages=list(known), max_length=200, label=self.names_label, help_text=self.names_help)
        self.fields["names"] = names
        self.order_fields(["names"])

    names_label: Any = _("What is measured")
    names_help: Any = ""


class FigureForm(RowForm):
    """A figure of the current situation."""

    names_label = _("What the figure says")
    names_help = _("Such as “Bins emptied while less than half full”.")

    class Meta:
        model = Figure
        fields = ("value", "unit", "source")
        help_texts = {
            "unit": _("Such as % or tonnes a year."),
            "source": _("Who counted it and when, so that others can ask."),
        }


class MetricForm(RowForm):
    """What success would be measured by."""

    names_label = _("What is measured")
    names_help = _("Such as “Kilometres driven for each tonne”.")

    class Meta:
        model = SuccessMetric
        fields = ("unit", "aim", "baseline_how", "baseline_who")
        help_texts = {"baseline_how": _("How it is measured before the pilot, so that a change can be seen.")}


class CriterionForm(RowForm):
    """What applications are judged by."""

    names_label = _("Criterion")
    names_help = _("Such as “Fit to the challenge”.")

    class Meta:
        model = EvaluationCriterion
        fields = ("weight",)
        help_texts = {"weight": _("All weights together make 100.")}


ROW_FORMS: Final[dict[str, type[RowForm]]] = {
    RowKind.FIGURES: FigureForm,
    RowKind.METRICS: MetricForm,
    RowKind.CRITERIA: CriterionForm,
}


class ApproveForm(FormMixin, forms.Form):
    """The version of the brief that somebody read."""

    submit_label = _("Approve the brief")

    seen = forms.IntegerField(widget=forms.HiddenInput)


class EditsForm(ApproveForm):
    """What shall be changed in the brief."""

    submit_label = _("Request changes")

    words = forms.CharField(
        label=_("What shall be changed"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=2000,
        help_text=_("The one who handed the brief in gets these words by mail."),
    )
