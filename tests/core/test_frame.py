"""The frame that every host has: brand.css, colours, language, statements."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from programs.models import Municipality
from tech4muni.core.colour import Colour, brand_css
from tests.core.html import Element, read
from tests.factories.people import make_member, make_user

ClientOn = Callable[[str], Client]
HOSTS = ["localhost", "strumica.localhost"]
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example",
    "javascript:alert(1)",
    "https:evil.example",
    "/\\evil.example",
    "",
]


def page(client: Client, path: str = "/", **extra: Any) -> Element:
    return read(client.get(path, follow=True, **extra).content.decode())


@pytest.mark.parametrize("host", HOSTS)
def test_brand_css_is_the_colour_of_its_address_for_ever(
    strumica: Municipality, client_on: ClientOn, host: str
) -> None:
    response = client_on(host).get("/brand/7a0b5d.css")

    assert response.status_code == 200
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert set(response["Cache-Control"].split(", ")) == {"public", "immutable", "max-age=31536000"}
    assert response.content.decode() == brand_css(Colour.parse("#7a0b5d"))
    assert not response.cookies


@pytest.mark.parametrize("nonsense", ["7A0B5D", "fff", "red", "7a0b5d0", "7a0b5}", "%7b0b5d"])
def test_brand_css_of_nonsense_is_not_found(db: None, client_on: ClientOn, nonsense: str) -> None:
    assert client_on("localhost").get(f"/brand/{nonsense}.css").status_code == 404


def test_brand_css_needs_no_query_on_the_public_host(
    db: None, client_on: ClientOn, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        client_on("localhost").get("/brand/7a0b5d.css")


def test_a_municipality_is_shown_in_its_colour_and_name(strumica: Municipality, client_on: ClientOn) -> None:
    strumica.colour = "#7a0b5d"
    strumica.save(update_fields=["colour"])
    client = client_on("strumica.localhost")
    client.force_login(make_member(strumica))
    shown = page(client)

    assert shown.one("link", href="/brand/7a0b5d.css")
    assert shown.one(class_="app-place").text == "Strumica"
    assert shown.one("title").text == "Home – Strumica – Tech4Muni"


def test_the_default_colour_needs_no_sheet_of_its_own(db: None, client_on: ClientOn) -> None:
    assert not [link for link in page(client_on("localhost")).all("link") if "/brand/" in link.attrs["href"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chosen_theme_is_kept_and_shown(db: None, client_on: ClientOn, theme: str) -> None:
    client = client_on("localhost")
    assert "data-bs-theme" not in page(client).one("html").attrs

    response = client.post(reverse("core:theme"), {"theme": theme, "next": "/privacy/"})

    assert (response.status_code, response["Location"]) == (302, "/privacy/")
    cookie = response.cookies[settings.THEME_COOKIE_NAME]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, True, "Lax", "/")
    assert not cookie["domain"]
    assert page(client).one("html").attrs["data-bs-theme"] == theme
    assert page(client).one("button", name="theme", value=theme).attrs["aria-pressed"] == "true"


@pytest.mark.parametrize("choice", ["auto", "", "blue", "<script>"])
def test_anything_else_leaves_the_theme_to_the_device(db: None, client_on: ClientOn, choice: str) -> None:
    client = client_on("localhost")
    client.post(reverse("core:theme"), {"theme": "dark"})
    client.post(reverse("core:theme"), {"theme": choice})

    assert "data-bs-theme" not in page(client).one("html").attrs


def test_nonsense_in_the_theme_cookie_counts_as_no_choice(db: None, client_on: ClientOn) -> None:
    client = client_on("localhost")
    client.cookies[settings.THEME_COOKIE_NAME] = '"><script>'

    assert "data-bs-theme" not in page(client).one("html").attrs


@pytest.mark.parametrize("name", ["core:theme", "set_language"])
def test_choices_are_made_by_post(db: None, client_on: ClientOn, name: str) -> None:
    assert client_on("localhost").get(reverse(name)).status_code == 405


@pytest.mark.parametrize("name", ["core:theme", "set_language"])
@pytest.mark.parametrize("target", ELSEWHERE)
def test_choices_lead_to_no_other_host(db: None, client_on: ClientOn, name: str, target: str) -> None:
    response = client_on("localhost").post(reverse(name), {"theme": "dark", "language": "de", "next": target})

    assert response["Location"] == "/"


@pytest.mark.parametrize("name", ["core:theme", "set_language"])
def test_choices_need_the_token(db: None, name: str) -> None:
    client = Client(enforce_csrf_checks=True, headers={"host": "localhost"})

    assert client.post(reverse(name), {"theme": "dark", "language": "de"}).status_code == 403


@pytest.mark.parametrize("host", HOSTS)
def test_somebody_at_the_door_chooses_a_language_by_cookie(
    strumica: Municipality, client_on: ClientOn, host: str
) -> None:
    client = client_on(host)
    response = client.post(reverse("set_language"), {"language": "he", "next": "/privacy/"})

    cookie = response.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie.value, cookie["secure"], cookie["httponly"], cookie["domain"]) == ("he", True, True, "")
    shown = client.get("/privacy/")
    html = read(shown.content.decode()).one("html")
    assert (html.attrs["lang"], html.attrs["dir"]) == ("he", "rtl")
    assert shown["Content-Language"] == "he"
    assert {"Cookie", "Accept-Language"} <= set(shown["Vary"].split(", "))


def test_a_person_keeps_the_language_on_every_host(strumica: Municipality, client_on: ClientOn) -> None:
    user = make_member(strumica)
    here, there = client_on("strumica.localhost"), client_on("localhost")
    here.force_login(user)
    there.force_login(user)

    here.post(reverse("set_language"), {"language": "sq"})

    user.refresh_from_db()
    assert user.language == "sq"
    assert page(here).one("html").attrs["lang"] == "sq"
    assert page(there).one("html").attrs["lang"] == "sq"


@pytest.mark.parametrize("language", ["xx", "", "en-us\x00", "fr", "../he"])
def test_a_language_that_is_not_spoken_changes_nothing(db: None, client_on: ClientOn, language: str) -> None:
    user = make_user(language="mk")
    client = client_on("localhost")
    client.force_login(user)
    client.post(reverse("set_language"), {"language": language})

    user.refresh_from_db()
    assert user.language == "mk"
    assert page(client).one("html").attrs["lang"] == "mk"


@pytest.mark.parametrize(
    ("host", "wish", "language"),
    [
        ("localhost", "mk,en;q=0.5", "mk"),
        ("localhost", "fr", "en-gb"),
        ("strumica.localhost", "fr", "mk"),
        ("strumica.localhost", "he", "mk"),
        ("strumica.localhost", "en-GB", "en-gb"),
        ("strumica.localhost", "", "mk"),
        ("strumica.localhost", "*", "mk"),
        ("strumica.localhost", "he,en;q=0.8,mk;q=0.5", "en-gb"),
        ("strumica.localhost", "x" * 600, "mk"),
        ("haifa.localhost", "mk", "he"),
    ],
)
def test_without_a_choice_the_browser_and_the_municipality_decide(
    strumica: Municipality, client_on: ClientOn, host: str, wish: str, language: str
) -> None:
    shown = client_on(host).get("/privacy/", headers={"accept-language": wish})

    assert read(shown.content.decode()).one("html").attrs["lang"] == language


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ["/accessibility/", "/privacy/"])
def test_statements_are_open_to_all(strumica: Municipality, client_on: ClientOn, host: str, path: str) -> None:
    shown = page(client_on(host), path, headers={"accept-language": "en-GB"})

    assert len(shown.all("h1")) == 1
    assert len(shown.all("h2")) >= 4
    assert {link.attrs["href"] for link in shown.one("footer").all("a")} == {"/accessibility/", "/privacy/"}


def test_languages_are_named_in_themselves(db: None, client_on: ClientOn) -> None:
    footer = page(client_on("localhost"), headers={"accept-language": "en-GB"}).one("footer")

    names = {button.attrs["lang"]: button.text for button in footer.all("button", name="language")}
    assert names == {"en-gb": "English", "de": "Deutsch", "he": "עברית", "mk": "Македонски", "sq": "Shqip"}
    assert footer.one("button", aria_current="true").text == "English"


def test_the_frame_can_be_skipped_and_read(db: None, client_on: ClientOn) -> None:
    shown = page(client_on("localhost"))

    assert shown.one("a", class_="skip-link").attrs["href"] == "#main"
    assert shown.one("main", id="main")
    assert shown.one(id="messages").attrs["aria-live"] == "polite"
    config = shown.one("meta", name="htmx-config").attrs["content"]
    for rule in (
        '"allowEval":false',
        '"allowScriptTags":false',
        '"selfRequestsOnly":true',
        '"includeIndicatorStyles":false',
    ):
        assert rule in config


def test_right_to_left_pages_load_bootstraps_mirror(db: None, client_on: ClientOn) -> None:
    client = client_on("localhost")
    sheets = {language: sheets_of(client, language) for language in ("he", "de")}

    assert "/static/bootstrap/css/bootstrap.rtl.min.css" in sheets["he"]
    assert "/static/bootstrap/css/bootstrap.min.css" in sheets["de"]
    assert sheets["he"][1:] == sheets["de"][1:]


def sheets_of(client: Client, language: str) -> list[str]:
    shown = page(client, headers={"accept-language": language})
    return [link.attrs["href"] for link in shown.all("link", rel="stylesheet")]
