"""Processes are killed, broker and database go away: no mail is lost, and a fault makes one double at most."""

import os
import random
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from email.message import Message as Mail
from pathlib import Path

import pytest
from celery import current_app
from django.db import connection, connections, transaction

from tech4muni.core import clock, heartbeat
from tech4muni.embedded.valkey import start_valkey, stop_valkey
from tech4muni.notifications.delivery import deliver_due
from tech4muni.notifications.enums import MessageState
from tech4muni.notifications.models import Message
from tests.celery_processes import CeleryProcess, beat_arguments, empty_broker, running, worker_arguments
from tests.factories.messages import make_message
from tests.smtp_sink import SmtpSink
from tests.waiting import wait_until

Start = Callable[..., AbstractContextManager[CeleryProcess]]


@pytest.fixture(autouse=True)
def _empty(transactional_db: None) -> Iterator[None]:
    empty_broker()
    yield
    empty_broker()


@pytest.fixture
def worker(tmp_path: Path, sink: SmtpSink) -> Start:
    """Return a function that runs a worker, which sends to the sink, inside a `with` block."""
    numbers = iter(range(100))

    def start(**changes: str) -> AbstractContextManager[CeleryProcess]:
        log = tmp_path / f"worker{next(numbers)}.log"
        return running(log, *worker_arguments(), TEST_SMTP_PORT=str(sink.port), **changes)

    return start


@pytest.fixture
def beat(tmp_path: Path) -> Start:
    """Return a function that runs beat inside a `with` block."""
    return lambda **changes: running(tmp_path / "beat.log", *beat_arguments(tmp_path / "schedule"), **changes)


@pytest.fixture
def own_broker() -> Iterator[Path]:
    """A directory for a broker that the test may stop; pytest's own directories are closed to the server's account."""
    home = Path(tempfile.mkdtemp(prefix="t4m-broker-"))
    home.chmod(0o755)
    yield home
    stop_valkey(home)
    shutil.rmtree(home)


def ids_of(messages: list[Message]) -> set[str]:
    return {f"<{message.public_id}@localhost>" for message in messages}


def all_sent() -> bool:
    return not Message.objects.exclude(state=MessageState.SENT).exists()


def let_leases_run_out() -> None:
    """Let two minutes pass for what a dead worker had leased."""
    Message.objects.filter(leased_until__isnull=False).update(leased_until=clock.now())


def check_nothing_lost(sink: SmtpSink, messages: list[Message], kills: int) -> None:
    """Every message arrived; each kill cost at most one double, which carries its first one's Message-ID."""
    ids = sink.message_ids()
    assert set(ids) == ids_of(messages)
    assert sum(ids.values()) - len(ids) <= kills


def test_a_worker_killed_in_the_middle_of_a_task_loses_nothing(worker: Start, sink: SmtpSink) -> None:
    """The broker gives the task to the next worker, though nobody sends it again and no beat runs."""
    messages = [make_message()]
    wait_until(lambda: Message.objects.count() == 1, "the message")
    with worker() as first:
        sink.before_accepting = lambda _mail: first.kill_9()
        wait_until(lambda: sink.mails, "the first try")
        wait_until(lambda: first.process.poll() is not None, "the end of the first worker")
    sink.before_accepting = lambda _mail: None
    assert not all_sent()

    let_leases_run_out()
    with worker():
        wait_until(all_sent, "the second try")

    assert sink.message_ids() == dict.fromkeys(ids_of(messages), 2)


def test_a_worker_killed_again_and_again_in_the_middle_of_a_batch_loses_nothing(worker: Start, sink: SmtpSink) -> None:
    with transaction.atomic():
        messages = [make_message() for _number in range(30)]
    empty_broker()
    kills = 0
    for last in (4, 11, 12):
        with worker() as killed:
            sink.before_accepting = kill_at(last + kills, sink, killed.kill_9)
            current_app.send_task("notifications.deliver_due")
            wait_until(lambda killed=killed: killed.process.poll() is not None, "the worker's end")  # type: ignore[misc]
        kills += 1
        let_leases_run_out()
    sink.before_accepting = lambda _mail: None

    with worker():
        current_app.send_task("notifications.deliver_due")
        wait_until(all_sent, "all mails")

    check_nothing_lost(sink, messages, kills)


