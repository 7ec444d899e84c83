"""Under whose name, colour and logo a municipality is shown, and on whose clock."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client, RequestFactory

from programs.actors import Actor
from programs.brand import brand_of, context
from programs.models import Municipality
from programs.viewer import viewer_language, viewer_zone
from tech4muni.accounts.models import User
from tech4muni.core.brand import Brand

ClientOn = Callable[[str], Client]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)


@pytest.mark.parametrize(
    ("country", "name"),
    [("DE", "CityTech"), ("AT", "CityTech"), ("CH", "CityTech"), ("MK", "Tech4Muni"), ("IL", "Tech4Muni")],
)
def test_the_program_has_its_name_in_each_country(country: str, name: str) -> None:
    brand = brand_of(Municipality(names={"de": "Freiburg"}, languages=["de"], country=country, colour="#aa0033"))

    assert brand == Brand(name=name, place="Freiburg", colour="#aa0033")
    assert brand.colour_digits == "aa0033"


def test_the_platform_has_a_brand_too() -> None:
    assert brand_of(None) == Brand("Tech4Muni")
    assert context(RequestFactory().get("/")) == {"brand": Brand("Tech4Muni")}


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_the_logo_is_shown_at_the_door(strumica: Municipality, media: Path, client_on: ClientOn) -> None:
    strumica.logo.save("arms.png", ContentFile(PNG))
    client = client_on("strumica.localhost")
    response = client.get("/brand/logo/")

    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response) == PNG
    assert b'src="/brand/logo/"' in client.get("/privacy/").content


def test_without_a_logo_there_is_none(strumica: Municipality, client_on: ClientOn) -> None:
    assert client_on("strumica.localhost").get("/brand/logo/").status_code == 404
    assert client_on("localhost").get("/brand/logo/").status_code == 404


@pytest.mark.parametrize("name", ["arms.svg", "arms.html", "arms"])
def test_what_is_no_picture_is_not_shown(strumica: Municipality, media: Path, client_on: ClientOn, name: str) -> None:
    strumica.logo.save(name, ContentFile(b"<script>alert(1)</script>"))

    assert client_on("strumica.localhost").get("/brand/logo/").status_code == 404


def test_a_lost_file_is_not_found(strumica: Municipality, media: Path, client_on: ClientOn) -> None:
    strumica.logo.save("arms.png", ContentFile(PNG))
    Path(strumica.logo.path).unlink()

    assert client_on("strumica.localhost").get("/brand/logo/").status_code == 404


def request_of(user: User | None, municipality: Municipality | None, **cookies: str) -> Any:
    request: Any = RequestFactory().get("/", headers={"accept-language": "de"})
    request.COOKIES.update(cookies)
    request.actor, request.municipality = Actor(user=user, municipality=municipality), municipality
    return request


STRUMICA = Municipality(languages=["mk", "en-gb"], time_zone="Europe/Skopje")
DANA = User(language="he", time_zone="Asia/Jerusalem")
NEW = User(language="he")


@pytest.mark.parametrize(
    ("user", "municipality", "device", "zone"),
    [
        (DANA, STRUMICA, "Europe/Berlin", "Asia/Jerusalem"),
        (NEW, STRUMICA, "Europe%2FBerlin", "Europe/Berlin"),
        (NEW, STRUMICA, "", "Europe/Skopje"),
        (None, STRUMICA, "Europe/Berlin", "Europe/Berlin"),
        (None, STRUMICA, "../../etc/passwd", "Europe/Skopje"),
        (None, STRUMICA, "Mars/Olympus", "Europe/Skopje"),
        (None, None, "", "UTC"),
        (DANA, None, "", "Asia/Jerusalem"),
    ],
)
def test_the_clock_is_the_persons_else_the_devices_else_the_municipalitys(
    user: User | None, municipality: Municipality | None, device: str, zone: str
) -> None:
    assert viewer_zone(request_of(user, municipality, **{settings.ZONE_COOKIE_NAME: device})) == zone


@pytest.mark.parametrize(
    ("user", "municipality", "cookie", "language"),
    [
        (DANA, STRUMICA, "sq", "he"),
        (None, STRUMICA, "sq", "sq"),
        (None, STRUMICA, "", "mk"),
        (None, None, "", "de"),
    ],
)
def test_the_language_is_the_persons_else_the_cookies_else_the_municipalitys(
    user: User | None, municipality: Municipality | None, cookie: str, language: str
) -> None:
    cookies = {settings.LANGUAGE_COOKIE_NAME: cookie} if cookie else {}

    assert viewer_language(request_of(user, municipality, **cookies)) == language
