"""Forms about candidates, and about beginning a challenge."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from challenges.forms.cards import CardsField
from challenges.forms.seen import SeenField
from challenges.models import Candidate, CandidateRating, Challenge
from challenges.permissions import WRITERS
from challenges.queries.candidates import QUESTIONS
from programs.cohorts.models import JointChallenge
from programs.cohorts.queries import program_of
from programs.models import Municipality
from programs.people.queries import members
from tech4muni.accounts.models import User
from tech4muni.core.forms import FormMixin

STARS: Final = [(number, str(number)) for number in range(1, 6)]


class CandidateForm(FormMixin, forms.ModelForm[Candidate]):
    """A problem that might become the challenge."""

    cards = CardsField(help_text=_("Choose the cards that show the problem."))

    class Meta:
        model = Candidate
        fields = ("title", "problem", "workshop", "cards")
        help_texts = {
            "title": _("A few words that everybody here understands."),
            "problem": _("What happens, to whom, how often. No solution yet."),
            "workshop": _("Where it came up."),
        }


class CandidateEditForm(CandidateForm):
    """The same for a candidate that is there."""

    seen = SeenField()


class RatingForm(FormMixin, forms.ModelForm[CandidateRating]):
    """What one person thinks of a candidate."""

    submit_label = _("Rate")

    class Meta:
        model = CandidateRating
        fields = QUESTIONS
        help_texts = {"significance": _("1 is little, 5 is much.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in QUESTIONS:
            old = self.fields[name]
            self.fields[name] = forms.TypedChoiceField(
                label=old.label, help_text=old.help_text, choices=STARS, coerce=int, widget=forms.RadioSelect
            )

    def validate_unique(self) -> None:
        """Let the service replace what the person said before."""


class BeginForm(FormMixin, forms.ModelForm[Challenge]):
    """The challenge that begins; what it is part of is asked only where there is a choice."""

    submit_label = _("Begin the challenge")

    owner = forms.ModelChoiceField(label=_("Who leads it"), queryset=User.objects.none())
    joint = forms.ModelChoiceField(
        label=_("Part of a joint challenge"),
        queryset=JointChallenge.objects.none(),
        required=False,
        empty_label=_("No, it is ours alone"),
        help_text=_("A joint challenge is one problem that several municipalities solve together, with one call."),
    )

    class Meta:
        model = Challenge
        fields = ("title",)

    def __init__(self, *args: Any, municipality: Municipality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        program = program_of(municipality)
        joint = JointChallenge.objects.filter(program=program) if program else JointChallenge.objects.none()
        if joint:
            self.fields["joint"].queryset = joint  # type: ignore[attr-defined]
        else:
            del self.fields["joint"]
        writers = members(municipality).filter(role__in=WRITERS, user__is_active=True)
        self.fields["owner"].queryset = User.objects.filter(pk__in=writers.values("user"))  # type: ignore[attr-defined]


class WithdrawForm(FormMixin, forms.Form):
    """Why a challenge is given up."""

    submit_label = _("Withdraw the challenge")

    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("It stays on record."))
