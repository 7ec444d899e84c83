"""Whether beat and a worker live."""

from datetime import timedelta

import pytest
from django.core.cache import caches

from tech4muni.core import clock, heartbeat
from tech4muni.core.tasks import beat


@pytest.fixture(autouse=True)
def _forgotten() -> None:
    caches["shared"].delete(heartbeat.KEY)


def test_no_beat_is_known_before_the_first() -> None:
    assert heartbeat.last_beat() is None


def test_the_last_beat_counts(db: None) -> None:
    beat()
    first = heartbeat.last_beat()
    assert first is not None

    with clock.at(first + timedelta(days=1)):
        heartbeat.note_beat()
        assert heartbeat.last_beat() == clock.now()
