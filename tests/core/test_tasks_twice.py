"""Every task may run twice: a broker delivers at least once. A task that is not in the table fails the build."""

from collections.abc import Callable
from typing import Any

import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.core.cache import caches

from programs.enums import MunicipalityState
from programs.models import Municipality
from tech4muni.audit import nightly
from tech4muni.core import heartbeat
from tests.factories.messages import make_message
from tests.factories.municipalities import make_municipality

Arguments = tuple[Any, ...]
NOT_OURS = ("celery.", "tests.")


def a_message() -> Arguments:
    make_message()
    return ()


def a_waiting_municipality() -> Arguments:
    return (make_municipality().pk,)


def waiting_municipalities() -> Arguments:
    make_municipality()
    return ()


def no_beat() -> Arguments:
    caches["shared"].delete(heartbeat.KEY)
    return ()


def one_mail() -> bool:
    return len(mail.outbox) == 1


def open_municipality() -> bool:
    return Municipality.objects.filter(schema_name="bitola", state=MunicipalityState.ACTIVE).exists()


def no_verification() -> Arguments:
    caches["shared"].delete(nightly.KEY)
    return ()


TASKS: dict[str, tuple[Callable[[], Arguments], Callable[[], bool]]] = {
    "audit.verify_trails": (no_verification, lambda: nightly.last_verification() is not None),
    "core.beat": (no_beat, lambda: heartbeat.last_beat() is not None),
    "notifications.deliver": (a_message, one_mail),
    "notifications.deliver_due": (a_message, one_mail),
    "programs.tasks.provision_municipality": (a_waiting_municipality, open_municipality),
    "programs.tasks.provision_waiting": (waiting_municipalities, open_municipality),
}
"""What each task works on, made before it runs, and whether it did its work."""


def rows() -> dict[str, list[dict[str, Any]]]:
    """Return all rows of the public schema."""
    models = [model for model in apps.get_models() if model._meta.app_config.name in settings.SHARED_APPS]
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}


@pytest.fixture(autouse=True, scope="module")
def _known_tasks() -> None:
    """Import the task modules of all apps, as a worker does."""
    current_app.loader.import_default_modules()


def test_every_task_of_the_product_is_in_the_table() -> None:
    assert sorted(name for name in current_app.tasks if not name.startswith(NOT_OURS)) == sorted(TASKS)


@pytest.mark.parametrize("name", TASKS)
def test_a_second_run_changes_nothing(db: None, name: str) -> None:
    prepare, did = TASKS[name]
    task, arguments = current_app.tasks[name], prepare()
    assert not did()

    task(*arguments)
    assert did()
    first, sent = rows(), len(mail.outbox)
    task(*arguments)

    assert did()
    assert rows() == first
    assert len(mail.outbox) == sent
