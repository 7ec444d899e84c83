"""`bin/demo` from end to end: everything starts, answers, stops, keeps its data, and says what went wrong."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tech4muni.embedded import servers, system
from tests.embedded.conftest import kill_9, processes_of

ROOT = Path(__file__).resolve().parents[2]
Query = Callable[..., list[Any]]


class Demo:
    """A running `bin/demo` (less the set-up of its virtual environment) and what it has said so far."""

    def __init__(self, state: Path, *arguments: str, **environment: str) -> None:
        kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        self.said = ""
        heard = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # tests under nohup would pass its deafness on
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tech4muni.launcher.demo", *arguments],
                cwd=ROOT,
                env=kept | {"T4M_STATE_DIR": str(state)} | environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        finally:
            signal.signal(signal.SIGHUP, heard)

    def listen_for(self, text: str) -> None:
        """Read on until the demonstration has said `text`, or has ended."""
        assert self.process.stdout is not None
        while text not in self.said and (character := self.process.stdout.read(1)):
            self.said += character
        assert text in self.said, self.said

    def wait(self) -> int:
        """Read on until the end and return the exit code."""
        assert self.process.stdout is not None
        self.said += self.process.stdout.read()
        return self.process.wait()

    def interrupt(self, number: signal.Signals = signal.SIGINT) -> int:
        """Press Ctrl-C and return the exit code."""
        self.process.send_signal(number)
        return self.wait()


@pytest.fixture
def demo(state: Path) -> Iterator[Callable[..., Demo]]:
    """Return a function that starts a demonstration on the test's own state."""
    started: list[Demo] = []

    def start(*arguments: str, **environment: str) -> Demo:
        started.append(Demo(state, *arguments, **environment))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.interrupt(signal.SIGTERM)
        assert one.process.stdout is not None
        one.process.stdout.close()


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def ask(port: int, path: str, host: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status
    finally:
        connection.close()


def port_of(demo: Demo) -> int:
    """Return the port that the demonstration says the web is on."""
    found = re.search(r"http://localhost:(\d+)", demo.said)
    assert found
    return int(found[1])


def programs_of(state: Path) -> dict[int, str]:
    """Return the process ids and command lines of what a demonstration on this state runs, by their environment."""
    mark = f"T4M_STATE_DIR={state}".encode()
    return {pid: command for pid, command in system.processes() if mark in environment_of(pid)}


def environment_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


def left_over(state: Path) -> list[object]:
    """Return everything that still runs for a demonstration on this state: programs and servers."""
    demo = state / "demo"
    return [*programs_of(state).values(), *processes_of(demo / "postgres"), *processes_of(demo / "valkey")]


def database(state: Path) -> str:
    return servers.database_url(state / "demo")


def test_the_demonstration_from_its_start_to_its_end(
    demo: Callable[..., Demo], state: Path, query: Query, taken_port: int
) -> None:
    first = demo("--port", str(taken_port))
    first.listen_for("Ctrl-C ends it")
    port = port_of(first)
    assert port > taken_port
    assert ask(port, "/healthz", "localhost") == 200
    assert ask(port, "/", "localhost") == 200
    assert ask(port, "/", "nowhere.localhost") == 404
    assert ask(port, "/account/login/", "strumica.localhost") == 200
    assert f"http://strumica.localhost:{port}/" in first.said
    assert "coordinator@example.org" in first.said
    query(database(state), "CREATE TABLE kept AS SELECT 7 AS number")

    second = demo()
    assert second.wait() == 1
    assert f"bin/demo runs already in this checkout (process {first.process.pid})" in second.said

    assert first.interrupt() == 0
    assert left_over(state) == []

    again = demo("--port", str(taken_port))
    again.listen_for("Ctrl-C ends it")
    assert query(database(state), "SELECT number FROM kept") == [(7,)]
    kill_9(state / "demo" / "valkey", "valkey-server")
    again.listen_for("Valkey had ended; starting again")
    kill_9(state / "demo" / "postgres", "postgres -D")
    again.listen_for("PostgreSQL had ended; starting again")
    assert system.wait_until(lambda: ask(port_of(again), "/readyz", "localhost") == 200, 60)
    os.kill(min(pid for pid, command in programs_of(state).items() if " worker " in command), signal.SIGKILL)
    assert again.wait() == 1
    assert "error: worker ended by itself (code -9). The end of " in again.said
    assert left_over(state) == []


def test_a_start_that_is_interrupted_half_way_leaves_nothing_running(
    demo: Callable[..., Demo], state: Path, query: Query
) -> None:
    query(database(state), "CREATE TABLE kept AS SELECT 7 AS number")
    interrupted = demo("--fresh")
    interrupted.listen_for("Making the platform's tables ..")
    assert interrupted.interrupt(signal.SIGTERM) == 0
    assert "Stopping ..." in interrupted.said
    assert left_over(state) == []
    assert query(database(state), "SELECT to_regclass('kept')") == [(None,)]


def test_a_killed_demonstration_leaves_servers_that_the_next_one_takes_over(
    demo: Callable[..., Demo], state: Path, taken_port: int, query: Query
) -> None:
    killed = demo("--port", str(taken_port))
    killed.listen_for("Starting web, worker and beat ..")
    killed.process.kill()
    killed.wait()
    assert system.wait_until(lambda: not programs_of(state), 60)
    url = servers.status(state / "demo")["PostgreSQL"]
    assert url
    query(url, "CREATE TABLE kept AS SELECT 7 AS number")
    following = demo("--port", str(taken_port))
    following.listen_for("Ctrl-C ends it")
    assert query(url, "SELECT number FROM kept") == [(7,)]
    assert following.interrupt(signal.SIGHUP) == 0
    assert left_over(state) == []


def test_servers_of_ones_own_are_used_and_left_running(
    demo: Callable[..., Demo], state: Path, taken_port: int, query: Query
) -> None:
    own = state / "own"
    database, broker = servers.database_url(own, durable=False), servers.broker_url(own)
    running = demo("--port", str(taken_port), DATABASE_URL=database, REDIS_URL=broker)
    running.listen_for("Ctrl-C ends it")
    assert query(database, "SELECT count(*) > 0 FROM django_migrations") == [(True,)]
    assert running.interrupt() == 0
    assert servers.status(own) == {"PostgreSQL": database, "Valkey": broker}
    assert servers.status(state / "demo") == {"PostgreSQL": None, "Valkey": None}


def test_a_preparation_that_fails_says_why_and_stops_the_servers(demo: Callable[..., Demo], state: Path) -> None:
    failing = demo(DJANGO_SETTINGS_MODULE="ignored", PLATFORM_HOST="no host")
    assert failing.wait() == 1
    assert "PLATFORM_HOST" in failing.said
    assert "error: The demonstration could not be prepared." in failing.said
    assert left_over(state) == []


def test_beginning_anew_spares_a_database_of_ones_own(demo: Callable[..., Demo]) -> None:
    refused = demo("--fresh", DATABASE_URL="postgres://me@127.0.0.1/mine")
    assert refused.wait() == 1
    assert "--fresh removes the embedded data, but DATABASE_URL names a server of yours." in refused.said