def kill_at(number: int, sink: SmtpSink, kill: Callable[[], None]) -> Callable[[Mail], None]:
    """Kill when so many mails have arrived, before the sender of the last one knows."""
    return lambda _mail: kill() if len(sink.mails) >= number else None


def test_a_worker_whose_child_is_killed_goes_on(worker: Start, sink: SmtpSink) -> None:
    messages = [make_message() for _number in range(5)]
    killed: list[int] = []

    def kill_child(_mail: Mail) -> None:
        if not killed:
            killed.append(children_of(alive.process.pid)[-1])
            os.kill(killed[0], signal.SIGKILL)
            let_leases_run_out()
            connection.close()

    with worker() as alive:
        sink.before_accepting = kill_child
        wait_until(all_sent, "all mails")
        assert alive.process.poll() is None

    assert len(killed) == 1
    check_nothing_lost(sink, messages, kills=1)


def children_of(pid: int) -> list[int]:
    """Return the child processes of a process."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_deliveries_killed_forty_times_lose_nothing(sink: SmtpSink) -> None:
    """Delivery in processes that are killed at random moments: before a mail arrives, or before they know it did."""
    with transaction.atomic():
        messages = [make_message() for _number in range(250)]
    chance, kills = random.Random(2026), 0
    while not all_sent():
        child = fork_delivery()
        if kills < 40:
            kill_somewhere(sink, child, chance)
            kills += 1
        os.waitpid(child, 0)
        sink.before_accepting, sink.answer_recipient = lambda _mail: None, lambda _address: "250 ok"
        let_leases_run_out()

    assert kills == 40
    check_nothing_lost(sink, messages, kills)


def fork_delivery() -> int:
    """Run a sweep in a process of its own; return its id."""
    connections.close_all()
    child = os.fork()
    if child:
        return child
    try:
        deliver_due()
    finally:
        os._exit(0)


def kill_somewhere(sink: SmtpSink, child: int, chance: random.Random) -> None:
    """Kill the process within its next six mails, in the middle of a conversation."""
    last = len(sink.mails) + chance.randint(0, 5)

    def kill_on_recipient(_address: str) -> str:
        if len(sink.mails) >= last:
            os.kill(child, signal.SIGKILL)
        return "250 ok"

    if chance.random() < 0.5:
        sink.answer_recipient = kill_on_recipient
    else:
        sink.before_accepting = kill_at(last + 1, sink, lambda: os.kill(child, signal.SIGKILL))


def test_beat_finds_what_nobody_was_woken_for_and_shows_that_it_lives(
    worker: Start, beat: Start, sink: SmtpSink
) -> None:
    messages = [make_message() for _number in range(3)]
    empty_broker()
    before = clock.now()

    with worker(), beat():
        wait_until(all_sent, "all mails")
        wait_until(lambda: (heartbeat.last_beat() or before) > before, "a beat")

    check_nothing_lost(sink, messages, kills=0)


def test_a_broker_that_goes_away_and_comes_back_loses_nothing(
    worker: Start, beat: Start, sink: SmtpSink, own_broker: Path
) -> None:
    address = start_valkey(own_broker)
    with worker(REDIS_URL=address) as alive, beat(REDIS_URL=address) as beating:
        first = make_message()
        wait_until(all_sent, "the first mail")
        stop_valkey(own_broker)
        second = make_message()
        assert not all_sent()
        assert start_valkey(own_broker) == address
        wait_until(all_sent, "the second mail", seconds=120)
        assert alive.process.poll() is beating.process.poll() is None

    check_nothing_lost(sink, [first, second], kills=0)


def test_a_worker_whose_database_connections_are_cut_goes_on(worker: Start, sink: SmtpSink) -> None:
    with worker():
        first = make_message()
        wait_until(all_sent, "the first mail")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert cursor.fetchall()
        second = make_message()
        wait_until(all_sent, "the second mail")

    check_nothing_lost(sink, [first, second], kills=0)
