"""What every answer tells the browser: how strict to be, and to keep nothing that is private."""

from collections.abc import Callable
from http.cookies import Morsel, SimpleCookie

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from programs.enums import Role
from programs.models import Municipality
from tech4muni.accounts.models import User
from tests.factories.people import make_coordinator, make_member
from tests.urls import URLCONFS, all_paths

ClientOn = Callable[[str], Client]

EXPECTED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Permitted-Cross-Domain-Policies": "none",
}
# Pages that are the same for everybody, and may be kept.
KEPT = {"core:brand-css", "market:calls_feed"}
ADDRESSES = [(host, name, path) for host, urlconf in URLCONFS.items() for name, path in all_paths(urlconf).items()]


def assert_strict(response: HttpResponseBase) -> None:
    """The answer carries all headers, and its policy says nothing unsafe."""
    assert {name: response.get(name) for name in EXPECTED} == EXPECTED
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http:" not in policy
    assert "geolocation=()" in response["Permissions-Policy"]


def assert_host_only(cookie: Morsel[str]) -> None:
    """The cookie stays on its host, off the wire and out of scripts."""
    assert cookie.key.startswith("__Host-")
    assert cookie["secure"] is True
    assert cookie["path"] == "/"
    assert cookie["domain"] == ""
    if cookie["max-age"] != 0:  # one that is taken away holds nothing to read or to send
        assert cookie["httponly"] is True
        assert cookie["samesite"] == "Lax"


def cookies(response: HttpResponseBase) -> SimpleCookie:
    """The cookies that an answer sets."""
    return response.cookies


@pytest.fixture
def people(strumica: Municipality) -> dict[str, User]:
    """Who is logged in, on which host."""
    return {"localhost": make_coordinator(), "strumica.localhost": make_member(strumica, Role.LEAD)}


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("host", "name", "path"), ADDRESSES)
def test_every_address_answers_strictly(
    host: str, name: str, path: str, method: str, people: dict[str, User], client_on: ClientOn
) -> None:
    for user in (None, people[host]):
        client = client_on(host)
        client.raise_request_exception = False
        if user is not None:
            client.force_login(user)

        response = getattr(client, method)(path)

        assert_strict(response)
        kept = name in KEPT and response.status_code == 200
        assert ("no-store" in response["Cache-Control"], "private" in response["Cache-Control"]) == (not kept, not kept)
        for cookie in cookies(response).values():
            assert_host_only(cookie)


@pytest.mark.parametrize(
    ("name", "choice", "cookie"),
    [("set_language", {"language": "mk"}, "__Host-language"), ("core:theme", {"theme": "dark"}, "__Host-theme")],
)
def test_choices_are_kept_in_cookies_of_one_host(
    name: str, choice: dict[str, str], cookie: str, strumica: Municipality, client_on: ClientOn
) -> None:
    response = client_on("strumica.localhost").post(reverse(name, "tech4muni.urls_tenant"), choice)

    assert_host_only(cookies(response)[cookie])


@pytest.mark.parametrize("host", ["nowhere.localhost", "localhost", "strumica.localhost"])
def test_not_found_answers_strictly_on_any_host(host: str, strumica: Municipality, client_on: ClientOn) -> None:
    response = client_on(host).get("/no/such/page/")

    assert response.status_code == 404
    assert_strict(response)
    assert response["Cache-Control"] == "private, no-store"


def test_error_answers_strictly(strumica: Municipality, client_on: ClientOn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("programs.middleware.actor_for", lambda *_: 1 / 0)
    client = client_on("strumica.localhost")
    client.raise_request_exception = False

    response = client.get("/")

    assert response.status_code == 500
    assert_strict(response)


def test_suspended_municipality_answers_strictly(strumica: Municipality, client_on: ClientOn) -> None:
    strumica.suspend("a test")
    strumica.save()

    response = client_on("strumica.localhost").get("/")

    assert response.status_code == 503
    assert_strict(response)


@pytest.mark.parametrize("host", ["localhost", "strumica.localhost", "nowhere.localhost"])
def test_static_files_may_be_kept_and_are_there_for_error_pages(host: str, db: None, client_on: ClientOn) -> None:
    assert finders.find("bootstrap/css/bootstrap.min.css")

    response = client_on(host).get("/static/bootstrap/css/bootstrap.min.css")

    assert response.status_code == 200
    assert b"".join(response)
    response.close()
    assert "no-store" not in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"


def test_tls_is_demanded_and_remembered_in_production(client_on: ClientOn, settings: Settings, db: None) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True

    secure = client_on("localhost").get("/")
    plain = Client(headers={"host": "localhost"}).get("/account/login/?next=/")

    assert secure["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert plain.status_code == 301
    assert plain["Location"] == "https://localhost/account/login/?next=/"


def test_unknown_host_is_not_redirected_to_itself(settings: Settings, db: None) -> None:
    settings.SECURE_SSL_REDIRECT = True

    response = Client(headers={"host": "evil.example"}).get("/")

    assert response.status_code == 404
    assert "evil.example" not in response.content.decode()
