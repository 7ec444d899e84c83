"""What somebody saw when they began to type, so that two at once do not overwrite each other."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class SeenField(forms.CharField):
    """The instant of the last change that the person saw, hidden in the form."""

    widget = forms.HiddenInput
    default_error_messages = {
        "required": _("Please load this page again."),
        "invalid": _("Please load this page again."),
    }

    def prepare_value(self, value: Any) -> Any:
        """Write the instant to the microsecond."""
        return value.isoformat() if isinstance(value, datetime) else value

    def clean(self, value: Any) -> Any:
        """Return the instant; raises ValidationError if it is none."""
        text = super().clean(value)
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None
