"""One now per request or task."""

import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tech4muni.core import clock

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_now_is_the_wall_clock_outside_of_a_request() -> None:
    before = timezone.now()
    now = clock.now()

    assert before <= now <= timezone.now()


def test_now_stands_still_inside_and_goes_on_afterwards() -> None:
    with clock.at(NOON):
        assert clock.now() == clock.now() == NOON
        with clock.at(NOON + timedelta(days=1)):
            assert clock.now() == NOON + timedelta(days=1)
        assert clock.now() == NOON
    assert clock.now() != NOON


def test_now_goes_on_after_an_error() -> None:
    def fail() -> None:
        with clock.at(NOON):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert clock.now() != NOON


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"), clock.at(datetime(2026, 11, 22)):  # noqa: DTZ001
        pass


def test_another_thread_has_its_own_now() -> None:
    seen: list[datetime] = []
    with clock.at(NOON):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()

    assert seen[0] != NOON


def test_a_ticking_clock_starts_at_now_and_goes_on() -> None:
    with clock.at(NOON):
        ticking = clock.ticking()
        first, second = ticking(), ticking()

        assert NOON <= first <= second < NOON + timedelta(hours=1)
        assert clock.now() == NOON


@pytest.mark.parametrize(
    ("zone", "twice"),
    [
        ("Europe/Skopje", datetime(2026, 10, 25, 2, 30)),  # noqa: DTZ001
        ("Europe/Berlin", datetime(2026, 10, 25, 2, 30)),  # noqa: DTZ001
        ("Asia/Jerusalem", datetime(2026, 10, 25, 1, 30)),  # noqa: DTZ001
    ],
)
def test_the_hour_that_comes_twice_is_two_instants(zone: str, twice: datetime) -> None:
    local = twice.replace(tzinfo=ZoneInfo(zone))
    first, second = local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)

    assert second - first == timedelta(hours=1)
    for instant in (first, second):
        with clock.at(instant):
            assert clock.now().astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) == twice
