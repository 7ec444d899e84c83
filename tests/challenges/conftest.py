"""The cast of these tests, and a client for any of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from challenges.models import Challenge
from programs.actors import Actor
from programs.enums import Role
from programs.models import Municipality
from tests.factories.challenges import acting_as, make_challenge
from tests.factories.people import make_coordinator, make_member

HOST = "strumica.localhost"


@pytest.fixture
def lead(strumica: Municipality) -> Actor:
    return acting_as(make_member(strumica, Role.LEAD, name="Lena Lead"), strumica)


@pytest.fixture
def member(strumica: Municipality) -> Actor:
    return acting_as(make_member(strumica, Role.MEMBER, name="Mila Member"), strumica)


@pytest.fixture
def approver(strumica: Municipality) -> Actor:
    return acting_as(make_member(strumica, Role.APPROVER, name="Ado Approver"), strumica)


@pytest.fixture
def challenge(in_strumica: Municipality, lead: Actor) -> Challenge:
    return make_challenge(in_strumica, title="Bins", actor=lead)


@pytest.fixture
def cast(strumica: Municipality) -> dict[str, Actor]:
    """One actor of every role, one who visits, and one from elsewhere."""
    people = {role.value: acting_as(make_member(strumica, role), strumica) for role in Role}
    people["visitor"] = Actor(user=make_coordinator(), municipality=strumica, visit=object())  # type: ignore[arg-type]
    people["outsider"] = Actor(user=make_coordinator(), municipality=strumica)
    return people


@dataclass
class Browsing:
    """Somebody's client on the municipality's host."""

    client: Client

    def get(self, name: str, **kwargs: Any) -> Any:
        """Ask for a page."""
        return self.client.get(address(name, **kwargs))

    def post(self, name: str, data: dict[str, Any] | None = None, *, autosave: bool = False, **kwargs: Any) -> Any:
        """Send a form, as a person or as the script does."""
        headers = {"X-Autosave": "1"} if autosave else {}
        return self.client.post(address(name, **kwargs), data or {}, headers=headers)


def address(name: str, **kwargs: Any) -> str:
    """Return the path of a page of this app."""
    return reverse(f"challenges:{name}", urlconf="tech4muni.urls_tenant", kwargs=kwargs)


@pytest.fixture
def browsing(client_on: Callable[[str], Client]) -> Callable[[Actor], Browsing]:
    """Return a function that logs an actor in."""

    def log_in(actor: Actor) -> Browsing:
        client = client_on(HOST)
        assert actor.user is not None
        client.force_login(actor.user)
        return Browsing(client)

    return log_in
