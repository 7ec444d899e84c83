"""Forms of the selection: criteria, panel, conflicts, scorecards and the decision."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from solutions.selection.enums import HIGHEST, DecisionOutcome, Place, Pool
from solutions.selection.models import Criterion
from solutions.selection.queries.decisions import Proposal
from solutions.selection.queries.panel import Company
from solutions.selection.services.decisions import Line
from solutions.selection.services.scoring import Answer
from tech4muni.accounts.models import User
from tech4muni.core.form_fields import MomentField
from tech4muni.core.forms import FormMixin, format_zone
from tech4muni.core.languages import own_name


class Built(forms.BaseForm):
    """Puts fields that depend on rows in place before FormMixin looks at them: between it and `forms.Form`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.build()

    def build(self) -> None:
        """Add the fields."""


class Versioned(Built):
    """A form that carries the version of what it was filled in from, to notice two at once."""

    def build(self) -> None:
        """Add the version at the end."""
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    @property
    def seen(self) -> int:
        """The version that the person saw."""
        version: int = self.cleaned_data["version"]
        return version


class CriterionForm(FormMixin, Versioned, forms.Form):
    """A criterion with a name per language and its weight."""

    weight = forms.IntegerField(label=_("Weight in percent"), min_value=1, max_value=100)

    def __init__(self, *args: Any, languages: Sequence[str], **kwargs: Any) -> None:
        self.languages = list(languages)
        super().__init__(*args, **kwargs)

    def build(self) -> None:
        """Add a name for each language."""
        super().build()
        for language in self.languages:
            label = _("Name (%(language)s)") % {"language": own_name(language)}
            self.fields[f"name_{language}"] = forms.CharField(label=label, max_length=200, required=False)
        self.order_fields([*(f"name_{language}" for language in self.languages), "weight", "version"])

    @staticmethod
    def initial_of(criterion: Criterion) -> dict[str, Any]:
        """Return what the form shows of a criterion."""
        names = {f"name_{language}": name for language, name in criterion.names.items()}
        return {"weight": criterion.weight, **names}

    def clean(self) -> dict[str, Any]:
        """Want a name in one language at least."""
        cleaned = super().clean() or {}
        if not self.names(cleaned):
            self.add_error(f"name_{self.languages[0]}", _("Write a name in one language at least."))
        return cleaned

    def names(self, cleaned: Mapping[str, Any] | None = None) -> dict[str, str]:
        """Return the names that are there, by language."""
        values = self.cleaned_data if cleaned is None else cleaned
        found = {language: str(values.get(f"name_{language}") or "").strip() for language in self.languages}
        return {language: name for language, name in found.items() if name}


class FreezeForm(FormMixin, Versioned, forms.Form):
    """Nothing but the version of the criteria that are frozen."""

    submit_label = _("Freeze the criteria")


class NameMemberForm(FormMixin, forms.Form):
    """Who shall score."""

    submit_label = _("Name as a member of the panel")

    user = forms.ModelChoiceField(label=_("Person"), queryset=User.objects.none())

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["user"]
        field.queryset = User.objects.filter(pk__in=[person.pk for person in people]).order_by("name", "email")


class PlanForm(FormMixin, forms.Form):
    """Which applications are scored, and until when."""

    pool = forms.ChoiceField(label=_("What the panel scores"), choices=Pool)
    scores_due_at = MomentField(label=_("Scores are due"))

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["scores_due_at"]
        field.zone = zone
        field.label = format_zone(_("Scores are due"), field.city)


class DeclareForm(FormMixin, Built, forms.Form):
    """One's conflicts of interest: a reason where there is one, and a word about all the others."""

    submit_label = _("Declare")

    def __init__(self, *args: Any, companies: Sequence[Company], **kwargs: Any) -> None:
        self.companies = companies
        super().__init__(*args, **kwargs)

    def build(self) -> None:
        """Add a line for each company."""
        for company in self.companies:
            self.fields[f"company_{company.company_id.hex}"] = forms.CharField(
                label=company.name, max_length=300, required=False
            )
        self.fields["rest"] = forms.BooleanField(
            label=_("I have no conflict of interest with the companies where I wrote no reason.")
        )

    def reasons(self) -> dict[UUID, str]:
        """Return why the person must not judge, by company."""
        found = {
            company.company_id: self.cleaned_data[f"company_{company.company_id.hex}"] for company in self.companies
        }
        return {company: reason for company, reason in found.items() if reason.strip()}


