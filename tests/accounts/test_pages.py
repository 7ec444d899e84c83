"""All pages of log-in and account are ours: our frame, language and direction, no template of allauth's own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import allauth
import pytest
from django.template.loader import get_template
from django.test import Client
from django.test.signals import template_rendered
from django.urls import reverse

from tech4muni.accounts import urls
from tech4muni.accounts.models import User
from tests.accounts.steps import ask_for_code, log_in_by_password, mailed_code
from tests.factories.people import PASSWORD, add_second_factor, make_user, totp_code

ClientOn = Callable[[str], Client]
RESET = "/account/password/reset/"
ENTRANCE = ("/account/login/", "/account/inactive/", RESET, f"{RESET}done/")
SIGNED_IN = (
    "/account/",
    "/account/sessions/",
    "/account/password/change/",
    "/account/second-factor/",
    "/account/logout/",
)
PROVEN = (
    "/account/second-factor/app/remove/", "/account/second-factor/passkeys/add/",
    "/account/second-factor/recovery-codes/", "/account/second-factor/recovery-codes/new/",
)  # fmt: skip


@pytest.fixture
def foreign() -> Any:
    """The templates of allauth's own that are rendered during the test."""
    home = str(Path(allauth.__path__[0]))
    found: list[str] = []

    def note(template: Any, **_more: Any) -> None:
        if template.origin and str(template.origin.name).startswith(home):
            found.append(template.name)

    template_rendered.connect(note)
    yield found
    template_rendered.disconnect(note)


@pytest.fixture
def dana(db: None) -> User:
    return make_user(name="Dana Levi", language="he")


def assert_ours(response: Any) -> None:
    """The page stands in our frame, in Hebrew."""
    body = response.content.decode()
    assert response.status_code in {200, 422}
    assert '<html lang="he" dir="rtl"' in body
    assert 'id="main"' in body
    assert body.count("<h1") == 1


@pytest.mark.parametrize("path", ENTRANCE)
def test_entrance(path: str, db: None, client_on: ClientOn, foreign: list[str]) -> None:
    client = client_on("haifa.localhost")
    client.cookies["__Host-language"] = "he"

    assert_ours(client.get(path))
    assert foreign == []


@pytest.mark.parametrize("path", SIGNED_IN)
def test_account(path: str, dana: User, client_on: ClientOn, foreign: list[str]) -> None:
    client = client_on("localhost")
    client.force_login(dana)

    assert_ours(client.get(path))
    assert foreign == []


def test_codes_and_second_step(dana: User, client_on: ClientOn, foreign: list[str]) -> None:
    client = client_on("haifa.localhost")
    client.cookies["__Host-language"] = "he"
    secret = add_second_factor(dana)

    code_page = client.get(ask_for_code(client, dana.email)["Location"])
    wrong = client.post("/account/login/code/", {"code": "x"})
    step = client.post("/account/login/code/", {"code": mailed_code(dana.email)})
    step_page = client.get(step["Location"])
    client.post(step["Location"], {"code": totp_code(secret)})
    again = client.get("/account/again/second-factor/")

    for page in (code_page, wrong, step_page, again):
        assert_ours(page)
    assert foreign == []


@pytest.mark.parametrize("path", PROVEN)
def test_sensitive_pages(path: str, dana: User, client_on: ClientOn, foreign: list[str]) -> None:
    client = client_on("localhost")
    client.force_login(dana)
    secret = add_second_factor(dana)
    client.post("/account/again/second-factor/", {"code": totp_code(secret)})
    client.post("/account/second-factor/recovery-codes/new/")

    assert_ours(client.get(path))
    assert foreign == []


def test_forgotten_password(dana: User, client_on: ClientOn, foreign: list[str]) -> None:
    client = client_on("haifa.localhost")
    client.cookies["__Host-language"] = "he"
    new = "quite another staple"

    asked = client.post(RESET, {"email": dana.email})
    code_page = client.get(asked["Location"])
    confirmed = client.post(asked["Location"], {"code": mailed_code(dana.email)})
    new_page = client.get(confirmed["Location"])
    short = client.post(confirmed["Location"], {"password1": "short", "password2": "short"})
    done = client.post(confirmed["Location"], {"password1": new, "password2": new})
    done_page = client.get(done["Location"])

    for page in (code_page, new_page, short, done_page):
        assert_ours(page)
    assert short.status_code == 422
    assert foreign == []
    dana.refresh_from_db()
    assert dana.check_password(new)


