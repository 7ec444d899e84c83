"""Choosing among the cards of workshops."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from challenges.models import Card
from challenges.queries.workshops import all_cards
from tech4muni.core.forms import FormMixin


class CardsIterator(ModelChoiceIterator[Card]):
    """The cards under their workshops."""

    def __iter__(self) -> Iterator[Any]:
        """Yield each workshop with its cards."""
        for workshop, cards in groupby(self.queryset, key=lambda card: card.workshop):
            yield str(workshop), [self.choice(card) for card in cards]


class CardsField(forms.ModelMultipleChoiceField[Card]):
    """Any number of cards, by workshop."""

    iterator = CardsIterator
    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Cards"))
        options.pop("queryset", None)
        super().__init__(all_cards(), required=False, **options)

    def label_from_instance(self, obj: Card) -> str:
        """Say the kind and what stands on it."""
        return f"{obj.get_kind_display()}: {obj.text}"


class CitationsForm(FormMixin, forms.Form):
    """Which cards a text of the brief rests on."""

    cards = CardsField()
