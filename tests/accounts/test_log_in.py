"""Logging in: by code and by password, on every host, and what strangers learn from it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from programs.enums import Role
from programs.models import Municipality
from tech4muni.accounts.models import User
from tech4muni.accounts.services import deactivate
from tech4muni.notifications.models import Message
from tests.accounts.steps import (
    CODE,
    LOG_IN,
    ask_for_code,
    log_in_by_code,
    log_in_by_password,
    mailed_code,
    session_owner,
    who_is,
    without_noise,
)
from tests.factories.people import PASSWORD, make_coordinator, make_member, make_user

ClientOn = Callable[[str], Client]
HOSTS = ("localhost", "strumica.localhost", "haifa.localhost")


@pytest.fixture
def dana(db: None) -> User:
    return make_user(email="dana@example.org", name="Dana Levi", language="he")


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("log_in", [log_in_by_code, log_in_by_password])
def test_somebody_logs_in_on_every_host(host: str, log_in: Any, dana: User, client_on: ClientOn) -> None:
    client = client_on(host)

    response = log_in(client, dana)

    assert (response.status_code, response["Location"]) == (302, "/")
    assert who_is(client) == dana


def test_address_is_taken_without_regard_to_case_and_blanks(dana: User, client_on: ClientOn) -> None:
    client = client_on("localhost")

    client.post(LOG_IN, {"login": " DANA@Example.org ", "password": PASSWORD})

    assert who_is(client) == dana


def test_code_goes_through_the_outbox_in_the_receivers_language(dana: User, client_on: ClientOn) -> None:
    before = timezone.now()

    ask_for_code(client_on("strumica.localhost"), dana.email)

    message = Message.objects.get(email=dana.email)
    assert (message.kind, message.user, message.language) == ("programs.login_code", dana, "he")
    assert message.private
    assert message.expires_at is not None
    assert timedelta(minutes=9) < message.expires_at - before < timedelta(minutes=11)
    assert mailed_code(dana.email) not in message.subject
    assert 'dir="rtl"' in message.html


def test_known_and_unknown_addresses_get_the_same_answers(dana: User, client_on: ClientOn) -> None:
    answers = []
    for email in (dana.email, "nobody@example.org"):
        client = client_on("localhost")
        asked = ask_for_code(client, email)
        page = client.get(asked["Location"])
        wrong = client.post(asked["Location"], {"code": "BBBB-BBBB"})
        answers.append([asked.status_code, asked["Location"]])
        answers[-1] += [(seen.status_code, without_noise(seen.content, email)) for seen in (page, wrong)]

    assert answers[0] == answers[1]
    assert not Message.objects.filter(email="nobody@example.org").exists()


def test_wrong_password_and_unknown_address_get_the_same_answer(dana: User, client_on: ClientOn) -> None:
    answers = []
    for email in (dana.email, "nobody@example.org"):
        response = client_on("localhost").post(LOG_IN, {"login": email, "password": "not the password"})
        answers.append((response.status_code, without_noise(response.content, email)))

    assert answers[0] == answers[1]
    assert answers[0][0] == 422


def test_somebody_deactivated_looks_unknown(dana: User, client_on: ClientOn) -> None:
    deactivate(dana)

    asked = ask_for_code(client_on("localhost"), dana.email)

    assert (asked.status_code, asked["Location"]) == (302, CODE)
    assert not Message.objects.exists()


def test_somebody_deactivated_does_not_get_in_with_the_right_password(dana: User, client_on: ClientOn) -> None:
    deactivate(dana)
    client = client_on("localhost")

    response = log_in_by_password(client, dana)

    assert response["Location"] == reverse("account_inactive")
    assert not session_owner(client).is_authenticated


def test_somebody_deactivated_between_code_and_log_in_does_not_get_in(dana: User, client_on: ClientOn) -> None:
    client = client_on("localhost")
    ask_for_code(client, dana.email)
    code = mailed_code(dana.email)
    deactivate(dana)

    client.post(CODE, {"code": code})

    assert not session_owner(client).is_authenticated


def test_code_can_be_typed_small_and_without_the_dash(dana: User, client_on: ClientOn) -> None:
    client = client_on("localhost")
    ask_for_code(client, dana.email)

    client.post(CODE, {"code": mailed_code(dana.email).lower().replace("-", "")})

    assert who_is(client) == dana


def test_code_is_spent_after_three_wrong_tries(dana: User, client_on: ClientOn) -> None:
    client = client_on("localhost")
    ask_for_code(client, dana.email)
    code = mailed_code(dana.email)

    answers = [client.post(CODE, {"code": "BBBB-BBBB"}).status_code for _try in range(3)]
    client.post(CODE, {"code": code})

    assert answers == [422, 422, 302]
    assert not session_owner(client).is_authenticated


def test_code_is_good_for_ten_minutes(dana: User, client_on: ClientOn, later: Callable[..., None]) -> None:
    client = client_on("localhost")
    ask_for_code(client, dana.email)
    later(timedelta(minutes=10, seconds=1))

    response = client.post(CODE, {"code": mailed_code(dana.email)})

    assert response["Location"] == LOG_IN
    assert not session_owner(client).is_authenticated


def test_code_works_in_no_other_browser(dana: User, client_on: ClientOn) -> None:
    ask_for_code(client_on("localhost"), dana.email)
    other = client_on("localhost")

    response = other.post(CODE, {"code": mailed_code(dana.email)})

    assert response["Location"] == LOG_IN
    assert not session_owner(other).is_authenticated


def test_new_code_takes_the_place_of_the_old_one(dana: User, client_on: ClientOn) -> None:
    client = client_on("localhost")
    ask_for_code(client, dana.email)
    old = mailed_code(dana.email)
    client.post(CODE, {"action": "resend"})

    refused = client.post(CODE, {"code": old})
    client.post(CODE, {"code": mailed_code(dana.email)})

    assert refused.status_code == 422
    assert who_is(client) == dana


def test_no_more_codes_than_three_in_five_minutes_to_one_address(dana: User, client_on: ClientOn) -> None:
    answers = [ask_for_code(client_on(host), dana.email).status_code for host in HOSTS * 2]

    assert answers == [302, 302, 302, 422, 422, 422]
    assert Message.objects.filter(email=dana.email).count() == 3


def test_nobodys_mailbox_is_flooded(dana: User, client_on: ClientOn, later: Callable[[timedelta], None]) -> None:
    for minutes in range(0, 60, 4):
        later(timedelta(minutes=minutes))
        client = client_on("localhost")
        ask_for_code(client, dana.email)
        for _time in range(3):
            client.post(CODE, {"action": "resend"})

    assert Message.objects.filter(email=dana.email).count() == 6 * 2


def test_wrong_passwords_are_counted_across_hosts_and_addresses_of_origin(dana: User, client_on: ClientOn) -> None:
    for number, host in enumerate(HOSTS * 2):
        client = client_on(host)
        client.post(LOG_IN, {"login": dana.email, "password": "wrong"}, REMOTE_ADDR=f"192.0.2.{number}")
    client = client_on("localhost")

    response = client.post(LOG_IN, {"login": dana.email, "password": PASSWORD})

    assert response.status_code == 422
    assert "Too many tries" in response.content.decode()
    assert not session_owner(client).is_authenticated


def test_forwarded_for_buys_no_further_tries(dana: User, client_on: ClientOn) -> None:
    answers = [
        client_on("localhost").post(
            LOG_IN,
            {"login": f"person{number}@example.net", "password": "wrong"},
            headers={"X-Forwarded-For": f"198.51.100.{number}", "X-Real-IP": f"198.51.100.{number}"},
        )
        for number in range(31)
    ]

    assert "Too many tries" not in answers[29].content.decode()
    assert "Too many tries" in answers[30].content.decode()


def test_each_client_of_a_trusted_proxy_is_counted_apart(dana: User, client_on: ClientOn, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    spoofed = "203.0.113.99"

    def wrong(number: int, client_ip: str) -> str:
        response = client_on("localhost").post(
            LOG_IN,
            {"login": f"person{number}@example.net", "password": "wrong"},
            headers={"X-Forwarded-For": f"{spoofed}, {client_ip}"},
        )
        return response.content.decode()

    one = [wrong(number, "198.51.100.1") for number in range(31)]

    assert "Too many tries" in one[30]
    assert "Too many tries" not in wrong(31, "198.51.100.2")


def test_too_many_posts_from_one_place_get_429_in_our_look(dana: User, client_on: ClientOn, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    client = client_on("strumica.localhost")

    answers = [client.post(LOG_IN, {"login": "x@example.org", "password": "y"}) for _try in range(3)]

    assert [answer.status_code for answer in answers] == [422, 422, 429]
    assert 'id="main"' in answers[2].content.decode()


def test_session_key_is_another_after_log_in(dana: User, client_on: ClientOn) -> None:
    client = client_on("localhost")
    ask_for_code(client, dana.email)
    before = client.cookies[settings.SESSION_COOKIE_NAME].value

    client.post(CODE, {"code": mailed_code(dana.email)})

    assert client.session.session_key != before
    assert not client.session.exists(before)


def test_after_log_in_one_is_where_one_wanted_to_be(strumica: Municipality, client_on: ClientOn) -> None:
    member = make_member(strumica, Role.VIEWER)
    client = client_on("strumica.localhost")
    asked = client.get("/?tab=2")

    response = log_in_by_code(client, member, asked["Location"])

    assert response["Location"] == "/?tab=2"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "http:evil.example",
        "https:///evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://localhost.evil.example/",
        "https://evil.example\\@localhost/",
        "https://haifa.localhost/",
        "//localhost@evil.example/",
        "/\t/evil.example",
        " https://evil.example/",
        "ftp://localhost/",
    ],
)
@pytest.mark.parametrize("log_in", [log_in_by_code, log_in_by_password])
def test_nobody_is_sent_to_another_site(target: str, log_in: Any, dana: User, client_on: ClientOn) -> None:
    client = client_on("localhost")

    response = log_in(client, dana, f"{LOG_IN}?{urlencode({'next': target})}")

    assert response["Location"] == "/"


def test_form_keeps_the_address_when_it_does_not_hold(dana: User, client_on: ClientOn) -> None:
    response = client_on("localhost").post(LOG_IN, {"login": "dana@nowhere", "password": "x"})

    body = response.content.decode()
    assert response.status_code == 422
    assert 'value="dana@nowhere"' in body
    assert "error-summary" in body
    assert "<title>Error:" in body


@pytest.mark.parametrize(
    "name",
    [
        "account_signup", "account_email", "account_email_verification_sent", "account_confirm_email",
        "account_request_login_code", "account_reset_password_from_key", "mfa_list_webauthn", "mfa_signup_webauthn",
        "mfa_trust", "usersessions_list", "socialaccount_login_cancelled",
    ],
)  # fmt: skip
def test_pages_that_the_product_does_not_have_have_no_address(name: str) -> None:
    for kwargs in ({}, {"key": "x"}, {"uidb36": "1", "key": "x"}):
        with pytest.raises(NoReverseMatch):
            reverse(name, kwargs=kwargs)


@pytest.mark.parametrize(
    "path", ["signup/", "email/", "confirm-email/", "3rdparty/", "social/login/error/", "phone/verify/"]
)
def test_no_sign_up(path: str, db: None, client_on: ClientOn) -> None:
    assert client_on("localhost").post(f"/account/{path}", {"email": "new@example.org"}).status_code == 404
    assert not User.objects.exists()


def test_admin_has_no_log_in_of_its_own(db: None, client_on: ClientOn) -> None:
    coordinator = make_coordinator(second_factor=False)
    client = client_on("localhost")

    client.post("/admin/login/", {"username": coordinator.email, "password": PASSWORD})

    assert not session_owner(client).is_authenticated


def test_hostile_name_stays_text_on_pages_and_in_mails(client_on: ClientOn, db: None) -> None:
    name = '<script>alert(1)</script> <a href="https://evil.example">click</a>'
    person = make_user(email="hostile@example.org", name=name)
    client = client_on("localhost")

    log_in_by_code(client, person)
    page = client.get(reverse("account_profile")).content.decode()

    assert "<script>alert" not in page
    assert 'href="https://evil' not in page
    assert "evil" not in Message.objects.get(email=person.email).html
