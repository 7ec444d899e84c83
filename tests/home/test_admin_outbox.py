"""Coordinators read, edit, hold, release, send and drop what waits in the outbox."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.notifications.enums import MessageState
from tech4muni.notifications.models import Message
from tests.factories.messages import make_message
from tests.home.pages import ask_for_step, take_step, text_of

LIST = "/admin/notifications/message/"
STEPS = {
    "hold": "message.held",
    "release": "message.released",
    "send_now": "message.hurried",
    "drop": "message.dropped",
}
WAITING, HELD, SENT, FAILED, DROPPED = MessageState
# Which step leads from which state to which; the rest is refused.
TABLE = {
    ("hold", WAITING): HELD,
    ("release", HELD): WAITING,
    ("send_now", WAITING): WAITING,
    ("send_now", HELD): WAITING,
    ("send_now", FAILED): WAITING,
    ("drop", WAITING): DROPPED,
    ("drop", HELD): DROPPED,
    ("drop", FAILED): DROPPED,
}


def message_in(state: MessageState, **fields: Any) -> Message:
    """Put a message of a state into the outbox."""
    sent_at = clock.now() if state == SENT else None
    return make_message(state=state, sent_at=sent_at, **fields)


def state_of(message: Message) -> str:
    """Return the state as it is stored."""
    return Message.objects.values_list("state", flat=True).get(pk=message.pk)


@pytest.mark.parametrize("state", MessageState)
@pytest.mark.parametrize("step", STEPS)
def test_steps_do_what_the_state_allows_and_go_on_record(step: str, state: MessageState, desk: Client) -> None:
    message = message_in(state)

    response = take_step(desk, LIST, step, message)

    after = TABLE.get((step, state))
    assert state_of(message) == (after or state)
    assert list(Entry.objects.values_list("verb", "actor_label")) == ([(STEPS[step], "Dana Levi")] if after else [])
    assert ("This is not possible" in text_of(response)) == (after is None)


@pytest.mark.parametrize("state", MessageState)
def test_own_page_offers_the_steps_that_the_state_allows(state: MessageState, desk: Client) -> None:
    response = desk.get(f"{LIST}{message_in(state).pk}/change/")

    offered = {step.name for step in response.context["row_steps"]}
    assert offered == {step for step, source in TABLE if source == state}


def test_dropping_many_shows_their_number_first_and_names_some(desk: Client) -> None:
    messages = [make_message(email=f"guest{number:02}@example.org") for number in range(22)]

    question = ask_for_step(desk, LIST, "drop", *messages)
    untouched = {state_of(message) for message in messages}
    done = take_step(desk, LIST, "drop", *messages)

    text = text_of(question)
    assert "Drop 22 messages?" in text
    assert "guest19@example.org" in text
    assert "guest20@example.org" not in text
    assert "and 2 more" in text
    assert untouched == {WAITING}
    assert {state_of(message) for message in messages} == {DROPPED}
    assert "22 messages are dropped." in text_of(done)


def test_everything_that_a_filter_finds_can_be_chosen_across_pages(desk: Client) -> None:
    for _number in range(3):
        make_message(email="all@example.org")
    other = make_message(email="other@example.org")
    everything = {"action": "hold", "select_across": "1", "_selected_action": [other.pk]}

    desk.post(f"{LIST}?q=all@example.org", {**everything, "confirm": "yes", "count": "3"})

    assert Message.objects.in_states(HELD).count() == 3
    assert state_of(other) == WAITING


def test_edited_message_says_the_same_in_text_and_html(desk: Client) -> None:
    message = make_message()

    response = desk.post(f"{LIST}{message.pk}/change/", typed(message, "New subject", "New text\n\n<b>not bold</b>"))

    message = Message.objects.get(pk=message.pk)
    assert response.status_code == 302
    assert (message.subject, message.text) == ("New subject", "New text\n\n<b>not bold</b>\n")
    assert "New text" in message.html
    assert "<b>not bold" not in message.html
    assert Entry.objects.get().verb == "message.edited"


def typed(message: Message, subject: str, text: str) -> dict[str, str]:
    """Return what the form of a message sends."""
    return {"subject": subject, "text": text, "seen": message.updated_at.isoformat()}


@pytest.mark.parametrize(("subject", "text", "field"), [("", "Text", "subject"), ("Subject", " ", "text")])
def test_nothing_written_is_told_beside_the_field(subject: str, text: str, field: str, desk: Client) -> None:
    message = make_message()

    response = desk.post(f"{LIST}{message.pk}/change/", typed(message, subject, text))

    assert response.status_code == 422
    assert field in response.context["adminform"].form.errors


def test_change_by_somebody_else_is_not_overwritten_and_what_was_typed_stays(desk: Client) -> None:
    message = make_message()
    mine = typed(message, "Mine", "My text")
    desk.post(f"{LIST}{message.pk}/change/", typed(message, "Theirs", "Their text"))

    response = desk.post(f"{LIST}{message.pk}/change/", mine)

    assert response.status_code == 422
    assert "Somebody else changed this message in the meantime." in text_of(response)
    assert 'value="Mine"' in response.content.decode()
    assert Message.objects.get().subject == "Theirs"


def test_message_that_left_is_read_not_edited(desk: Client) -> None:
    message = message_in(SENT, text="What it said", html="<p>What it <b onclick='x()'>said</b><script>x()</script></p>")

    response = desk.get(f"{LIST}{message.pk}/change/")
    refused = desk.post(f"{LIST}{message.pk}/change/", typed(message, "New", "New"))

    assert text_of(response).count("What it said") == 2
    assert "x()" not in response.content.decode()
    assert refused.status_code == 403
    assert Message.objects.get().text == "What it said"


@pytest.mark.parametrize("state", [WAITING, HELD, FAILED])
def test_private_message_is_read_by_its_receiver_alone(state: MessageState, desk: Client) -> None:
    message = message_in(state, private=True, text="CODE-4711", html="<p>CODE-4711</p>")

    page = desk.get(f"{LIST}{message.pk}/change/")
    refused = desk.post(f"{LIST}{message.pk}/change/", typed(message, "New", "New"))
    found = desk.get(f"{LIST}?q=CODE-4711")
    dropped = ask_for_step(desk, LIST, "drop", message)

    assert refused.status_code == 403
    assert "only the receiver may see" in text_of(page)
    assert not any("CODE-4711" in answer.content.decode() for answer in (page, dropped))
    assert found.context["cl"].result_count == 0


def test_private_message_can_be_dropped(desk: Client) -> None:
    message = message_in(WAITING, private=True, text="CODE-4711")

    take_step(desk, LIST, "drop", message)

    assert state_of(message) == DROPPED


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state__exact=held", ["b@example.org"]),
        ("kind=notifications.trial", ["a@example.org", "b@example.org"]),
        ("kind=nosuch", []),
        ("schema_name=strumica", ["b@example.org"]),
        ("q=a@example", ["a@example.org"]),
    ],
)
def test_filters_and_search(query: str, found: list[str], desk: Client) -> None:
    make_message(email="a@example.org")
    make_message(email="b@example.org", state=HELD, schema_name="strumica")

    rows = desk.get(f"{LIST}?{query}").context["cl"].result_list

    assert sorted(row.email for row in rows) == found


def test_failed_message_shows_why(desk: Client) -> None:
    message = message_in(FAILED, last_error="550 no such mailbox", attempts=5)

    assert "550 no such mailbox" in text_of(desk.get(f"{LIST}{message.pk}/change/"))


def test_releasing_wakes_a_worker(desk: Client, django_capture_on_commit_callbacks: Callable[..., Any]) -> None:
    message = message_in(HELD, due_at=clock.now() - timedelta(minutes=1))

    with django_capture_on_commit_callbacks() as later:
        take_step(desk, LIST, "release", message)

    assert len(later) == 1
