"""Candidates: rated by all, chosen once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.http import Http404
from django_tenants.utils import tenant_context

from challenges.enums import CardKind
from challenges.models import Candidate, CandidateRating, Challenge
from challenges.queries.candidates import QUESTIONS, candidates_for, compare
from challenges.services import candidates as services
from challenges.services import workshops
from programs.actors import Actor
from programs.cohorts.models import JointChallenge, Progress
from programs.enums import Role
from programs.models import Municipality
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Forbidden, Refused
from tests.challenges.conftest import Browsing
from tests.factories.challenges import acting_as, make_program
from tests.factories.people import make_member

LogIn = Callable[[Actor], Browsing]


def stars(*values: int) -> dict[str, int]:
    """Name four ratings."""
    return dict(zip(QUESTIONS, values, strict=True))


@pytest.fixture
def candidate(in_strumica: Municipality, lead: Actor) -> Candidate:
    return services.add_candidate(actor=lead, title="Bins", problem="Half of them are emptied half empty.")


def test_a_candidate_is_added_with_its_cards(in_strumica: Municipality, lead: Actor, browsing: LogIn) -> None:
    workshop = workshops.plan_workshop(actor=lead, title="Waste", starts_at=clock.now())
    card, _other = workshops.add_cards(workshop, actor=lead, kind=CardKind.PAIN, texts=["Smell", "Noise"])
    page = browsing(lead)

    form = page.get("candidate_add").content.decode()
    answer = page.post(
        "candidate_add", {"title": "Bins", "problem": "Smell", "workshop": workshop.pk, "cards": [card.pk]}
    )

    assert "Pain: Noise" in form
    assert answer.status_code == 302
    assert list(Candidate.objects.get().cards.all()) == [card]


def test_bad_input_keeps_what_was_typed(in_strumica: Municipality, lead: Actor, browsing: LogIn) -> None:
    answer = browsing(lead).post("candidate_add", {"title": "", "problem": "A long story"})

    assert answer.status_code == 422
    assert "A long story" in answer.content.decode()


def test_means_are_of_all_who_rated(candidate: Candidate, lead: Actor, member: Actor) -> None:
    services.rate(candidate, actor=lead, stars=stars(5, 4, 3, 2))
    services.rate(candidate, actor=member, stars=stars(1, 1, 1, 1))
    services.rate(candidate, actor=member, stars=stars(2, 2, 2, 2))
    other = services.add_candidate(actor=lead, title="Permits", problem="They take months.")

    first, second = compare(list(candidates_for(member)), member)

    assert (first.candidate, second.candidate) == (candidate, other)
    assert (first.means, first.mean, first.raters) == ([3.5, 3.0, 2.5, 2.0], 2.75, 2)
    assert first.own is not None
    assert first.own.urgency == 2
    assert (second.means, second.mean, second.raters, second.own) == ([None] * 4, None, 0, None)


def test_means_do_not_grow_with_cards(candidate: Candidate, lead: Actor, member: Actor) -> None:
    workshop = workshops.plan_workshop(actor=lead, title="Waste", starts_at=clock.now())
    candidate.cards.set(workshops.add_cards(workshop, actor=lead, kind=CardKind.PAIN, texts=["a", "b", "c"]))
    services.rate(candidate, actor=lead, stars=stars(5, 5, 5, 5))
    services.rate(candidate, actor=member, stars=stars(1, 1, 1, 1))

    [row] = compare(list(candidates_for(lead)), lead)

    assert (row.mean, row.raters, row.candidate.card_count) == (3.0, 2, 3)  # type: ignore[attr-defined]


@pytest.mark.parametrize("given", [{"significance": 6}, {"urgency": 0}, {"more": 3}])
def test_stars_are_one_to_five_for_all_four(given: dict[str, int], candidate: Candidate, lead: Actor) -> None:
    with pytest.raises(Refused):
        services.rate(candidate, actor=lead, stars=stars(3, 3, 3, 3) | given)


def test_rating_on_the_page(candidate: Candidate, member: Actor, browsing: LogIn) -> None:
    page = browsing(member)
    short = page.post("candidate", {"significance": "4"}, candidate_id=candidate.public_id)
    full = page.post("candidate", stars(4, 3, 2, 1), candidate_id=candidate.public_id)

    assert (short.status_code, full.status_code) == (422, 302)
    rating = CandidateRating.objects.get()
    assert (rating.user, rating.significance, rating.measurability) == (member.user, 4, 1)
    assert "4 · 3 · 2 · 1" in page.get("candidates").content.decode()


def test_choosing_begins_the_challenge(in_strumica: Municipality, lead: Actor, browsing: LogIn) -> None:
    program = make_program(in_strumica)
    joint = JointChallenge.objects.create(program=program, names={"en-gb": "Waste of all"}, lead=in_strumica)
    workshop = workshops.plan_workshop(actor=lead, title="Waste", starts_at=clock.now())
    cards = workshops.add_cards(workshop, actor=lead, kind=CardKind.PAIN, texts=["Smell", "Noise"])
    candidate = services.add_candidate(actor=lead, title="Bins", problem="It smells.", workshop=workshop, cards=cards)
    assert lead.user is not None

    page = browsing(lead)
    form = page.get("candidate_choose", candidate_id=candidate.public_id).content.decode()
    answer = page.post(
        "candidate_choose",
        {"title": "Smart bins", "owner": lead.user.pk, "joint": joint.pk},
        candidate_id=candidate.public_id,
    )

    challenge = Challenge.objects.get()
    assert "Waste of all" in form
    assert answer.headers["Location"].endswith(f"{challenge.public_id}/brief/")
    candidate.refresh_from_db()
    assert candidate.challenge == challenge
    assert (challenge.title, challenge.program, challenge.joint, challenge.owner) == (
        "Smart bins", program, joint, lead.user,
    )  # fmt: skip
    text = challenge.brief.texts.get(language="mk")
    assert (text.title, text.problem) == ("Smart bins", "It smells.")
    assert {citation.card for citation in challenge.brief.citations.all()} == set(cards)
    assert Progress.objects.get().joint == joint
    assert Entry.objects.filter(verb="candidate.chosen").count() == 1


def test_a_challenge_begins_without_a_candidate(in_strumica: Municipality, member: Actor, browsing: LogIn) -> None:
    assert member.user is not None
    page = browsing(member)
    empty = page.post("begin", {"title": ""})
    answer = page.post("begin", {"title": "Bins", "owner": member.user.pk})

    assert (empty.status_code, answer.status_code) == (422, 302)
    challenge = Challenge.objects.get()
    assert (challenge.title, challenge.program, challenge.owner) == ("Bins", None, member.user)


def test_only_writers_can_lead_a_challenge(in_strumica: Municipality, lead: Actor, browsing: LogIn) -> None:
    viewer = make_member(in_strumica, Role.VIEWER)

    answer = browsing(lead).post("begin", {"title": "Bins", "owner": viewer.pk})

    assert answer.status_code == 422
    assert not Challenge.objects.exists()


def test_a_joint_challenge_of_another_program_is_refused(in_strumica: Municipality, lead: Actor) -> None:
    make_program(in_strumica)
    foreign = JointChallenge.objects.create(program=make_program(), names={"en-gb": "Foreign"}, lead=in_strumica)

    with pytest.raises(Refused) as refused:
        services.begin_directly(actor=lead, title="Bins", joint=foreign)
    assert refused.value.field == "joint"


def test_what_was_chosen_stays_as_it_is(candidate: Candidate, lead: Actor, browsing: LogIn) -> None:
    services.choose(candidate, actor=lead, title="Bins")

    with pytest.raises(Conflict):
        services.choose(candidate, actor=lead, title="Bins")
    with pytest.raises(Conflict):
        services.rate(candidate, actor=lead, stars=stars(3, 3, 3, 3))
    with pytest.raises(Conflict):
        services.edit_candidate(
            candidate, actor=lead, seen=candidate.updated_at, title="x", problem="x", workshop=None, cards=[]
        )
    page = browsing(lead)
    assert page.post("candidate", stars(3, 3, 3, 3), candidate_id=candidate.public_id).status_code == 302
    assert not CandidateRating.objects.exists()
    assert "Chosen" in page.get("candidates").content.decode()
    assert Challenge.objects.count() == 1


def test_a_stale_page_shows_both_texts(candidate: Candidate, lead: Actor, browsing: LogIn) -> None:
    seen = candidate.updated_at.isoformat()
    with clock.at(clock.now() + timedelta(seconds=5)):
        services.edit_candidate(
            candidate, actor=lead, seen=candidate.updated_at, title="Theirs", problem="Their words", workshop=None,
            cards=[],
        )  # fmt: skip

    answer = browsing(lead).post(
        "candidate_edit", {"title": "Mine", "problem": "My words", "seen": seen}, candidate_id=candidate.public_id
    )

    assert answer.status_code == 409
    assert "Their words" in answer.content.decode()
    assert "My words" in answer.content.decode()
    candidate.refresh_from_db()
    assert candidate.title == "Theirs"


@pytest.mark.django_db(transaction=True)
def test_of_many_who_choose_at_once_one_does(in_own_connection: Callable[..., Any]) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    lead = acting_as(make_member(strumica, Role.LEAD), strumica)
    with tenant_context(strumica):
        candidate = services.add_candidate(actor=lead, title="Bins", problem="It smells.")

    def press(_number: int) -> str:
        with tenant_context(strumica):
            try:
                services.choose(Candidate.objects.get(pk=candidate.pk), actor=lead, title="Bins")
            except Conflict:
                return "conflict"
            return "chosen"

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(in_own_connection(press), range(12)))

    assert sorted(answers) == ["chosen"] + ["conflict"] * 11
    assert Progress.objects.count() == 1
    with tenant_context(strumica):
        assert Challenge.objects.count() == 1


WRITERS: dict[str, type[Exception] | None] = {
    "lead": None, "member": None, "visitor": None, "evaluator": Forbidden, "approver": Forbidden, "viewer": Forbidden,
    "outsider": Http404,
}  # fmt: skip
RATERS: dict[str, type[Exception] | None] = {
    "lead": None, "member": None, "evaluator": None, "approver": None, "visitor": Forbidden, "viewer": Forbidden,
    "outsider": Http404,
}  # fmt: skip


def write(what: str, candidate: Candidate, actor: Actor) -> None:
    """Do one thing with a candidate."""
    if what == "add":
        services.add_candidate(actor=actor, title="New", problem="New")
    elif what == "edit":
        services.edit_candidate(
            candidate, actor=actor, seen=candidate.updated_at, title="x", problem="x", workshop=None, cards=[]
        )
    elif what == "choose":
        services.choose(candidate, actor=actor, title="Chosen")
    elif what == "begin":
        services.begin_directly(actor=actor, title="Begun")
    else:
        services.rate(candidate, actor=actor, stars=stars(3, 3, 3, 3))


@pytest.mark.parametrize("what", ["add", "edit", "choose", "begin", "rate"])
def test_who_does_what_with_candidates(
    what: str, in_strumica: Municipality, lead: Actor, cast: dict[str, Actor]
) -> None:
    for who, expected in (RATERS if what == "rate" else WRITERS).items():
        candidate = services.add_candidate(actor=lead, title="Bins", problem="It smells.")
        call = partial(write, what, candidate, cast[who])
        if expected is None:
            call()
        else:
            with pytest.raises(expected):
                call()


@pytest.mark.parametrize("number", [1, 3])
def test_the_table_asks_as_much_for_many(
    number: int,
    in_strumica: Municipality,
    lead: Actor,
    member: Actor,
    browsing: LogIn,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    workshop = workshops.plan_workshop(actor=lead, title="Waste", starts_at=clock.now())
    cards = workshops.add_cards(workshop, actor=lead, kind=CardKind.PAIN, texts=["a", "b"])
    for each in range(number):
        candidate = services.add_candidate(
            actor=lead, title=f"Bins {each}", problem="It smells.", workshop=workshop, cards=cards
        )
        services.rate(candidate, actor=lead, stars=stars(3, 3, 3, 3))
    page = browsing(lead)
    page.get("candidates")

    with django_assert_num_queries(TABLE):
        assert page.get("candidates").status_code == 200


TABLE = 8


def test_an_empty_table_teaches(in_strumica: Municipality, lead: Actor, browsing: LogIn) -> None:
    assert "No candidate yet" in browsing(lead).get("candidates").content.decode()
