"""Deadlines and what is due: once, at the right hour, and never forgotten."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from programs.cohorts.services import change_coordinator
from programs.enums import ReminderStep, Role
from programs.models import Municipality
from programs.timing import kinds
from programs.timing.models import Deadline, Due
from programs.timing.queries import failing_count, late_deadlines, oldest_due, soon
from programs.timing.running import carry_out_due, carry_out_next
from programs.timing.services import (
    STEPS,
    cancel,
    meet_deadline,
    reminder_at,
    schedule,
    set_deadline,
    withdraw_deadlines,
)
from tech4muni.core import clock
from tech4muni.notifications.models import Message
from tests.factories.challenges import make_program
from tests.factories.people import make_coordinator, make_member

LABEL = {"en-gb": "Score 8 applications", "mk": "Оценете 8 пријави"}
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def a_deadline(municipality: Municipality, due_at: datetime, **fields: Any) -> Deadline:
    """Set a deadline in Skopje's time."""
    values: dict[str, Any] = {"label": LABEL, "time_zone": "Europe/Skopje", **fields}
    return set_deadline("test:1", due_at=due_at, municipality=municipality, **values)


def carried_out(instant: datetime) -> list[str]:
    """Carry out what is due at an instant, and name the receivers of the mails that it made."""
    before = set(Message.objects.values_list("pk", flat=True))
    with clock.at(instant):
        carry_out_due()
    return list(Message.objects.exclude(pk__in=before).order_by("pk").values_list("email", flat=True))


@pytest.mark.parametrize("zone", ["Europe/Skopje", "Europe/Berlin", "Asia/Jerusalem"])
@pytest.mark.parametrize("change", ["2026-03-27", "2026-03-29", "2026-10-25"])
def test_reminders_keep_the_time_of_day_across_clock_changes(zone: str, change: str) -> None:
    local = datetime.fromisoformat(f"{change}T17:00").replace(tzinfo=ZoneInfo(zone)) + timedelta(days=3)
    deadline = Deadline(due_at=local.astimezone(UTC), time_zone=zone)

    for step, days in STEPS.items():
        at = reminder_at(deadline, step).astimezone(ZoneInfo(zone))
        assert (at.hour, at.minute) == (17, 0)
        assert (at.date() - local.date()).days == days


def test_a_time_that_the_clock_change_skips_is_taken_after_it() -> None:
    skipped = datetime(2026, 3, 31, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))  # 2 days before: 29 March, no 02:30

    at = reminder_at(Deadline(due_at=skipped, time_zone="Europe/Berlin"), ReminderStep.TWO_DAYS_BEFORE)

    assert at.astimezone(ZoneInfo("Europe/Berlin")).strftime("%d %H:%M") == "29 03:30"


def test_owner_then_lead_then_coordinator(strumica: Municipality) -> None:
    owner = make_member(strumica, Role.MEMBER)
    lead = make_member(strumica, Role.LEAD)
    coordinator = make_coordinator()
    make_coordinator()
    program = make_program(strumica)
    change_coordinator(program.participations.get(), actor=None, coordinator=coordinator)
    with clock.at(START):
        deadline = a_deadline(strumica, START + timedelta(days=10), owner=owner, program=program)
    told = {}
    for step in ReminderStep:
        told[step] = carried_out(reminder_at(deadline, step) + timedelta(seconds=1))

    assert told == {
        ReminderStep.WEEK_BEFORE: [owner.email],
        ReminderStep.TWO_DAYS_BEFORE: [owner.email],
        ReminderStep.DAY_AFTER: [owner.email],
        ReminderStep.TO_LEAD: [lead.email],
        ReminderStep.TO_COORDINATOR: [coordinator.email],
    }
    assert carried_out(START + timedelta(days=60)) == []


def test_without_an_owner_the_leads_are_reminded_in_their_language(strumica: Municipality) -> None:
    lead = make_member(strumica, Role.LEAD, language="mk")
    with clock.at(START):
        a_deadline(strumica, START + timedelta(days=3))

    assert carried_out(START + timedelta(days=1)) == [lead.email]
    message = Message.objects.get(email=lead.email)
    assert "Оценете 8 пријави" in message.subject
    assert message.schema_name == "strumica"


def test_a_reminder_is_sent_once_however_often_it_is_carried_out(strumica: Municipality) -> None:
    make_member(strumica, Role.LEAD)
    with clock.at(START):
        a_deadline(strumica, START + timedelta(days=7, hours=1))
    at = START + timedelta(hours=1, minutes=1)

    assert len(carried_out(at)) == 1
    Due.objects.update(done_at=None)
    assert carried_out(at) == []
    assert carried_out(at + timedelta(minutes=1)) == []


