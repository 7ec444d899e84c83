"""Submission: all municipalities or none, one transaction; changes until the deadline; taking back."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from programs.cohorts.models import Program
from programs.models import Municipality
from solutions.market.enums import ApplicationState, CompanyRole, ReleaseState
from solutions.market.models import Application, Call, Company, CompanyMember, Release, Solution
from solutions.market.queries.calls import last_moment
from solutions.market.sections import TEAM
from solutions.market.services import files, releases, submitting, writing
from solutions.selection.models import Lead, ReceivedApplication
from tech4muni.accounts.models import User
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused
from tech4muni.core.schemas import active_schema
from tech4muni.notifications.models import Message
from tests.factories.challenges import make_program
from tests.factories.people import make_user
from tests.market.application_steps import (
    ANSWERS,
    PDF,
    PROPOSED,
    FakeReceiver,
    after,
    client_of,
    draft_for,
    fill,
    joined_by,
    open_call,
    page,
)


@pytest.fixture
def ready(call: Call, owner: User) -> Application:
    """A draft in which nothing is missing."""
    return fill(draft_for(call, owner=owner), actor=owner)


def version_on(body: str) -> str:
    """What the check page shows, as its hidden field tells."""
    found = re.search(r'name="version" value="(\w{64})"', body)
    assert found
    return found.group(1)


def clock_at_the_end(call: Call) -> Any:
    """Freeze the clock just before a call's grace ends."""
    return clock.at(last_moment(call) - timedelta(microseconds=1))


def release_of(application: Application, municipality: Municipality) -> Release:
    return Release.objects.get(application=application, city__municipality=municipality)


def test_each_municipality_receives_its_own(
    receiver: FakeReceiver, call: Call, other: Call, owner: User, strumica: Municipality, haifa: Municipality
) -> None:
    application = fill(draft_for(call, other, owner=owner), actor=owner)
    writing.save_proposal(application, other, actor=owner, answers={**PROPOSED, "fit": "For benches."})

    sent = submitting.submit(application, actor=owner)

    assert [row[:3] for row in receiver.received] == [
        (municipality.schema_name, sent.reference, 1)
        for municipality in sorted((strumica, haifa), key=lambda row: row.pk)
    ]
    content = {row[0]: row[3] for row in receiver.received}
    answers = {
        schema: {field["name"]: field["value"] for field in body["sections"][-1]["fields"]}
        for schema, body in content.items()
    }
    assert answers["strumica"]["fit"] == "It measures."
    assert answers["haifa"]["fit"] == "For benches."
    assert content["haifa"]["company"]["name"] == "Bin Sense"
    assert content["haifa"]["solution"]["readiness"] == 7
    shown = {field["name"]: field["shown"] for field in content["haifa"]["sections"][0]["fields"]}
    assert (shown["kind"], shown["country"]) == ("Startup", "North Macedonia")
    assert active_schema() == "public"
    assert release_of(sent, haifa).digest != release_of(sent, strumica).digest


