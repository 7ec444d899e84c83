"""What residents see and send: languages, errors, bots, twice, closed, and nothing that says who they are."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django_tenants.utils import tenant_context

from challenges.models import Challenge
from programs.models import Municipality
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tests.core.html import Element, read
from tests.factories.challenges import make_challenge
from tests.factories.validation import (
    close_survey,
    make_direction,
    make_group,
    make_question,
    make_survey,
    open_survey,
)
from tests.home.pages import text_of
from tests.validation.conftest import HOST, url
from validation.enums import CONSENT_VERSION, QuestionKind
from validation.forms.answers import TRAP
from validation.models import Response, StakeholderGroup, Survey
from validation.services import responses
from validation.views import answers as pages


@pytest.fixture
def group(challenge: Challenge) -> StakeholderGroup:
    return make_group(challenge, names={"en-gb": "Drivers", "mk": "Возачи", "he": "נהגים"})


@pytest.fixture
def survey(challenge: Challenge, in_strumica: Municipality, group: StakeholderGroup) -> Survey:
    """An open one with each kind of question, in three languages."""
    codes = ("mk", "he", "en-gb")
    made = make_survey(challenge, languages=codes)
    direction = make_direction(challenge, names=dict.fromkeys(codes, "Fewer bins"))
    make_question(made, QuestionKind.SINGLE, required=True)
    make_question(made, QuestionKind.MULTIPLE)
    make_question(made, QuestionKind.SCALE)
    make_question(made, QuestionKind.TEXT)
    make_question(made, QuestionKind.DIRECTION, direction=direction)
    return open_survey(made, in_strumica)


@pytest.fixture
def resident(client_on: Callable[[str], Client]) -> Client:
    return client_on(HOST)


def form_of(client: Client, survey: Survey, language: str = "en-gb") -> tuple[str, dict[str, Any]]:
    """The address of the page, and the hidden values of its form."""
    page = f"{url('answer', survey.token)}?lang={language}"
    hidden = elements(client.get(page)).one("input", name="page")
    return page, {"page": hidden.attrs["value"]}


def elements(response: Any) -> Element:
    return read(response.content.decode())


def send(client: Client, survey: Survey, typed: dict[str, Any], after: int = 30, language: str = "en-gb") -> Any:
    """Ask for the page, and send it some seconds after."""
    now = clock.now()
    with clock.at(now):
        page, hidden = form_of(client, survey, language)
    with clock.at(now + timedelta(seconds=after)):
        return client.post(page, {**hidden, **typed})


@pytest.fixture(autouse=True)
def _moving_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a request keep the test's instant instead of freezing its own."""
    monkeypatch.setattr("tech4muni.core.middleware.timezone", SimpleNamespace(now=clock.now))


def test_an_answer_is_kept_without_anybodys_name(resident: Client, survey: Survey, group: StakeholderGroup) -> None:
    entries = Entry.objects.count()

    answer = send(
        resident, survey,
        {"q1": "2", "q2": ["0", "2"], "q3": "4", "q4": "Smell", "q5": "reject", "group": str(group.pk)},
    )  # fmt: skip

    assert answer.status_code == 302
    assert answer["Location"] == f"{url('thanks', survey.token)}?lang=en-gb"
    assert "Thank you" in text_of(resident.get(answer["Location"]))
    kept = Response.objects.get()
    assert kept.answers == {"1": 2, "2": [0, 2], "3": 4, "4": "Smell", "5": "reject"}
    assert (kept.group, kept.language, kept.consent_version) == (group, "en-gb", CONSENT_VERSION)
    assert (kept.submitted_at.minute, kept.submitted_at.second, kept.submitted_at.microsecond) == (0, 0, 0)
    assert {field.name for field in Response._meta.get_fields()} == {
        "id", "survey", "group", "language", "answers", "consent_version", "nonce", "submitted_at",
    }  # fmt: skip
    assert Entry.objects.count() == entries
    assert resident.cookies == {}


