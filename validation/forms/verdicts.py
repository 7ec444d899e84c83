"""Forms for the verdict, and for the findings behind a change."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from tech4muni.core.forms import FormMixin
from validation.enums import ChallengeVerdict
from validation.models import Finding

GOING_ON = (ChallengeVerdict.VALIDATED, ChallengeVerdict.REFRAMED)


class RationaleForm(FormMixin, forms.Form):
    """Why the verdict is what it is."""

    rationale = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 5}), max_length=5000)


class VerdictForm(RationaleForm):
    """A verdict with which the challenge goes on; rejecting it has a page of its own."""

    submit_label = _("Give the verdict")
    field_order = ("verdict", "rationale")

    verdict = forms.ChoiceField(
        label=_("Verdict"),
        choices=[(each.value, each.label) for each in GOING_ON],
        widget=forms.RadioSelect,
        help_text=_(
            "Reframed: people have the problem, but another one than the brief said, and the brief was changed."
        ),
    )


class FindingsBase(forms.Form):
    """Which findings stand behind a change of the brief."""

    def __init__(self, *args: Any, challenge: Challenge, chosen: list[Finding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["findings"] = forms.ModelMultipleChoiceField(
            challenge.findings.all(),
            label=_("Findings behind this change"),
            widget=forms.CheckboxSelectMultiple,
            initial=[finding.pk for finding in chosen],
            error_messages={"required": _("Choose at least one finding.")},
        )


class FindingsForm(FormMixin, FindingsBase):
    """Which findings stand behind a change of the brief."""
