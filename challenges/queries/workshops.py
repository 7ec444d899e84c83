"""Workshops, who took part, and the cards that were written there."""

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from django.db.models import Count, QuerySet
from django.shortcuts import get_object_or_404

from challenges.models import Card, Workshop
from programs.actors import Actor


def workshops_for(actor: Actor) -> QuerySet[Workshop]:
    """Return the workshops that somebody may read, the latest first, each with how many took part and cards."""
    found = Workshop.objects.all() if actor.is_inside else Workshop.objects.none()
    return found.annotate(
        people=Count("participants", distinct=True), cards_written=Count("cards", distinct=True)
    ).order_by("-starts_at", "-pk")


def workshop_for(actor: Actor, workshop_id: UUID) -> Workshop:
    """Return a workshop that somebody may read; raises Http404."""
    return get_object_or_404(workshops_for(actor), public_id=workshop_id)


def card_for(actor: Actor, card_id: UUID) -> Card:
    """Return a card that somebody may read, with its workshop; raises Http404."""
    found = Card.objects.select_related("workshop") if actor.is_inside else Card.objects.none()
    return get_object_or_404(found, public_id=card_id)


def groups_of(workshop: Workshop) -> list[tuple[str, list[Card]]]:
    """Return the cards of a workshop by group, those with most votes first; the cards without a group come last."""
    return in_groups(list(workshop.cards.all()))


def in_groups(cards: Sequence[Card]) -> list[tuple[str, list[Card]]]:
    """Put cards together by their group, the group with most votes first, those without a group last."""
    in_order = sorted(cards, key=lambda card: (card.group.casefold(), -card.votes, card.pk))
    groups = [list(group) for _word, group in groupby(in_order, key=lambda card: card.group.casefold())]
    named = [(group[0].group, group) for group in groups]
    return sorted(named, key=lambda pair: (not pair[0], -sum(card.votes for card in pair[1])))


def all_cards() -> QuerySet[Card]:
    """Return the cards of all workshops of the municipality, those of the latest one first."""
    return Card.objects.select_related("workshop").order_by("-workshop__starts_at", "group", "-votes", "pk")
