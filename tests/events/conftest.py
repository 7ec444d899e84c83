"""What tests of events share: a coordinator, and an event with two challenges of one municipality and two companies."""

from dataclasses import dataclass
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from challenges.models import Challenge
from events.models import Delegation, Event
from programs.actors import Actor
from programs.cohorts.models import Program
from programs.enums import Stage
from programs.models import Municipality
from tests.factories.challenges import make_challenge, make_program
from tests.factories.events import a_coordinator, make_event, seat_city, seat_company


@dataclass
class Fair:
    """A small event: one challenge of Strumica, one of Haifa, two companies."""

    actor: Actor
    program: Program
    event: Event
    challenge: Challenge
    strumica: Delegation
    haifa: Delegation
    clean: Delegation
    quiet: Delegation

    def again(self) -> Event:
        """Return the event as it is now."""
        self.event.refresh_from_db()
        return self.event


def make_fair(strumica: Municipality, haifa: Municipality, **fields: Any) -> Fair:
    """Make the small event, not open for choices yet."""
    actor = a_coordinator()
    program = make_program(strumica, haifa)
    with tenant_context(strumica):
        challenge = make_challenge(strumica, title="Clean streets", stage=Stage.EVENT, program=program)
    event = make_event(program, actor=actor, **fields)
    return Fair(
        actor, program, event, challenge,
        strumica=seat_city(event, strumica, challenge), haifa=seat_city(event, haifa),
        clean=seat_company(event), quiet=seat_company(event),
    )  # fmt: skip


@pytest.fixture
def fair(strumica: Municipality, haifa: Municipality) -> Fair:
    """Give the small event."""
    return make_fair(strumica, haifa)
