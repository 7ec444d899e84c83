"""What the tests of the market share."""

import pytest

from programs.cohorts.models import Program
from programs.models import Municipality
from solutions.market import handover
from solutions.market.models import Call
from tech4muni.accounts.models import User
from tests.factories.challenges import make_program
from tests.factories.people import make_user
from tests.market.application_steps import FakeReceiver, open_call


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> FakeReceiver:
    """What municipalities receive."""
    fake = FakeReceiver()
    monkeypatch.setattr(handover, "_receivers", [fake])
    return fake


@pytest.fixture
def program(strumica: Municipality, haifa: Municipality) -> Program:
    """A program of two municipalities."""
    return make_program(strumica, haifa)


@pytest.fixture
def call(strumica: Municipality, program: Program) -> Call:
    """An open call of Strumica."""
    return open_call(strumica, program)


@pytest.fixture
def other(haifa: Municipality, program: Program) -> Call:
    """An open call of Haifa in the same program."""
    return open_call(haifa, program, "Benches")


@pytest.fixture
def owner(db: None) -> User:
    """Somebody who applies."""
    return make_user(name="Ana Petrova", email="ana@bins.example.org")
