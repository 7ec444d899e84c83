"""Anybody asks, the municipality answers, both are public, and nobody learns who asked."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django_tenants.utils import schema_context, tenant_context

from challenges.models import Challenge
from programs import criteria
from programs.actors import Actor
from programs.enums import Role, Stage
from programs.models import Municipality
from programs.timing.models import Deadline
from solutions.market.models import Call, CallQuestion
from solutions.market.services import questions
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Forbidden, Refused
from tech4muni.notifications.models import Message
from tests.factories.challenges import acting_as, make_challenge
from tests.factories.market import make_call, make_question
from tests.factories.people import make_coordinator, make_member, make_user

ClientOn = Callable[[str], Client]
MAIL = "asker@example.org"


@pytest.fixture
def call(strumica: Municipality) -> Call:
    with tenant_context(strumica):
        challenge = make_challenge(strumica, title="Bins", stage=Stage.MAPPING)
    return make_call(strumica, challenge)


@pytest.fixture
def member(strumica: Municipality) -> Actor:
    return acting_as(make_member(strumica, Role.MEMBER), strumica)


def challenge_of(call: Call) -> Challenge:
    return Challenge.objects.get(public_id=call.challenge_id)


def ask(call: Call, text: str = "May we use the lamps?", **asked: Any) -> CallQuestion:
    return questions.ask(call, **{"email": MAIL, "language": "mk", "text": text, **asked})


def answer(question: CallQuestion, actor: Actor, text: str = "Yes, at night.") -> CallQuestion:
    with tenant_context(question.call.municipality):
        return questions.answer(question.public_id, actor=actor, challenge=challenge_of(question.call), text=text)


def hide(question: CallQuestion, actor: Actor, reason: str = "Insults a clerk") -> CallQuestion:
    with tenant_context(question.call.municipality):
        return questions.hide(question.public_id, actor=actor, challenge=challenge_of(question.call), reason=reason)


def test_a_question_reaches_those_who_write_and_gives_them_three_days(call: Call, strumica: Municipality) -> None:
    people = {role: make_member(strumica, role) for role in Role}
    with clock.at(clock.now()) as now:
        question = ask(call, " May we?\n ", email="Asker@Example.org")

    assert (question.text, question.email, question.language) == ("May we?", MAIL, "mk")
    told = set(Message.objects.filter(kind="market.question_asked").values_list("email", flat=True))
    assert {people[Role.LEAD].email, people[Role.MEMBER].email} <= told
    assert not told & {people[role].email for role in (Role.VIEWER, Role.EVALUATOR, Role.APPROVER)}
    assert not any(MAIL in mail.text + mail.subject for mail in Message.objects.filter(kind="market.question_asked"))
    deadline = Deadline.objects.get(key=f"question:{question.public_id}")
    assert (deadline.due_at, deadline.municipality) == (now + timedelta(days=3), strumica)
    entry = Entry.objects.get(verb="question.asked")
    assert (entry.actor, entry.data) == (None, {"call": "Bins"})


def test_an_answer_is_public_and_mailed_in_the_askers_language(
    call: Call, member: Actor, strumica: Municipality
) -> None:
    question = ask(call)

    answered = answer(question, member)

    assert (answered.answer, answered.answered_by) == ("Yes, at night.", member.user)
    mail = Message.objects.get(kind="market.question_answered")
    assert (mail.email, mail.language) == (MAIL, "mk")
    assert "May we use the lamps?" in mail.text
    assert "Yes, at night." in mail.text
    assert f"https://localhost/calls/{call.public_id}/" in mail.text
    assert Deadline.objects.get(key=f"question:{question.public_id}").met_at is not None
    with tenant_context(strumica):
        assert Entry.objects.get(verb="question.answered").data["question"] == "May we use the lamps?"


def test_the_same_question_sent_twice_is_one(call: Call) -> None:
    assert ask(call) == ask(call)
    assert CallQuestion.objects.count() == 1
    assert Deadline.objects.filter(key__startswith="question:").count() == 1


@pytest.mark.parametrize(("after", "taken"), [(-timedelta(seconds=1), True), (timedelta(0), False)])
def test_questions_are_taken_until_the_deadline(call: Call, after: timedelta, taken: bool) -> None:
    with clock.at(call.closes_at + after):
        if taken:
            assert ask(call).pk
        else:
            with pytest.raises(Refused, match="until the deadline"):
                ask(call)
    assert CallQuestion.objects.exists() == taken


def test_questions_may_come_before_the_opening_but_not_about_what_is_withdrawn(call: Call) -> None:
    with clock.at(call.opens_at - timedelta(days=1)):
        assert ask(call).pk

    call.withdrawn_at = clock.now()
    call.save()
    with pytest.raises(Refused):
        ask(call, "Another one?")


@pytest.mark.parametrize("text", ["", "  \n", "x" * 2001])
def test_a_question_says_something_and_not_too_much(call: Call, text: str) -> None:
    with pytest.raises(Refused) as refused:
        ask(call, text)

    assert refused.value.field == "text"


def test_a_hidden_question_is_nobodys_and_needs_no_answer(call: Call, member: Actor, strumica: Municipality) -> None:
    question = ask(call, "You fool!")

    hide(question, member)

    assert Deadline.objects.get(key=f"question:{question.public_id}").withdrawn_at is not None
    assert not Message.objects.filter(email=MAIL).exists()
    with tenant_context(strumica):
        assert Entry.objects.get(verb="question.hidden").reason == "Insults a clerk"
    with pytest.raises(Conflict):
        answer(question, member)
    with pytest.raises(Conflict):
        hide(question, member)


def test_hiding_wants_a_reason_and_answering_an_answer(call: Call, member: Actor) -> None:
    question = ask(call)

    with pytest.raises(Refused) as refused:
        hide(question, member, " ")
    assert refused.value.field == "reason"
    with pytest.raises(Refused) as refused:
        answer(question, member, " ")
    assert refused.value.field == "answer"


def test_an_answer_after_the_deadline_is_still_one(call: Call, member: Actor) -> None:
    question = ask(call)

    with clock.at(call.closes_at + timedelta(days=2)):
        assert answer(question, member).answered_at == call.closes_at + timedelta(days=2)


def test_another_challenge_answers_nothing(call: Call, member: Actor, strumica: Municipality) -> None:
    question = ask(call)
    with tenant_context(strumica):
        other = make_challenge(strumica, stage=Stage.MAPPING)
        with pytest.raises(Http404):
            questions.answer(question.public_id, actor=member, challenge=other, text="Yes")


CAST: dict[str, type[Exception] | None] = {
    **dict.fromkeys(["stranger", "coordinator"], Http404),
    **dict.fromkeys(["evaluator", "approver", "viewer"], Forbidden),
    **dict.fromkeys(["lead", "member", "visitor"], None),
}
SHUT: dict[str, type[Exception] | None] = {
    **CAST, **dict.fromkeys(["lead", "member", "visitor"], Conflict),
}  # fmt: skip
ENDED: dict[str, type[Exception] | None] = {
    **CAST, **dict.fromkeys(["lead", "member", "visitor"], Forbidden),
}  # fmt: skip
TABLE = {
    "answer, open": CAST, "answer, answered": SHUT, "answer, hidden": SHUT, "answer, ended": ENDED,
    "hide, open": CAST, "hide, answered": CAST, "hide, hidden": SHUT, "hide, ended": ENDED,
}  # fmt: skip


def actor_of(who: str, municipality: Municipality) -> Actor:
    if who == "stranger":
        return Actor(user=make_user(), municipality=municipality)
    if who == "coordinator":
        return Actor(user=make_coordinator(), municipality=municipality)
    if who == "visitor":
        return Actor(user=make_coordinator(), municipality=municipality, visit=object())  # type: ignore[arg-type]
    return acting_as(make_member(municipality, Role(who)), municipality)


@pytest.mark.parametrize("what", TABLE)
def test_who_may_answer_and_hide(call: Call, strumica: Municipality, what: str) -> None:
    verb, _comma, state = what.partition(", ")
    step = answer if verb == "answer" else hide
    if state == "ended":
        with tenant_context(strumica):
            Challenge.objects.update(ended_at=clock.now(), ending="withdrawn")
    for who, refusal in TABLE[what].items():
        states: dict[str, dict[str, Any]] = {"answered": {"answer": "Yes"}, "hidden": {"hidden_at": clock.now()}}
        made = states.get(state, {})
        question = make_question(call, **made)
        actor = actor_of(who, strumica)
        if refusal is None:
            assert step(question, actor).pk
        else:
            with pytest.raises(refusal):
                step(question, actor)


@pytest.mark.django_db(transaction=True)
def test_of_8_who_answer_at_once_one_does(in_own_connection: Callable[..., Any]) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    actor = acting_as(make_member(strumica, Role.MEMBER), strumica)
    with tenant_context(strumica):
        challenge = make_challenge(strumica)
    question = make_question(make_call(strumica, challenge))

    def press(number: int) -> str:
        try:
            answer(question, actor, f"Answer {number}")
        except Conflict:
            return "conflict"
        return "answered"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(in_own_connection(press), range(8)))

    assert sorted(answers) == ["answered"] + ["conflict"] * 7
    assert Message.objects.filter(kind="market.question_answered").count() == 1


# -- pages


def ask_path(call: Call) -> str:
    return reverse("market:ask", urlconf="tech4muni.urls_public", args=[call.public_id])


def call_path(call: Call) -> str:
    return reverse("market:call", urlconf="tech4muni.urls_public", args=[call.public_id])


def inner(name: str, question: CallQuestion) -> str:
    return reverse(
        f"market:{name}", urlconf="tech4muni.urls_tenant", args=[question.call.challenge_id, question.public_id]
    )


def overview(call: Call) -> str:
    return reverse("market:call_overview", urlconf="tech4muni.urls_tenant", args=[call.challenge_id])


@pytest.fixture
def portal(db: None, client_on: ClientOn) -> Client:
    return client_on("localhost")


@pytest.fixture
def desk(member: Actor, client_on: ClientOn) -> Client:
    client = client_on("strumica.localhost")
    assert member.user is not None
    client.force_login(member.user)
    return client


def test_from_the_question_to_the_answer_on_the_pages(portal: Client, desk: Client, call: Call) -> None:
    typed = {"text": "May we use the lamps?", "email": MAIL}
    assert portal.post(ask_path(call), typed, headers={"accept-language": "mk"}).headers["Location"] == call_path(call)
    question = CallQuestion.objects.get()
    assert question.language == "mk"
    assert "May we use" not in portal.get(call_path(call)).content.decode()

    inside = desk.get(overview(call)).content.decode()
    assert "May we use the lamps?" in inside
    assert "Waits for an answer" in inside
    assert MAIL not in inside
    assert desk.post(inner("call_answer", question), {"answer": "Yes, <at> night."}).headers["Location"] == overview(
        call
    )

    page = portal.get(call_path(call)).content.decode()
    assert "May we use the lamps?" in page
    assert "Yes, &lt;at&gt; night." in page
    assert MAIL not in page


def test_hiding_on_the_pages(portal: Client, desk: Client, call: Call) -> None:
    question = make_question(call, text="You fool!", answer="No.")
    assert "You fool!" in portal.get(call_path(call)).content.decode()
    assert desk.get(inner("call_hide", question)).status_code == 200
    assert desk.post(inner("call_hide", question), {"reason": ""}).status_code == 422

    assert desk.post(inner("call_hide", question), {"reason": "An insult"}).status_code == 302

    assert "You fool!" not in portal.get(call_path(call)).content.decode()
    assert "Hidden" in desk.get(overview(call)).content.decode()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"text": "May we?", "email": "nonsense"}, "May we?"),
        ({"text": "", "email": MAIL}, MAIL),
        ({"text": "x" * 2001, "email": MAIL}, "x" * 2001),
    ],
)
def test_a_question_that_is_not_right_stays_typed(
    portal: Client, call: Call, typed: dict[str, str], words: str
) -> None:
    refused = portal.post(ask_path(call), typed)

    assert refused.status_code == 422
    assert words in refused.content.decode()
    assert not CallQuestion.objects.exists()


def test_a_question_typed_while_the_deadline_passed_stays(portal: Client, call: Call) -> None:
    call.closes_at = clock.now() - timedelta(seconds=1)
    call.save()

    refused = portal.post(ask_path(call), {"text": "May we?", "email": MAIL})

    assert refused.status_code == 422
    assert "until the deadline, which has passed" in refused.content.decode()
    assert "May we?" in refused.content.decode()


def test_machines_fill_in_what_people_do_not_see(portal: Client, call: Call) -> None:
    typed = {"text": "Buy now", "email": MAIL, "website": "https://spam.example"}

    assert portal.post(ask_path(call), typed).status_code == 302
    assert not CallQuestion.objects.exists()


def test_too_many_questions_wait(portal: Client, call: Call) -> None:
    for number in range(6):
        assert portal.post(ask_path(call), {"text": f"Question {number}?", "email": MAIL}).status_code == 302

    refused = portal.post(ask_path(call), {"text": "One more?", "email": MAIL.upper()})

    assert refused.status_code == 429
    assert "One more?" in refused.content.decode()
    assert CallQuestion.objects.count() == 6
    assert portal.post(ask_path(call), {"text": "Another?", "email": "other@example.org"}).status_code == 302


def test_one_address_cannot_ask_under_many_names(portal: Client, call: Call) -> None:
    answers = [
        portal.post(ask_path(call), {"text": "So?", "email": f"a{number}@example.org"}).status_code
        for number in range(21)
    ]

    assert answers == [302] * 20 + [429]


def test_somebody_else_answered_and_both_texts_are_shown(desk: Client, call: Call, strumica: Municipality) -> None:
    question = ask(call)
    assert "May we use the lamps?" in desk.get(inner("call_answer", question)).content.decode()
    answer(question, acting_as(make_member(strumica, Role.LEAD), strumica), "Theirs")

    late = desk.post(inner("call_answer", question), {"answer": "Mine"})

    page = late.content.decode()
    assert late.status_code == 409
    assert "Theirs" in page
    assert "Mine" in page
    assert "Somebody else has answered" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_calls_own_page(
    desk: Client, call: Call, rows: int, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(criteria, "_criteria", {})  # the head shows the gate, which each app counts for itself
    for number in range(rows):
        make_question(call, **({"answer": "Yes"} if number % 2 else {}))
    desk.get(overview(call))

    with django_assert_num_queries(12):
        desk.get(overview(call))


def test_the_trail_of_the_platform_is_told_no_name(call: Call) -> None:
    ask(call)

    with schema_context("public"):
        entry = Entry.objects.get(verb="question.asked")
    assert MAIL not in f"{entry.data}{entry.target_label}{entry.actor_label}"
