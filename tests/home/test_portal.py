"""The portal: for anybody, with no municipality and with many."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from programs.models import Domain, Municipality
from programs.municipalities import add_host, suspend
from tests.factories.municipalities import make_municipality
from tests.home.pages import text_of

ClientOn = Callable[[str], Client]


def make_open(number: int) -> Municipality:
    """Make a municipality that is reachable; its schema does not matter to the portal."""
    municipality = make_municipality(f"town_{number}", names={"en-gb": f"Town {number}"}, languages=["en-gb"])
    municipality.open()
    municipality.save(update_fields=["state"])
    return municipality


def test_municipalities_stand_under_their_country_with_the_way_to_them(
    strumica: Municipality, haifa: Municipality, client_on: ClientOn
) -> None:
    Municipality.objects.filter(pk=strumica.pk).update(population=49_995)

    response = client_on("localhost").get("/", headers={"accept-language": "en"})

    body = response.content.decode()
    assert '<a href="https://strumica.localhost/"><bdi>Strumica</bdi></a>' in body
    assert '<bdi lang="mk">Струмица</bdi>' in body
    assert "49,995 residents" in text_of(response)
    assert [country.label for country in response.context["countries"]] == ["Israel", "North Macedonia"]


def test_addresses_have_the_form_that_the_settings_say(
    strumica: Municipality, client_on: ClientOn, settings: Any
) -> None:
    settings.ADDRESS_FORM = "http://{host}:8000"

    body = client_on("localhost").get("/").content.decode()

    assert '"http://strumica.localhost:8000/"' in body


def test_primary_host_is_the_way(strumica: Municipality, client_on: ClientOn) -> None:
    add_host(strumica, actor=None, host="www.strumica.example", is_primary=True)

    body = client_on("localhost").get("/").content.decode()

    assert "https://www.strumica.example/" in body
    assert "https://strumica.localhost/" not in body


def test_municipality_without_a_host_is_named_without_a_way(strumica: Municipality, client_on: ClientOn) -> None:
    Domain.objects.filter(tenant=strumica).delete()

    assert "Strumica" in text_of(client_on("localhost").get("/"))


@pytest.mark.parametrize("language", ["en-gb", "he"])
def test_name_in_the_visitors_language_and_then_its_own(
    language: str, haifa: Municipality, client_on: ClientOn, settings: Any
) -> None:
    client = client_on("localhost")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    places = [place for country in client.get("/").context["countries"] for place in country.places]

    place = next(place for place in places if place.url.startswith("https://haifa."))
    assert (place.name, place.own_name) == (("Haifa", "חיפה") if language == "en-gb" else ("חיפה", ""))


def test_only_open_municipalities_are_shown(strumica: Municipality, haifa: Municipality, client_on: ClientOn) -> None:
    suspend(strumica, actor=None, reason="Rest")
    make_municipality()

    text = text_of(client_on("localhost").get("/"))

    assert "Haifa" in text
    assert "Strumica" not in text
    assert "Bitola" not in text


def test_portal_without_municipalities_says_what_belongs_there(
    strumica: Municipality, haifa: Municipality, client_on: ClientOn
) -> None:
    for municipality in (strumica, haifa):
        suspend(municipality, actor=None, reason="Rest")

    response = client_on("localhost").get("/")

    assert "No municipality yet" in text_of(response)
    assert 'class="figures"' not in response.content.decode()
    assert "Challenge validation" in text_of(response)


@pytest.mark.parametrize("more", [1, 3])
def test_number_of_queries_stays(
    more: int, strumica: Municipality, client_on: ClientOn, django_assert_num_queries: Any
) -> None:
    for number in range(more):
        make_open(number)

    with django_assert_num_queries(2):
        response = client_on("localhost").get("/")

    assert response.context["figures"][0].number == more + 2


def test_figures_add_up(strumica: Municipality, haifa: Municipality, client_on: ClientOn) -> None:
    Municipality.objects.filter(pk=strumica.pk).update(population=50_000)
    Municipality.objects.filter(pk=haifa.pk).update(population=285_316)

    figures = client_on("localhost").get("/").context["figures"]

    assert [(str(figure.label), figure.number) for figure in figures] == [
        ("municipalities", 2), ("countries", 2), ("residents", 335_316),
    ]  # fmt: skip


def test_portal_is_only_read(strumica: Municipality, client_on: ClientOn) -> None:
    assert client_on("localhost").post("/").status_code == 405


def test_companies_find_the_calls_and_what_came_of_pilots(db: None, client_on: ClientOn) -> None:
    client = client_on("localhost")
    response = client.get("/")
    card = response.content.decode().split("<h3>Startups</h3>")[1].split("<h3>")[0]

    assert 'href="/calls/">Open calls</a>' in card
    for door in (door for audience in response.context["audiences"] for door in audience.doors):
        url = reverse(door.url_name, urlconf="tech4muni.urls_public")
        assert f'href="{url}">{door.label}</a>' in card
        assert client.get(url).status_code == 200
