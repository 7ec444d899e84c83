"""The page of all components: coordinators only; its form answers 422 with everything that was typed."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.core.html import Element, read
from tests.factories.people import make_coordinator, make_user

ClientOn = Callable[[str], Client]
GALLERY, FORM = "/components/", "/components/form/"
PAGES = [GALLERY, FORM, "/components/confirm/"]


@pytest.fixture
def client(db: None, client_on: ClientOn) -> Client:
    client = client_on("localhost")
    client.force_login(make_coordinator())
    return client


@pytest.mark.parametrize("path", PAGES)
def test_only_coordinators_see_it(db: None, client_on: ClientOn, client: Client, path: str) -> None:
    stranger = client_on("localhost")
    assert stranger.get(path)["Location"] == f"{reverse('account_login')}?next={path}"
    stranger.force_login(make_user())

    assert stranger.get(path).status_code == 404
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("language", ["en-gb", "de", "he", "mk", "sq"])
def test_it_shows_every_component_in_every_language(client: Client, language: str) -> None:
    client.post("/language/", {"language": language})
    page = read(client.get(GALLERY).content.decode())

    for kind in (
        "rail",
        "tasks",
        "deadline-list",
        "count-table",
        "bullet-table",
        "empty",
        "key-values",
        "pagination",
        "message",
    ):
        assert page.all(class_=kind), kind
    ids = [element.attrs["id"] for element in page.all() if "id" in element.attrs]
    assert len(ids) == len(set(ids))


def posted(client: Client, **values: object) -> tuple[int, Element]:
    response = client.post(FORM, values)
    return response.status_code, read(response.content.decode())


def test_errors_are_answered_with_422_and_what_was_typed(client: Client) -> None:
    status, page = posted(client, company="בינסנס", email="dana@")

    assert status == 422
    assert page.one("title").text.startswith("Error: Apply")
    assert page.one(class_="error-summary").all("a")[0].attrs["href"] == "#id_email"
    assert page.one(id="id_company").attrs["value"] == "בינסנס"
    assert page.one(id="id_email").attrs["value"] == "dana@"


def test_every_link_of_the_summary_has_its_target(client: Client) -> None:
    _status, page = posted(client)

    links = [link.attrs["href"] for link in page.one(class_="error-summary").all("a")]
    assert len(links) == 7
    assert all(len(page.all(id=link.removeprefix("#"))) == 1 for link in links)


def test_a_fresh_form_has_no_error(client: Client) -> None:
    page = read(client.get(FORM).content.decode())

    assert not page.all(class_="error-summary")
    assert page.one("title").text.startswith("Apply")


def test_a_form_that_holds_leads_on_with_a_message(client: Client) -> None:
    answers = {
        "company": "BinSense", "email": "dana@example.org", "country": "IL", "solution": "Sensors", "ready": "b",
        "deck": SimpleUploadedFile("deck.pdf", b"%PDF"), "agree": "on",
    }  # fmt: skip
    response = client.post(FORM, answers, follow=True)

    assert response.redirect_chain == [(GALLERY, 302)]
    assert "Your answers hold" in read(response.content.decode()).one(id="messages").text
