"""Reminders go to unfinished drafts alone: three before the deadline, each once, moving with it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django_tenants.utils import tenant_context

from challenges.models import Challenge
from programs.cohorts.models import Program
from programs.enums import Role
from programs.models import Municipality
from programs.timing.models import Due
from programs.timing.running import carry_out_due
from solutions.market.enums import CompanyRole
from solutions.market.models import Applicant, Application, Call
from solutions.market.services import reminders, submitting, writing
from solutions.market.services.starting import begin
from solutions.market.services.windows import move_deadline
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tech4muni.notifications.models import Message
from tests.factories.challenges import acting_as
from tests.factories.people import make_member, make_user
from tests.market.application_steps import FakeReceiver, fill, open_call


@pytest.fixture
def draft(call: Call, owner: User) -> Application:
    """A draft that was begun four weeks before the deadline."""
    return begin(call, actor=owner, language="en-gb")


def mailed(instant: datetime) -> list[str]:
    """Carry out what is due at an instant, and name who was reminded."""
    before = set(Message.objects.values_list("pk", flat=True))
    with clock.at(instant):
        carry_out_due()
    found = Message.objects.exclude(pk__in=before).filter(kind="market.application_reminder")
    return sorted(found.values_list("email", flat=True))


def test_three_reminders_each_once(draft: Application, call: Call, owner: User) -> None:
    for step in reminders.STEPS:
        at = reminders.reminder_at(call, step)
        assert mailed(at - timedelta(seconds=1)) == []
        assert mailed(at) == [owner.email]
        assert mailed(at + timedelta(minutes=1)) == []
    assert mailed(call.closes_at + timedelta(days=3)) == []


def test_editors_are_reminded_and_viewers_are_not(draft: Application, call: Call, owner: User) -> None:
    for role in (CompanyRole.EDITOR, CompanyRole.VIEWER):
        Applicant.objects.create(application=draft, user=make_user(email=f"{role}@example.org"), role=role)

    assert mailed(reminders.reminder_at(call, "week")) == sorted([owner.email, "editor@example.org"])
    message = Message.objects.filter(kind="market.application_reminder").first()
    assert message is not None
    assert "A draft is not a submission" in message.text
    assert "answers are missing" in message.text


def test_who_has_submitted_is_not_reminded(receiver: FakeReceiver, draft: Application, call: Call, owner: User) -> None:
    submitting.submit(fill(draft, actor=owner), actor=owner)

    assert mailed(call.closes_at - timedelta(minutes=1)) == []
    assert not Due.objects.filter(kind=reminders.REMIND, cancelled_at__isnull=True).exists()


def test_who_has_withdrawn_is_not_reminded(receiver: FakeReceiver, draft: Application, call: Call, owner: User) -> None:
    submitting.withdraw(draft, actor=owner)

    assert mailed(call.closes_at - timedelta(minutes=1)) == []


def test_they_move_with_the_deadline_and_none_comes_twice(draft: Application, call: Call, owner: User) -> None:
    assert mailed(reminders.reminder_at(call, "week")) == [owner.email]
    old = reminders.reminder_at(call, "two_days")
    Call.objects.filter(pk=call.pk).update(closes_at=call.closes_at + timedelta(weeks=2))
    call.refresh_from_db()

    reminders.follow_deadline(call)

    assert mailed(old) == []
    assert mailed(reminders.reminder_at(call, "week")) == []
    assert mailed(reminders.reminder_at(call, "two_days")) == [owner.email]
    assert Due.objects.filter(kind=reminders.REMIND).count() == 3


def test_a_late_draft_gets_what_is_left(call: Call, owner: User) -> None:
    with clock.at(call.closes_at - timedelta(hours=30)):
        begin(call, actor=owner, language="en-gb")

    assert mailed(call.closes_at - timedelta(hours=3)) == []
    assert mailed(call.closes_at - timedelta(hours=2)) == [owner.email]


def test_a_draft_for_two_calls_follows_the_first_deadline(
    draft: Application, call: Call, owner: User, haifa: Municipality, program: Program
) -> None:
    early = open_call(haifa, program, "Benches", closes_at=call.closes_at - timedelta(days=10))
    choice = {row.pk: {row.cities.get().pk} for row in (call, early)}

    writing.choose_calls(draft, choice, actor=owner)

    due = Due.objects.get(key=reminders.key_of(draft, "week"))
    assert due.due_at == reminders.reminder_at(early, "week")


def test_nobody_is_reminded_of_a_call_that_was_withdrawn(draft: Application, call: Call) -> None:
    Call.objects.filter(pk=call.pk).update(withdrawn_at=clock.now(), withdrawal_reason="Budget")

    assert mailed(reminders.reminder_at(call, "week")) == []


@pytest.mark.parametrize("zone", ["Europe/Skopje", "Europe/Berlin", "Asia/Jerusalem"])
def test_days_keep_the_time_of_day_over_a_clock_change(zone: str) -> None:
    closes = datetime(2026, 3, 30, 17, 0, tzinfo=ZoneInfo(zone))
    call = Call(closes_at=closes.astimezone(UTC), time_zone=zone)

    for step, days in (("week", 7), ("two_days", 2)):
        at = reminders.reminder_at(call, step).astimezone(ZoneInfo(zone))
        assert (at.hour, (closes.date() - at.date()).days) == (17, days)
    assert call.closes_at - reminders.reminder_at(call, "two_hours") == timedelta(hours=2)


def test_the_mail_is_in_the_language_of_the_person(call: Call) -> None:
    user = make_user(language="de", time_zone="Europe/Berlin")
    begin(call, actor=user, language="en-gb")

    mailed(reminders.reminder_at(call, "week"))

    assert Message.objects.get(kind="market.application_reminder").language == "de"


def test_more_time_for_the_call_moves_them(draft: Application, call: Call, strumica: Municipality) -> None:
    challenge = challenge_of(call)
    lead = acting_as(make_member(strumica, Role.LEAD), strumica)
    later = call.closes_at + timedelta(days=5)

    with tenant_context(strumica):
        move_deadline(challenge, actor=lead, closes_at=later, reason="Holidays", seen=call.closes_at)

    call.refresh_from_db()
    due = Due.objects.get(key=reminders.key_of(draft, "two_hours"))
    assert due.due_at == later - timedelta(hours=2)


def challenge_of(call: Call) -> Challenge:
    """The challenge behind a call."""
    with tenant_context(call.municipality):
        return Challenge.objects.get(public_id=call.challenge_id)
