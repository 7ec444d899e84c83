"""Forms about pilots. Those about the plan carry its version, so that of two who write at once none is overwritten."""

from typing import Any, ClassVar, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pilots.enums import PilotOutcome
from pilots.files import ACCEPT
from pilots.models import Evidence, Kpi, Milestone, Pilot, Review
from pilots.services.plan import PLAN_FIELDS
from programs.models import Municipality
from tech4muni.core.forms import FilterMixin, FormMixin

LINES: Final = forms.Textarea(attrs={"rows": 4})


class VersionMixin(FormMixin, forms.Form):
    """The version of the plan that somebody saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class AgreeForm(VersionMixin):
    """Agreeing to the plan, or starting by it."""

    submit_label = _("Agree to this plan")


class PlanForm(VersionMixin, forms.ModelForm[Pilot]):
    """The plan's own fields; all may wait until both sides agree."""

    class Meta:
        model = Pilot
        fields = PLAN_FIELDS
        widgets: ClassVar = dict.fromkeys(("aim", "purchase_route", "decision_rule"), LINES)
        help_texts: ClassVar = {
            "aim": _("Such as: sensors cut the trips to bins by a third without one that overflows."),
            "purchase_route": _("Such as: below the threshold for tenders, by a framework contract, or by a tender."),
            "decision_rule": _(
                "How the figures lead to a decision: all targets reached, scale; one worse than its threshold, stop;"
                " what you do in between."
            ),
        }


class MilestoneForm(VersionMixin, forms.ModelForm[Milestone]):
    """A milestone: what, until when, by whom."""

    class Meta:
        model = Milestone
        fields = ("title", "due_on", "side")


class KpiForm(VersionMixin, forms.ModelForm[Kpi]):
    """What a KPI of the call has to reach; what it is stays as it was published."""

    class Meta:
        model = Kpi
        fields = ("baseline", "target", "threshold")


class OwnKpiForm(KpiForm):
    """A KPI that the two sides add themselves."""

    field_order = ("version", "name", "unit", "aim", "how", "baseline", "target", "threshold")

    name = forms.CharField(label=_("Name"), max_length=200)

    class Meta(KpiForm.Meta):
        fields = ("unit", "aim", "how", "baseline", "target", "threshold")  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.setdefault("name", self.instance.name)

    def values(self) -> dict[str, Any]:
        """What the service is given: the name stands in the language that it was written in."""
        names = {**(self.instance.names or {}), get_language() or "en-gb": self.cleaned_data["name"]}
        return {**self.cleaned_data, "names": names}


class SendBackForm(FormMixin, forms.Form):
    """Why a milestone is not accepted, and until when it shall be."""

    submit_label = _("Send back")

    note = forms.CharField(label=_("What is missing"), widget=LINES, max_length=2000)
    due_on = forms.DateField(label=_("Until"))


class EvidenceForm(FormMixin, forms.Form):
    """What all entries of the ledger have."""

    submit_label = _("Add to the ledger")
    hint: str | Promise = _("Entries are kept for good. A mistake is corrected by another entry.")

    observed_on = forms.DateField(label=_("Day of the observation"))


class ReadingForm(EvidenceForm):
    """What a KPI was measured to be."""

    field_order = ("kpi", "value", "observed_on", "method", "text")

    kpi = forms.ModelChoiceField(label=_("KPI"), queryset=Kpi.objects.none())
    value = forms.DecimalField(label=_("Value"), max_digits=16, decimal_places=3, localize=False)
    method = forms.CharField(label=_("How it was measured"), max_length=300)
    text = forms.CharField(label=_("Remark"), widget=LINES, max_length=4000, required=False)

    def __init__(self, *args: Any, pilot: Pilot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kpi"].queryset = pilot.kpis.all()  # type: ignore[attr-defined]


class NoteForm(EvidenceForm):
    """Something that was observed."""

    field_order = ("text", "observed_on")

    text = forms.CharField(label=_("What was observed"), widget=LINES, max_length=4000)


class FileForm(EvidenceForm):
    """A file with what it shows."""

    field_order = ("file", "text", "observed_on")

    file = forms.FileField(
        label=_("File"),
        max_length=150,
        help_text=_("PDF, PNG, JPEG, CSV or XLSX, up to 10 MB."),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )
    text = forms.CharField(label=_("What it shows"), widget=LINES, max_length=4000)


class CorrectionForm(EvidenceForm):
    """What is wrong in an entry, and what is right."""

    field_order = ("value", "text", "observed_on")

    value = forms.DecimalField(
        label=_("Right value"),
        max_digits=16,
        decimal_places=3,
        required=False,
        help_text=_("Leave it empty to take the reading back."),
    )
    text = forms.CharField(label=_("What was wrong"), widget=LINES, max_length=4000)

    def __init__(self, *args: Any, entry: Evidence, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if entry.kpi_id is None:
            del self.fields["value"]


class ReviewForm(FormMixin, forms.ModelForm[Review]):
    """What one side says when it looks back."""

    class Meta:
        model = Review
        fields = ("went_well", "went_badly", "differently")
        widgets: ClassVar = dict.fromkeys(fields, LINES)


class DecisionForm(FormMixin, forms.Form):
    """How a pilot ends."""

    submit_label = _("Decide and publish")

    seen = forms.ChoiceField(choices=PilotOutcome, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(label=_("Outcome"), choices=PilotOutcome, widget=forms.RadioSelect)
    rationale = forms.CharField(
        label=_("Why"), widget=LINES, max_length=4000, help_text=_("Everybody may read it, as the whole result.")
    )
    deviation = forms.CharField(
        label=_("Why it is not what the figures say"),
        widget=LINES,
        max_length=4000,
        required=False,
        help_text=_("Only where you decide something else. It is published, too."),
    )
    extended_to = forms.DateField(
        label=_("New end"), required=False, help_text=_("Only where you extend the pilot; nothing is published then.")
    )


class ResultFilter(FilterMixin, forms.Form):
    """Which results the public list shows."""

    outcome = forms.ChoiceField(label=_("Outcome"), required=False)
    municipality = forms.ModelChoiceField(
        label=_("Municipality"),
        queryset=Municipality.objects.none(),
        to_field_name="schema_name",
        required=False,
        empty_label=_("All"),
    )

    def __init__(self, *args: Any, municipalities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = [(each.value, each.label) for each in PilotOutcome if each != PilotOutcome.EXTEND]
        self.fields["outcome"].choices = [("", _("All")), *shown]  # type: ignore[attr-defined]
        self.fields["municipality"].queryset = municipalities  # type: ignore[attr-defined]
