"""Pages for what went wrong: the right status, the brand of the host, nothing that needs the database."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.translation import override

from programs.models import Municipality
from tech4muni.core.context import CallContext, entered
from tech4muni.core.errors import Forbidden
from tech4muni.home import errors
from tests.core.html import Element, read
from tests.factories.people import make_member

ClientOn = Callable[[str], Client]
HOSTILE = "<script>alert(1)</script>"


def shown(response: HttpResponseBase) -> Element:
    return read(response.content.decode())  # type: ignore[attr-defined]


def request(**cookies: str) -> HttpRequest:
    made = RequestFactory().get("/x/")
    made.COOKIES.update(cookies)
    return made


@pytest.mark.parametrize(
    ("answer", "status", "heading"),
    [
        (errors.bad_request, 400, "We could not understand this request"),
        (errors.permission_denied, 403, "You may not do this"),
        (errors.page_not_found, 404, "Page not found"),
        (errors.csrf_failure, 403, "Please send the form again"),
        (errors.server_error, 500, "Something went wrong on our side"),
    ],
)
def test_each_trouble_has_its_page_without_a_database(
    answer: Callable[[HttpRequest], HttpResponse], status: int, heading: str
) -> None:
    with override("en-gb"):
        response = answer(request())
        page = shown(response)

    assert response.status_code == status
    assert page.one("h1").text == heading
    assert page.one("title").text == f"{heading} – Tech4Muni"
    assert page.one("a", class_="btn").attrs["href"] == "/"
    assert not page.all("form")


def test_pages_keep_direction_theme_and_brand() -> None:
    made = request(**{settings.THEME_COOKIE_NAME: "dark"})
    made.municipality = Municipality(  # type: ignore[attr-defined]
        schema_name="freiburg", names={"de": HOSTILE}, languages=["de"], country="DE", colour="#aa0033"
    )
    with override("he"):
        page = shown(errors.server_error(made))

    assert (page.one("html").attrs["dir"], page.one("html").attrs["data-bs-theme"]) == ("rtl", "dark")
    assert page.one(class_="app-brand").text == "CityTech"
    assert page.one(class_="app-place").text == HOSTILE
    assert page.one("link", href="/brand/aa0033.css")
    assert not page.all("script")


def test_a_refusal_says_why() -> None:
    page = shown(errors.permission_denied(request(), Forbidden(HOSTILE)))

    assert HOSTILE in page.text
    assert not page.all("script")


def test_djangos_own_refusals_keep_their_text_to_themselves() -> None:
    assert "secret" not in shown(errors.permission_denied(request(), PermissionDenied("secret"))).text


def test_not_found_says_nothing_about_what_was_looked_for() -> None:
    assert "secret" not in shown(errors.page_not_found(request(), Http404("secret"))).text


def test_a_broken_page_names_the_request_for_the_log() -> None:
    with entered(CallContext(request_id="abcd1234")):
        assert "abcd1234" in shown(errors.server_error(request())).text
        assert "abcd1234" not in shown(errors.page_not_found(request())).text


@pytest.mark.parametrize("host", ["nowhere.localhost", "localhost", "strumica.localhost"])
def test_an_unknown_address_is_refused_in_the_visitors_language(
    strumica: Municipality, client_on: ClientOn, host: str
) -> None:
    client = client_on(host)
    if host == "strumica.localhost":
        client.force_login(make_member(strumica, language="he"))
    response = client.get("/nope/", headers={"accept-language": "he"})

    assert response.status_code == 404
    assert shown(response).one("html").attrs["lang"] == "he"


def test_a_form_without_its_token_is_explained(db: None) -> None:
    client = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    response = client.post(reverse("core:theme"), {"theme": "dark"}, headers={"accept-language": "en-GB"})

    assert response.status_code == 403
    assert shown(response).one("h1").text == "Please send the form again"


def test_a_broken_view_is_answered_with_the_page(
    db: None, client_on: ClientOn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_on("localhost")
    client.raise_request_exception = False
    monkeypatch.setattr("tech4muni.core.views.css_of", lambda _colour: 1 / 0)
    response = client.get("/brand/aabbcc.css", headers={"accept-language": "en-GB"})

    assert response.status_code == 500
    assert response["X-Request-ID"] in shown(response).text


def test_a_suspended_municipality_shows_a_plain_page(strumica: Municipality, client_on: ClientOn) -> None:
    strumica.suspend("Budget")
    strumica.save()
    response = client_on("strumica.localhost").get("/", headers={"accept-language": "en-GB"})
    page = shown(response)

    assert response.status_code == 503
    assert page.one("h1").text == "Not available now"
    assert "Strumica" in page.one("main").text
    assert "Budget" not in page.text
    assert not page.all("form")
