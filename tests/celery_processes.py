"""Real worker and beat processes for tests of faults."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from redis import Redis

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class CeleryProcess:
    """A worker or beat, in a process group of its own."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def kill_9(self) -> None:
        """Kill it with all its children, as a power cut does, and wait until it is gone."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def said(self) -> str:
        """Return its log."""
        return self.log.read_text()


def environment(**changes: str) -> dict[str, str]:
    """The environment of a process that works in the test database and on the tests' broker."""
    at = connection.settings_dict
    address = f"postgres://{quote(at['USER'])}:{quote(at['PASSWORD'])}@{at['HOST']}:{at['PORT']}/{quote(at['NAME'])}"
    ours = {
        "DATABASE_URL": address,
        "REDIS_URL": settings.REDIS_URL,
        "DJANGO_SETTINGS_MODULE": "tests.worker_settings",
        "PYTEST_XDIST_WORKER": os.environ.get("PYTEST_XDIST_WORKER", ""),
    }
    return {**os.environ, **ours, **changes}


@contextmanager
def running(log: Path, *arguments: str, **changes: str) -> Iterator[CeleryProcess]:
    """Run `celery` with the arguments inside the block; `changes` are variables of its environment."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "tech4muni", *arguments],
            cwd=ROOT,
            env=environment(**changes),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield CeleryProcess(process, log)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def worker_arguments(processes: int = 1) -> list[str]:
    """The arguments of a worker."""
    alone = ["--without-gossip", "--without-mingle"]
    return ["worker", "--pool", "prefork", "--concurrency", str(processes), "--loglevel", "INFO", *alone]


def beat_arguments(schedule: Path) -> list[str]:
    """The arguments of beat, with the file that it notes its last runs in."""
    return ["beat", "--schedule", str(schedule), "--pidfile", "", "--max-interval", "1", "--loglevel", "INFO"]


def empty_broker() -> None:
    """Remove all tasks of this test process from the broker."""
    with Redis.from_url(settings.CELERY_BROKER_URL) as broker:
        prefix = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
        for key in list(broker.scan_iter(f"{prefix}*")):
            broker.delete(key)
