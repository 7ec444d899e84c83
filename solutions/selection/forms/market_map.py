"""Forms of screening and of the market map."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from solutions.market.enums import ReleaseState
from solutions.selection.enums import Fit, LeadKind
from solutions.selection.models import Lead, Requirement
from solutions.selection.queries.received import Row
from solutions.selection.services.screening import ScreeningStep
from tech4muni.core.forms import FilterMixin, FormMixin

SEVERAL = (ScreeningStep.ELIGIBLE, ScreeningStep.SHORTLIST)
"""The steps that are taken with several applications at once."""


class ApplicationFilter(FilterMixin, forms.Form):
    """Which applications a list shows."""

    state = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *ReleaseState.choices], required=False)
    words = forms.CharField(label=_("Company or reference"), required=False, max_length=100)


class RoundForm(FormMixin, forms.Form):
    """Which round of an application somebody has read."""

    seen_round = forms.IntegerField(widget=forms.HiddenInput)


class TellForm(RoundForm):
    """What a company is told."""

    text = forms.CharField(
        label=_("What the company is told"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("The company reads it word for word, and it stays on record."),
    )

    def __init__(self, *args: Any, submit_label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit_label = submit_label  # type: ignore[misc]


class ChosenForm(forms.Form):
    """A step, and the applications that it is taken with."""

    step = forms.ChoiceField(choices=[(step.value, step.value) for step in SEVERAL])
    chosen = forms.TypedMultipleChoiceField(coerce=UUID)

    def __init__(self, *args: Any, release_ids: Sequence[UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = [(str(pk), str(pk)) for pk in release_ids]  # type: ignore[attr-defined]


class InviteForm(FormMixin, forms.Form):
    """Who of the shortlist is invited."""

    submit_label = _("Invite")

    chosen = forms.TypedMultipleChoiceField(
        label=_("On the shortlist"), coerce=UUID, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, rows: Sequence[Row], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(row.received.release_id), f"{row.received.company_name} ({row.received})") for row in rows]
        self.fields["chosen"].choices = choices  # type: ignore[attr-defined]


class NotesForm(FormMixin, forms.ModelForm[Lead]):
    """What the team writes beside a company that applied."""

    version = forms.CharField(widget=forms.HiddenInput)

    class Meta:
        model = Lead
        fields = ("sector", "from_elsewhere", "readiness", "source", "notes")
        widgets = {"notes": forms.Textarea(attrs={"rows": 4})}


class LeadForm(NotesForm):
    """A solution that was scouted or suggested."""

    kind = forms.ChoiceField(
        label=_("How it came here"),
        choices=[(kind.value, kind.label) for kind in (LeadKind.SCOUTED, LeadKind.SUGGESTED)],
        help_text=_("Scouted: the team found it. Suggested: somebody told the team. Applications come by themselves."),
    )
    website = forms.URLField(label=_("Website"), required=False, max_length=200, assume_scheme="https")
    country = forms.CharField(
        label=_("Country"),
        required=False,
        max_length=2,
        validators=[RegexValidator(r"\A[A-Z]{2}\Z", _("Two letters, such as MK."))],
        help_text=_("Two letters, such as MK."),
    )

    class Meta(NotesForm.Meta):
        fields = (
            "name", "company_name", "kind", "website", "country", "sector", "from_elsewhere", "readiness", "source",
            "notes",
        )  # type: ignore[assignment]  # fmt: skip


class AddLeadForm(LeadForm):
    """A new solution."""

    submit_label = _("Add")
    version = None  # type: ignore[assignment]


class FitForm(FormMixin, forms.Form):
    """How one solution meets each requirement."""

    version = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, requirements: Sequence[Requirement], present: Mapping[int, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for row in requirements:
            field = forms.ChoiceField(
                label=_("Must: %(text)s") % {"text": row.text} if row.must else row.text,
                choices=Fit.choices,
                initial=present.get(row.pk, Fit.UNKNOWN),
            )
            self.fields[f"fit_{row.pk}"] = field
        self.requirements = requirements

    @property
    def fits(self) -> dict[int, Fit]:
        """What was chosen, by the requirement's key."""
        return {row.pk: Fit(self.cleaned_data[f"fit_{row.pk}"]) for row in self.requirements}


class RequirementForm(FormMixin, forms.ModelForm[Requirement]):
    """Something that solutions are compared by."""

    submit_label = _("Add")

    class Meta:
        model = Requirement
        fields = ("text", "must")


class NothingForm(FormMixin, forms.Form):
    """A step that asks for nothing but to be confirmed."""
