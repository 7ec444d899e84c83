"""Forms about workshops and what is written down there."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.enums import CardKind
from challenges.forms.seen import SeenField
from challenges.models import Card, Workshop
from programs.models import Municipality
from tech4muni.core.form_fields import MomentField
from tech4muni.core.forms import FormMixin, format_zone

LONGEST_NAME = 150
LONGEST_CARD = 500


class WorkshopForm(FormMixin, forms.ModelForm[Workshop]):
    """When and where a workshop takes place, and what is done there."""

    starts_at = MomentField(label=gettext_lazy("Begins"))

    class Meta:
        model = Workshop
        fields = ("title", "starts_at", "place", "agenda")
        help_texts = {
            "title": gettext_lazy("Such as “What keeps our waste department busy?”"),
            "agenda": gettext_lazy("One line for each step, with its time."),
        }

    def __init__(self, *args: Any, municipality: Municipality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        begins: Any = self.fields["starts_at"]
        begins.zone = municipality.time_zone
        begins.label = format_zone(_("Begins"), begins.city)


class WorkshopEditForm(WorkshopForm):
    """The same for a workshop that is there."""

    seen = SeenField()


class ParticipantsForm(FormMixin, forms.Form):
    """Several people at once."""

    submit_label = gettext_lazy("Add")

    people = forms.CharField(
        label=gettext_lazy("Who takes part"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("One line for each person: name, department or organisation."),
    )

    def clean_people(self) -> list[tuple[str, str]]:
        """Return pairs of name and organisation, the latter "" where there is none."""
        people = []
        for number, line in _lines(self.cleaned_data["people"]):
            name, _comma, organisation = (part.strip() for part in line.partition(","))
            if not name:
                raise forms.ValidationError(_("Line %(number)d has no name.") % {"number": number})
            if max(len(name), len(organisation)) > LONGEST_NAME:
                raise forms.ValidationError(_("Line %(number)d is too long.") % {"number": number})
            people.append((name, organisation))
        return people


class CardsForm(FormMixin, forms.Form):
    """One card or many of one kind."""

    submit_label = gettext_lazy("Add")

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=CardKind)
    texts = forms.CharField(
        label=gettext_lazy("Cards"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("One line for each card, in the words of the one who wrote it."),
    )
    group = forms.CharField(
        label=gettext_lazy("Group"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Cards with the same word belong together."),
    )

    def clean_texts(self) -> list[str]:
        """Return the texts of the cards."""
        texts = []
        for number, line in _lines(self.cleaned_data["texts"]):
            if len(line) > LONGEST_CARD:
                message = _("Line %(number)d is too long: a card has room for %(most)d characters.")
                raise forms.ValidationError(message % {"number": number, "most": LONGEST_CARD})
            texts.append(line)
        return texts


class CardForm(FormMixin, forms.ModelForm[Card]):
    """A card that is there."""

    seen = SeenField()

    class Meta:
        model = Card
        fields = ("kind", "text", "group", "votes")
        help_texts = {"votes": gettext_lazy("How many dots it got.")}


class ArrangeForm(FormMixin, forms.Form):
    """Groups and votes of all cards of a workshop at once."""

    def __init__(self, *args: Any, cards: Sequence[Card], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cards = cards
        for card in cards:
            self.fields[f"group_{card.pk}"] = forms.CharField(
                label=_("Group of “%(card)s”") % {"card": card.text}, initial=card.group, max_length=100, required=False
            )
            self.fields[f"votes_{card.pk}"] = forms.IntegerField(
                label=_("Votes for “%(card)s”") % {"card": card.text}, initial=card.votes, min_value=0, max_value=9999
            )
        for field in self.fields.values():
            small = "form-control form-control-sm"
            field.widget.attrs |= {"class": small, "dir": "auto", "autocomplete": "off", "aria-label": field.label}

    def rows(self) -> list[tuple[Card, forms.BoundField, forms.BoundField]]:
        """Return each card with its two fields."""
        return [(card, self[f"group_{card.pk}"], self[f"votes_{card.pk}"]) for card in self.cards]

    def changes(self) -> dict[int, dict[str, Any]]:
        """Return what was changed, by the card's primary key."""
        found: dict[int, dict[str, Any]] = {}
        for name in self.changed_data:
            what, _underscore, key = name.partition("_")
            found.setdefault(int(key), {})[what] = self.cleaned_data[name]
        return found


def _lines(text: str) -> list[tuple[int, str]]:
    """Return the lines that say something, each with its number."""
    return [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
