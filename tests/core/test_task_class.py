"""What a task runs in, called directly and by a real worker."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.core.cache import caches
from django.utils import timezone, translation
from django_tenants.utils import schema_context

from programs.models import Municipality
from tech4muni.core import clock
from tech4muni.core.context import CallContext, current, entered
from tech4muni.core.schemas import active_schema
from tech4muni.core.task_class import ContextTask
from tests.celery_processes import empty_broker, running, worker_arguments
from tests.waiting import wait_until
from tests.worker_tasks import leave_a_mess, look

LOOKS = ["look-0", "look-1", "look-2", "look-own"]


def check(found: dict[str, Any], request_id: str) -> None:
    assert found["schema"] == "public"
    assert found["language"] == settings.LANGUAGE_CODE
    assert found["zone"] == "UTC"
    assert found["now"] <= found["wall"]
    assert found["request_id"] == request_id


def test_a_task_starts_in_public_and_gives_back_what_it_found(in_strumica: Municipality) -> None:
    with translation.override("de"), timezone.override("Europe/Skopje"), entered(CallContext("outside")):
        check(look("direct"), "")

        assert active_schema() == "strumica"
        assert translation.get_language() == "de"
        assert timezone.get_current_timezone_name() == "Europe/Skopje"
        assert current().request_id == "outside"


def test_a_task_that_fails_gives_back_what_it_found(in_strumica: Municipality) -> None:
    with translation.override("de"):
        with pytest.raises(RuntimeError, match="mess"):
            leave_a_mess()

        assert active_schema() == "strumica"
        assert translation.get_language() == "de"
    with schema_context("public"):
        with pytest.raises(RuntimeError, match="mess"):
            leave_a_mess()

        assert active_schema() == "public"


def test_a_task_has_a_now_of_its_own(db: None) -> None:
    with clock.at(clock.now().replace(year=2030)):
        assert look("now")["now"].year != 2030


def test_every_task_of_the_product_runs_so() -> None:
    for name, task in current_app.tasks.items():
        if not name.startswith("celery."):
            assert isinstance(task, ContextTask), name


def test_a_sent_task_carries_the_id_of_the_request(queued: Callable[..., list[dict[str, Any]]]) -> None:
    with entered(CallContext(request_id="abcdef12")):
        current_app.send_task("tests.look", ["x"])
    current_app.send_task("tests.look", ["y"])

    assert sorted(task["headers"].get("request_id", "") for task in queued(whole=True)) == ["", "abcdef12"]


def test_in_a_worker_nothing_is_left_from_one_task_to_the_next(transactional_db: None, tmp_path: Path) -> None:
    empty_broker()
    caches["shared"].delete_many(LOOKS)
    with running(tmp_path / "log", *worker_arguments(), "--include", "tests.worker_tasks"):
        for number in range(3):
            current_app.send_task("tests.leave_a_mess")
            with entered(CallContext(request_id=f"request-{number}")):
                current_app.send_task("tests.look", [f"look-{number}"])
        own = current_app.send_task("tests.look", ["look-own"])
        found = {
            key: wait_until(lambda key=key: caches["shared"].get(key), key)  # type: ignore[misc]
            for key in LOOKS
        }
    empty_broker()

    for number in range(3):
        check(found[f"look-{number}"], f"request-{number}")
    check(found["look-own"], own.id)
    assert len({seen["now"] for seen in found.values()}) == 4
