"""The browser of the browser tests: found where people have it, installed where that can be done."""

import os
from pathlib import Path

import pytest

from tech4muni.launcher import chromium


@pytest.fixture(autouse=True)
def empty_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose programs are those in one directory, and a person with an empty home."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(chromium, "MAC", tmp_path / "no such program")
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    return programs


def program(path: Path, script: str = "") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"])
def test_it_is_found_on_path_by_any_of_its_names(name: str, empty_machine: Path) -> None:
    browser = program(empty_machine / name)
    assert chromium.find() == browser


def test_the_one_that_was_named_comes_first(
    empty_machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(empty_machine / "chromium")
    monkeypatch.setenv("CHROMIUM", own := program(tmp_path / "my browser"))
    assert chromium.find() == own


def test_a_named_one_that_is_not_there_is_not_replaced_in_silence(
    empty_machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program(empty_machine / "chromium")
    monkeypatch.setenv("CHROMIUM", "/no/such/browser")
    assert chromium.find_or_install() is None
    assert "set CHROMIUM" in capsys.readouterr().out


def test_playwrights_own_is_found_newest_first(tmp_path: Path) -> None:
    cache = tmp_path / ".cache" / "ms-playwright"
    program(cache / "chromium-1100" / "chrome-linux" / "chrome")
    newest = program(cache / "chromium-1200" / "chrome-linux64" / "chrome")
    assert chromium.find() == newest


def test_an_ordinary_user_is_told_how_to_get_one(
    empty_machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program(empty_machine / "apt-get", "exit 7")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert chromium.find_or_install() is None
    assert "sudo apt install chromium" in capsys.readouterr().out


def test_root_on_debian_gets_it_installed(empty_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    browser, asked = empty_machine / "chromium", empty_machine / "asked"
    body = f'[ "$2" = install ] && echo "#!/bin/sh" > {browser} && /bin/chmod +x {browser}; echo "$@" >> {asked}'
    program(empty_machine / "apt-get", body)
    assert chromium.find_or_install() == str(browser)
    assert asked.read_text().splitlines() == [
        "-qq update",
        "-qq install --yes --no-install-recommends chromium fonts-dejavu-core",
    ]


def test_a_failing_installation_shows_why(
    empty_machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    program(empty_machine / "apt-get", "echo E: Unable to locate package; exit 100")
    assert chromium.find_or_install() is None
    assert "E: Unable to locate package" in (out := capsys.readouterr().out)
    assert "sudo apt install chromium" in out
