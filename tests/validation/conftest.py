"""A challenge in validation, and the people around it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from challenges.models import Challenge
from programs.actors import Actor
from programs.enums import Role, Stage
from programs.models import Municipality
from tech4muni.accounts.models import User
from tests.factories.challenges import acting_as, make_challenge
from tests.factories.people import make_coordinator, make_member

HOST = "strumica.localhost"


@pytest.fixture
def lead(in_strumica: Municipality) -> Actor:
    return acting_as(make_member(in_strumica, Role.LEAD), in_strumica)


@pytest.fixture
def challenge(in_strumica: Municipality, lead: Actor) -> Challenge:
    return make_challenge(in_strumica, title="Bins", stage=Stage.VALIDATION, actor=lead)


@pytest.fixture
def member(in_strumica: Municipality) -> User:
    return make_member(in_strumica, Role.MEMBER)


@pytest.fixture
def writer(in_strumica: Municipality, member: User) -> Actor:
    return acting_as(member, in_strumica)


@pytest.fixture
def desk(client_on: Callable[[str], Client], member: User) -> Client:
    """A browser of a member, on the municipality's host."""
    client = client_on(HOST)
    client.force_login(member)
    return client


@pytest.fixture
def cast(in_strumica: Municipality) -> dict[str, Actor]:
    """An actor of each role, a visiting coordinator, and somebody from outside."""
    actors = {role.value: acting_as(make_member(in_strumica, role), in_strumica) for role in Role}
    actors["visitor"] = Actor(user=make_coordinator(), municipality=in_strumica, visit=object())  # type: ignore[arg-type]
    actors["outsider"] = Actor(municipality=in_strumica)
    return actors


def url(name: str, *args: Any) -> str:
    """The address of a page of validation; rows are named by their public ids."""
    return reverse(
        f"validation:{name}", urlconf="tech4muni.urls_tenant", args=[getattr(arg, "public_id", arg) for arg in args]
    )
