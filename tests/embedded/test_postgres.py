"""The embedded PostgreSQL: starts anywhere, keeps what was committed, says plainly why it cannot."""

import os
import socket
import stat
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tech4muni.embedded import system
from tech4muni.embedded.postgres import postgres_url, start_postgres, stop_postgres
from tech4muni.embedded.servers import database_url
from tech4muni.embedded.system import ServerError
from tests.embedded.conftest import kill_9, processes_of

Query = Callable[..., list[Any]]


def start(state: Path) -> str:
    return start_postgres(state, durable=False)


def pid_file(state: Path) -> Path:
    return state / "postgres" / "data" / "postmaster.pid"


def postmaster(state: Path) -> int:
    return int(pid_file(state).read_text().splitlines()[0])


def test_a_started_server_knows_cyrillic_and_hebrew_letters(state: Path, query: Query) -> None:
    url = start(state)
    query(url, "CREATE EXTENSION pg_trgm")
    assert query(url, "SELECT upper('ѓорче'), 'Ѓорче' ILIKE '%ѓОР%'") == [("ЃОРЧЕ", True)]
    assert query(url, "SELECT similarity('Струмица', 'Струмици') > 0.5, similarity('חיפה', 'חיפה')") == [(True, 1.0)]
    assert query(url, "SET TIME ZONE 'Europe/Skopje'; SELECT current_setting('TimeZone')") == [("Europe/Skopje",)]


def test_one_statement_may_lock_the_tables_of_many_schemas(state: Path, query: Query) -> None:
    assert query(start(state), "SHOW max_locks_per_transaction") == [("1024",)]


def test_a_second_start_finds_the_running_server(state: Path) -> None:
    url = start(state)
    first = postmaster(state)
    assert start(state) == url
    assert postmaster(state) == first


def test_starting_from_many_threads_at_once_starts_one_server(state: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        urls = set(pool.map(lambda _number: database_url(state, durable=False), range(4)))
    assert len(urls) == 1
    assert len([pid for pid, command in system.processes() if f"-D {state}" in command]) == 1


def test_stop_ends_every_process_and_keeps_the_rows(state: Path, query: Query) -> None:
    query(start(state), "CREATE TABLE kept AS SELECT 7 AS number")
    stop_postgres(state)
    assert processes_of(state / "postgres") == []
    assert postgres_url(state) is None
    assert query(start(state), "SELECT number FROM kept") == [(7,)]


def test_stopping_what_never_ran_is_no_error(state: Path) -> None:
    stop_postgres(state)
    assert not (state / "postgres").exists()


def test_a_killed_postmaster_loses_no_committed_row(state: Path, query: Query) -> None:
    url = start_postgres(state)
    query(url, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
    kill_9(state / "postgres", "postgres -D")
    assert pid_file(state).exists()
    assert start_postgres(state) == url
    assert query(url, "SELECT count(*) FROM kept") == [(1000,)]


def test_a_zombie_in_the_pid_file_does_not_stop_a_start(state: Path, query: Query) -> None:
    start(state)
    stop_postgres(state)
    with subprocess.Popen(["true"]) as zombie:
        os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)  # dead, and not reaped before the block ends
        pid_file(state).write_text(f"{zombie.pid}\n{state}/postgres/data\n")
        assert query(start(state), "SELECT 1") == [(1,)]


def test_a_strangers_number_in_the_pid_file_does_not_stop_a_start(state: Path, query: Query) -> None:
    start(state)
    stop_postgres(state)
    pid_file(state).write_text(f"{os.getpid()}\n{state}/postgres/data\n1\n5432\n\n127.0.0.1\n\nready\n")
    assert postgres_url(state) is None
    assert query(start(state), "SELECT 1") == [(1,)]


def test_the_port_is_kept_and_gives_way_when_taken(state: Path, query: Query) -> None:
    port = urlsplit(start(state)).port
    stop_postgres(state)
    assert urlsplit(start(state)).port == port
    stop_postgres(state)
    with socket.create_server(("127.0.0.1", port or 0)):
        url = start(state)
        assert urlsplit(url).port != port
        assert query(url, "SELECT 1") == [(1,)]


def test_data_of_another_major_version_are_refused(state: Path) -> None:
    start(state)
    stop_postgres(state)
    (state / "postgres" / "data" / "PG_VERSION").write_text("17\n")
    with pytest.raises(ServerError, match="were made by PostgreSQL 17, and 18 is installed"):
        start(state)


def test_a_creation_that_was_cut_short_is_begun_anew(state: Path, query: Query) -> None:
    rest = state / "postgres" / "data.new"
    rest.mkdir(parents=True)
    (rest / "PG_VERSION").write_text("18\n")
    assert query(start(state), "SELECT current_database()") == [("tech4muni",)]


def test_a_server_whose_directory_was_moved_is_still_known(state: Path) -> None:
    old, new = state / "old", state / "new"
    old.mkdir(mode=0o755)
    url = start(old)
    old.rename(new)
    assert start(new) == url
    stop_postgres(new)
    assert processes_of(new / "postgres") == []


def test_a_copy_is_not_taken_for_the_server_it_was_copied_from(state: Path, query: Query) -> None:
    original, copy = state / "original", state / "copy"
    original.mkdir(mode=0o755)
    url = start(original)
    subprocess.run(["cp", "-a", original, copy], check=True)
    assert postgres_url(copy) is None
    assert start(copy) != url
    query(url, "CREATE TABLE only_here ()")
    assert query(postgres_url(copy) or "", "SELECT to_regclass('only_here')") == [(None,)]


def test_a_failing_start_shows_what_the_server_said(state: Path) -> None:
    start(state)
    stop_postgres(state)
    with (state / "postgres" / "data" / "postgresql.auto.conf").open("a") as settings:
        settings.write("shared_buffers = 'nonsense'\n")
    with pytest.raises(ServerError, match='invalid value for parameter "shared_buffers"'):
        start(state)


def test_the_password_is_nobody_elses_to_read(state: Path) -> None:
    password = urlsplit(start(state)).password or ""
    file = state / "postgres" / "password"
    assert file.read_text() == password
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not [command for _pid, command in system.processes() if password in command]


def test_a_wrong_password_does_not_get_in(state: Path, query: Query) -> None:
    import psycopg2

    url = start(state).replace("postgres://postgres:", "postgres://postgres:x")
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        query(url, "SELECT 1")


def test_a_strict_umask_does_not_shut_the_servers_account_out(state: Path, query: Query) -> None:
    before = os.umask(0o077)
    try:
        assert query(start(state / "deep" / "er"), "SELECT 1") == [(1,)]
    finally:
        os.umask(before)
