"""A whole program in the browser, from its windows to the results of its pilots, with a clock that is moved on."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.browser import Visitor
from tests.celery_processes import empty_broker
from tests.journeys.program import applying, defining, meeting, piloting, preparing, selecting
from tests.journeys.program.browsing import Browsing
from tests.journeys.program.world import World


@pytest.fixture
def world(transactional_db: None, visitor: Callable[..., Visitor], later: Callable[[timedelta], None]) -> World:
    """Three municipalities, and a browser that speaks English and does not wait for pages that glide to a button."""
    empty_broker()
    return World(Browsing(visitor(locale="en-GB", reduced_motion="reduce")), later)


def test_a_program_from_its_windows_to_its_results(world: World) -> None:
    preparing.prepare(world)
    defining.define(world)
    defining.validate(world)
    applying.publish(world)
    applying.apply(world)
    applying.screen(world)
    meeting.meet(world)
    selecting.select(world)
    piloting.pilot(world)
    assert not world.browsing.visitor.complaints
