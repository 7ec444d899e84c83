"""Forms about challenges and their moves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.enums import Stage
from tech4muni.core.forms import FormMixin


class SeenForm(FormMixin, forms.Form):
    """The stage in which somebody saw the challenge that they move."""

    submit_label = _("Move on")

    seen = forms.ChoiceField(choices=Stage, widget=forms.HiddenInput)


class EarlyForm(SeenForm):
    """Why a challenge moves on before its gate is met."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("The municipality reads it, and it stays on record.")
    )


class BackForm(EarlyForm):
    """Where a challenge goes back to, and why."""

    submit_label = _("Move back")
    field_order = ("seen", "to", "reason")

    to = forms.ChoiceField(label=_("To the stage"))

    def __init__(self, *args: Any, stage: Stage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(s.value, s.label) for s in Stage if s.number < stage.number]  # type: ignore[attr-defined]
