"""The pages of received applications, in the browser."""

import csv
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from challenges.models import Challenge
from programs.enums import Role, Stage
from programs.models import Municipality
from solutions.market.models import Call, Release
from solutions.selection.models import SelectionRound
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tech4muni.core.spreadsheets import harmless
from tests.factories.challenges import make_challenge
from tests.factories.market import make_company
from tests.factories.people import make_member
from tests.factories.selection import close_call, freeze, make_received, send_again, state_of

LIST_QUERIES = 12
PAGE_QUERIES = 16


@pytest.fixture
def challenge(in_strumica: Municipality) -> Challenge:
    return make_challenge(in_strumica, stage=Stage.MAPPING)


@pytest.fixture
def lead(in_strumica: Municipality) -> User:
    return make_member(in_strumica, Role.LEAD)


@pytest.fixture
def desk(client_on: Callable[[str], Client], lead: User) -> Client:
    """A browser in which the lead is logged in."""
    client = client_on("strumica.localhost")
    client.force_login(lead)
    return client


def at(page: str, challenge: Challenge, *more: object) -> str:
    """The address of a page."""
    return reverse(f"selection:{page}", urlconf="tech4muni.urls_tenant", args=[challenge.public_id, *more])


def text_of(response: Any) -> str:
    """The page as text."""
    text: str = response.content.decode()
    return text


def ready(challenge: Challenge, lead: User) -> None:
    """Close the call and freeze the criteria."""
    close_call(challenge)
    freeze(challenge, lead)


@pytest.mark.usefixtures("_without_gates")
@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_as_often_for_many_as_for_one(
    challenge: Challenge, lead: User, desk: Client, django_assert_num_queries: Any, number: int
) -> None:
    for _number in range(number):
        make_received(challenge)
    ready(challenge, lead)
    desk.get(at("applications", challenge))

    with django_assert_num_queries(LIST_QUERIES):
        desk.get(at("applications", challenge))


@pytest.mark.usefixtures("_without_gates")
@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_one_asks_as_often_after_many_steps(
    challenge: Challenge, lead: User, desk: Client, django_assert_num_queries: Any, number: int
) -> None:
    received = make_received(challenge, files=[(f"{each}.pdf", b"%PDF") for each in range(number)])
    for _number in range(number - 1):
        received = send_again(received)
    ready(challenge, lead)
    desk.get(at("application", challenge, received.release_id))

    with django_assert_num_queries(PAGE_QUERIES):
        desk.get(at("application", challenge, received.release_id))


def test_lists_are_paged(challenge: Challenge, lead: User, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("solutions.selection.views.applications.PER_PAGE", 2)
    for name in ("Alpha", "Beta", "Gamma"):
        make_received(challenge, company=make_company(name=name))
    ready(challenge, lead)

    first, second = (text_of(desk.get(f"{at('applications', challenge)}?page={page}")) for page in (1, 2))

    assert ("Alpha" in first, "Beta" in first, "Gamma" in first) == (True, True, False)
    assert ("Alpha" in second, "Gamma" in second) == (False, True)
    assert "3 applications" in first


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("", {"Alpha", "Beta"}),
        ("?state=under_review", {"Alpha"}),
        ("?state=submitted", {"Beta"}),
        ("?state=invited", set()),
        ("?words=alp", {"Alpha"}),
        ("?words=T4M", {"Alpha", "Beta"}),
        ("?words=alp&state=submitted", set()),
        ("?state=nonsense", {"Alpha", "Beta"}),
        ("?words=SECRET", set()),
    ],
)
def test_filters(challenge: Challenge, lead: User, desk: Client, asked: str, shown: set[str]) -> None:
    make_received(challenge, company=make_company(name="Alpha"), state="under_review", text="SECRET")
    make_received(challenge, company=make_company(name="Beta"))
    ready(challenge, lead)

    for page in ("applications", "applications_export"):
        text = text_of(desk.get(at(page, challenge) + asked))
        assert {name for name in ("Alpha", "Beta") if name in text} == shown, page


def test_before_there_is_a_call(challenge: Challenge, desk: Client) -> None:
    assert "There is no call yet" in text_of(desk.get(at("applications", challenge)))


