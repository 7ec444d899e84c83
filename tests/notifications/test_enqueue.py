"""A message is written with what it tells of, once, and leaves after the commit."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import TestCase

from programs.models import Municipality
from tech4muni.core import clock
from tech4muni.notifications import services
from tech4muni.notifications.enums import MessageState
from tech4muni.notifications.mails import TRIAL
from tech4muni.notifications.models import Message
from tests.factories.messages import make_message
from tests.factories.people import make_user


def enqueue(key: str = "trial:dana:1", **changes: Any) -> Message:
    given: dict[str, Any] = {
        "key": key,
        "email": "dana@example.org",
        "language": "he",
        "context": TRIAL.sample,
    }
    return services.enqueue(TRIAL.name, **(given | changes))


def test_a_message_waits_in_the_receivers_language(db: None) -> None:
    with clock.at(clock.now()) as now:
        message = enqueue()

    assert message.state == MessageState.WAITING
    assert message.due_at == now
    assert 'dir="rtl"' in message.html
    assert message.subject.endswith(": Does this arrive?")
    assert "Trial mail" not in message.subject
    assert message.schema_name == ""
    assert not message.private


def test_a_message_names_the_municipality_it_comes_from(in_strumica: Municipality) -> None:
    assert enqueue().schema_name == "strumica"


def test_the_same_key_is_one_message(db: None) -> None:
    first, second = enqueue(), enqueue(email="other@example.org", context={"anything": 1})

    assert first == second
    assert Message.objects.get().email == "dana@example.org"


def test_a_message_goes_when_its_transaction_does(db: None) -> None:
    def fail_afterwards() -> None:
        with transaction.atomic():
            enqueue()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_afterwards()

    assert not Message.objects.exists()


def test_delivery_is_asked_for_after_the_commit_only(db: None, queued: Callable[[], list[str]]) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        enqueue()
        assert queued() == []

    assert queued() == [services.DELIVER_TASK]


def test_nobody_is_woken_for_what_is_due_later_or_known_already(db: None, queued: Callable[[], list[str]]) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        enqueue()
        enqueue()
        enqueue("trial:dana:2", due_at=clock.now() + timedelta(hours=1))

    assert queued() == [services.DELIVER_TASK]


def test_the_receivers_clock_is_the_accounts_unless_given(db: None) -> None:
    user = make_user(time_zone="Asia/Jerusalem")

    assert "(ירושלים)" in enqueue("1", user=user).text
    assert "(סקופיה)" in enqueue("2", user=user, time_zone="Europe/Skopje").text
    assert "(UTC)" in enqueue("3").text


def test_what_ends_sooner_is_more_urgent(db: None) -> None:
    now = clock.now()
    soon = make_message(expires_at=now + timedelta(minutes=15))
    later_on = make_message(expires_at=now + timedelta(days=14))

    assert soon.leave_by == soon.expires_at
    assert later_on.leave_by == later_on.due_at + services.PATIENCE


def test_a_brand_stands_at_the_head(db: None) -> None:
    message = enqueue(brand="CityTech")

    assert "CityTech" in message.html
    assert "CityTech · Tech4Muni" in message.text


@pytest.mark.parametrize("changes", [{"context": {}}, {"context": TRIAL.sample | {"url": "javascript:x"}}])
def test_a_context_that_does_not_fit_is_an_error_and_writes_nothing(db: None, changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"takes|no address"):
        enqueue(**changes)

    assert not Message.objects.exists()


def test_an_undeclared_kind_is_an_error(db: None) -> None:
    with pytest.raises(LookupError):
        services.enqueue("nobody.nothing", key="x", email="a@example.org", language="de", context={})


def test_the_same_key_at_the_same_time_is_one_message(
    transactional_db: None, in_own_connection: Callable[[Any], Any]
) -> None:
    together = threading.Barrier(4)

    @in_own_connection
    def write(number: int) -> int:
        with transaction.atomic():
            together.wait()
            return enqueue("race", email=f"receiver{number}@example.org").pk

    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(write, range(4)))

    assert found == {Message.objects.get().pk}
