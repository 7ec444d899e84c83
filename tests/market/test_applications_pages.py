"""The pages of those who apply: what they say, and what they cost."""

from typing import Any

import pytest

from programs.cohorts.models import Program
from programs.models import Municipality
from solutions.market.models import Application, Call, Release
from solutions.market.services import releases, submitting, writing
from tech4muni.accounts.models import User
from tests.factories.market import make_application, release_to
from tests.factories.people import make_user
from tests.market.application_steps import (
    PROPOSED,
    FakeReceiver,
    client_of,
    draft_for,
    fill,
    open_call,
    page,
    public,
)

LIST_QUERIES = 7
HOME_QUERIES = 11


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_at_one_and_at_three(
    strumica: Municipality, program: Program, owner: User, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        call = open_call(strumica, program, f"Challenge {number}")
        release_to(make_application(call, owner=owner, state="submitted"), call.cities.get())
    client = client_of(owner)
    client.get(public("applications"))

    with django_assert_num_queries(LIST_QUERIES):
        body = client.get(public("applications")).content.decode()

    assert all(f"Challenge {number}" in body for number in range(count))
    assert body.count("Received") == count


@pytest.mark.parametrize("count", [1, 3])
def test_the_home_costs_the_same_for_one_call_and_for_three(
    strumica: Municipality, program: Program, owner: User, count: int, django_assert_num_queries: Any
) -> None:
    calls = [open_call(strumica, program, f"Challenge {number}") for number in range(count)]
    application = make_application(*calls, owner=owner, state="submitted")
    for call in calls:
        release_to(application, call.cities.get())
    client = client_of(owner)
    client.get(public("applications"))

    with django_assert_num_queries(HOME_QUERIES):
        body = client.get(page("application", application)).content.decode()

    assert all(f"Challenge {number}" in body for number in range(count))


def test_an_empty_list_teaches(owner: User) -> None:
    body = client_of(owner).get(public("applications")).content.decode()

    assert "No application yet" in body


def test_the_list_shows_nobody_elses(call: Call, owner: User) -> None:
    mine, theirs = draft_for(call, owner=owner), draft_for(call, owner=make_user())

    body = client_of(owner).get(public("applications")).content.decode()

    assert mine.reference in body
    assert theirs.reference not in body


def test_the_list_is_paged(call: Call, owner: User) -> None:
    for _number in range(21):
        draft_for(call, owner=owner)

    assert 'rel="next"' in client_of(owner).get(public("applications")).content.decode()


def test_the_home_of_a_draft_says_that_it_is_one(call: Call, owner: User) -> None:
    application = draft_for(call, owner=owner)

    body = client_of(owner).get(page("application", application)).content.decode()

    for words in ("A draft is not a submission", "Not started", "Skopje", "Invite colleagues", "Strumica"):
        assert words in body
    fill(application, actor=owner)
    assert "Not started" not in client_of(owner).get(page("application", application)).content.decode()


def test_the_home_says_what_is_missing(call: Call, owner: User) -> None:
    application = fill(draft_for(call, owner=owner), actor=owner)
    writing.save_proposal(application, call, actor=owner, answers={"fit": "It measures."})

    assert "3 answers missing" in client_of(owner).get(page("application", application)).content.decode()


def test_changes_after_submission_are_told(receiver: FakeReceiver, call: Call, owner: User) -> None:
    application = fill(draft_for(call, owner=owner), actor=owner)
    submitting.submit(application, actor=owner)
    client, notice = client_of(owner), "You have changed something since you submitted."
    assert notice not in client.get(page("application", application)).content.decode()

    writing.save_proposal(application, call, actor=owner, answers={**PROPOSED, "risks": "Snow."})
    assert notice in client.get(page("application", application)).content.decode()
    submitting.submit(application, actor=owner)
    assert notice not in client.get(page("application", application)).content.decode()


def test_what_a_municipality_makes_of_it(receiver: FakeReceiver, call: Call, owner: User) -> None:
    application = fill(draft_for(call, owner=owner), actor=owner)
    submitting.submit(application, actor=owner)
    release = Release.objects.get(application=application)
    client = client_of(owner)

    releases.take(release.public_id, "ask_for_more", note="How long do they last?")
    body = client.get(page("application", application)).content.decode()
    assert "More information requested" in body
    assert "How long do they last?" in body
    for step in ("find_eligible", "shortlist", "invite"):
        releases.take(release.public_id, step)
    assert "Invited to the event" in client.get(page("application", application)).content.decode()


def test_the_confirmation_is_there_only_after_submission(receiver: FakeReceiver, call: Call, owner: User) -> None:
    application = fill(draft_for(call, owner=owner), actor=owner)
    client = client_of(owner)
    assert client.get(page("application_sent", application)).status_code == 404

    submitting.submit(application, actor=owner)
    assert client.get(page("application_sent", application)).status_code == 200
    submitting.withdraw(application, actor=owner)
    assert client.get(page("application_sent", application)).headers["Location"] == page("application", application)


def test_peoples_text_is_not_markup(call: Call, owner: User) -> None:
    application = draft_for(call, owner=owner)
    writing.save_proposal(application, call, actor=owner, answers={**PROPOSED, "fit": "<script>alert(1)</script>"})
    Application.objects.filter(pk=application.pk).update(answers={"company": {"name": "<b>Bold</b>"}})
    client = client_of(owner)

    for path in (page("application_check", application), page("application_proposal", application, call.public_id)):
        body = client.get(path).content.decode()
        assert "<script>alert" not in body
        assert "<b>Bold" not in body