def test_what_is_left_out_is_not_there(resident: Client, survey: Survey) -> None:
    assert send(resident, survey, {"q1": "0", "q3": "", "q4": " ", "q5": "", "group": ""}).status_code == 302

    kept = Response.objects.get()
    assert (kept.answers, kept.group) == ({"1": 0}, None)


@pytest.mark.parametrize(("language", "direction"), [("mk", "ltr"), ("he", "rtl"), ("en-gb", "ltr")])
def test_each_language_has_its_page(resident: Client, survey: Survey, language: str, direction: str) -> None:
    response = resident.get(f"{url('answer', survey.token)}?lang={language}")

    page = elements(response)
    assert (page.one("html").attrs["lang"], page.one("html").attrs["dir"]) == (language, direction)
    assert survey.names[language] in page.one("h1").text
    assert f"Question 1 in {language}" in text_of(response)
    assert [link.attrs["lang"] for link in page.one("ul", class_="languages").all("a")] == ["mk", "he", "en-gb"]
    assert page.all("script") == []
    assert "Set-Cookie" not in response.headers


def test_an_unknown_language_falls_back_to_one_of_the_survey(resident: Client, survey: Survey) -> None:
    path = url("answer", survey.token)

    assert elements(resident.get(f"{path}?lang=de")).one("html").attrs["lang"] == "mk"
    browser = resident.get(path, headers={"accept-language": "fr, *;q=0.1, he-IL;q=0.8, en;q=0.5"})
    assert elements(browser).one("html").attrs["lang"] == "he"


def test_the_page_says_what_is_kept_and_who_sees_it(resident: Client, survey: Survey) -> None:
    words = text_of(resident.get(f"{url('answer', survey.token)}?lang=en-gb"))

    assert "Not your name, not the address of your connection, no cookie" in words
    assert "The team of Strumica and the coordinators" in words
    assert "Drivers" in words


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"q4": "My own words"}, "Question 1 in en-gb"),
        ({"q1": "9", "q4": "My own words"}, "Question 1 in en-gb"),
        ({"q1": "1", "q3": "6", "q4": "My own words"}, "Question 3 in en-gb"),
        ({"q1": "1", "q5": "maybe", "q4": "My own words"}, "Question 5 in en-gb"),
        ({"q1": "1", "group": "999999", "q4": "My own words"}, "Which group"),
    ],
)
def test_an_error_keeps_the_answers(resident: Client, survey: Survey, typed: dict[str, str], said: str) -> None:
    answer = send(resident, survey, typed)

    assert answer.status_code == 422
    summary = elements(answer).one("div", class_="error-summary")
    assert said in summary.text
    assert all(link.attrs["href"].startswith("#") for link in summary.all("a"))
    assert "My own words" in answer.content.decode()
    assert not Response.objects.exists()


def test_a_page_counts_once_however_often_it_is_sent(resident: Client, survey: Survey) -> None:
    now = clock.now()
    with clock.at(now):
        page, hidden = form_of(resident, survey)
    with clock.at(now + timedelta(seconds=9)):
        assert resident.post(page, hidden).status_code == 422  # its page is the same afterwards
        for _press in range(3):
            assert resident.post(page, {**hidden, "q1": "1"}).status_code == 302

    assert Response.objects.count() == 1
    assert send(resident, survey, {"q1": "1"}).status_code == 302
    assert Response.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_many_presses_at_once_one_counts(in_own_connection: Callable[..., Any]) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    with tenant_context(strumica):
        survey = make_survey(make_challenge(strumica))
        make_question(survey, QuestionKind.TEXT)
        survey = open_survey(survey, strumica)

    def press(_number: int) -> bool:
        with tenant_context(strumica):
            return responses.answer(survey, language="en-gb", nonce="once", answers={"1": "x"}, group=None)

    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(in_own_connection(press), range(6)))

    assert sorted(made) == [False] * 5 + [True]


