"""Forms for what a team writes down."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from tech4muni.core.forms import FormMixin
from validation.enums import Attitude, Noun
from validation.forms.texts import TextsMixin
from validation.models import Assumption, Bottleneck, Direction, Engagement, Finding, StakeholderGroup
from validation.services.records import Counts, version_of


class RecordBase(TextsMixin, forms.ModelForm):  # type: ignore[type-arg]
    """Knows the challenge, the municipality's languages, and which version of the record was seen."""

    has_names: ClassVar[bool] = False
    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, challenge: Challenge, languages: Sequence[str], **kwargs: Any) -> None:
        self.challenge, self.languages = challenge, languages
        super().__init__(*args, **kwargs)
        self.initial["version"] = version_of(self.instance)
        if self.has_names:
            self.add_texts("names", _("Name"), languages, self.instance.names if self.instance.pk else {})
            self.order_fields([name for name in self.fields if name.startswith("names_")])
        for name in ("group", "assumption", "engagement", "survey"):
            if name in self.fields:
                choices: Any = self.fields[name]
                choices.queryset = choices.queryset.filter(challenge=challenge)
        self.add_fields()

    def add_fields(self) -> None:
        """Add what depends on the challenge."""

    def values(self) -> dict[str, Any]:
        """Return what `services.records.save_record` takes."""
        values = dict(self.cleaned_data)
        if self.has_names:
            values["names"] = self.texts("names", self.languages)
        return values


class GroupForm(FormMixin, RecordBase):
    """A group of people with the same stake."""

    has_names = True

    class Meta:
        model = StakeholderGroup
        fields = ("interest", "influence", "target")
        help_texts = {"interest": _("From 1, little, to 5, much."), "influence": _("From 1, little, to 5, much.")}


class DirectionForm(FormMixin, RecordBase):
    """A direction that a solution could take."""

    has_names = True

    class Meta:
        model = Direction
        fields = ()


class EngagementForm(FormMixin, RecordBase):
    """A line of the log of talks, with what the people thought of each direction."""

    class Meta:
        model = Engagement
        fields = ("group", "kind", "held_on", "people", "notes", "consent")
        help_texts = {
            "people": _("How many took part."),
            "notes": _("Without names. Only if the people agreed that it is kept."),
        }

    def add_fields(self) -> None:
        """Ask for three numbers on each direction."""
        self.fields["group"].empty_label = None  # type: ignore[attr-defined]
        known = {opinion.direction_id: opinion for opinion in self.instance.opinions.all()} if self.instance.pk else {}
        self.directions = list(self.challenge.directions.all())
        for direction in self.directions:
            for attitude in Attitude:
                self.fields[f"{attitude}_{direction.pk}"] = forms.IntegerField(
                    label=_("%(direction)s: %(attitude)s") % {"direction": direction, "attitude": attitude.label},
                    min_value=0,
                    max_value=9999,
                    required=False,
                    initial=getattr(known.get(direction.pk), attitude, None),
                )

    def values(self) -> dict[str, Any]:
        """Return what `services.records.save_record` takes, with the opinions."""
        return {**super().values(), "opinions": {each: self._counts(each) for each in self.directions}}

    def _counts(self, direction: Direction) -> Counts:
        want, indifferent, reject = (self.cleaned_data.get(f"{each}_{direction.pk}") or 0 for each in Attitude)
        return want, indifferent, reject


class AssumptionForm(FormMixin, RecordBase):
    """Something that the brief takes for granted."""

    class Meta:
        model = Assumption
        fields = ("text", "tested_how", "evidence", "verdict")
        help_texts = {"verdict": _("Any but “not tested” needs how it was tested, and evidence.")}


class BottleneckForm(FormMixin, RecordBase):
    """A step in which things wait."""

    class Meta:
        model = Bottleneck
        fields = ("step", "who", "waiting_days")


class FindingForm(FormMixin, RecordBase):
    """What was found, and what it rests on."""

    class Meta:
        model = Finding
        fields = ("text", "assumption", "engagement", "survey")
        labels = {"engagement": _("Talk")}
        help_texts = {"assumption": _("Choose at least one thing that the finding rests on.")}


FORMS: Final[dict[Noun, Any]] = {
    Noun.GROUP: GroupForm,
    Noun.DIRECTION: DirectionForm,
    Noun.ENGAGEMENT: EngagementForm,
    Noun.ASSUMPTION: AssumptionForm,
    Noun.BOTTLENECK: BottleneckForm,
    Noun.FINDING: FindingForm,
}
