"""Sessions: whose they are, where they count, and when they end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from tech4muni.accounts import services, sessions
from tech4muni.accounts.models import User
from tech4muni.accounts.tasks import forget_ended_sessions
from tech4muni.audit.models import Entry
from tests.accounts.steps import log_in_by_code, log_in_by_password, who_is
from tests.factories.people import PASSWORD, make_user

ClientOn = Callable[[str], Client]
HOSTS = ("localhost", "strumica.localhost", "haifa.localhost")
COOKIE = settings.SESSION_COOKIE_NAME


@pytest.fixture
def dana(db: None) -> User:
    return make_user(name="Dana Levi")


def replay(client_on: ClientOn, host: str, cookie: str) -> Client:
    """A client on a host that shows a session cookie copied from elsewhere."""
    client = client_on(host)
    client.cookies[COOKIE] = cookie
    return client


@pytest.mark.parametrize("home", HOSTS)
def test_session_is_nobody_on_other_hosts(home: str, dana: User, client_on: ClientOn) -> None:
    client = client_on(home)
    log_in_by_code(client, dana)
    cookie = client.cookies[COOKIE].value

    elsewhere = {host: who_is(replay(client_on, host, cookie)) for host in HOSTS if host != home}

    assert set(elsewhere.values()) == {None}
    assert who_is(client) == dana


def test_replay_elsewhere_neither_ends_nor_moves_the_session(dana: User, client_on: ClientOn) -> None:
    client = client_on("strumica.localhost")
    log_in_by_code(client, dana)
    cookie = client.cookies[COOKIE].value
    thief = replay(client_on, "haifa.localhost", cookie)

    thief.get(reverse("account_login"))
    thief.post("/account/login/", {"login": "x@example.org", "password": ""})

    assert thief.cookies[COOKIE].value != cookie
    assert SessionStore(cookie)[sessions.HOST] == "strumica.localhost"
    assert who_is(client) == dana


@pytest.mark.parametrize("spelling", ["STRUMICA.localhost", "strumica.localhost:8000", "strumica.localhost:443"])
def test_host_is_the_same_in_any_case_and_on_any_port(spelling: str, dana: User, client_on: ClientOn) -> None:
    client = client_on("strumica.localhost")
    log_in_by_code(client, dana)

    assert who_is(replay(client_on, spelling, client.cookies[COOKIE].value)) == dana


def test_session_that_names_no_host_is_nobody(dana: User, client_on: ClientOn) -> None:
    client = client_on("localhost")
    log_in_by_code(client, dana)
    store = SessionStore(client.cookies[COOKIE].value)
    del store[sessions.HOST]
    store.save()

    assert who_is(client) is None


def test_cookie_is_host_only_secure_and_closed_to_scripts(dana: User, client_on: ClientOn) -> None:
    client = client_on("strumica.localhost")
    log_in_by_code(client, dana)
    cookie = client.cookies[COOKIE]

    assert COOKIE.startswith("__Host-")
    assert (cookie["domain"], cookie["path"]) == ("", "/")
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize(
    ("idle", "stays"),
    [(timedelta(hours=7, minutes=59), True), (timedelta(hours=8), False), (timedelta(days=30), False)],
)
def test_session_ends_after_eight_hours_without_use(
    idle: timedelta, stays: bool, dana: User, client_on: ClientOn, later: Callable[[timedelta], None]
) -> None:
    client = client_on("localhost")
    log_in_by_code(client, dana)

    later(idle)

    assert (who_is(client) == dana) is stays


def test_session_ends_after_seven_days_however_much_it_is_used(
    dana: User, client_on: ClientOn, later: Callable[[timedelta], None]
) -> None:
    client = client_on("localhost")
    log_in_by_code(client, dana)
    key = client.session.session_key

    for hours in range(7, 7 * 24, 7):
        later(timedelta(hours=hours))
        assert who_is(client) == dana, f"after {hours} hours"
    later(timedelta(days=7))

    assert who_is(client) is None
    assert not Session.objects.filter(session_key=key).exists()


def test_clocks_begin_at_log_in_not_before(dana: User, client_on: ClientOn, later: Callable[[timedelta], None]) -> None:
    client = client_on("localhost")
    client.post("/account/login/", {"login": "x@example.org", "password": ""})
    later(timedelta(hours=7))
    log_in_by_password(client, dana)

    for hours in range(14, 7 * 24 + 7, 7):
        later(timedelta(hours=hours))
        assert who_is(client) == dana, f"after {hours} hours"
    later(timedelta(days=7, hours=7))

    assert who_is(client) is None


def test_only_one_request_in_five_minutes_writes_the_session(
    dana: User, client_on: ClientOn, django_assert_num_queries: Any, later: Callable[[timedelta], None]
) -> None:
    client = client_on("localhost")
    client.force_login(dana)
    profile = reverse("account_profile")

    with django_assert_num_queries(3):  # session, person, second factor demanded?
        client.get(profile)
    later(timedelta(minutes=6))
    with django_assert_num_queries(6):  # and the session again, in a savepoint
        client.get(profile)


def test_list_names_hosts_devices_and_times(dana: User, client_on: ClientOn) -> None:
    phone = client_on("haifa.localhost")
    phone.defaults["HTTP_USER_AGENT"] = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1"
    log_in_by_code(phone, dana)
    desk = client_on("localhost")
    desk.defaults["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    log_in_by_code(desk, dana)

    body = desk.get(reverse("account_sessions")).content.decode()

    assert "Safari, iPhone" in body
    assert "haifa.localhost" in body
    assert body.index("Firefox, Linux") < body.index("This session")


@pytest.mark.parametrize("others", [1, 3])
def test_list_takes_the_same_number_of_queries(
    others: int, dana: User, client_on: ClientOn, django_assert_num_queries: Any
) -> None:
    for _number in range(others):
        log_in_by_password(client_on("haifa.localhost"), dana)
    client = client_on("localhost")
    log_in_by_password(client, dana)

    with django_assert_num_queries(5):
        response = client.get(reverse("account_sessions"))

    assert response.content.decode().count("list-group-item") == others + 1


def test_ending_the_others_ends_them_on_all_hosts(dana: User, client_on: ClientOn) -> None:
    clients = [client_on(host) for host in HOSTS]
    for client in clients:
        log_in_by_password(client, dana)
    untracked = client_on("haifa.localhost")
    untracked.force_login(dana)

    clients[0].post(reverse("account_sessions"))

    assert [who_is(client) for client in (*clients, untracked)] == [dana, None, None, None]
    assert Entry.objects.filter(verb="account.sessions_ended", target_id=str(dana.public_id)).count() == 1


def test_other_peoples_sessions_go_on(dana: User, client_on: ClientOn) -> None:
    neighbour = make_user()
    theirs, own = client_on("localhost"), client_on("localhost")
    log_in_by_password(theirs, neighbour)
    log_in_by_password(own, dana)

    own.post(reverse("account_sessions"))

    assert who_is(theirs) == neighbour


def test_changing_the_password_ends_the_others(dana: User, client_on: ClientOn) -> None:
    here, there = client_on("localhost"), client_on("strumica.localhost")
    log_in_by_password(here, dana)
    log_in_by_password(there, dana)
    before = here.session.session_key
    new = "a quite different staple"

    here.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert here.session.session_key != before
    assert (who_is(here), who_is(there)) == (dana, None)
    assert Entry.objects.filter(verb="account.password_changed").count() == 1


def test_deactivation_ends_all_sessions_at_once(dana: User, client_on: ClientOn) -> None:
    clients = [client_on(host) for host in HOSTS]
    for client in clients:
        log_in_by_password(client, dana)

    services.deactivate(dana)

    assert [who_is(client) for client in clients] == [None, None, None]
    services.reactivate(dana)
    assert [who_is(client) for client in clients] == [None, None, None]


def test_log_out_ends_the_session_here_only(dana: User, client_on: ClientOn) -> None:
    here, there = client_on("localhost"), client_on("localhost")
    log_in_by_password(here, dana)
    log_in_by_password(there, dana)
    key = here.session.session_key

    asked = here.get(reverse("account_logout"))
    here.post(reverse("account_logout"))

    assert asked.status_code == 200
    assert (who_is(here), who_is(there)) == (None, dana)
    assert not Session.objects.filter(session_key=key).exists()


def test_sessions_that_are_over_are_forgotten(
    dana: User, client_on: ClientOn, later: Callable[[timedelta], None]
) -> None:
    log_in_by_password(client_on("localhost"), dana)
    later(timedelta(days=6))
    kept = client_on("localhost")
    log_in_by_password(kept, dana)
    later(timedelta(days=8))

    for _time in range(2):  # beat may send it twice
        forget_ended_sessions()

    assert [row.session_key for row in UserSession.objects.all()] == [kept.session.session_key]
    assert [row.session_key for row in Session.objects.all()] == [kept.session.session_key]
