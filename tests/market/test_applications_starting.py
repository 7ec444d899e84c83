"""Beginning without an account: a link by mail, spent by POST, once; and nobody's second factor goes round it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from programs.enums import Role
from programs.models import Municipality
from solutions.market.enums import ApplicationState, CompanyRole
from solutions.market.models import Applicant, Application, ApplicationLink, Call, Company
from solutions.market.queries.applications import link_by_token
from solutions.market.services import colleagues, starting, submitting
from tech4muni.accounts.models import User
from tech4muni.accounts.services import deactivate
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused
from tech4muni.notifications.models import Message
from tests.accounts.steps import log_in_by_code, session_owner, without_noise
from tests.factories.challenges import make_program
from tests.factories.market import make_application, make_company
from tests.factories.people import add_second_factor, make_coordinator, make_member, make_user
from tests.market.application_steps import (
    FakeReceiver,
    after,
    client_of,
    draft_for,
    fill,
    mailed_link,
    open_call,
    page,
    public,
)

NEW = "ana@bins.example.org"


def asked(call: Call, email: str = NEW, client: Client | None = None) -> str:
    """Ask for a link on the page of a call, and return where it leads."""
    answer = (client or client_of()).post(public("apply", call.public_id), {"email": email})
    assert answer.status_code == 302, answer.content.decode()
    return mailed_link(email)


def token_of(path: str) -> str:
    return path.strip("/").rsplit("/", 1)[1]


def test_the_page_says_what_is_asked_and_by_when(call: Call) -> None:
    body = client_of().get(public("apply", call.public_id)).content.decode()

    for words in ("Who can apply", "Answer to the challenge", "Strumica", "Skopje", "The decision is promised by"):
        assert words in body
    assert 'name="email"' in body


def test_from_address_to_draft(call: Call) -> None:
    client = client_of()
    path = asked(call, NEW, client)

    assert client.get(path).status_code == 200
    assert not User.objects.filter(email=NEW).exists()  # programs that read mail open links
    answer = client.post(path)

    user = User.objects.get(email=NEW)
    application = Application.objects.get()
    assert answer.headers["Location"] == page("application", application)
    assert session_owner(client) == user
    assert not user.has_usable_password()
    assert application.people.get().role == CompanyRole.OWNER
    assert client.get(page("application", application)).status_code == 200


def test_the_mail_speaks_the_language_of_the_page(call: Call) -> None:
    client = client_of()
    client.cookies["__Host-language"] = "de"

    client.post(public("apply", call.public_id), {"email": NEW})

    assert ApplicationLink.objects.get().language == Message.objects.get(email=NEW).language == "de"
    client.post(mailed_link(NEW))
    assert User.objects.get(email=NEW).language == "de"
    assert Application.objects.get().language == "de"


def test_the_second_time_the_same_draft(call: Call) -> None:
    first, second = client_of(), client_of()
    first.post(asked(call))
    answer = second.post(asked(call))

    assert answer.headers["Location"] == page("application", Application.objects.get())
    assert User.objects.filter(email=NEW).count() == 1


def test_known_and_unknown_addresses_get_the_same_answer(call: Call, strumica: Municipality) -> None:
    known = make_member(strumica, Role.LEAD).email
    bodies = set()
    for email in (known, "nobody@example.org"):
        client = client_of()
        answer = client.post(public("apply", call.public_id), {"email": email})
        assert answer.headers["Location"] == public("link_sent", call.public_id)
        bodies.add(without_noise(client.get(answer.headers["Location"]).content))

    assert len(bodies) == 1


def test_a_link_works_once(call: Call) -> None:
    path = asked(call)
    mine = client_of()
    mine.post(path)

    assert client_of().get(path).status_code == 410
    assert client_of().post(path).status_code == 410
    assert mine.post(path).headers["Location"] == page("application", Application.objects.get())  # pressed twice


def test_a_link_works_for_seven_days(call: Call) -> None:
    path = asked(call)
    link = link_by_token(token_of(path))
    assert link is not None

    with clock.at(link.created_at + timedelta(days=7)), pytest.raises(Conflict):
        starting.spend(link, time_zone="UTC")
    with clock.at(link.created_at + timedelta(days=7) - timedelta(seconds=1)):
        assert starting.spend(link, time_zone="UTC").application is not None


def test_an_invented_link_is_nothing(call: Call) -> None:
    assert client_of().get(public("application_link", "x" * 43)).status_code == 404


def holder_of_a_factor(_municipality: Municipality) -> User:
    user = make_user()
    add_second_factor(user)
    return user


@pytest.mark.parametrize(
    "make",
    [
        lambda _municipality: make_coordinator(),
        lambda municipality: make_member(municipality, Role.LEAD),
        lambda municipality: make_member(municipality, Role.VIEWER),
        holder_of_a_factor,
    ],
    ids=["coordinator", "lead", "viewer", "second factor"],
)
def test_who_must_log_in_is_not_logged_in_by_a_link(
    call: Call, strumica: Municipality, make: Callable[[Municipality], User]
) -> None:
    user = make(strumica)
    client = client_of()
    path = asked(call, user.email, client)

    answer = client.post(path)

    assert answer.headers["Location"].startswith("/account/login/?next=%2Fapplications%2Flink%2F")
    assert not session_owner(client).is_authenticated
    assert not Application.objects.exists()
    there = client_of(user).post(path)  # once they have logged in, the link still works
    assert there.headers["Location"] == page("application", Application.objects.get())


def test_a_deactivated_person_gets_in_nowhere(call: Call) -> None:
    user = make_user()
    deactivate(user)
    client = client_of()

    answer = client.post(asked(call, user.email, client))

    assert answer.headers["Location"].startswith("/account/login/")
    assert not session_owner(client).is_authenticated


def test_a_link_for_somebody_else_ends_the_session(call: Call) -> None:
    other = make_user()
    client = client_of(other)
    path = asked(call)

    assert "that session ends" in client.get(path).content.decode()
    client.post(path)

    assert session_owner(client).email == NEW


def test_they_come_back_by_a_mailed_code(call: Call) -> None:
    client_of().post(asked(call))
    back = client_of()

    log_in_by_code(back, User.objects.get(email=NEW))

    assert back.get(page("application", Application.objects.get())).status_code == 200


def test_somebody_logged_in_begins_at_once(call: Call, owner: User) -> None:
    client = client_of(owner)
    assert "Begin the application" in client.get(public("apply", call.public_id)).content.decode()

    first = client.post(public("apply", call.public_id))
    second = client.post(public("apply", call.public_id))

    application = Application.objects.get()
    assert first.headers["Location"] == second.headers["Location"] == page("application", application)
    assert "Go on with it" in client.get(public("apply", call.public_id)).content.decode()
    assert not Message.objects.exists()


def test_what_is_known_of_the_company_is_there(call: Call, owner: User) -> None:
    make_company(owner, name="Bin Sense", website="https://bins.example.org")
    theirs = make_company(name="Other")

    application = starting.begin(call, actor=owner, language="en-gb")

    assert application.answers["company"]["name"] == "Bin Sense"
    assert theirs.name not in str(application.answers)
    assert Company.objects.count() == 2


@pytest.mark.parametrize("when", ["early", "late", "withdrawn"])
def test_only_an_open_call_takes_applications(call: Call, owner: User, when: str) -> None:
    early = call.opens_at - timedelta(seconds=1)
    if when == "withdrawn":
        Call.objects.filter(pk=call.pk).update(withdrawn_at=clock.now(), withdrawal_reason="Budget")
        call.refresh_from_db()
    with after(call) if when == "late" else clock.at(early if when == "early" else clock.now()):
        with pytest.raises(Refused):
            starting.ask_for_link(call, email=NEW, language="en-gb")
        with pytest.raises(Refused):
            starting.begin(call, actor=owner, language="en-gb")

    assert not Application.objects.exists()


def test_the_link_of_a_call_that_has_closed_still_logs_in(call: Call) -> None:
    path = asked(call)
    Call.objects.filter(pk=call.pk).update(withdrawn_at=clock.now(), withdrawal_reason="Budget")
    client = client_of()

    answer = client.post(path)

    assert answer.headers["Location"] == public("applications")
    assert session_owner(client).email == NEW


def test_a_program_that_fills_in_everything_gets_no_mail(call: Call) -> None:
    answer = client_of().post(public("apply", call.public_id), {"email": NEW, "website": "https://spam.example"})

    assert answer.headers["Location"] == public("link_sent", call.public_id)
    assert not ApplicationLink.objects.exists()
    assert not Message.objects.exists()


def test_a_mailbox_gets_three_links_in_five_minutes(call: Call) -> None:
    locations = {
        client_of().post(public("apply", call.public_id), {"email": NEW}).headers["Location"] for _time in range(5)
    }

    assert locations == {public("link_sent", call.public_id)}
    assert Message.objects.filter(email=NEW).count() == 3
    with clock.at(clock.now() + timedelta(minutes=6)):
        assert starting.ask_for_link(call, email=NEW, language="en-gb") is not None


def test_an_address_on_the_network_asks_twenty_times(call: Call) -> None:
    client = client_of()
    answers = [
        client.post(public("apply", call.public_id), {"email": f"p{number}@example.org"}).status_code
        for number in range(21)
    ]

    assert answers == [302] * 20 + [429]


def test_what_was_typed_is_kept(call: Call) -> None:
    answer = client_of().post(public("apply", call.public_id), {"email": "ana at bins"})

    assert answer.status_code == 422
    assert "ana at bins" in answer.content.decode()


def test_the_outbox_does_not_keep_the_link(call: Call) -> None:
    path = asked(call)

    assert Message.objects.get(email=NEW).private
    assert token_of(path) not in str(list(ApplicationLink.objects.values()))


def test_a_withdrawn_application_makes_room_for_another(call: Call, owner: User, receiver: FakeReceiver) -> None:
    first = starting.begin(call, actor=owner, language="en-gb")
    submitting.withdraw(first, actor=owner)

    assert starting.begin(call, actor=owner, language="en-gb") != first


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_use_a_link_at_once_one_does(in_own_connection: Callable[..., Any]) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    call = open_call(strumica, make_program(strumica))
    link = starting.ask_for_link(call, email=NEW, language="en-gb")
    assert link is not None

    def press(_number: int) -> str:
        try:
            starting.spend(link, time_zone="UTC")
        except Conflict:
            return "conflict"
        return "spent"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(in_own_connection(press), range(8)))

    assert sorted(answers) == ["conflict"] * 7 + ["spent"]
    assert (User.objects.filter(email=NEW).count(), Application.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_begin_at_once_one_begins(in_own_connection: Callable[..., Any]) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    call, owner = open_call(strumica, make_program(strumica)), make_user()

    def press(_number: int) -> int:
        return starting.begin(call, actor=owner, language="en-gb").pk

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(in_own_connection(press), range(8)))

    assert len(found) == Application.objects.count() == 1


# -- Colleagues


@pytest.fixture
def draft(call: Call, owner: User) -> Application:
    """A draft of the owner."""
    return draft_for(call, owner=owner)


def test_a_colleague_joins_by_a_link(draft: Application, owner: User) -> None:
    answer = client_of(owner).post(page("application_people", draft), {"email": "boris@example.org", "role": "editor"})
    assert answer.status_code == 302
    client = client_of()

    client.post(mailed_link("boris@example.org"))

    boris = User.objects.get(email="boris@example.org")
    assert draft.people.get(user=boris).role == CompanyRole.EDITOR
    assert session_owner(client) == boris
    assert client.get(page("application", draft)).status_code == 200
    body = client_of(owner).get(page("application_people", draft)).content.decode()
    assert "boris@example.org" in body


def test_an_invitation_can_be_taken_back(draft: Application, owner: User) -> None:
    colleagues.invite(draft, actor=owner, email="boris@example.org", role=CompanyRole.VIEWER)
    path = mailed_link("boris@example.org")
    link = draft.links.get()

    assert client_of(owner).post(page("application_invitation_withdraw", draft, link.pk)).status_code == 302

    assert client_of().post(path).status_code == 410
    assert client_of(owner).post(page("application_invitation_withdraw", draft, link.pk)).status_code == 404


def test_a_colleague_who_leaves_sees_nothing(draft: Application, owner: User) -> None:
    boris = make_user()
    person = Applicant.objects.create(application=draft, user=boris, role=CompanyRole.EDITOR)

    assert client_of(owner).post(page("application_person_remove", draft, person.pk)).status_code == 302

    assert client_of(boris).get(page("application", draft)).status_code == 404
    assert draft.people.filter(ended_at__isnull=True).count() == 1


@pytest.mark.parametrize("email", ["ana@bins.example.org", "boris@example.org"])
def test_nobody_is_invited_in_vain(draft: Application, owner: User, email: str) -> None:
    colleagues.invite(draft, actor=owner, email="boris@example.org", role=CompanyRole.VIEWER)

    answer = client_of(owner).post(page("application_people", draft), {"email": email, "role": "viewer"})

    assert answer.status_code == 422
    assert email in answer.content.decode()
    assert draft.links.count() == 1


def test_ten_people_are_enough(draft: Application, owner: User) -> None:
    for number in range(9):
        colleagues.invite(draft, actor=owner, email=f"p{number}@example.org", role=CompanyRole.VIEWER)

    with pytest.raises(Refused, match="Too many"):
        colleagues.invite(draft, actor=owner, email="p9@example.org", role=CompanyRole.VIEWER)


def test_the_owner_stays_and_is_one(draft: Application, owner: User) -> None:
    with pytest.raises(Refused):
        colleagues.remove(draft, draft.people.get(), actor=owner)
    with pytest.raises(Refused):
        colleagues.invite(draft, actor=owner, email="boris@example.org", role=CompanyRole.OWNER)


def test_an_invited_lead_logs_in_first(draft: Application, owner: User, strumica: Municipality) -> None:
    lead = make_member(strumica, Role.LEAD)
    colleagues.invite(draft, actor=owner, email=lead.email, role=CompanyRole.EDITOR)
    path, client = mailed_link(lead.email), client_of()

    assert client.post(path).headers["Location"].startswith("/account/login/")
    assert draft.people.count() == 1
    assert client_of(lead).post(path).status_code == 302
    assert draft.people.count() == 2


def test_submitted_stays_one_application(receiver: FakeReceiver, call: Call, owner: User) -> None:
    application = fill(make_application(call, owner=owner), actor=owner)
    submitting.submit(application, actor=owner)

    again = starting.begin(call, actor=owner, language="en-gb")

    assert (again, again.state) == (application, ApplicationState.SUBMITTED)
