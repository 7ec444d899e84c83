"""The embedded Valkey: starts anywhere and keeps what was queued."""

import socket
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from kombu import Connection
from redis.backoff import NoBackoff
from redis.retry import Retry

from tech4muni.embedded import system
from tech4muni.embedded.servers import broker_url
from tech4muni.embedded.system import ServerError
from tech4muni.embedded.valkey import start_valkey, stop_valkey, valkey_url
from tests.embedded.conftest import kill_9, processes_of


def put(url: str, *texts: str) -> None:
    with Connection(url) as connection, connection.SimpleQueue("kept") as queue:
        for text in texts:
            queue.put(text)


def take_all(url: str) -> list[str]:
    with Connection(url) as connection, connection.SimpleQueue("kept") as queue:
        messages = [queue.get(block=False) for _number in range(queue.qsize())]
        for message in messages:
            message.ack()
        return [message.payload for message in messages]


def test_a_started_server_queues(state: Path) -> None:
    url = start_valkey(state)
    put(url, "first", "second")
    assert take_all(url) == ["first", "second"]


def test_a_second_start_finds_the_running_server(state: Path) -> None:
    url = start_valkey(state)
    assert start_valkey(state) == valkey_url(state) == url
    assert len(processes_of(state / "valkey")) == 1


def test_starting_from_many_threads_at_once_starts_one_server(state: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        urls = set(pool.map(lambda _number: broker_url(state), range(4)))
    assert len(urls) == 1
    assert len(processes_of(state / "valkey")) == 1


def test_a_killed_server_loses_no_queued_task(state: Path) -> None:
    url = start_valkey(state)
    put(url, *map(str, range(50)))
    kill_9(state / "valkey", "valkey-server")
    assert valkey_url(state) is None
    assert start_valkey(state) == url
    assert take_all(url) == [str(number) for number in range(50)]


def test_stop_ends_the_process_and_keeps_the_queue(state: Path) -> None:
    put(start_valkey(state), "waiting")
    stop_valkey(state)
    assert processes_of(state / "valkey") == []
    assert valkey_url(state) is None
    assert take_all(start_valkey(state)) == ["waiting"]


def test_stopping_what_never_ran_is_no_error(state: Path) -> None:
    stop_valkey(state)
    assert not (state / "valkey").exists()


def test_the_port_is_kept_and_gives_way_when_taken(state: Path) -> None:
    port = urlsplit(start_valkey(state)).port
    stop_valkey(state)
    assert urlsplit(start_valkey(state)).port == port
    stop_valkey(state)
    with socket.create_server(("127.0.0.1", port or 0)):
        url = start_valkey(state)
        assert urlsplit(url).port != port
        put(url, "through")
        assert take_all(url) == ["through"]


def test_a_server_whose_directory_was_moved_is_still_known(state: Path) -> None:
    old, new = state / "old", state / "new"
    old.mkdir(mode=0o755)
    url = start_valkey(old)
    old.rename(new)
    assert start_valkey(new) == url
    stop_valkey(new)
    assert processes_of(new / "valkey") == []


def test_a_copy_is_not_taken_for_the_server_it_was_copied_from(state: Path) -> None:
    original, copy = state / "original", state / "copy"
    original.mkdir(mode=0o755)
    url = start_valkey(original)
    subprocess.run(["cp", "-a", original, copy], check=True)
    assert valkey_url(copy) is None
    copied = start_valkey(copy)
    put(url, "of the original")
    put(copied, "of the copy")
    assert take_all(url) == ["of the original"]
    assert take_all(copied) == ["of the copy"]


def test_a_damaged_file_is_said_plainly(state: Path) -> None:
    put(start_valkey(state), "waiting")
    stop_valkey(state)
    for file in (state / "valkey" / "data" / "appendonlydir").glob("*.incr.aof"):
        file.write_bytes(b"nonsense\r\n")
    with pytest.raises(ServerError, match=r"(?s)Valkey did not start.*Bad file format"):
        start_valkey(state)


def test_nobody_gets_in_without_the_password(state: Path) -> None:
    parts = urlsplit(start_valkey(state))
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=parts.port or 0, retry=Retry(NoBackoff(), 0)).ping()
    files = [state / "valkey" / "password", *(state / "valkey").glob("*.conf")]
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]
    assert not [command for _pid, command in system.processes() if (parts.password or "") in command]