def test_a_moved_deadline_takes_its_reminders_along(strumica: Municipality) -> None:
    make_member(strumica, Role.LEAD)
    with clock.at(START):
        a_deadline(strumica, START + timedelta(days=10))
        a_deadline(strumica, START + timedelta(days=30))

    assert carried_out(START + timedelta(days=9)) == []
    assert len(carried_out(START + timedelta(days=23, minutes=1))) == 1

    with clock.at(START + timedelta(days=24)):
        a_deadline(strumica, START + timedelta(days=10))  # back into the past: late already
    assert len(carried_out(START + timedelta(days=24, minutes=1))) == 0
    assert late_deadlines(START + timedelta(days=24)).count() == 1


def test_moved_away_and_back_again_the_reminders_come_back(strumica: Municipality) -> None:
    make_member(strumica, Role.LEAD)
    with clock.at(START):
        for days in (10, 30, 10):
            a_deadline(strumica, START + timedelta(days=days))

    assert len(carried_out(START + timedelta(days=3, minutes=1))) == 1


@pytest.mark.parametrize("how", ["met", "withdrawn"])
def test_nobody_is_reminded_of_what_is_done_or_dropped(strumica: Municipality, how: str) -> None:
    make_member(strumica, Role.LEAD)
    with clock.at(START):
        deadline = a_deadline(strumica, START + timedelta(days=10))
        if how == "met":
            meet_deadline(deadline.key)
        else:
            withdraw_deadlines(keys=[deadline.key])

    assert carried_out(START + timedelta(days=60)) == []
    assert not soon(strumica, days=365).exists()


def test_to_name_none_is_to_withdraw_none(strumica: Municipality) -> None:
    with clock.at(START):
        deadline = a_deadline(strumica, START + timedelta(days=10))
        withdraw_deadlines(keys=[])

    deadline.refresh_from_db()
    assert deadline.is_open


def test_what_was_met_stays_met_until_it_moves(strumica: Municipality) -> None:
    with clock.at(START):
        deadline = a_deadline(strumica, START + timedelta(days=10))
        meet_deadline(deadline.key)
        assert not a_deadline(strumica, START + timedelta(days=10), label={"en-gb": "Other words"}).is_open
        assert a_deadline(strumica, START + timedelta(days=11)).is_open


def test_met_late_nobody_is_told_even_if_the_worker_was_away(strumica: Municipality) -> None:
    make_member(strumica, Role.LEAD)
    with clock.at(START):
        deadline = a_deadline(strumica, START + timedelta(days=10))
    with clock.at(START + timedelta(days=9)):
        meet_deadline(deadline.key)

    assert carried_out(START + timedelta(days=9)) == []


def steps_done(deadline: Deadline) -> dict[str, bool]:
    """Return of each reminder that is settled whether it was sent; the others were superseded."""
    return {step.step: step.done_at is not None for step in deadline.steps.all() if step.done_at or step.cancelled_at}


def test_after_an_outage_each_person_gets_the_latest_reminder_alone(strumica: Municipality) -> None:
    owner = make_member(strumica, Role.MEMBER)
    lead = make_member(strumica, Role.LEAD)
    with clock.at(START):
        deadline = a_deadline(strumica, START + timedelta(days=10), owner=owner)

    assert carried_out(deadline.due_at + timedelta(days=4)) == [owner.email, lead.email]
    assert carried_out(deadline.due_at + timedelta(days=4, hours=1)) == []
    assert steps_done(deadline) == {
        ReminderStep.WEEK_BEFORE: False, ReminderStep.TWO_DAYS_BEFORE: False,
        ReminderStep.DAY_AFTER: True, ReminderStep.TO_LEAD: True,
    }  # fmt: skip
    coordinator = make_coordinator()
    assert carried_out(deadline.due_at + timedelta(days=5, minutes=1)) == [coordinator.email]


def test_leads_who_are_owner_and_lead_at_once_get_one_mail(strumica: Municipality) -> None:
    lead = make_member(strumica, Role.LEAD)
    with clock.at(START):
        deadline = a_deadline(strumica, START + timedelta(days=10))

    assert carried_out(deadline.due_at + timedelta(days=4)) == [lead.email]
    assert steps_done(deadline)[ReminderStep.TO_LEAD]


def test_who_a_later_reminder_does_not_tell_is_told_by_the_earlier_one(strumica: Municipality) -> None:
    first, second = make_member(strumica, Role.LEAD), make_coordinator()
    with clock.at(START):
        deadline = a_deadline(strumica, START + timedelta(days=10))

    assert carried_out(deadline.due_at + timedelta(days=6)) == [first.email, second.email]


