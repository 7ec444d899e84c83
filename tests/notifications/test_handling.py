"""What coordinators do with what waits: read, edit, hold, release, send, drop; and what nobody may."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.http import Http404
from django.test import TestCase

from tech4muni.accounts.models import User
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Forbidden, Refused
from tech4muni.notifications import services
from tech4muni.notifications.delivery import LEASE, deliver_due
from tech4muni.notifications.enums import MessageState
from tech4muni.notifications.models import Message
from tech4muni.notifications.permissions import may_handle, may_read
from tests.factories.messages import make_message
from tests.factories.people import make_coordinator, make_user
from tests.notifications.samples import Tags, html_of
from tests.smtp_sink import SmtpSink

W, H, S, F, D = (
    MessageState.WAITING, MessageState.HELD, MessageState.SENT, MessageState.FAILED, MessageState.DROPPED,
)  # fmt: skip
STEPS: dict[str, tuple[Callable[..., Message], str, dict[str, str]]] = {
    "hold": (services.hold, "message.held", {W: H}),
    "release": (services.release, "message.released", {H: W}),
    "send_now": (services.send_now, "message.hurried", {W: W, H: W, F: W}),
    "drop": (services.drop, "message.dropped", {W: D, H: D, F: D}),
}


def in_state(state: str, **fields: Any) -> Message:
    sent_at = clock.now() if state == MessageState.SENT else None
    return make_message(state=state, sent_at=sent_at, **fields)


@pytest.fixture
def coordinator(db: None) -> User:
    return make_coordinator()


@pytest.mark.parametrize("state", MessageState.values)
@pytest.mark.parametrize("step", STEPS)
def test_each_step_is_possible_in_its_states_only_and_on_record(coordinator: User, step: str, state: str) -> None:
    service, verb, becomes = STEPS[step]
    message = in_state(state)

    if state not in becomes:
        with pytest.raises(Refused, match="not possible"):
            service(message, actor=coordinator)
        assert not Entry.objects.exists()
    else:
        service(message, actor=coordinator, reason="Because.")
        entry = Entry.objects.get()
        assert (entry.verb, entry.actor_id, entry.reason) == (verb, coordinator.pk, "Because.")
        assert entry.target_id == str(message.public_id)
    message.refresh_from_db()
    assert message.state == becomes.get(state, state)


@pytest.mark.parametrize("step", [*STEPS, "edit"])
def test_a_message_that_is_leaving_is_left_alone(coordinator: User, step: str) -> None:
    message = make_message(leased_until=clock.now() + LEASE)
    changes = {"subject": "x", "text": "y"} if step == "edit" else {}

    with pytest.raises(Conflict):
        getattr(services, step)(message, actor=coordinator, **changes)


@pytest.mark.parametrize("step", [*STEPS, "edit"])
def test_nobody_but_coordinators_handles_messages(db: None, step: str) -> None:
    message = make_message()
    changes = {"subject": "x", "text": "y"} if step == "edit" else {}

    for person in (make_user(), make_coordinator(is_active=False)):
        with pytest.raises(Http404):
            getattr(services, step)(message, actor=person, **changes)


def test_a_held_message_stays_and_a_released_one_leaves(coordinator: User) -> None:
    message = services.hold(make_message(), actor=coordinator)
    assert deliver_due() == 0

    services.release(message, actor=coordinator)
    assert deliver_due() == 1


def test_send_now_hurries_what_is_due_later_rests_or_failed(coordinator: User) -> None:
    now = clock.now()
    late = make_message(due_at=now + timedelta(days=3), email="late@example.org")
    resting = make_message(retry_at=now + timedelta(hours=1), email="resting@example.org")
    failed = make_message(state=F, last_error="550 no", email="failed@example.org")

    for message in (late, resting, failed):
        services.send_now(message, actor=coordinator)
    deliver_due()

    assert sorted(sent.to[0] for sent in mail.outbox) == [
        "failed@example.org",
        "late@example.org",
        "resting@example.org",
    ]


@pytest.mark.parametrize(("step", "state"), [("release", H), ("send_now", H), ("send_now", F)])
def test_what_is_worthless_is_not_sent_any_more(coordinator: User, step: str, state: str) -> None:
    message = in_state(state, expires_at=clock.now() + timedelta(minutes=1))

    with clock.at(clock.now() + timedelta(minutes=1)):
        with pytest.raises(Refused, match="too late"):
            getattr(services, step)(message, actor=coordinator)
        assert services.drop(message, actor=coordinator).state == MessageState.DROPPED


def test_a_try_in_vain_is_no_change_to_an_editor(coordinator: User, sink: SmtpSink) -> None:
    message = make_message()
    sink.answer_recipient = lambda _address: "450 later"
    deliver_due()

    services.edit(message, actor=coordinator, subject="New", text="New", seen=message.updated_at)


def test_sending_wakes_a_worker(coordinator: User, queued: Callable[[], list[str]]) -> None:
    held = in_state(H)
    with TestCase.captureOnCommitCallbacks(execute=True):
        services.send_now(held, actor=coordinator)

    assert queued() == [services.DELIVER_TASK]


def test_dropping_a_private_message_erases_it(coordinator: User) -> None:
    message = services.drop(make_message(private=True), actor=coordinator)

    message.refresh_from_db()
    assert (message.text, message.html) == ("", "")


def test_an_edited_message_leaves_as_it_was_edited(coordinator: User) -> None:
    message = make_message(language="he")
    old_text = message.text

    services.edit(message, actor=coordinator, subject="New", text="See https://example.org/b <b>\n")
    deliver_due()

    (sent,) = mail.outbox
    html = Tags(html_of(sent))
    assert (sent.subject, sent.body) == ("New", "See https://example.org/b <b>\n")
    assert html.addresses == ["https://example.org/b"]
    assert html.counts["b"] == 0
    entry = Entry.objects.get()
    assert entry.verb == "message.edited"
    assert entry.data["before"]["text"] == old_text


def test_an_edit_does_not_overwrite_somebody_elses(coordinator: User) -> None:
    message = make_message()
    with clock.at(clock.now() + timedelta(seconds=1)):
        services.edit(message, actor=coordinator, subject="Mine", text="Mine", seen=message.updated_at)
        with pytest.raises(Conflict):
            services.edit(message, actor=make_coordinator(), subject="Yours", text="Yours", seen=message.updated_at)

    message.refresh_from_db()
    assert message.subject == "Mine"


@pytest.mark.parametrize(("subject", "text", "field"), [("", "x", "subject"), ("x", " \n", "text")])
def test_an_edit_needs_words(coordinator: User, subject: str, text: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        services.edit(make_message(), actor=coordinator, subject=subject, text=text)

    assert refused.value.field == field


@pytest.mark.parametrize("state", [MessageState.SENT, MessageState.DROPPED])
def test_what_left_or_was_dropped_is_not_edited(coordinator: User, state: str) -> None:
    with pytest.raises(Refused):
        services.edit(in_state(state), actor=coordinator, subject="x", text="y")


def test_a_private_message_is_held_and_dropped_but_neither_read_nor_edited(coordinator: User) -> None:
    message = make_message(private=True)

    assert not may_read(coordinator, message)
    with pytest.raises(Forbidden):
        services.edit(message, actor=coordinator, subject="x", text="y")
    message = services.hold(message, actor=coordinator)
    assert services.drop(message, actor=coordinator).state == MessageState.DROPPED


def test_coordinators_read_what_is_not_private(coordinator: User) -> None:
    message = make_message()

    assert may_read(coordinator, message)
    assert may_read(make_user(), message).stranger
    assert may_handle(None).stranger
