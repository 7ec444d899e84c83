"""What coordinators do with accounts: deactivate, open again, anonymise, appoint, dismiss; and never delete."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.db.utils import IntegrityError
from django.http import Http404
from django.test import Client
from django_tenants.utils import tenant_context

from programs.enums import Role
from programs.models import Invitation, Membership, Municipality
from programs.people.services.coordinators import appoint_coordinator, dismiss_coordinator
from programs.people.services.lifecycle import anonymise_person, deactivate_person, reactivate_person
from programs.people.services.memberships import change_role
from programs.queries import actor_for
from tech4muni.accounts.models import User
from tech4muni.audit.models import Entry
from tech4muni.audit.verification import verify
from tech4muni.core.errors import Conflict, Refused
from tech4muni.notifications.models import Message
from tests.accounts.steps import ask_for_code, log_in_by_code, log_in_by_password, session_owner, who_is
from tests.factories.people import make_coordinator, make_member, make_user
from tests.programs.steps import acting, invited, logged_in

ClientOn = Callable[[str], Client]
HERE = "strumica.localhost"
STEPS = [deactivate_person, reactivate_person, anonymise_person, dismiss_coordinator]


@pytest.fixture
def coordinator(db: None) -> User:
    return make_coordinator(name="Carla Coordinator")


@pytest.mark.parametrize("step", STEPS)
def test_only_coordinators_may(step: Any, strumica: Municipality, coordinator: User) -> None:
    target = make_user()
    former = make_coordinator(is_active=False)

    for actor in (make_user(), make_member(strumica, Role.LEAD), former):
        with pytest.raises(Http404):
            step(target, actor=actor, reason="x")
        with pytest.raises(Http404):
            appoint_coordinator("new@example.org", actor=actor)


@pytest.mark.parametrize("step", STEPS)
def test_a_reason_is_demanded(step: Any, coordinator: User) -> None:
    with pytest.raises(Refused) as refused:
        step(make_user(), actor=coordinator, reason="  ")

    assert refused.value.field == "reason"


@pytest.mark.parametrize("step", [deactivate_person, anonymise_person, dismiss_coordinator])
def test_nobody_does_it_to_themselves(step: Any, coordinator: User) -> None:
    make_coordinator()

    with pytest.raises(Refused):
        step(coordinator, actor=coordinator, reason="x")


@pytest.mark.parametrize("step", [deactivate_person, anonymise_person, dismiss_coordinator])
def test_last_coordinators_do_not_remove_each_other_at_once(
    step: Any, transactional_db: None, in_own_connection: Callable[..., Any]
) -> None:
    first, second = make_coordinator(), make_coordinator()

    @in_own_connection
    def remove(pair: tuple[User, User]) -> bool:
        actor, target = (User.objects.get(pk=person.pk) for person in pair)
        try:
            step(target, actor=actor, reason="x")
        except (Refused, Http404):
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(remove, [(first, second), (second, first)]))

    assert User.objects.filter(is_coordinator=True, is_active=True).count() == 1


def test_deactivated_person_is_out_everywhere_at_once_and_does_not_get_in(
    coordinator: User, strumica: Municipality, client_on: ClientOn
) -> None:
    person = make_member(strumica, Role.MEMBER)
    clients = [client_on(host) for host in ("localhost", HERE)]
    for client in clients:
        log_in_by_password(client, person)

    deactivate_person(person, actor=coordinator, reason="Left the city.")

    assert [who_is(client) for client in clients] == [None, None]
    log_in_by_password(clients[0], person)
    ask_for_code(clients[1], person.email)
    assert [who_is(client) for client in clients] == [None, None]
    assert not Message.objects.filter(kind="programs.login_code").exists()
    entry = Entry.objects.get(verb="person.deactivated")
    assert (entry.actor, entry.reason, entry.target_id) == (coordinator, "Left the city.", str(person.public_id))


def test_opened_again_a_person_is_what_they_were(
    coordinator: User, strumica: Municipality, client_on: ClientOn
) -> None:
    person = make_member(strumica, Role.APPROVER)
    deactivate_person(person, actor=coordinator, reason="By mistake")
    old = client_on(HERE)

    reactivate_person(person, actor=coordinator, reason="It was a mistake")
    log_in_by_code(old, person)

    assert old.get("/").status_code == 200
    assert actor_for(User.objects.get(pk=person.pk), strumica).role == Role.APPROVER


@pytest.mark.parametrize("step", [deactivate_person, reactivate_person, anonymise_person])
def test_second_time_is_a_conflict(step: Any, coordinator: User) -> None:
    person = make_user()
    if step is reactivate_person:
        deactivate_person(person, actor=coordinator, reason="x")
    step(person, actor=coordinator, reason="x")

    with pytest.raises(Conflict):
        step(person, actor=coordinator, reason="x")


@pytest.mark.parametrize("step", [deactivate_person, anonymise_person])
def test_coordinators_are_told_when_no_lead_is_left(
    step: Any, coordinator: User, strumica: Municipality, haifa: Municipality
) -> None:
    person = make_member(strumica, Role.LEAD)
    Membership.objects.create(user=person, municipality=haifa, role=Role.LEAD)
    make_member(haifa, Role.LEAD)

    step(person, actor=coordinator, reason="Left the city.")

    told = Message.objects.get(kind="programs.without_lead")
    assert (told.user, told.schema_name) == (coordinator, "strumica")
    assert "Left the city." in told.text


def test_person_who_leads_nothing_is_nobodys_news(coordinator: User, strumica: Municipality) -> None:
    deactivate_person(make_member(strumica, Role.MEMBER), actor=coordinator, reason="x")

    assert not Message.objects.exists()


CANARIES = ("Zvonko", "kanarinka", "zvonko.kanarinka@example.org")


def rows_that_tell(canary: str) -> dict[str, int]:
    """How many rows of each table, in all schemas, hold a text, the trails apart."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables"
            " WHERE schemaname IN ('public', 'strumica', 'haifa') AND tablename != 'audit_entry'"
        )
        for schema, table in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{schema}"."{table}" t WHERE t::text ILIKE %s', [f"%{canary}%"])
            if count := cursor.fetchone()[0]:
                found[f"{schema}.{table}"] = count
    return found