def test_a_real_municipality_keeps_what_it_received(
    call: Call, owner: User, strumica: Municipality, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    application = fill(draft_for(call, owner=owner), actor=owner)
    files.add(application, actor=owner, name="plan.pdf", upload=BytesIO(PDF))

    sent = submitting.submit(application, actor=owner)

    with tenant_context(strumica):
        received = ReceivedApplication.objects.get()
        assert received.digest == release_of(sent, strumica).digest
        assert (received.company_name, received.round) == ("Bin Sense", 1)
        assert received.files.get().name == "plan.pdf"
        assert Lead.objects.get().name == "Bin Sense One"
    submitting.withdraw(sent, actor=owner)
    assert release_of(sent, strumica).state == ReleaseState.WITHDRAWN


def test_what_a_submission_leaves(receiver: FakeReceiver, ready: Application, owner: User) -> None:
    sent = submitting.submit(ready, actor=owner)

    assert (sent.state, len(sent.digest)) == (ApplicationState.SUBMITTED, 64)
    company = Company.objects.get(name="Bin Sense")
    assert sent.company == company
    assert CompanyMember.objects.get(company=company, user=owner).role == CompanyRole.OWNER
    solution = Solution.objects.get(company=company)
    assert (solution.sectors, solution.readiness) == (["waste", "logistics"], 7)
    receipt = Message.objects.get(kind="market.application_receipt")
    assert receipt.email == owner.email
    assert all(word in receipt.text for word in (sent.reference, sent.digest, "Strumica"))
    entry = Entry.objects.get(verb="application.submitted")
    assert entry.data["digest"] == sent.digest
    assert len(entry.data["consent"]) == 1


def test_a_second_submission_is_another_round(
    receiver: FakeReceiver, ready: Application, owner: User, strumica: Municipality
) -> None:
    first = submitting.submit(ready, actor=owner)
    writing.save_section(first, TEAM, actor=owner, answers={"people": "Ana and Boris.", "experience": "Three pilots."})

    second = submitting.submit(first, actor=owner)

    release = release_of(second, strumica)
    assert (release.round, release.state) == (2, ReleaseState.SUBMITTED)
    assert second.digest != first.digest
    assert [row[2] for row in receiver.received] == [1, 2]
    assert Company.objects.count() == 2  # the factory's, and one of this application whatever the round
    assert Message.objects.filter(kind="market.application_receipt").count() == 2


def test_a_failing_municipality_undoes_all(receiver: FakeReceiver, call: Call, other: Call, owner: User) -> None:
    application = fill(draft_for(call, other, owner=owner), actor=owner)
    receiver.failing = "haifa"

    with pytest.raises(RuntimeError):
        submitting.submit(application, actor=owner)

    application.refresh_from_db()
    assert application.state == ApplicationState.DRAFT
    assert not Release.objects.exists()
    assert not Company.objects.filter(name="Bin Sense").exists()
    assert not Message.objects.filter(kind="market.application_receipt").exists()


@pytest.mark.parametrize("section", ["company", "solution", "team", "proposal"])
def test_what_is_incomplete_is_refused(
    receiver: FakeReceiver, ready: Application, call: Call, owner: User, section: str
) -> None:
    if section == "proposal":
        writing.save_proposal(ready, call, actor=owner, answers={**PROPOSED, "risks": " "})
    else:
        answers = dict(ready.answers)
        answers[section] = dict(list(answers[section].items())[1:])
        Application.objects.filter(pk=ready.pk).update(answers=answers)

    with pytest.raises(Refused, match="missing"):
        submitting.submit(ready, actor=owner)

    assert receiver.received == []


def test_within_the_grace_it_is_taken_and_afterwards_not(
    receiver: FakeReceiver, ready: Application, call: Call, owner: User
) -> None:
    with after(call), pytest.raises(Refused, match="deadline has passed for: Bins"):
        submitting.submit(ready, actor=owner)
    with clock_at_the_end(call):
        sent = submitting.submit(ready, actor=owner)

    assert sent.state == ApplicationState.SUBMITTED


def test_a_missed_call_is_left_out_and_the_rest_goes(
    receiver: FakeReceiver, strumica: Municipality, haifa: Municipality, program: Program, owner: User
) -> None:
    early = open_call(strumica, program)
    late = open_call(haifa, program, "Benches", closes_at=early.closes_at + (early.closes_at - early.opens_at))
    application = fill(draft_for(early, late, owner=owner), actor=owner)
    with after(early):
        with pytest.raises(Refused):
            submitting.submit(application, actor=owner)
        writing.drop_call(application, early, actor=owner)
        submitting.submit(application, actor=owner)

    assert [row[0] for row in receiver.received] == ["haifa"]
    assert application.calls.get(call=early).answers == PROPOSED
    with pytest.raises(Refused):
        writing.drop_call(application, late, actor=owner)


def test_only_the_chosen_municipalities_of_a_joint_call_get_it(
    receiver: FakeReceiver, call: Call, haifa: Municipality, strumica: Municipality, owner: User
) -> None:
    second = joined_by(call, haifa)
    first = call.cities.get(municipality=strumica)
    application = fill(draft_for(call, owner=owner), actor=owner)
    writing.choose_calls(application, {call.pk: {first.pk}}, actor=owner)

    submitting.submit(application, actor=owner)
    assert [row[0] for row in receiver.received] == ["strumica"]

    writing.choose_calls(application, {call.pk: {second.pk}}, actor=owner)
    submitting.submit(application, actor=owner)
    assert [row[0] for row in receiver.received] == ["strumica", "haifa"]
    assert receiver.withdrawn == [("strumica", application.reference)]
    assert release_of(application, strumica).state == ReleaseState.WITHDRAWN

    writing.choose_calls(application, {call.pk: {first.pk, second.pk}}, actor=owner)
    submitting.submit(application, actor=owner)
    assert release_of(application, strumica).state == ReleaseState.SUBMITTED
    assert release_of(application, strumica).round == 2


def test_a_municipality_that_has_gone_on_keeps_what_it_has(
    receiver: FakeReceiver, call: Call, other: Call, owner: User, strumica: Municipality, haifa: Municipality
) -> None:
    application = fill(draft_for(call, other, owner=owner), actor=owner)
    submitting.submit(application, actor=owner)
    for step in ("find_eligible", "shortlist"):
        releases.take(release_of(application, strumica).public_id, step)

    submitting.submit(application, actor=owner)

    assert release_of(application, strumica).round == 1
    assert release_of(application, strumica).state == ReleaseState.SHORTLISTED
    assert release_of(application, haifa).round == 2


def test_who_asks_for_more_gets_it_after_the_deadline(
    receiver: FakeReceiver, call: Call, other: Call, owner: User, strumica: Municipality, haifa: Municipality
) -> None:
    application = fill(draft_for(call, other, owner=owner), actor=owner)
    submitting.submit(application, actor=owner)
    with tenant_context(strumica):
        releases.take(release_of(application, strumica).public_id, "ask_for_more", note="How long do they last?")
    message = Message.objects.get(kind="market.release_changed")
    assert "How long do they last?" in message.text
    assert message.schema_name == ""

    with after(call):
        writing.save_proposal(application, call, actor=owner, answers={**PROPOSED, "risks": "Batteries: 5 years."})
        with pytest.raises(Refused):
            writing.save_proposal(application, other, actor=owner, answers={**PROPOSED, "risks": "Late."})
        submitting.submit(application, actor=owner)

    assert [row[0] for row in receiver.received[2:]] == ["strumica"]
    assert release_of(application, strumica).state == ReleaseState.SUBMITTED
    assert release_of(application, haifa).round == 1


def test_withdrawing_takes_it_back_everywhere(
    receiver: FakeReceiver, call: Call, other: Call, owner: User, strumica: Municipality, haifa: Municipality
) -> None:
    application = fill(draft_for(call, other, owner=owner), actor=owner)
    submitting.submit(application, actor=owner)
    for step in ("find_eligible", "select"):
        releases.take(release_of(application, haifa).public_id, step)

    submitting.withdraw(application, actor=owner)

    application.refresh_from_db()
    assert application.state == ApplicationState.WITHDRAWN
    assert receiver.withdrawn == [("strumica", application.reference)]
    assert release_of(application, haifa).state == ReleaseState.SELECTED  # it was decided
    assert Message.objects.filter(kind="market.application_withdrawn").count() == 1


def test_a_name_alone_gives_nobody_a_company(receiver: FakeReceiver, call: Call, owner: User) -> None:
    theirs = Company.objects.create(name="Bin Sense", country="DE")
    application = fill(draft_for(call, owner=owner), actor=owner)

    sent = submitting.submit(application, actor=owner)

    assert sent.company != theirs
    theirs.refresh_from_db()
    assert theirs.country == "DE"


def test_the_second_application_of_an_owner_is_of_the_same_company(
    receiver: FakeReceiver, call: Call, other: Call, owner: User
) -> None:
    first = submitting.submit(fill(draft_for(call, owner=owner), actor=owner), actor=owner)
    second = submitting.submit(fill(draft_for(other, owner=owner), actor=owner), actor=owner)

    assert first.company == second.company
    assert Solution.objects.filter(company=first.company).count() == 1


def test_what_was_checked_is_what_is_submitted(receiver: FakeReceiver, ready: Application, owner: User) -> None:
    with pytest.raises(Conflict):
        submitting.submit(ready, actor=owner, seen="0" * 64)

    assert receiver.received == []


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_submit_at_once_each_is_a_round(
    in_own_connection: Callable[..., Any], receiver: FakeReceiver
) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    call, owner = open_call(strumica, make_program(strumica)), make_user()
    application = fill(draft_for(call, owner=owner), actor=owner)

    def press(_number: int) -> None:
        submitting.submit(application, actor=owner)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(in_own_connection(press), range(8)))

    release = Release.objects.get(application=application)
    assert release.round == 8
    assert sorted(row[2] for row in receiver.received) == list(range(1, 9))
    assert Company.objects.filter(name=ANSWERS["company"]["name"]).count() == 1


