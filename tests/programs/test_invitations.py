"""Invitations: one link, one municipality, one use."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tenants.utils import tenant_context

from programs.enums import Role
from programs.models import Invitation, Membership, Municipality
from programs.people.services import invitations
from programs.people.tokens import digest_of
from programs.queries import actor_for
from tech4muni.accounts.models import User
from tech4muni.accounts.services import deactivate
from tech4muni.audit.models import Entry
from tech4muni.core.errors import Conflict, Forbidden, Refused
from tech4muni.notifications.models import Message
from tests.accounts.steps import log_in_by_code, session_owner
from tests.factories.people import make_member, make_user
from tests.programs.steps import (
    ABOUT_ME,
    acting,
    invitation_of,
    invited,
    logged_in,
    mailed_path,
    on_tenant,
)

ClientOn = Callable[[str], Client]
HERE, ELSEWHERE = "strumica.localhost", "haifa.localhost"
NEW = "ana@example.org"


@pytest.fixture
def lead(strumica: Municipality) -> User:
    return make_member(strumica, Role.LEAD, name="Lidija Lead")


@pytest.fixture
def path(strumica: Municipality, lead: User) -> str:
    """The link of an invitation to somebody who has no account."""
    return invited(lead, strumica, NEW, Role.EVALUATOR)


def snapshot() -> list[Any]:
    """All rows that an invitation could change."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT array_agg(t::text ORDER BY id) FROM programs_invitation t),"
            " (SELECT array_agg(t::text ORDER BY id) FROM programs_membership t),"
            " (SELECT array_agg(t::text ORDER BY id) FROM accounts_user t)"
        )
        return list(cursor.fetchone())


def test_lead_invites_by_mail(strumica: Municipality, lead: User, client_on: ClientOn) -> None:
    client = logged_in(client_on(HERE), lead)
    before = timezone.now()

    response = client.post(on_tenant("people:invite"), {"email": " Ana@Example.ORG ", "role": "evaluator"})

    assert response["Location"] == on_tenant("people:list")
    invitation = invitation_of(NEW)
    assert (invitation.role, invitation.invited_by, invitation.municipality) == (Role.EVALUATOR, lead, strumica)
    assert timedelta(days=7) <= invitation.expires_at - before < timedelta(days=7, minutes=1)
    with tenant_context(strumica):
        assert Entry.objects.get(verb="invitation.sent").data == {"email": NEW, "role": "evaluator"}


def test_mail_is_private_in_the_municipalitys_language_and_leads_to_its_host(path: str, strumica: Municipality) -> None:
    message = Message.objects.get(email=NEW)

    assert (message.kind, message.private, message.language) == ("programs.invitation", True, "mk")
    assert message.schema_name == "strumica"
    assert f"https://strumica.localhost{path}" in message.text
    assert f'href="https://strumica.localhost{path}"' in message.html
    assert message.expires_at == invitation_of(NEW).expires_at
    token = path.strip("/").split("/")[-1]
    assert token not in message.subject + message.key


def test_mail_to_somebody_with_an_account_is_in_their_language(strumica: Municipality, lead: User) -> None:
    person = make_user(email="hans@example.org", language="de")

    invited(lead, strumica, person.email)

    assert Message.objects.get(email=person.email).language == "de"


def test_only_a_digest_of_the_link_is_stored(path: str) -> None:
    token = path.strip("/").split("/")[-1]

    assert invitation_of(NEW).token_digest == digest_of(token)
    assert len(token) >= 43
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM programs_invitation t WHERE t::text LIKE %s", [f"%{token}%"])
        assert cursor.fetchone() == (0,)


def test_looking_changes_nothing_however_often(path: str, client_on: ClientOn) -> None:
    before = snapshot()

    answers = [client_on(HERE).get(path).status_code for _time in range(5)]
    answers.append(client_on(HERE).head(path).status_code)

    assert answers == [200] * 6
    assert snapshot() == before