def test_anonymised_person_is_told_by_no_row_but_the_trails(
    coordinator: User, strumica: Municipality, haifa: Municipality, client_on: ClientOn
) -> None:
    lead = make_member(strumica, Role.LEAD)
    invited(lead, strumica, CANARIES[2])
    person = make_user(email=CANARIES[2], name="Zvonko Kanarinka", language="mk", time_zone="Europe/Skopje")
    Membership.objects.create(user=person, municipality=strumica, role=Role.MEMBER)
    Membership.objects.create(user=person, municipality=haifa, role=Role.VIEWER)
    client = client_on(HERE)
    log_in_by_code(client, person)
    ask_for_code(client_on("localhost"), person.email)
    password = person.password

    anonymise_person(person, actor=coordinator, reason="On request")

    assert {canary: rows_that_tell(canary) for canary in CANARIES} == {canary: {} for canary in CANARIES}
    person.refresh_from_db()
    assert (person.is_active, person.is_coordinator, person.last_login) == (False, False, None)
    assert person.password != password
    assert not person.has_usable_password()
    assert not session_owner(client).is_authenticated
    assert Message.objects.filter(user=person, state="waiting").count() == 0
    assert Invitation.objects.get().revoked_at is not None


def test_anonymised_persons_rows_and_trails_stay(coordinator: User, strumica: Municipality) -> None:
    person = make_member(strumica, Role.MEMBER, name="Zvonko Kanarinka")
    lead = make_member(strumica, Role.LEAD)
    with tenant_context(strumica):
        change_role(person.memberships.get(), actor=acting(lead, strumica), role=Role.EVALUATOR)
        [before] = Entry.objects.values_list("digest", flat=True)
    ids = (person.pk, person.public_id)

    anonymise_person(person, actor=coordinator, reason="On request")

    person.refresh_from_db()
    assert (person.pk, person.public_id) == ids
    assert Membership.objects.get(user=person).ended_at is not None
    with tenant_context(strumica):
        ended, changed = Entry.objects.order_by("-number")
    assert (ended.verb, ended.target_id) == ("membership.ended", str(person.public_id))
    assert (changed.digest, changed.target_label) == (before, "Zvonko Kanarinka")
    assert Entry.objects.get(verb="person.anonymised").target_label == person.email
    verify("strumica")
    verify("public")