def test_forgotten_password_of_an_unknown_address_looks_the_same(db: None, client_on: ClientOn) -> None:
    client = client_on("localhost")

    asked = client.post(RESET, {"email": "nobody@example.org"})

    assert asked["Location"] == f"{RESET}code/"
    assert client.get(asked["Location"]).status_code == 200


def test_new_password_ends_all_sessions(dana: User, client_on: ClientOn) -> None:
    old, client = client_on("localhost"), client_on("localhost")
    log_in_by_password(old, dana)
    client.post(RESET, {"email": dana.email})
    client.post(f"{RESET}code/", {"code": mailed_code(dana.email)})

    client.post(f"{RESET}new/", {"password1": "quite another staple", "password2": "quite another staple"})

    assert old.get("/account/").status_code == 302


def test_first_password_is_set_without_an_old_one(dana: User, client_on: ClientOn) -> None:
    dana.set_unusable_password()
    dana.save()
    client = client_on("localhost")
    client.force_login(dana)

    asked = client.get("/account/password/change/")
    client.post("/account/password/set/", {"password1": PASSWORD, "password2": PASSWORD})

    dana.refresh_from_db()
    assert asked["Location"] == "/account/password/set/"
    assert dana.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("password", "why"),
    [("short", "too short"), ("password1234", "too common"), ("dana-levi-dana", "too similar")],
)
def test_weak_password_is_refused(password: str, why: str, client_on: ClientOn, db: None) -> None:
    person = make_user(email="dana-levi-dana@example.org")
    client = client_on("localhost")
    client.force_login(person)

    response = client.post(
        "/account/password/change/", {"oldpassword": PASSWORD, "password1": password, "password2": password}
    )

    assert response.status_code == 422
    assert why in response.content.decode()


def test_profile_is_changed_in_words_and_zone(dana: User, client_on: ClientOn) -> None:
    client = client_on("localhost")
    client.force_login(dana)

    response = client.post("/account/", {"name": "דנה לוי", "language": "de", "time_zone": "Asia/Jerusalem"})

    dana.refresh_from_db()
    assert response["Location"] == "/account/"
    assert (dana.name, dana.language, dana.time_zone) == ("דנה לוי", "de", "Asia/Jerusalem")
    assert '<html lang="de"' in client.get("/account/").content.decode()


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "x" * 151}, {"language": "xx"}, {"time_zone": "Moon/Sea"}, {"time_zone": ""}]
)
def test_profile_refuses_nonsense_and_keeps_what_was_typed(
    wrong: dict[str, str], dana: User, client_on: ClientOn
) -> None:
    client = client_on("localhost")
    client.force_login(dana)

    response = client.post("/account/", {"name": "Kept Name", "language": "he", "time_zone": "UTC", **wrong})

    dana.refresh_from_db()
    assert response.status_code == 422
    assert dana.name == "Dana Levi"
    assert "name" in wrong or 'value="Kept Name"' in response.content.decode()


def test_profile_changes_no_right_and_no_address(dana: User, client_on: ClientOn) -> None:
    client = client_on("localhost")
    client.force_login(dana)
    email = dana.email

    client.post(
        "/account/",
        {
            "name": "Dana", "language": "he", "time_zone": "UTC", "is_coordinator": "on", "email": "x@example.org",
            "is_active": "", "session_round": "7",
        },
    )  # fmt: skip

    dana.refresh_from_db()
    assert (dana.email, dana.is_coordinator, dana.is_active, dana.session_round) == (email, False, True, 0)


def test_every_page_of_allauths_has_a_template_of_ours() -> None:
    for pattern in urls.urlpatterns:
        name = getattr(pattern.callback, "view_initkwargs", {}).get("template_name")
        if name is not None:
            origin = get_template(name).origin.name  # type: ignore[attr-defined]
            assert "site-packages" not in origin, name
    assert reverse("account_login") == "/account/login/"
