"""Workshops: planned, and written down."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from challenges.enums import CardKind
from challenges.models import Card, Participant, Workshop
from challenges.permissions import may_begin
from programs.actors import Actor
from tech4muni.audit.services import record
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused

CARD_FIELDS: Final = ("kind", "text", "group", "votes")


@transaction.atomic
def plan_workshop(*, actor: Actor, title: str, starts_at: datetime, place: str = "", agenda: str = "") -> Workshop:
    """Plan a workshop, or write down one that was held; the municipality's schema is active."""
    may_begin(actor).enforce()
    workshop = Workshop.objects.create(title=title, starts_at=starts_at, place=place, agenda=agenda)
    record("workshop.planned", actor=actor.user, target=workshop)
    return workshop


@transaction.atomic
def edit_workshop(workshop: Workshop, *, actor: Actor, seen: datetime, **changes: Any) -> Workshop:
    """Change title, instant, place or agenda.

    Raises Conflict if somebody else changed the workshop after `seen`, its `updated_at` of then.
    """
    may_begin(actor).enforce()
    locked = Workshop.objects.select_for_update(of=("self",)).get(pk=workshop.pk)
    if locked.updated_at != seen:
        raise Conflict(_("Somebody else changed this workshop in the meantime."))
    for name, value in changes.items():
        setattr(locked, name, value)
    locked.updated_at = clock.now()
    locked.save(update_fields=[*changes, "updated_at"])
    record("workshop.edited", actor=actor.user, target=locked)
    return locked


@transaction.atomic
def add_participants(workshop: Workshop, *, actor: Actor, people: Sequence[tuple[str, str]]) -> list[Participant]:
    """Add people to a workshop, each as (name, organisation); those who are there already are not added twice."""
    may_begin(actor).enforce()
    locked = Workshop.objects.select_for_update(of=("self",)).get(pk=workshop.pk)
    there = set(locked.participants.values_list("name", "organisation"))
    fresh = [person for person in dict.fromkeys(people) if person not in there]
    rows = Participant.objects.bulk_create(
        Participant(workshop=locked, name=name, organisation=organisation) for name, organisation in fresh
    )
    if rows:
        record("workshop.participants_added", actor=actor.user, target=locked, data={"number": len(rows)})
    return rows


@transaction.atomic
def remove_participant(participant: Participant, *, actor: Actor) -> None:
    """Take somebody off a workshop."""
    may_begin(actor).enforce()
    workshop = participant.workshop
    Participant.objects.filter(pk=participant.pk).delete()
    record("workshop.participant_removed", actor=actor.user, target=workshop)


@transaction.atomic
def add_cards(workshop: Workshop, *, actor: Actor, kind: CardKind, texts: Iterable[str], group: str = "") -> list[Card]:
    """Add cards of one kind to a workshop, one per text."""
    may_begin(actor).enforce()
    cards = Card.objects.bulk_create(Card(workshop=workshop, kind=kind, text=text, group=group) for text in texts)
    record("workshop.cards_added", actor=actor.user, target=workshop, data={"number": len(cards)})
    return cards


@transaction.atomic
def edit_card(card: Card, *, actor: Actor, seen: datetime, **changes: Any) -> Card:
    """Change kind, text, group or votes; raises Conflict if somebody else changed the card after `seen`."""
    may_begin(actor).enforce()
    locked = Card.objects.select_for_update(of=("self",)).get(pk=card.pk)
    if locked.updated_at != seen:
        raise Conflict(_("Somebody else changed this card in the meantime."))
    _write_card(locked, changes)
    record("card.edited", actor=actor.user, target=locked)
    return locked


@transaction.atomic
def remove_card(card: Card, *, actor: Actor) -> None:
    """Take a card away; refused while a brief or a candidate rests on it."""
    may_begin(actor).enforce()
    locked = Card.objects.select_for_update(of=("self",)).get(pk=card.pk)
    if locked.citations.exists() or locked.candidates.exists():
        raise Refused(_("A brief or a candidate rests on this card: take it out there first."))
    record("card.removed", actor=actor.user, target=locked)
    locked.delete()


@transaction.atomic
def arrange_cards(workshop: Workshop, *, actor: Actor, changes: Mapping[int, Mapping[str, Any]]) -> int:
    """Give cards of a workshop their groups and votes; returns how many changed.

    Args:
        workshop: whose cards.
        actor: who does it.
        changes: by the card's primary key: what was changed of `group` and `votes`; what is left out stays as it is,
            so that two people can arrange different cards at once.
    """
    may_begin(actor).enforce()
    cards = workshop.cards.select_for_update(of=("self",)).filter(pk__in=changes).order_by("pk")
    number = 0
    for card in cards:
        _write_card(card, changes[card.pk])
        number += 1
    if number:
        record("workshop.cards_arranged", actor=actor.user, target=workshop)
    return number


def _write_card(card: Card, changes: Mapping[str, Any]) -> None:
    for name in CARD_FIELDS:
        if name in changes:
            setattr(card, name, changes[name])
    card.updated_at = clock.now()
    card.save(update_fields=[*CARD_FIELDS, "updated_at"])
