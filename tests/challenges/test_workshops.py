"""Workshops: planned, written down, and kept from being overwritten."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.http import Http404

from challenges.enums import CardKind
from challenges.models import Card, Citation, Participant, Workshop
from challenges.queries.workshops import groups_of
from challenges.services import workshops as services
from programs.actors import Actor
from programs.models import Municipality
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Forbidden, Refused
from tests.challenges.conftest import Browsing
from tests.factories.challenges import make_challenge

WHEN = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
LogIn = Callable[[Actor], Browsing]


@pytest.fixture
def workshop(in_strumica: Municipality, lead: Actor) -> Workshop:
    return services.plan_workshop(actor=lead, title="Bins", starts_at=WHEN)


def test_a_workshop_is_planned_on_the_clock_of_the_municipality(
    in_strumica: Municipality, member: Actor, browsing: LogIn
) -> None:
    answer = browsing(member).post(
        "workshop_plan", {"title": "Bins", "starts_at": "2026-12-01T10:00", "place": "Town hall", "agenda": "Talk"}
    )

    assert answer.status_code == 302
    workshop = Workshop.objects.get()
    assert (workshop.starts_at, workshop.place) == (WHEN, "Town hall")
    assert Entry.objects.filter(verb="workshop.planned").count() == 1


def test_bad_input_keeps_what_was_typed(in_strumica: Municipality, member: Actor, browsing: LogIn) -> None:
    answer = browsing(member).post("workshop_plan", {"title": "Bins", "starts_at": "soon", "agenda": "A long talk"})

    assert answer.status_code == 422
    assert "A long talk" in answer.content.decode()
    assert not Workshop.objects.exists()


def test_people_come_one_per_line(workshop: Workshop, member: Actor, browsing: LogIn) -> None:
    page = browsing(member)
    page.post(
        "participants_add", {"people": "Ana Petrova, IT\n\n  Marko ,Waste, north\nEli"}, workshop_id=workshop.public_id
    )
    page.post("participants_add", {"people": "Eli\nAna Petrova, IT\nNew, IT"}, workshop_id=workshop.public_id)

    found = set(workshop.participants.values_list("name", "organisation"))
    assert found == {("Ana Petrova", "IT"), ("Marko", "Waste, north"), ("Eli", ""), ("New", "IT")}
    assert "Ana" not in str(list(Entry.objects.values_list("data", "target_label"))), "names are not for the trail"


@pytest.mark.parametrize(("typed", "words"), [("Ana\n, IT", "Line 2 has no name."), ("A" * 151, "Line 1 is too long.")])
def test_a_line_that_names_nobody_is_pointed_out(
    typed: str, words: str, workshop: Workshop, member: Actor, browsing: LogIn
) -> None:
    answer = browsing(member).post("participants_add", {"people": typed}, workshop_id=workshop.public_id)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Participant.objects.exists()


def test_somebody_is_taken_off(workshop: Workshop, lead: Actor, member: Actor, browsing: LogIn) -> None:
    [person] = services.add_participants(workshop, actor=lead, people=[("Ana", "IT")])
    other = services.plan_workshop(actor=lead, title="Other", starts_at=WHEN)
    page = browsing(member)

    wrong = page.post("participant_remove", workshop_id=other.public_id, participant_id=person.pk)
    right = page.post("participant_remove", workshop_id=workshop.public_id, participant_id=person.pk)

    assert (wrong.status_code, right.status_code) == (404, 302)
    assert not Participant.objects.exists()


def test_cards_come_one_per_line_and_are_grouped(workshop: Workshop, member: Actor, browsing: LogIn) -> None:
    page = browsing(member)
    answer = page.post(
        "cards_add", {"kind": "pain", "texts": "Smell\n\nNoise", "group": "Street"}, workshop_id=workshop.public_id
    )
    assert answer.status_code == 302
    smell, noise = Card.objects.order_by("pk")
    assert (smell.kind, smell.group, noise.text) == (CardKind.PAIN, "Street", "Noise")

    arranged = page.post(
        "cards_arrange",
        {f"group_{smell.pk}": "Air", f"votes_{smell.pk}": "5", f"group_{noise.pk}": "Street", f"votes_{noise.pk}": "0"},
        workshop_id=workshop.public_id,
    )
    assert arranged.status_code == 302
    assert [(word, [card.text for card in cards]) for word, cards in groups_of(workshop)] == [
        ("Air", ["Smell"]),
        ("Street", ["Noise"]),
    ]


def test_a_card_that_is_too_long_is_pointed_out(workshop: Workshop, member: Actor, browsing: LogIn) -> None:
    answer = browsing(member).post(
        "cards_add", {"kind": "pain", "texts": "Smell\n" + "x" * 501}, workshop_id=workshop.public_id
    )

    assert answer.status_code == 422
    assert "Line 2 is too long" in answer.content.decode()
    assert not Card.objects.exists()


def test_bad_votes_keep_what_was_typed(workshop: Workshop, lead: Actor, browsing: LogIn) -> None:
    [card] = services.add_cards(workshop, actor=lead, kind=CardKind.PAIN, texts=["Smell"])

    answer = browsing(lead).post(
        "cards_arrange", {f"group_{card.pk}": "Air", f"votes_{card.pk}": "many"}, workshop_id=workshop.public_id
    )

    assert answer.status_code == 422
    assert 'value="Air"' in answer.content.decode()


def test_two_who_arrange_different_cards_do_not_undo_each_other(workshop: Workshop, lead: Actor) -> None:
    smell, noise = services.add_cards(workshop, actor=lead, kind=CardKind.PAIN, texts=["Smell", "Noise"])

    services.arrange_cards(workshop, actor=lead, changes={smell.pk: {"votes": 3}})
    services.arrange_cards(workshop, actor=lead, changes={noise.pk: {"group": "Street"}})
    services.arrange_cards(workshop, actor=lead, changes={smell.pk: {"group": "Air"}})

    smell.refresh_from_db()
    assert (smell.votes, smell.group) == (3, "Air")


def test_cards_without_a_group_come_last(workshop: Workshop, lead: Actor) -> None:
    for group, text in (("", "Alone"), ("b", "Second"), ("B", "Third"), ("a", "First")):
        services.add_cards(workshop, actor=lead, kind=CardKind.PAIN, texts=[text], group=group)
    services.arrange_cards(
        workshop, actor=lead, changes={card.pk: {"votes": 4} for card in Card.objects.filter(text="Alone")}
    )

    found = [[card.text for card in cards] for _word, cards in groups_of(workshop)]

    assert found == [["First"], ["Second", "Third"], ["Alone"]]


def test_a_cited_card_stays(workshop: Workshop, lead: Actor, browsing: LogIn) -> None:
    cited, free = services.add_cards(workshop, actor=lead, kind=CardKind.PAIN, texts=["Smell", "Noise"])
    challenge = make_challenge(lead.municipality, actor=lead)  # type: ignore[arg-type]
    Citation.objects.create(brief=challenge.brief, field="problem", card=cited)

    with pytest.raises(Refused):
        services.remove_card(cited, actor=lead)
    refused = browsing(lead).post("card_remove", card_id=cited.public_id)
    services.remove_card(free, actor=lead)

    assert refused.status_code == 302
    assert list(Card.objects.all()) == [cited]


def test_two_at_once_see_each_other(workshop: Workshop, lead: Actor, member: Actor, browsing: LogIn) -> None:
    seen = workshop.updated_at.isoformat()
    with clock.at(clock.now() + timedelta(seconds=5)):
        services.edit_workshop(workshop, actor=lead, seen=workshop.updated_at, title="Waste", place="Library")
    mine = {"title": "Rubbish", "starts_at": "2026-12-01T10:00", "place": "Town hall", "agenda": "", "seen": seen}

    answer = browsing(member).post("workshop_edit", mine, workshop_id=workshop.public_id)
    page = answer.content.decode()

    assert answer.status_code == 409
    assert "Library" in page
    assert 'value="Rubbish"' in page
    workshop.refresh_from_db()
    assert (workshop.title, workshop.updated_at.isoformat() in page) == ("Waste", True)

    again = browsing(member).post(
        "workshop_edit", {**mine, "seen": workshop.updated_at.isoformat()}, workshop_id=workshop.public_id
    )
    workshop.refresh_from_db()
    assert (again.status_code, workshop.title) == (302, "Rubbish")


def test_a_stale_card_is_not_overwritten(workshop: Workshop, lead: Actor, browsing: LogIn) -> None:
    [card] = services.add_cards(workshop, actor=lead, kind=CardKind.PAIN, texts=["Smell"])
    with clock.at(clock.now() + timedelta(seconds=5)):
        services.edit_card(card, actor=lead, seen=card.updated_at, text="Stench")
    with pytest.raises(Conflict):
        services.edit_card(card, actor=lead, seen=card.updated_at, text="Odour")

    answer = browsing(lead).post(
        "card_edit",
        {"kind": "pain", "text": "Odour", "votes": "1", "seen": card.updated_at.isoformat()},
        card_id=card.public_id,
    )
    assert answer.status_code == 409
    assert "Stench" in answer.content.decode()

    nonsense = browsing(lead).post(
        "card_edit", {"kind": "pain", "text": "Odour", "votes": "1", "seen": "x"}, card_id=card.public_id
    )
    assert nonsense.status_code == 422


def write(what: str, workshop: Workshop, card: Card, actor: Actor) -> None:
    """Write something about a workshop."""
    if what == "plan":
        services.plan_workshop(actor=actor, title="New", starts_at=WHEN)
    elif what == "edit":
        seen = Workshop.objects.get(pk=workshop.pk).updated_at
        services.edit_workshop(workshop, actor=actor, seen=seen, title="New")
    elif what == "people":
        services.add_participants(workshop, actor=actor, people=[("A", "")])
    elif what == "person":
        services.remove_participant(Participant.objects.create(workshop=workshop, name="B"), actor=actor)
    elif what == "cards":
        services.add_cards(workshop, actor=actor, kind=CardKind.IDEA, texts=["Idea"])
    elif what == "card":
        services.edit_card(card, actor=actor, seen=Card.objects.get(pk=card.pk).updated_at, votes=2)
    elif what == "arrange":
        services.arrange_cards(workshop, actor=actor, changes={card.pk: {"votes": 2}})
    else:
        services.remove_card(Card.objects.create(workshop=workshop, kind="idea", text="x"), actor=actor)


WRITES = ("plan", "edit", "people", "person", "cards", "card", "arrange", "remove")
MAY: dict[str, type[Exception] | None] = {
    "lead": None, "member": None, "visitor": None, "evaluator": Forbidden, "approver": Forbidden, "viewer": Forbidden,
    "outsider": Http404,
}  # fmt: skip


@pytest.mark.parametrize("what", WRITES)
def test_who_writes_workshops(what: str, workshop: Workshop, lead: Actor, cast: dict[str, Actor]) -> None:
    [card] = services.add_cards(workshop, actor=lead, kind=CardKind.PAIN, texts=["Smell"])
    for who, expected in MAY.items():
        call = partial(write, what, workshop, card, cast[who])
        if expected is None:
            call()
        else:
            with pytest.raises(expected):
                call()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_as_much_for_many(
    number: int,
    in_strumica: Municipality,
    lead: Actor,
    browsing: LogIn,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for _each in range(number):
        workshop = services.plan_workshop(actor=lead, title="Bins", starts_at=WHEN)
        services.add_cards(workshop, actor=lead, kind=CardKind.PAIN, texts=["Smell"] * number)
        services.add_participants(workshop, actor=lead, people=[(f"Ana {each}", "IT") for each in range(number)])
    page = browsing(lead)
    page.get("workshops")

    with django_assert_num_queries(LIST):
        assert page.get("workshops").status_code == 200
    with django_assert_num_queries(ONE):
        assert page.get("workshop", workshop_id=workshop.public_id).status_code == 200


LIST = 7
ONE = 8


def test_an_empty_list_teaches(in_strumica: Municipality, lead: Actor, cast: dict[str, Actor], browsing: LogIn) -> None:
    writer = browsing(lead).get("workshops").content.decode()
    reader = browsing(cast["viewer"]).get("workshops").content.decode()

    assert "No workshop yet" in writer
    assert "No workshop yet" in reader
    assert writer.count("Plan a workshop") == 2
    assert "Plan a workshop" not in reader