def test_new_person_tells_their_name_accepts_and_logs_in_by_code(
    path: str, strumica: Municipality, client_on: ClientOn
) -> None:
    client = client_on(HERE)

    page = client.get(path).content.decode()
    accepted = client.post(path, ABOUT_ME)

    assert "Lidija Lead" in page
    assert accepted["Location"] == "/account/login/"
    user = User.objects.get(email=NEW)
    assert (user.name, user.language, user.time_zone) == ("Ana Petrova", "mk", "Europe/Skopje")
    assert not user.has_usable_password()
    assert not session_owner(client).is_authenticated
    log_in_by_code(client, user)
    assert client.get("/").status_code == 200
    assert actor_for(user, strumica).role == Role.EVALUATOR
    with tenant_context(strumica):
        assert Entry.objects.get(verb="invitation.accepted").actor == user


def test_form_of_a_new_person_keeps_what_was_typed(path: str, client_on: ClientOn) -> None:
    response = client_on(HERE).post(path, {"name": "", "language": "mk", "time_zone": "Moon/Sea"})

    body = response.content.decode()
    assert response.status_code == 422
    assert "error-summary" in body
    assert '<option value="mk" selected>' in body
    assert not User.objects.filter(email=NEW).exists()


def test_used_link_is_gone(path: str, client_on: ClientOn) -> None:
    client_on(HERE).post(path, ABOUT_ME)
    before = snapshot()

    again, other = client_on(HERE).post(path, ABOUT_ME), client_on(HERE).get(path)

    assert (again.status_code, other.status_code) == (410, 410)
    assert "Lidija Lead" not in other.content.decode()
    assert snapshot() == before


def test_withdrawn_link_is_gone(path: str, lead: User, strumica: Municipality, client_on: ClientOn) -> None:
    client = logged_in(client_on(HERE), lead)

    client.post(on_tenant("people:withdraw", invitation_of(NEW).public_id))

    assert client_on(HERE).post(path, ABOUT_ME).status_code == 410
    assert not User.objects.filter(email=NEW).exists()
    with tenant_context(strumica):
        assert Entry.objects.filter(verb="invitation.withdrawn").count() == 1


@pytest.mark.parametrize(
    ("age", "status"), [(timedelta(days=6, hours=23), 302), (timedelta(days=7), 410), (timedelta(days=70), 410)]
)
def test_link_is_good_for_seven_days(
    age: timedelta, status: int, path: str, client_on: ClientOn, later: Callable[[timedelta], None]
) -> None:
    later(age)

    assert client_on(HERE).post(path, ABOUT_ME).status_code == status