def test_reminders_that_were_sent_before_a_deadline_moved_supersede_nothing(strumica: Municipality) -> None:
    lead = make_member(strumica, Role.LEAD)
    with clock.at(START):
        deadline = a_deadline(strumica, START + timedelta(days=10))
    assert carried_out(deadline.due_at + timedelta(days=4)) == [lead.email]
    with clock.at(START + timedelta(days=15)):
        moved = a_deadline(strumica, START + timedelta(days=40))

    assert carried_out(moved.due_at - timedelta(days=7)) == [lead.email]
    assert carried_out(moved.due_at - timedelta(days=2)) == [lead.email]


def test_an_earlier_reminder_that_failed_is_not_sent_after_the_later_one(strumica: Municipality) -> None:
    lead = make_member(strumica, Role.LEAD)
    with clock.at(START):
        deadline = a_deadline(strumica, START + timedelta(days=10))
    late = deadline.due_at - timedelta(days=1)
    Due.objects.filter(step=ReminderStep.WEEK_BEFORE).update(due_at=late + timedelta(minutes=1))  # put off

    assert carried_out(late) == [lead.email]
    assert carried_out(late + timedelta(minutes=2)) == []
    assert steps_done(deadline) == {ReminderStep.WEEK_BEFORE: False, ReminderStep.TWO_DAYS_BEFORE: True}


done: list[Mapping[str, Any]] = []


def do(payload: Mapping[str, Any]) -> None:
    """Note that it was done, or fail as the payload says."""
    if payload.get("fail"):
        raise RuntimeError("no")
    done.append(payload)


@pytest.fixture
def deed() -> str:
    done.clear()
    kinds.register("tests.do", do)
    return "tests.do"


def test_a_row_that_fails_waits_longer_each_time_and_holds_up_nobody(db: None, deed: str) -> None:
    with clock.at(START):
        schedule(deed, key="bad", due_at=START, payload={"fail": True})
        schedule(deed, key="good", due_at=START)
        assert carry_out_due() == 2
        assert [payload["due"] for payload in done] == [Due.objects.get(key="good").pk]
        assert failing_count() == 1
        assert carry_out_due() == 0
    with clock.at(START + timedelta(minutes=1)):
        assert carry_out_due() == 1
        assert carry_out_due() == 0
    bad = Due.objects.get(key="bad")
    assert bad.attempts == 2
    assert bad.last_error == "RuntimeError: no"
    assert bad.due_at == START + timedelta(minutes=3)
    bad.payload = {}
    bad.save(update_fields=["payload"])
    with clock.at(START + timedelta(minutes=3)):
        assert oldest_due() == bad.due_at
        assert carry_out_due() == 1
    assert failing_count() == 0


def test_a_kind_that_nobody_carries_out_is_told(db: None) -> None:
    with clock.at(START):
        schedule("nowhere.nothing", key="odd", due_at=START)
        carry_out_due()

    assert "nowhere.nothing" in Due.objects.get(key="odd").last_error


def test_two_handlers_of_one_kind_are_refused(deed: str) -> None:
    with pytest.raises(ValueError, match=r"tests\.do"):
        kinds.register(deed, lambda _payload: None)


def test_scheduled_twice_it_is_done_once_and_moved_it_is_done_then(db: None, deed: str) -> None:
    with clock.at(START):
        schedule(deed, key="once", due_at=START + timedelta(days=1))
        schedule(deed, key="once", due_at=START + timedelta(days=2))
        cancel("other")
    with clock.at(START + timedelta(days=1)):
        assert carry_out_due() == 0
    with clock.at(START + timedelta(days=2)):
        assert carry_out_due() == 1
        schedule(deed, key="once", due_at=START)
        assert carry_out_due() == 0


def test_cancelled_it_is_not_done(db: None, deed: str) -> None:
    with clock.at(START):
        schedule(deed, key="never", due_at=START)
        cancel("never")
        assert carry_out_due() == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_what_is_due(deed: str, in_own_connection: Callable[..., Any]) -> None:
    for number in range(40):
        schedule(deed, key=f"shared:{number}", due_at=clock.now() - timedelta(minutes=1))

    with ThreadPoolExecutor(4) as pool:
        tried = sum(pool.map(in_own_connection(lambda _worker: carry_out_due()), range(4)))

    assert tried == 40
    assert len(done) == len({payload["due"] for payload in done}) == 40


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_leaves_the_row_as_it_was(deed: str) -> None:
    schedule(deed, key="killed", due_at=clock.now() - timedelta(minutes=1))
    with transaction.atomic():
        carry_out_next()
        transaction.set_rollback(True)  # as PostgreSQL does when the connection of a killed worker is gone

    due = Due.objects.get(key="killed")
    assert (due.done_at, due.attempts) == (None, 0)
    assert carry_out_next()
