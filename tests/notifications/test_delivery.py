"""Messages leave one by one, the most urgent first, and no answer of a mail server loses one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db.models import F

from tech4muni.core import clock
from tech4muni.notifications import queries
from tech4muni.notifications.delivery import GIVE_UP_AFTER, LEASE, Outcome, delay_after, deliver_due, deliver_next
from tech4muni.notifications.enums import MessageState
from tech4muni.notifications.models import Message
from tests.factories.messages import make_message
from tests.notifications.samples import html_of
from tests.smtp_sink import SmtpSink

HOUR = timedelta(hours=1)


def only_message() -> Message:
    return Message.objects.get()


def test_a_due_message_is_sent_with_its_two_parts_and_marked(db: None) -> None:
    message = make_message(email="dana@example.org", language="he")

    assert deliver_next() is Outcome.SENT
    (sent,) = mail.outbox
    assert sent.to == ["dana@example.org"]
    assert sent.body == message.text
    assert html_of(sent) == message.html
    assert sent.extra_headers["Message-ID"] == f"<{message.public_id}@localhost>"
    assert sent.extra_headers["Content-Language"] == "he"
    message = only_message()
    assert message.state == MessageState.SENT
    assert message.sent_at is not None
    assert message.leased_until is None
    assert message.text


def test_nothing_is_sent_twice(db: None) -> None:
    make_message()

    assert [deliver_next(), deliver_next(), deliver_due()] == [Outcome.SENT, None, 0]
    assert len(mail.outbox) == 1


def test_what_is_due_later_held_failed_or_dropped_stays(db: None) -> None:
    make_message(due_at=clock.now() + HOUR)
    for state in (MessageState.HELD, MessageState.FAILED, MessageState.DROPPED):
        make_message(state=state)

    assert deliver_due() == 0
    assert mail.outbox == []


def test_a_message_leaves_when_its_time_comes(db: None) -> None:
    make_message(due_at=clock.now() + HOUR)

    with clock.at(clock.now() + HOUR):
        assert deliver_due() == 1


def test_the_most_urgent_leaves_first(db: None) -> None:
    now = clock.now()
    make_message(email="digest@example.org", due_at=now - 2 * HOUR)
    make_message(email="invitation@example.org", expires_at=now + 10 * HOUR)
    make_message(email="code@example.org", expires_at=now + timedelta(minutes=15))

    deliver_due()

    assert [sent.to[0].split("@")[0] for sent in mail.outbox] == ["code", "invitation", "digest"]


def test_what_is_worthless_is_dropped_and_not_sent(db: None) -> None:
    expired = make_message(expires_at=clock.now() + HOUR, private=True)
    kept = make_message(state=MessageState.HELD, expires_at=clock.now() + HOUR)

    with clock.at(clock.now() + HOUR):
        assert deliver_next() is None
        assert deliver_due() == 0
    expired.refresh_from_db()
    kept.refresh_from_db()
    assert (expired.state, expired.text, expired.html) == (MessageState.DROPPED, "", "")
    assert kept.state == MessageState.HELD
    assert mail.outbox == []


@pytest.mark.parametrize("state", [MessageState.HELD, MessageState.FAILED])
def test_a_secret_that_is_worthless_is_erased_and_its_message_stays(db: None, state: str) -> None:
    secret = make_message(state=state, private=True, expires_at=clock.now() + HOUR)
    open_text = make_message(state=state, expires_at=clock.now() + HOUR)

    deliver_due()
    secret.refresh_from_db()
    assert secret.text
    with clock.at(clock.now() + HOUR):
        deliver_due()

    secret.refresh_from_db()
    open_text.refresh_from_db()
    assert (secret.state, secret.text, secret.html) == (state, "", "")
    assert open_text.text


def test_a_private_message_is_erased_once_sent(db: None) -> None:
    message = make_message(private=True)

    deliver_due()

    assert message.text in mail.outbox[0].body
    message.refresh_from_db()
    assert (message.text, message.html) == ("", "")
    assert message.subject


def test_a_leased_message_is_left_alone_until_the_lease_is_over(db: None) -> None:
    now = clock.now()
    make_message(leased_until=now + LEASE, attempts=1)

    with clock.at(now):
        assert deliver_due() == 0
    with clock.at(now + LEASE):
        assert deliver_due() == 1


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("550 no such user", MessageState.FAILED),
        ("450 try again later", MessageState.WAITING),
    ],
)
def test_a_refused_receiver_fails_for_good_or_for_now(db: None, sink: SmtpSink, answer: str, state: str) -> None:
    make_message()
    sink.answer_recipient = lambda _address: answer

    assert deliver_due() == 1

    message = only_message()
    assert message.state == state
    assert message.last_error == answer
    assert message.leased_until is None
    assert queries.failed_count() == (state == MessageState.FAILED)


def test_a_refused_text_fails(db: None, sink: SmtpSink) -> None:
    make_message()
    sink.answer_data = lambda _address: "554 looks like spam"

    deliver_due()

    assert only_message().last_error == "554 looks like spam"
    assert only_message().state == MessageState.FAILED


def test_a_bad_row_never_blocks_the_others(db: None, sink: SmtpSink) -> None:
    now = clock.now()
    bad = [
        make_message(email="refused@example.org", expires_at=now + HOUR),
        make_message(email="later@example.org", expires_at=now + HOUR),
        make_message(subject="two\nlines", leave_by=now),
        make_message(email="no address at all", leave_by=now),
    ]
    good = make_message(email="dana@example.org")
    answers = {"refused@example.org": "550 no", "later@example.org": "451 later", "no": "501 bad address"}
    sink.answer_recipient = lambda address: answers.get(address.split()[0], "250 ok")

    deliver_due()

    good.refresh_from_db()
    assert good.state == MessageState.SENT
    assert sink.recipients == ["dana@example.org"]
    assert Message.objects.exclude(last_error="").count() == len(bad)


def test_waiting_grows_from_try_to_try(db: None, sink: SmtpSink) -> None:
    message = make_message()
    sink.answer_recipient = lambda _address: "450 later"
    now = clock.now()

    for attempt in range(1, 9):
        with clock.at(now):
            deliver_due()
            assert deliver_due() == 0
        message.refresh_from_db()
        assert message.attempts == attempt
        assert message.retry_at is not None
        assert message.retry_at - now >= delay_after(attempt)
        now = message.retry_at

    assert [delay_after(attempt) for attempt in (1, 2, 3, 6, 7, 50)] == [
        timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4), timedelta(minutes=32), HOUR, HOUR,
    ]  # fmt: skip
    sink.answer_recipient = lambda _address: "250 ok"
    with clock.at(now):
        deliver_due()
    assert len(sink.mails) == 1


def test_after_days_of_maybe_a_message_fails(db: None, sink: SmtpSink) -> None:
    message = make_message()
    sink.answer_recipient = lambda _address: "450 later"

    with clock.at(message.leave_by + GIVE_UP_AFTER):
        deliver_due()

    assert only_message().state == MessageState.FAILED


def away_closed(sink: SmtpSink, settings: Any) -> None:
    settings.EMAIL_PORT = 1


def away_unwelcome(sink: SmtpSink, settings: Any) -> None:
    sink.greeting = "421 too busy"


def away_breaks_off(sink: SmtpSink, settings: Any) -> None:
    sink.answer_data = lambda _address: "hang up"


def away_silent(sink: SmtpSink, settings: Any) -> None:
    settings.EMAIL_TIMEOUT = 0.2
    sink.answer_recipient = sink.silence


@pytest.mark.parametrize("goes_away", [away_closed, away_unwelcome, away_breaks_off, away_silent])
def test_while_the_mail_server_is_away_nothing_is_lost_or_tried_in_vain(
    db: None, sink: SmtpSink, settings: Any, goes_away: Callable[[SmtpSink, Any], None]
) -> None:
    messages = [make_message() for _ in range(3)]
    goes_away(sink, settings)

    assert deliver_due() == 1
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.WAITING}
    assert Message.objects.exclude(last_error="").count() == 1

    sink.greeting, sink.answer_data, settings.EMAIL_PORT = "220 back", lambda _address: "250 taken", sink.port
    sink.answer_recipient, settings.EMAIL_TIMEOUT = lambda _address: "250 ok", 10
    with clock.at(clock.now() + timedelta(minutes=2)):
        deliver_due()
    ids = sink.message_ids()
    assert set(ids) == {f"<{message.public_id}@localhost>" for message in messages}
    assert set(ids.values()) == {1}


def test_a_second_try_carries_the_same_message_id(db: None, sink: SmtpSink) -> None:
    message = make_message()

    deliver_due()
    Message.objects.filter(pk=message.pk).update(state=MessageState.WAITING, sent_at=None)
    deliver_due()

    assert sink.message_ids() == {f"<{message.public_id}@localhost>": 2}


def test_who_lost_the_lease_does_not_mark_the_message(
    transactional_db: None, sink: SmtpSink, in_own_connection: Callable[[Any], Any]
) -> None:
    message = make_message()
    sink.before_accepting = in_own_connection(lambda _mail: Message.objects.update(attempts=F("attempts") + 1))

    deliver_next()

    message.refresh_from_db()
    assert len(sink.mails) == 1
    assert (message.state, message.attempts) == (MessageState.WAITING, 2)


def test_many_workers_send_each_message_once(
    transactional_db: None, sink: SmtpSink, in_own_connection: Callable[[Any], Any]
) -> None:
    for _ in range(40):
        make_message()

    with ThreadPoolExecutor(4) as pool:
        tried = list(pool.map(in_own_connection(lambda _number: deliver_due()), range(4)))

    assert sum(tried) == 40
    assert len(sink.message_ids()) == 40
    assert set(sink.message_ids().values()) == {1}
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SENT}


def test_the_oldest_unsent_message_is_known(db: None) -> None:
    now = clock.now()
    assert queries.oldest_unsent() is None

    make_message(due_at=now - HOUR, retry_at=now + HOUR)
    make_message(due_at=now - 2 * HOUR, state=MessageState.HELD)
    make_message(due_at=now + HOUR)

    assert queries.oldest_unsent() == now - HOUR