@pytest.mark.parametrize("host", [ELSEWHERE, "localhost"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_link_is_unknown_on_every_other_host(
    host: str, method: str, path: str, haifa: Municipality, client_on: ClientOn
) -> None:
    before = snapshot()

    assert getattr(client_on(host), method)(path, ABOUT_ME).status_code == 404
    assert snapshot() == before


@pytest.mark.parametrize("token", ["x", "0" * 43, "%00", "a" * 2000, "..", "é"])
def test_invented_link_is_not_found(token: str, strumica: Municipality, client_on: ClientOn) -> None:
    assert client_on(HERE).get(f"/invitation/{token}/").status_code == 404


def test_somebody_with_an_account_logs_in_first(strumica: Municipality, lead: User, client_on: ClientOn) -> None:
    person = make_user(email="hans@example.org")
    path = invited(lead, strumica, person.email)
    client = client_on(HERE)

    page = client.get(path)
    posted = client.post(path, ABOUT_ME)
    log_in_by_code(client, person, posted["Location"])
    accepted = client.post(path)

    assert page.status_code == 200
    assert posted["Location"].startswith("/account/login/?next=%2Finvitation%2F")
    assert accepted["Location"] == "/"
    assert client.get("/").status_code == 200
    person.refresh_from_db()
    assert person.name == "Hans"


def test_somebody_else_cannot_accept(path: str, strumica: Municipality, client_on: ClientOn) -> None:
    other = make_member(strumica, Role.VIEWER)
    client = logged_in(client_on(HERE), other)

    answers = [client.get(path).status_code, client.post(path, ABOUT_ME).status_code]

    assert answers == [403, 403]
    assert invitation_of(NEW).accepted_at is None
    assert Membership.objects.filter(user=other).count() == 1


def test_stranger_with_the_link_of_another_account_gets_nothing(
    strumica: Municipality, lead: User, client_on: ClientOn
) -> None:
    path = invited(lead, strumica, make_user().email)
    thief = make_user()
    client = logged_in(client_on(HERE), thief)

    assert client.post(path).status_code == 403
    with pytest.raises(Refused):
        invitations.accept_as(thief, Invitation.objects.get())


def test_somebody_deactivated_cannot_accept(strumica: Municipality, lead: User, client_on: ClientOn) -> None:
    person = make_user()
    path = invited(lead, strumica, person.email)
    deactivate(person)

    assert client_on(HERE).post(path, ABOUT_ME).status_code == 403
    assert not Membership.objects.filter(user=person).exists()


def test_invitation_kept_open_while_the_person_joined_another_way(
    strumica: Municipality, lead: User, client_on: ClientOn
) -> None:
    person = make_user()
    path = invited(lead, strumica, person.email)
    Membership.objects.create(user=person, municipality=strumica, role=Role.VIEWER)

    response = logged_in(client_on(HERE), person).post(path)

    assert response.status_code == 422
    assert Membership.objects.filter(user=person).count() == 1


def test_sending_again_makes_a_new_link_and_kills_the_old_one(
    path: str, lead: User, client_on: ClientOn, later: Callable[[timedelta], None]
) -> None:
    client = logged_in(client_on(HERE), lead)
    resend = on_tenant("people:resend", invitation_of(NEW).public_id)
    client.post(resend)
    assert Message.objects.filter(email=NEW).count() == 1
    later(timedelta(minutes=6))

    client.post(resend)

    new = mailed_path(NEW)
    assert new != path
    assert client_on(HERE).get(path).status_code == 404
    assert client_on(HERE).post(new, ABOUT_ME).status_code == 302


def test_expired_invitation_is_sent_again(
    path: str, lead: User, client_on: ClientOn, later: Callable[[timedelta], None]
) -> None:
    later(timedelta(days=8))
    client = logged_in(client_on(HERE), lead)
    page = client.get(on_tenant("people:list")).content.decode()

    client.post(on_tenant("people:resend", invitation_of(NEW).public_id))

    assert "Expired" in page
    assert client_on(HERE).post(mailed_path(NEW), ABOUT_ME).status_code == 302


def test_who_is_in_or_invited_is_not_invited_again(path: str, lead: User, client_on: ClientOn) -> None:
    client = logged_in(client_on(HERE), lead)

    twice = client.post(on_tenant("people:invite"), {"email": NEW.upper(), "role": "viewer"})
    inside = client.post(on_tenant("people:invite"), {"email": lead.email, "role": "viewer"})

    assert (twice.status_code, inside.status_code) == (422, 422)
    assert "is invited already" in twice.content.decode()
    assert "already works here" in inside.content.decode()
    assert f'value="{NEW.upper()}"' in twice.content.decode()
    assert Invitation.objects.count() == 1


def test_both_municipalities_may_invite_one_address(
    path: str, strumica: Municipality, haifa: Municipality, client_on: ClientOn
) -> None:
    other = invited(make_member(haifa, Role.LEAD), haifa, NEW)
    client_on(HERE).post(path, ABOUT_ME)
    user = User.objects.get(email=NEW)

    client_on(ELSEWHERE).post(other, {"name": "Mallory", "language": "he", "time_zone": "UTC"})

    user.refresh_from_db()
    assert user.name == "Ana Petrova"
    assert actor_for(user, haifa).role is None
    logged_in(client_on(ELSEWHERE), user).post(other)
    assert actor_for(user, haifa).role == Role.MEMBER


def test_no_more_than_a_hundred_invitations_are_open(
    strumica: Municipality, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "MOST_OPEN", 2)
    for number in range(2):
        invited(lead, strumica, f"new{number}@example.org")

    with pytest.raises(Refused):
        invited(lead, strumica, "new3@example.org")


@pytest.mark.parametrize("role", [role for role in Role if role != Role.LEAD])
def test_services_ask_for_the_right_themselves(role: Role, path: str, strumica: Municipality) -> None:
    person = make_member(strumica, role)
    invitation = invitation_of(NEW)

    for step in (invitations.resend, invitations.withdraw):
        with pytest.raises(Forbidden):
            step(invitation, actor=acting(person, strumica))
    with pytest.raises(Forbidden):
        invitations.invite(strumica, actor=acting(person, strumica), email="x@example.org", role=Role.VIEWER)


def test_invitation_of_another_municipality_is_not_found(path: str, haifa: Municipality, client_on: ClientOn) -> None:
    client = logged_in(client_on(ELSEWHERE), make_member(haifa, Role.LEAD))
    public_id = invitation_of(NEW).public_id

    answers = [client.post(on_tenant(name, public_id)).status_code for name in ("people:resend", "people:withdraw")]

    assert answers == [404, 404]


def test_hostile_names_stay_text_in_mail_and_page(strumica: Municipality, client_on: ClientOn) -> None:
    hostile = 'Eve <a href="https://evil.example">https://evil.example</a>\nBcc: all@example.org'
    lead = make_member(strumica, Role.LEAD, name=hostile[:150])
    path = invited(lead, strumica, NEW)

    message, page = Message.objects.get(email=NEW), client_on(HERE).get(path).content.decode()

    assert "\n" not in message.subject
    assert "https://evil" not in message.html + message.text
    assert 'href="https://evil' not in page


@pytest.mark.parametrize("racers", [2, 8])
def test_link_used_by_many_at_once_makes_one_account_and_one_membership(
    racers: int, transactional_db: None, in_own_connection: Callable[..., Any]
) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    path = invited(make_member(strumica, Role.LEAD), strumica, NEW)
    token = path.strip("/").split("/")[-1]

    @in_own_connection
    def accept(_number: int) -> bool:
        invitation = Invitation.objects.get(token_digest=digest_of(token))
        with tenant_context(strumica):
            try:
                invitations.accept_as_new(invitation, **ABOUT_ME)
            except Conflict:
                return False
        return True

    with ThreadPoolExecutor(racers) as pool:
        done = list(pool.map(accept, range(racers)))

    assert done.count(True) == 1
    assert User.objects.filter(email=NEW).count() == 1
    assert Membership.objects.filter(user__email=NEW).count() == 1


def test_two_municipalities_accepted_at_once_make_one_account(
    transactional_db: None, in_own_connection: Callable[..., Any]
) -> None:
    both = [Municipality.objects.get(schema_name=name) for name in ("strumica", "haifa")]
    for municipality in both:
        invited(make_member(municipality, Role.LEAD), municipality, NEW)

    @in_own_connection
    def accept(municipality: Municipality) -> bool:
        with tenant_context(municipality):
            try:
                invitations.accept_as_new(Invitation.objects.get(municipality=municipality), **ABOUT_ME)
            except Conflict:
                return False
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(accept, both))

    assert sorted(done) == [False, True]
    assert User.objects.filter(email=NEW).count() == 1
    assert Invitation.objects.filter(accepted_at__isnull=True).count() == 1


def test_two_leads_who_invite_one_address_at_once_invite_it_once(
    transactional_db: None, in_own_connection: Callable[..., Any]
) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    leads = [make_member(strumica, Role.LEAD) for _number in range(3)]

    @in_own_connection
    def send(lead: User) -> bool:
        try:
            invited(lead, strumica, NEW)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(send, leads))

    assert done.count(True) == 1
    assert Message.objects.filter(email=NEW).count() == 1
