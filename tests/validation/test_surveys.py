"""Surveys as the team makes them: drafts, questions, opening, closing by hand and at their hour."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404
from django.test import Client
from django_tenants.utils import tenant_context

from challenges.models import Challenge
from programs.actors import Actor
from programs.enums import Role
from programs.models import Municipality
from programs.timing.models import Due
from programs.timing.running import carry_out_due
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Forbidden, Refused
from tests.factories.challenges import acting_as, make_challenge
from tests.factories.people import make_member
from tests.factories.validation import (
    close_survey,
    make_direction,
    make_finding,
    make_group,
    make_question,
    make_survey,
    open_survey,
    respond,
)
from tests.home.pages import text_of
from tests.validation.conftest import url
from validation.enums import QuestionKind, SurveyState
from validation.models import Question, Survey
from validation.services import questions, surveys

TEXTS = {"en-gb": "Why?"}
VALUES: dict[str, Any] = {"kind": "text", "texts": TEXTS, "options": [], "direction": None, "required": False}
ALLOWED = {"lead", "member", "visitor"}


@pytest.mark.parametrize("who", ["lead", "member", "visitor", "evaluator", "approver", "viewer", "outsider"])
@pytest.mark.parametrize("state", [SurveyState.DRAFT, SurveyState.OPEN, SurveyState.CLOSED])
def test_who_may_do_what_in_which_state(
    cast: dict[str, Actor], challenge: Challenge, in_strumica: Municipality, who: str, state: SurveyState
) -> None:
    survey = make_survey(challenge)
    question = make_question(survey)
    if state != SurveyState.DRAFT:
        survey = open_survey(survey, in_strumica)
    if state == SurveyState.CLOSED:
        survey = close_survey(survey, in_strumica)
    actor, closes_at = cast[who], clock.now() + timedelta(days=3)
    steps: dict[str, tuple[Callable[[], object], set[SurveyState]]] = {
        "question": (lambda: questions.save_question(question, actor=actor, values=VALUES), {SurveyState.DRAFT}),
        "move": (lambda: questions.move_question(question, actor=actor, up=True), {SurveyState.DRAFT}),
        "reschedule": (
            lambda: surveys.reschedule_survey(survey, actor=actor, municipality=in_strumica, closes_at=closes_at),
            {SurveyState.OPEN},
        ),
        "open": (
            lambda: surveys.open_survey(survey, actor=actor, municipality=in_strumica),
            {SurveyState.DRAFT},
        ),
    }
    for step, states in steps.values():
        if who in ALLOWED and state in states:
            step()
        else:
            refusal = Refused if who in ALLOWED else Http404 if who == "outsider" else Forbidden
            with pytest.raises(refusal):
                step()


def test_a_survey_opens_when_every_text_is_there(challenge: Challenge, writer: Actor) -> None:
    survey = make_survey(challenge, languages=("mk", "en-gb"))
    municipality = writer.municipality
    assert municipality is not None
    assert [str(problem) for problem in surveys.problems(survey)] == ["Write at least one question."]

    question = make_question(survey, options=[{"en-gb": "A", "mk": "А"}, {"en-gb": "B"}])
    make_group(challenge, names={"en-gb": "Residents"})
    [problem] = surveys.problems(survey)
    assert "2 texts" in str(problem)
    with pytest.raises(Refused):
        surveys.open_survey(survey, actor=writer, municipality=municipality)

    Question.objects.filter(pk=question.pk).update(options=[{"en-gb": "A", "mk": "А"}, {"en-gb": "B", "mk": "Б"}])
    challenge.groups.update(names={"en-gb": "Residents", "mk": "Жители"})
    opened = surveys.open_survey(survey, actor=writer, municipality=municipality)
    assert (opened.state, opened.opened_at) == (SurveyState.OPEN, opened.opened_at)
    assert Entry.objects.filter(verb="survey.opened").count() == 1
    with pytest.raises(Conflict):
        surveys.open_survey(survey, actor=writer, municipality=municipality)


def test_what_is_open_does_not_change(challenge: Challenge, writer: Actor, in_strumica: Municipality) -> None:
    survey = make_survey(challenge)
    question = make_question(survey)
    open_survey(survey, in_strumica)
    survey = Survey.objects.get(pk=survey.pk)

    for step in (
        lambda: questions.save_question(Question(survey=survey), actor=writer, values=VALUES),
        lambda: questions.remove_question(question, actor=writer),
        lambda: surveys.save_survey(
            survey, actor=writer, values={"names": TEXTS, "introductions": {}, "languages": ["mk"], "closes_at": None}
        ),
        lambda: surveys.remove_survey(survey, actor=writer),
    ):
        with pytest.raises(Refused):
            step()
    assert survey.questions.count() == 1


def test_questions_change_places_and_are_numbered_again(challenge: Challenge, writer: Actor) -> None:
    survey = make_survey(challenge)
    first, second, third = (make_question(survey) for _number in range(3))

    questions.move_question(third, actor=writer, up=True)
    questions.move_question(first, actor=writer, up=True)  # is the first already
    questions.move_question(second, actor=writer, up=False)  # is the last by now
    assert list(survey.questions.all()) == [first, third, second]
    questions.remove_question(first, actor=writer)
    assert [(each.pk, each.number) for each in survey.questions.all()] == [(third.pk, 1), (second.pk, 2)]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "single", "options": [TEXTS]}, "options"),
        ({"kind": "direction"}, "direction"),
        ({"kind": "direction", "direction": "own", "required": True}, "required"),
        ({"kind": "direction", "direction": "foreign"}, "direction"),
        ({"kind": "direction", "direction": "asked"}, "direction"),
    ],
)
def test_questions_that_cannot_be(
    challenge: Challenge, writer: Actor, in_strumica: Municipality, values: dict[str, Any], field: str
) -> None:
    survey = make_survey(challenge)
    named = {
        "own": make_direction(challenge),
        "foreign": make_direction(make_challenge(in_strumica)),
        "asked": make_direction(challenge),
    }
    make_question(survey, QuestionKind.DIRECTION, direction=named["asked"])
    typed = {**VALUES, **values, "direction": named.get(values.get("direction", ""))}

    with pytest.raises(Refused) as refused:
        questions.save_question(Question(survey=survey), actor=writer, values=typed)
    assert refused.value.field == field


def test_a_survey_stays_short(challenge: Challenge, writer: Actor) -> None:
    survey = make_survey(challenge)
    for _number in range(questions.MOST):
        make_question(survey)

    with pytest.raises(Refused):
        questions.save_question(Question(survey=survey), actor=writer, values=VALUES)


def test_it_closes_at_its_hour_once(challenge: Challenge, in_strumica: Municipality) -> None:
    now = clock.now()
    survey = make_survey(challenge, closes_at=now + timedelta(days=3))
    make_question(survey)
    open_survey(survey, in_strumica)
    due = Due.objects.get(kind=surveys.CLOSE)
    assert due.due_at == survey.closes_at

    with clock.at(now + timedelta(days=3, seconds=1)):
        carry_out_due()
        surveys.close_when_due(due.payload)

    with tenant_context(in_strumica):
        survey.refresh_from_db()
        assert survey.state == SurveyState.CLOSED
        assert Entry.objects.filter(verb="survey.closed").count() == 1


def test_an_end_that_moved_away_closes_nothing(challenge: Challenge, writer: Actor, in_strumica: Municipality) -> None:
    now = clock.now()
    survey = make_survey(challenge, closes_at=now + timedelta(days=3))
    make_question(survey)
    open_survey(survey, in_strumica)
    old = Due.objects.get(kind=surveys.CLOSE)
    surveys.reschedule_survey(survey, actor=writer, municipality=in_strumica, closes_at=now + timedelta(days=9))

    with clock.at(now + timedelta(days=4)):
        surveys.close_when_due(old.payload)

    survey.refresh_from_db()
    old.refresh_from_db()
    assert survey.state == SurveyState.OPEN
    assert old.cancelled_at is not None
    assert Due.objects.filter(kind=surveys.CLOSE, cancelled_at__isnull=True).get().due_at == now + timedelta(days=9)
    with pytest.raises(Refused) as refused:
        surveys.reschedule_survey(survey, actor=writer, municipality=in_strumica, closes_at=now)
    assert refused.value.field == "closes_at"


def test_drafts_alone_are_removed(challenge: Challenge, writer: Actor) -> None:
    survey, cited = make_survey(challenge), make_survey(challenge)
    make_question(survey)
    make_finding(challenge, survey=cited)

    surveys.remove_survey(survey, actor=writer)
    with pytest.raises(Refused):
        surveys.remove_survey(cited, actor=writer)
    assert list(challenge.surveys.all()) == [cited]


@pytest.mark.django_db(transaction=True)
def test_of_many_who_open_at_once_one_opens(in_own_connection: Callable[..., Any]) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    writer = acting_as(make_member(strumica, Role.MEMBER), strumica)
    with tenant_context(strumica):
        survey = make_survey(make_challenge(strumica))
        make_question(survey)

    def press(_number: int) -> str:
        with tenant_context(strumica):
            try:
                surveys.open_survey(survey, actor=writer, municipality=strumica)
            except Conflict:
                return "conflict"
            return "opened"

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(in_own_connection(press), range(6)))

    assert sorted(answers) == ["conflict"] * 5 + ["opened"]


def test_a_survey_is_made_through_the_pages(desk: Client, challenge: Challenge) -> None:
    direction = make_direction(challenge)
    texts = {
        "languages": ["mk", "en-gb"], "names_mk": "Канти", "names_en-gb": "Bins", "introductions_mk": "Зошто",
        "introductions_en-gb": "Why we ask",
    }  # fmt: skip
    assert desk.post(url("survey_add", challenge), texts).status_code == 302
    survey = challenge.surveys.get()
    assert survey.names == {"mk": "Канти", "en-gb": "Bins"}
    add = url("question_add", challenge, survey)
    single = {
        "kind": "single", "texts_mk": "Колку?", "texts_en-gb": "How often?", "options_mk": "Ретко\nЧесто",
        "options_en-gb": "Rarely\n\n Often ", "required": "on",
    }  # fmt: skip
    assert desk.post(add, single).status_code == 302
    about = {"kind": "direction", "texts_mk": "Сакате?", "texts_en-gb": "Do you want it?", "direction": direction.pk}
    assert desk.post(add, about).status_code == 302
    first, second = survey.questions.all()
    assert first.options == [{"mk": "Ретко", "en-gb": "Rarely"}, {"mk": "Често", "en-gb": "Often"}]
    assert (second.direction, second.required) == (direction, False)
    desk.post(url("question_move", challenge, survey, second), {"to": "up"})
    assert [each.pk for each in survey.questions.all()] == [second.pk, first.pk]

    assert "it can be opened" in text_of(desk.get(url("survey", challenge, survey)))
    assert "Everybody who has the link" in text_of(desk.get(url("survey_open", challenge, survey)))
    desk.post(url("survey_open", challenge, survey))
    survey.refresh_from_db()
    assert survey.state == SurveyState.OPEN
    page = desk.get(url("survey", challenge, survey)).content.decode()
    assert f"strumica.localhost/surveys/{survey.token}/" in page
    sheet = desk.get(url("survey_sheet", challenge, survey)).content.decode()
    assert f"surveys/{survey.token}/?lang=mk" in sheet
    assert 'lang="mk" dir="ltr"' in sheet
    desk.post(url("survey_close", challenge, survey))
    survey.refresh_from_db()
    assert survey.state == SurveyState.CLOSED


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"kind": "single", "texts_mk": "Колку?", "options_mk": "А\nБ", "options_en-gb": "Only one"}, "Only one"),
        ({"kind": "single", "texts_mk": "Колку?", "options_mk": "Само еден"}, "Само еден"),
        ({"kind": "direction", "texts_mk": "Сакате?"}, "Сакате?"),
        ({"kind": "text", "texts_en-gb": "No first language"}, "No first language"),
    ],
)
def test_a_bad_question_keeps_what_was_typed(
    desk: Client, challenge: Challenge, typed: dict[str, str], kept: str
) -> None:
    survey = make_survey(challenge, languages=("mk", "en-gb"))

    answer = desk.post(url("question_add", challenge, survey), typed)

    assert answer.status_code == 422
    assert kept in answer.content.decode()
    assert not survey.questions.exists()


def test_a_page_that_is_late_says_so(desk: Client, challenge: Challenge, in_strumica: Municipality) -> None:
    survey = make_survey(challenge)
    make_question(survey)
    open_survey(survey, in_strumica)

    answer = desk.post(url("question_add", challenge, survey), {"kind": "text", "texts_en-gb": "One more?"})

    assert answer.status_code == 422
    assert "do not change any more" in text_of(answer)
    assert "do not change any more" in text_of(desk.post(url("survey_remove", challenge, survey), follow=True))


def test_the_page_shows_how_many_answered_from_five_on(
    desk: Client, challenge: Challenge, in_strumica: Municipality
) -> None:
    survey = make_survey(challenge)
    make_question(survey)
    open_survey(survey, in_strumica)
    respond(survey, times=4, q1=0)
    assert "People who answered: fewer than 5" in text_of(desk.get(url("survey", challenge, survey)))

    respond(survey, q1=0)
    assert "People who answered: 5" in text_of(desk.get(url("survey", challenge, survey)))
