"""The coordinators' desk, and a municipality's people."""

from collections.abc import Callable

import pytest
from django.test import Client

from programs.models import Municipality
from tech4muni.accounts.models import User
from tests.factories.people import make_coordinator


@pytest.fixture
def coordinator(db: None) -> User:
    """A coordinator."""
    return make_coordinator(name="Dana Levi")


@pytest.fixture
def desk(coordinator: User, client_on: Callable[[str], Client], strumica: Municipality) -> Client:
    """A client of the coordinator on the platform's own host."""
    client = client_on("localhost")
    client.force_login(coordinator)
    return client