def test_the_check_page_names_what_is_missing_and_who_gets_it(receiver: FakeReceiver, call: Call, owner: User) -> None:
    application = draft_for(call, owner=owner)
    client = client_of(owner)

    page_before = client.get(page("application_check", application)).content.decode()
    fill(application, actor=owner)
    page_after = client.get(page("application_check", application)).content.decode()

    assert "Name of the solution" in page_before
    assert "Missing:" in page_before
    assert "handed over to" not in page_before
    assert "Missing:" not in page_after
    assert "handed over to: Strumica" in page_after


def test_handing_in_needs_consent_and_leads_to_a_page_that_stays(
    receiver: FakeReceiver, ready: Application, owner: User
) -> None:
    client = client_of(owner)
    path = page("application_check", ready)
    version = version_on(client.get(path).content.decode())

    without = client.post(path, {"version": version})
    assert without.status_code == 422
    assert receiver.received == []
    answer = client.post(path, {"version": version, "consent": "on"})

    ready.refresh_from_db()
    assert answer.headers["Location"] == page("application_sent", ready)
    stays = client.get(page("application_sent", ready)).content.decode()
    assert ready.reference in stays
    assert ready.digest in stays
    assert "Strumica" in stays
    assert client.post(path, {"version": version, "consent": "on"}).status_code == 302  # pressed twice: another round


def test_late_submission_is_told_on_the_page(
    receiver: FakeReceiver, ready: Application, call: Call, owner: User, later: Callable[..., None]
) -> None:
    client = client_of(owner)
    path = page("application_check", ready)
    version = version_on(client.get(path).content.decode())
    Call.objects.filter(pk=call.pk).update(opens_at="2020-01-01T00:00Z", closes_at="2020-02-01T00:00Z")

    answer = client.post(path, {"version": version, "consent": "on"})

    assert answer.status_code == 422
    assert "The deadline has passed for: Bins" in answer.content.decode()


def test_withdrawing_asks_first(receiver: FakeReceiver, ready: Application, owner: User) -> None:
    client = client_of(owner)

    assert client.get(page("application_withdraw", ready)).status_code == 200
    assert client.post(page("application_withdraw", ready)).status_code == 302

    ready.refresh_from_db()
    assert ready.state == ApplicationState.WITHDRAWN
    assert client.get(page("application", ready)).status_code == 200
    assert client.get(page("application_withdraw", ready)).status_code == 403