def test_nobody_applied(challenge: Challenge, lead: User, desk: Client) -> None:
    received = make_received(challenge)
    ready(challenge, lead)
    other = make_challenge(Municipality.objects.get(schema_name="strumica"), stage=Stage.MAPPING)
    make_received(other)
    close_call(other)

    assert received.company_name not in text_of(desk.get(at("applications", other)))
    assert desk.get(at("application", other, received.release_id)).status_code == 404


def test_grace_belongs_to_the_call(challenge: Challenge, desk: Client) -> None:
    make_received(challenge)
    now = clock.now()
    Call.objects.update(closes_at=now - timedelta(minutes=10), opens_at=now - timedelta(days=9), grace_minutes=15)

    assert "1 application so far" in text_of(desk.get(at("applications", challenge)))


def test_without_frozen_criteria_nobody_opens(challenge: Challenge, desk: Client) -> None:
    received = make_received(challenge, text="SECRET ANSWER")
    close_call(challenge)

    response = desk.get(at("application", challenge, received.release_id))

    assert response.status_code == 403
    assert "freeze the criteria first" in text_of(response)
    assert "SECRET ANSWER" not in text_of(response)
    assert "freeze the criteria first" in text_of(desk.get(at("applications", challenge)))


def test_opening_the_first_one_is_noted(challenge: Challenge, lead: User, desk: Client) -> None:
    received = make_received(challenge, text="It counts bins.")
    ready(challenge, lead)

    response = desk.get(at("application", challenge, received.release_id))

    assert "It counts bins." in text_of(response)
    assert received.digest in text_of(response)
    assert SelectionRound.objects.get().opened_at is not None


def test_files_are_downloads(challenge: Challenge, lead: User, desk: Client) -> None:
    received = make_received(challenge, files=[("offer <b>.html", b"<script>alert(1)</script>")])
    ready(challenge, lead)
    file = received.files.get()

    response = desk.get(at("application_file", challenge, received.release_id, file.public_id))

    assert b"".join(response.streaming_content) == b"<script>alert(1)</script>"  # type: ignore[attr-defined]
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"


def test_a_file_of_another_application_is_not_there(challenge: Challenge, lead: User, desk: Client) -> None:
    received, other = make_received(challenge), make_received(challenge, files=[("offer.pdf", b"%PDF")])
    ready(challenge, lead)

    for file_id in (other.files.get().public_id, uuid4()):
        assert desk.get(at("application_file", challenge, received.release_id, file_id)).status_code == 404


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"), ("+389 2", "'+389 2"), ("-x", "'-x"), ("@sum", "'@sum"), (" =1", "' =1"), ("\t1", "'\t1"),
        ("Binsight", "Binsight"), ("", ""), ("a=b", "a=b"),
    ],
)  # fmt: skip
def test_what_begins_a_formula_becomes_text(text: str, cell: str) -> None:
    assert harmless(text) == cell


def test_the_list_as_csv(challenge: Challenge, lead: User, desk: Client) -> None:
    received = make_received(challenge, company=make_company(name="=HYPERLINK(1)"), state="under_review")
    ready(challenge, lead)

    response = desk.get(at("applications_export", challenge))

    rows = list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0] == ["Reference", "Company", "State", "Submitted", "Language", "Round"]
    assert rows[1][:3] == [received.reference, "'=HYPERLINK(1)", "Under review"]
    assert response["Content-Disposition"] == 'attachment; filename="applications.csv"'


def test_buttons_screen(challenge: Challenge, lead: User, desk: Client) -> None:
    received = make_received(challenge)
    ready(challenge, lead)
    page = at("application", challenge, received.release_id)

    for button, state in (("eligible", "under_review"), ("shortlist", "shortlisted"), ("take_off", "under_review")):
        address = at(f"application_{button}", challenge, received.release_id)
        assert address in text_of(desk.get(page))
        assert desk.post(address, {"seen_round": 1}).headers["Location"] == page
        assert state_of(received) == state

    assert "found eligible" in text_of(desk.get(page))


@pytest.mark.parametrize("sent", [{}, {"seen_round": "x"}, {"seen_round": 0}])
def test_buttons_want_to_know_what_was_read(
    challenge: Challenge, lead: User, desk: Client, sent: dict[str, object]
) -> None:
    received = make_received(challenge)
    ready(challenge, lead)

    response = desk.post(at("application_eligible", challenge, received.release_id), sent, follow=True)

    assert state_of(received) == "submitted"
    assert "message" in text_of(response)


