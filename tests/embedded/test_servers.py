"""Where the servers of a checkout live, who runs them, and what replaces them."""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tech4muni.embedded import __main__ as command
from tech4muni.embedded import places, servers, system
from tech4muni.embedded.places import state_dir
from tests.embedded.conftest import PACKAGES

ROOT = Path(__file__).resolve().parents[2]
Query = Callable[..., list[Any]]


@pytest.fixture
def no_urls(monkeypatch: pytest.MonkeyPatch, state: Path) -> Path:
    """An environment that names no servers, and a state directory instead of this checkout's."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setenv("T4M_STATE_DIR", str(state))
    return state


def test_urls_are_those_of_running_servers(no_urls: Path, query: Query) -> None:
    database, broker = servers.urls(ROOT, testing=True)
    assert query(database, "SHOW fsync") == [("off",)]
    assert servers.status(no_urls / "testing") == {"PostgreSQL": database, "Valkey": broker}


def test_the_demonstrations_server_is_another_one_and_careful(no_urls: Path, query: Query) -> None:
    database, _broker = servers.urls(ROOT)
    settings = [query(database, f"SHOW {name}")[0][0] for name in ("fsync", "synchronous_commit", "full_page_writes")]
    assert settings == ["on", "on", "on"]
    assert servers.status(servers.servers_dir(ROOT, testing=True)) == {"PostgreSQL": None, "Valkey": None}


def test_the_environment_replaces_the_embedded_servers(no_urls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/db")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    assert servers.urls(ROOT) == ("postgres://elsewhere/db", "redis://elsewhere")
    assert [path.name for path in no_urls.iterdir()] == ["programs"]


def test_one_of_the_two_may_be_elsewhere(no_urls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/db")
    database, broker = servers.urls(ROOT)
    assert database == "postgres://elsewhere/db"
    assert servers.status(no_urls / "demo") == {"PostgreSQL": None, "Valkey": broker}


def test_the_command_starts_shows_and_stops(no_urls: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    said = []
    for action in ("status", "start", "stop"):
        monkeypatch.setattr(sys, "argv", ["embedded", action, "--testing"])
        command.main()
        said.append(capsys.readouterr().out)
    assert said[0] == said[2] == "PostgreSQL: not running\nValkey: not running\n"
    assert said[1].startswith("PostgreSQL: postgres://postgres:")
    assert "\nValkey: redis://:" in said[1]


def test_two_checkouts_of_the_same_name_have_different_places(tmp_path: Path) -> None:
    keys = {places.key_of(tmp_path / parent / "Tech4Muni (copy)") for parent in ("a", "b")}
    assert len(keys) == 2
    assert {key.rsplit("-", 1)[0] for key in keys} == {"tech4muni-copy"}


@pytest.mark.parametrize(("user", "expected"), [(0, places.ROOT_STATE / "{key}"), (1000, Path("{root}/.state"))])
def test_root_keeps_its_state_outside_the_checkout(
    user: int, expected: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("T4M_STATE_DIR", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(places, "passable_directory", lambda path: path)
    assert str(state_dir(tmp_path)) == str(expected).format(key=places.key_of(tmp_path), root=tmp_path)


def test_the_owner_of_the_data_goes_on_running_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    owner = pwd.getpwuid(tmp_path.stat().st_uid)
    account = system.server_account(tmp_path)
    assert account is not None
    assert account.name == owner.pw_name
    newcomer = system.server_account(tmp_path / "none yet")
    assert newcomer is not None
    assert newcomer.name in {"postgres", "nobody"}


SCRIPT = """
import encodings.idna  # the last that comes from a place that the user may not reach
import os
import sys
from pathlib import Path
from embedded.servers import database_url, broker_url, status, stop
user, state = int(sys.argv[1]), Path(sys.argv[2])
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
urls = [database_url(state, durable=False), broker_url(state)]
assert [*status(state).values()] == urls, status(state)
stop(state)
assert [*status(state).values()] == [None, None], status(state)
"""


def test_an_ordinary_user_needs_nothing_but_the_wheels(state: Path) -> None:
    """Root becomes `nobody`, who reaches neither root's home nor its virtual environment; anybody else stays."""
    software, home = state / "software", state / "home"
    shutil.copytree(ROOT / "tech4muni" / "embedded", software / "embedded")
    for package, distribution in PACKAGES.items():
        installed = places.programs(package, distribution, state, None)
        for source in installed.parent.glob(f"{package}*"):
            shutil.copytree(source, software / source.name, symlinks=True)
    home.mkdir()
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.getuid())
    os.chown(home, user.pw_uid, user.pw_gid)
    subprocess.run(
        [sys.executable, "-c", SCRIPT, str(user.pw_uid), home],
        env={"PYTHONPATH": str(software), "PYTHONDONTWRITEBYTECODE": "1", "LANG": "xx_XX.UTF-8"},
        cwd="/",
        check=True,
    )
    assert (home / "postgres" / "data").stat().st_uid == user.pw_uid
