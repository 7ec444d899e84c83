"""Forms of the pages that bring everything together."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tech4muni.audit.models import Entry
from tech4muni.audit.queries import history_of, people_in_trail, verbs_in_trail
from tech4muni.core.forms import FilterMixin


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
