"""Every task may run twice: a broker delivers at least once. A task that is not in the table fails the build."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import caches

from events.enums import TimetableState
from events.models import Timetable
from events.services import events as event_services
from events.services.timetables import ask_for_timetable
from programs.enums import MunicipalityState, Role
from programs.models import Municipality, Visit
from programs.timing.services import set_deadline
from tech4muni.audit import nightly
from tech4muni.core import clock, heartbeat
from tech4muni.notifications.models import Message
from tests.factories.challenges import make_program
from tests.factories.events import a_coordinator, choose_all, make_event, seat_city, seat_company
from tests.factories.messages import make_message
from tests.factories.municipalities import make_municipality
from tests.factories.people import make_coordinator, make_member

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


def a_visit_that_is_over() -> Arguments:
    entered = clock.now() - timedelta(hours=2)
    Visit.objects.create(
        coordinator=make_coordinator(),
        municipality=Municipality.objects.get(schema_name="strumica"),
        reason="Help with the brief",
        token_digest="0" * 64,
        created_at=entered,
        redeem_by=entered + timedelta(minutes=5),
        entered_at=entered,
        ends_at=entered + timedelta(hours=1),
    )
    return ()


def no_beat() -> Arguments:
    caches["shared"].delete(heartbeat.KEY)
    return ()


def one_mail() -> bool:
    return len(mail.outbox) == 1


def open_municipality() -> bool:
    return Municipality.objects.filter(schema_name="bitola", state=MunicipalityState.ACTIVE).exists()


def visit_ended() -> bool:
    return Visit.objects.filter(left_at__isnull=False).exists()


def a_timetable_that_waits() -> Arguments:
    actor = a_coordinator()
    event = make_event(make_program(), actor=actor)
    seat_city(event, Municipality.objects.get(schema_name="strumica"))
    seat_company(event)
    event_services.open_choices(event, actor=actor)
    choose_all(event)
    event_services.close_choices(event, actor=actor)
    return (ask_for_timetable(event, actor=actor, limit_seconds=5).pk,)


def timetable_computed() -> bool:
    return Timetable.objects.filter(state=TimetableState.DRAFT).exists()


def a_due_reminder() -> Arguments:
    strumica = Municipality.objects.get(schema_name="strumica")
    make_member(strumica, Role.LEAD)
    with clock.at(clock.now() - timedelta(days=5)):
        due_at = clock.now() + timedelta(days=4)
        set_deadline("twice", label={"en-gb": "Score"}, due_at=due_at, time_zone="UTC", municipality=strumica)
    return ()


def one_reminder() -> bool:
    return Message.objects.filter(kind="programs.reminder").exists()


def no_verification() -> Arguments:
    caches["shared"].delete(nightly.KEY)
    return ()


def a_session_that_is_over() -> Arguments:
    Session.objects.create(session_key="over", session_data="", expire_date=clock.now() - timedelta(minutes=1))
    return ()


def no_session() -> bool:
    return not Session.objects.exists()


TASKS: dict[str, tuple[Callable[[], Arguments], Callable[[], bool]]] = {
    "accounts.forget_ended_sessions": (a_session_that_is_over, no_session),
    "audit.verify_trails": (no_verification, lambda: nightly.last_verification() is not None),
    "core.beat": (no_beat, lambda: heartbeat.last_beat() is not None),
    "events.plan_timetable": (a_timetable_that_waits, timetable_computed),
    "notifications.deliver": (a_message, one_mail),
    "notifications.deliver_due": (a_message, one_mail),
    "programs.carry_out_due": (a_due_reminder, one_reminder),
    "programs.end_overdue_visits": (a_visit_that_is_over, visit_ended),
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
