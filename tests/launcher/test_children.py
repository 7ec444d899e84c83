"""Programs that the launcher runs: they end when asked, when they must, and when the launcher is no more."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tech4muni.embedded import system
from tech4muni.launcher import children
from tech4muni.launcher.children import Child, spawn

Run = Callable[..., Child]
ROOT = Path(__file__).resolve().parents[2]
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.pause()"
POLITE = "import signal; print('up', flush=True); signal.pause()"
PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {STUBBORN!r}]); {POLITE}"


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Return a function that starts Python code as a child and waits for its `up`."""
    started = []

    def start(code: str, ups: int = 1) -> Child:
        child = spawn("web", [sys.executable, "-c", code], log=tmp_path / "web.log", cwd=tmp_path, env=dict(os.environ))
        started.append(child)
        assert system.wait_until(lambda: child.is_dead or child.log.read_text().count("up") == ups, 20)
        return child

    yield start
    for child in started:
        child.stop()


def members(group: int) -> list[int]:
    """Return the living processes of a process group."""
    return [pid for pid, _command in system.processes() if os.getpgid(pid) == group]


def test_a_program_is_asked_to_finish(run: Run) -> None:
    child = run(POLITE)
    child.stop()
    assert child.process.returncode == -signal.SIGTERM


def test_a_program_that_does_not_listen_is_killed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "STOP_SECONDS", 0.1)
    child = run(STUBBORN)
    child.stop()
    assert child.process.returncode == -signal.SIGKILL


def test_what_a_program_started_ends_with_it(run: Run) -> None:
    child = run(PARENT, ups=2)
    assert len(members(child.process.pid)) == 2
    child.stop()
    assert system.wait_until(lambda: members(child.process.pid) == [], 20)


def test_a_program_that_ends_by_itself_is_named_with_its_last_words(run: Run) -> None:
    child = run("import sys; sys.exit('cannot open\\nthe door')")
    assert system.wait_until(lambda: child.is_dead, 20)
    assert child.obituary().startswith("web ended by itself (code 1).")
    assert child.obituary().endswith("/web.log:\ncannot open\nthe door")


def test_many_are_all_ended(run: Run) -> None:
    polite, dead = run(POLITE), run("raise SystemExit(3)")
    assert system.wait_until(lambda: dead.is_dead, 20)
    children.stop_all([polite, dead])
    assert [polite.process.returncode, dead.process.returncode] == [-signal.SIGTERM, 3]


def test_a_ctrl_c_of_the_terminal_does_not_reach_the_program(run: Run) -> None:
    child = run(POLITE)
    assert os.getpgid(child.process.pid) != os.getpgid(0)


def test_a_killed_launcher_leaves_no_program_behind(tmp_path: Path) -> None:
    launcher = f"""
import os, signal, sys
from pathlib import Path
from tech4muni.launcher.children import spawn
log = Path({str(tmp_path / "web.log")!r})
child = spawn("web", [sys.executable, "-c", {POLITE!r}], log=log, cwd=Path("."), env=os.environ)
print(child.process.pid, flush=True)
signal.pause()
"""
    with subprocess.Popen([sys.executable, "-c", launcher], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        assert system.wait_until(lambda: "up" in (tmp_path / "web.log").read_text(), 20)
        process.kill()
    assert system.wait_until(lambda: child not in dict(system.processes()), 20)
