"""Tasks are sent after the commit, and nobody waits for a broker that is away."""

import socket
import subprocess
import sys
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


@pytest.mark.parametrize("broker", [closed_port, silent_server])
def test_while_the_broker_is_away_messages_are_written_and_nobody_waits_for_each(
    transactional_db: None, broker: Callable[[], AbstractContextManager[int]]
) -> None:
    """A silent broker costs seconds once, not thirty times; the time limit is there to fail a wait without end."""
    with broker() as port:
        done = subprocess.run(
            [sys.executable, "-c", MANY_MESSAGES],
            cwd=ROOT,
            env=environment(REDIS_URL=f"redis://127.0.0.1:{port}/0"),
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    assert done.returncode == 0, done.stderr
    assert Message.objects.count() == 30
    assert done.stderr.count("The broker is away") == 1