def test_bots_are_thanked_and_not_counted(resident: Client, survey: Survey) -> None:
    assert send(resident, survey, {"q1": "1", TRAP: "spam"}).status_code == 302
    assert not Response.objects.exists()

    trap = elements(resident.get(url("answer", survey.token))).one("input", name=TRAP)
    assert trap.attrs["tabindex"] == "-1"


@pytest.mark.parametrize("after", [0, 8 * 24 * 3600])
def test_too_quick_and_too_old_pages_are_sent_again(resident: Client, survey: Survey, after: int) -> None:
    answer = send(resident, survey, {"q1": "1", "q4": "My own words"}, after=after)

    assert answer.status_code == 422
    assert "My own words" in answer.content.decode()
    page = elements(answer).one("input", name="page").attrs["value"]
    with clock.at(clock.now() + timedelta(seconds=after + 30)):
        again = resident.post(f"{url('answer', survey.token)}?lang=en-gb", {"page": page, "q1": "1"})
    assert again.status_code == 302


@pytest.mark.parametrize("page", ["", "nonsense", "x.1:abc"])
def test_a_page_that_nobody_signed_is_refused(resident: Client, survey: Survey, page: str) -> None:
    assert resident.post(url("answer", survey.token), {"page": page, "q1": "1"}).status_code == 422
    assert not Response.objects.exists()


def test_a_page_of_another_survey_is_refused(
    resident: Client, survey: Survey, challenge: Challenge, in_strumica: Municipality
) -> None:
    other = make_survey(challenge)
    make_question(other, QuestionKind.TEXT)
    challenge.groups.update(names={"en-gb": "Drivers"})
    open_survey(other, in_strumica)
    _page, hidden = form_of(resident, other)

    with clock.at(clock.now() + timedelta(seconds=9)):
        assert resident.post(url("answer", survey.token), {**hidden, "q1": "1"}).status_code == 422


def test_many_answers_from_one_address_wait(
    client_on: Callable[[str], Client], survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST", 2)
    here = client_on(HOST)

    assert [send(here, survey, {"q1": "1"}).status_code for _press in range(3)] == [302, 302, 429]
    there = client_on(HOST)
    there.defaults["REMOTE_ADDR"] = "203.0.113.77"
    assert send(there, survey, {"q1": "1"}).status_code == 302


def test_a_closed_survey_says_so_kindly(resident: Client, survey: Survey, in_strumica: Municipality) -> None:
    now = clock.now()
    with clock.at(now):
        page, hidden = form_of(resident, survey)
    close_survey(survey, in_strumica)

    with clock.at(now + timedelta(seconds=9)):
        for answer in (resident.get(page), resident.post(page, {**hidden, "q1": "1"})):
            assert answer.status_code == 410
            assert "This survey is closed" in text_of(answer)
    assert not Response.objects.exists()


def test_its_hour_closes_it_even_before_the_worker_does(resident: Client, survey: Survey) -> None:
    Survey.objects.filter(pk=survey.pk).update(closes_at=clock.now() + timedelta(minutes=1))

    assert resident.get(url("answer", survey.token)).status_code == 200
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert resident.get(url("answer", survey.token)).status_code == 410


def test_drafts_and_unknown_links_are_not_found(resident: Client, challenge: Challenge) -> None:
    draft = make_survey(challenge)

    for name in ("answer", "thanks"):
        for token in (draft.token, "nothing"):
            assert resident.get(url(name, token)).status_code == 404


def test_the_team_sees_the_page_before_it_is_open(desk: Client, challenge: Challenge) -> None:
    draft = make_survey(challenge)
    make_question(draft)

    page = desk.get(url("survey_preview", challenge, draft))

    assert "Question 1 in en-gb" in text_of(page)
    assert elements(page).all("button") == []