class WhyForm(FormMixin, forms.Form):
    """Why something is done, for the record."""

    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("It stays on record."))


class CloseForm(FormMixin, forms.Form):
    """Why scoring is closed though scorecards are missing."""

    submit_label = _("Close the scoring")

    reason = forms.CharField(
        label=_("Reason"), max_length=300, required=False, help_text=_("Needed if scorecards are missing.")
    )


class ScorecardForm(FormMixin, Versioned, forms.Form):
    """Points and reasons for each criterion."""

    def __init__(self, *args: Any, criteria: Sequence[Criterion], **kwargs: Any) -> None:
        self.criteria = criteria
        super().__init__(*args, **kwargs)

    def build(self) -> None:
        """Add points and a reason for each criterion, and the end of the form."""
        points = [("", _("No points yet")), *((str(value), str(value)) for value in range(HIGHEST + 1))]
        for criterion in self.criteria:
            label = {"criterion": criterion.name, "weight": criterion.weight}
            self.fields[f"value_{criterion.pk}"] = forms.ChoiceField(
                label=_("%(criterion)s (%(weight)s%%)") % label, choices=points, required=False
            )
            self.fields[f"reason_{criterion.pk}"] = forms.CharField(
                label=_("Reason: %(criterion)s") % label,
                required=False,
                max_length=3000,
                widget=forms.Textarea(attrs={"rows": 2}),
                help_text=_("The company may read it, without your name. Needed for 0, 1 and 5 points."),
            )
        self.fields["comment"] = forms.CharField(
            label=_("Comment for the panel"),
            required=False,
            max_length=3000,
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        self.fields["hand_in"] = forms.BooleanField(
            label=_("I am done: hand it in"), required=False, help_text=_("Then you see what others wrote.")
        )
        super().build()

    def answers(self) -> dict[int, Answer]:
        """Return what was answered, by criterion."""
        cleaned = self.cleaned_data
        return {
            criterion.pk: Answer(
                int(cleaned[f"value_{criterion.pk}"]) if cleaned[f"value_{criterion.pk}"] else None,
                cleaned[f"reason_{criterion.pk}"],
            )
            for criterion in self.criteria
        }


class DecisionForm(FormMixin, Versioned, forms.Form):
    """The decision with a place and a debrief for each application."""

    submit_label = _("Save the draft")

    outcome = forms.ChoiceField(label=_("Outcome"), choices=DecisionOutcome)
    rationale = forms.CharField(
        label=_("Rationale"), required=False, max_length=10000, widget=forms.Textarea(attrs={"rows": 6})
    )
    dissent = forms.CharField(
        label=_("Dissent"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What others on the panel would have decided, and why."),
    )

    def __init__(self, *args: Any, proposals: Sequence[Proposal], **kwargs: Any) -> None:
        self.proposals = proposals
        super().__init__(*args, **kwargs)

    def build(self) -> None:
        """Add a place and a debrief for each application."""
        super().build()
        for proposal in self.proposals:
            received, key = proposal.received, proposal.received.release_id.hex
            names = {"company": received.company_name, "language": own_name(received.language)}
            self.fields[f"place_{key}"] = forms.ChoiceField(
                label=received.company_name, choices=Place, initial=proposal.place
            )
            self.fields[f"debrief_{key}"] = forms.CharField(
                label=_("What %(company)s is told (in %(language)s)") % names,
                initial=proposal.debrief,
                required=False,
                max_length=10000,
                widget=forms.Textarea(attrs={"rows": 4}),
            )

    def lines(self) -> dict[UUID, Line]:
        """Return what the decision makes of each application, by release."""
        cleaned = self.cleaned_data
        return {
            proposal.received.release_id: Line(
                Place(cleaned[f"place_{proposal.received.release_id.hex}"]),
                cleaned[f"debrief_{proposal.received.release_id.hex}"],
            )
            for proposal in self.proposals
        }


class ReturnForm(FormMixin, forms.Form):
    """What has to be changed in a proposed decision."""

    submit_label = _("Send back")

    text = forms.CharField(label=_("What has to be changed"), max_length=3000, widget=forms.Textarea(attrs={"rows": 4}))
