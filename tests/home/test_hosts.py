"""Each host answers for itself."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from programs.enums import Role
from programs.models import Municipality
from tests.factories.people import make_member, make_user

ClientOn = Callable[[str], Client]


def test_public_host_shows_the_municipalities(strumica: Municipality, client_on: ClientOn) -> None:
    response = client_on("localhost").get("/")

    assert response.status_code == 200
    assert "Strumica" in response.content.decode()


def test_unknown_host_is_not_found(db: None, client_on: ClientOn) -> None:
    assert client_on("nowhere.localhost").get("/").status_code == 404


def test_nobody_is_sent_to_log_in(strumica: Municipality, client_on: ClientOn) -> None:
    response = client_on("strumica.localhost").get("/")

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_member_sees_the_home_and_a_stranger_nothing(strumica: Municipality, client_on: ClientOn) -> None:
    inside, outside = client_on("strumica.localhost"), client_on("strumica.localhost")
    inside.force_login(make_member(strumica, Role.VIEWER))
    outside.force_login(make_user())

    assert inside.get("/").status_code == 200
    assert outside.get("/").status_code == 404