@pytest.mark.parametrize(
    ("page", "state"), [("application_ineligible", "ineligible"), ("application_ask_more", "more_info_requested")]
)
def test_words_go_to_the_company(challenge: Challenge, lead: User, desk: Client, page: str, state: str) -> None:
    received = make_received(challenge)
    ready(challenge, lead)
    address = at(page, challenge, received.release_id)
    assert desk.get(address).status_code == 200

    response = desk.post(address, {"seen_round": 1, "text": "The brief asks for a company."})

    assert response.status_code == 302
    assert state_of(received) == state
    assert Release.objects.get().note == "The brief asks for a company."
    assert "The brief asks for a company." in text_of(desk.get(at("application", challenge, received.release_id)))


@pytest.mark.parametrize("page", ["application_ineligible", "application_ask_more"])
def test_what_was_typed_stays(challenge: Challenge, lead: User, desk: Client, page: str) -> None:
    received = make_received(challenge)
    ready(challenge, lead)
    address = at(page, challenge, received.release_id)

    too_long = desk.post(address, {"seen_round": 1, "text": "TYPED " * 500})
    send_again(received)
    overtaken = desk.post(address, {"seen_round": 1, "text": "TYPED WORDS"})

    for response in (too_long, overtaken):
        assert response.status_code == 422
        assert "TYPED" in text_of(response)
    assert "new version" in text_of(overtaken)
    assert desk.post(address, {"seen_round": 1, "text": ""}).status_code == 422


def test_several_at_once(challenge: Challenge, lead: User, desk: Client) -> None:
    rows = [make_received(challenge) for _number in range(3)]
    ready(challenge, lead)
    chosen = [str(row.release_id) for row in rows[:2]]

    for step in ("eligible", "shortlist"):
        response = desk.post(at("applications_several", challenge), {"step": step, "chosen": chosen}, follow=True)
        assert "2 applications changed." in text_of(response)

    assert [state_of(row) for row in rows] == ["shortlisted", "shortlisted", "submitted"]


@pytest.mark.parametrize(
    "sent", [{}, {"step": "shortlist"}, {"step": "invite", "chosen": "x"}, {"step": "eligible", "chosen": str(uuid4())}]
)
def test_several_of_nothing(challenge: Challenge, lead: User, desk: Client, sent: dict[str, str]) -> None:
    received = make_received(challenge)
    ready(challenge, lead)

    response = desk.post(at("applications_several", challenge), sent, follow=True)

    assert "Choose at least one application." in text_of(response)
    assert state_of(received) == "submitted"


def test_a_state_that_does_not_allow_it_is_named(challenge: Challenge, lead: User, desk: Client) -> None:
    received = make_received(challenge)
    ready(challenge, lead)
    sent = {"step": "shortlist", "chosen": [str(received.release_id)]}

    response = desk.post(at("applications_several", challenge), sent, follow=True)

    assert "This is not possible" in text_of(response)
    assert state_of(received) == "submitted"


def test_the_shortlist_is_invited(challenge: Challenge, lead: User, desk: Client) -> None:
    first, second = (make_received(challenge, state="shortlisted") for _number in range(2))
    other = make_received(challenge, state="under_review")
    ready(challenge, lead)
    page = text_of(desk.get(at("applications_invite", challenge)))
    assert (first.company_name in page, other.company_name in page) == (True, False)

    response = desk.post(at("applications_invite", challenge), {"chosen": [str(first.release_id)]}, follow=True)

    assert "1 company invited." in text_of(response)
    assert [state_of(row) for row in (first, second, other)] == ["invited", "shortlisted", "under_review"]


@pytest.mark.parametrize("chosen", [[], ["x"], [str(uuid4())]])
def test_nobody_is_invited_who_was_not_listed(
    challenge: Challenge, lead: User, desk: Client, chosen: list[str]
) -> None:
    make_received(challenge, state="shortlisted")
    ready(challenge, lead)

    assert desk.post(at("applications_invite", challenge), {"chosen": chosen}).status_code == 422


def test_an_empty_shortlist_says_what_to_do(challenge: Challenge, lead: User, desk: Client) -> None:
    make_received(challenge)
    ready(challenge, lead)

    assert "Nobody is on the shortlist" in text_of(desk.get(at("applications_invite", challenge)))
