"""Tasks are sent after the commit, and nobody waits for a broker that is away."""

import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.test import TestCase

from tech4muni.core.later import after_commit
from tech4muni.notifications.models import Message
from tests.celery_processes import ROOT, environment

MANY_MESSAGES = """
import django; django.setup()
from django.core.management import call_command
for number in range(30):
    call_command("trial_mail", f"receiver{number}@example.org")
"""


@contextmanager
def closed_port() -> Iterator[int]:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    yield port


@contextmanager
def silent_server() -> Iterator[int]:
    """A server that takes connections and says nothing; its port."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield server.getsockname()[1]


def test_a_task_is_sent_when_the_transaction_commits(db: None, queued: Callable[[], list[str]]) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        after_commit("notifications.deliver")
        assert queued() == []
    assert queued() == ["notifications.deliver"]


def test_a_task_is_not_sent_when_the_transaction_fails(transactional_db: None, queued: Callable[[], list[str]]) -> None:
    def fail() -> None:
        with transaction.atomic():
            after_commit("notifications.deliver")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert queued() == []


def test_a_task_is_sent_at_once_outside_of_a_transaction(
    transactional_db: None, queued: Callable[..., list[dict[str, Any]]]
) -> None:
    after_commit("programs.tasks.provision_municipality", 7)

    (task,) = queued(whole=True)
    assert task["headers"]["task"] == "programs.tasks.provision_municipality"
    assert task["headers"]["argsrepr"] == "(7,)"


def sending_in_vain(port: int, code: str = MANY_MESSAGES) -> "subprocess.CompletedProcess[str]":
    """Run code in a process whose broker is at the port; the time limit is there to fail a wait without end."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(REDIS_URL=f"redis://127.0.0.1:{port}/0"),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


@pytest.mark.parametrize("broker", [closed_port, silent_server])
def test_while_the_broker_is_away_messages_are_written_and_nobody_waits_for_each(
    transactional_db: None, broker: Callable[[], AbstractContextManager[int]]
) -> None:
    """A silent broker costs seconds once, not thirty times."""
    with broker() as port:
        done = sending_in_vain(port)

    assert done.returncode == 0, done.stderr
    assert Message.objects.count() == 30
    assert done.stderr.count("The broker is away") == 1


def test_a_broker_that_hangs_up_is_tried_once(transactional_db: None) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        calls = threading.Thread(target=lambda: callers.extend(hang_up_on_all(server)))
        callers: list[object] = []
        calls.start()
        done = sending_in_vain(server.getsockname()[1])
        server.shutdown(socket.SHUT_RDWR)
        calls.join()

    assert done.returncode == 0, done.stderr
    assert len(callers) == 1


def hang_up_on_all(server: socket.socket) -> Iterator[object]:
    """Take every connection and end it at once, until the server is shut down; yield who called."""
    while True:
        try:
            caller, address = server.accept()
        except OSError:
            return
        caller.close()
        yield address