def test_anonymised_account_is_never_opened_again(coordinator: User) -> None:
    person = make_user()
    anonymise_person(person, actor=coordinator, reason="x")

    with pytest.raises(Refused):
        reactivate_person(person, actor=coordinator, reason="x")


def test_address_of_an_anonymised_person_is_free_again(
    coordinator: User, strumica: Municipality, client_on: ClientOn
) -> None:
    person = make_user()
    email = person.email
    anonymise_person(person, actor=coordinator, reason="x")
    path = invited(make_member(strumica, Role.LEAD), strumica, email)

    client_on(HERE).post(path, {"name": "Again", "language": "mk", "time_zone": "UTC"})

    assert User.objects.get(email=email).pk != person.pk


class TestNeverDeleted:
    """No way leads to the deletion of a person."""

    def test_not_by_the_model(self, db: None) -> None:
        with pytest.raises(ProtectedError):
            make_user().delete()

    def test_not_by_a_query(self, db: None) -> None:
        person = make_user()

        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=person.pk).delete()
        assert User.objects.filter(pk=person.pk).exists()

    def test_not_by_sql(self, db: None) -> None:
        make_user()

        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM accounts_user")
        assert User.objects.exists()

    def test_not_in_the_admin(self, coordinator: User, client_on: ClientOn) -> None:
        person = make_user()
        client = logged_in(client_on("localhost"), coordinator)

        client.post(f"/admin/accounts/user/{person.pk}/delete/", {"post": "yes"})

        assert User.objects.filter(pk=person.pk).exists()


def test_somebody_new_is_appointed_and_logs_in_by_code(coordinator: User, client_on: ClientOn) -> None:
    person = appoint_coordinator(" New@Example.org ", actor=coordinator, name="Nina New", language="de")
    client = client_on("localhost")

    log_in_by_code(client, person)

    assert person.is_staff
    message = Message.objects.get(kind="programs.coordinator_appointed")
    assert (message.email, message.language, message.schema_name) == ("new@example.org", "de", "")
    assert "https://localhost/admin/" in message.text
    assert client.get("/admin/")["Location"] == "/account/second-factor/"
    assert Entry.objects.get(verb="person.appointed").actor == coordinator


def test_somebody_known_is_appointed_once(coordinator: User) -> None:
    person = make_user()
    appoint_coordinator(person.email, actor=coordinator)

    with pytest.raises(Conflict):
        appoint_coordinator(person.email, actor=coordinator)
    assert User.objects.filter(email=person.email).count() == 1


def test_somebody_deactivated_is_not_appointed(coordinator: User) -> None:
    person = make_user()
    deactivate_person(person, actor=coordinator, reason="x")

    with pytest.raises(Refused):
        appoint_coordinator(person.email, actor=coordinator)


def test_dismissed_coordinator_keeps_their_account(coordinator: User, client_on: ClientOn) -> None:
    other = make_coordinator()
    client = logged_in(client_on("localhost"), other)

    dismiss_coordinator(other, actor=coordinator, reason="New job")

    assert client.get("/admin/").status_code in {302, 404}
    assert who_is(client) == other
    with pytest.raises(Conflict):
        dismiss_coordinator(other, actor=coordinator, reason="New job")
