"""`bin/test` itself: its exit code, its summary, its own servers."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tech4muni.embedded import servers
from tech4muni.launcher import checks
from tech4muni.launcher.single import only_one

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def environment(state: Path) -> dict[str, str]:
    """The environment of a person who has set nothing up."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    return {name: value for name, value in kept.items() if not name.startswith("PYTEST_")} | {
        "T4M_STATE_DIR": str(state)
    }


def bin_test(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tech4muni.launcher.checks", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_arguments_go_to_pytest_and_its_servers_end_with_it(environment: dict[str, str], state: Path) -> None:
    done = bin_test(environment, "tests/launcher/test_console.py", "-k", "step", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout
    assert "ok      tests" in done.stdout
    assert servers.status(state / "testing") == {"PostgreSQL": None, "Valkey": None}


def test_a_failure_is_in_the_summary_and_in_the_exit_code(environment: dict[str, str]) -> None:
    done = bin_test(environment, "tests/no_such_file.py")
    assert done.returncode == 1
    assert "FAILED  tests" in done.stdout


def test_two_runs_in_one_checkout_do_not_share_a_database(environment: dict[str, str], state: Path) -> None:
    (state / "testing").mkdir()
    with only_one(state / "testing" / "test.lock", "bin/test"):
        done = bin_test(environment, "--version")
    assert done.returncode == 1
    assert f"bin/test runs already in this checkout (process {os.getpid()})" in done.stdout


def test_every_step_runs_and_any_failure_counts(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    steps = [
        checks.Check("first", ["-c", "import os; os.kill(os.getpid(), 9)"]),
        checks.Check("second", ["-c", "print('ran')"]),
    ]
    monkeypatch.setattr(checks, "_static_checks", lambda: steps)
    monkeypatch.setattr(
        checks, "_tests", lambda env, _arguments: checks.Result("tests", passed=env["T4M_STATE_DIR"] != "", seconds=0)
    )
    monkeypatch.setattr(sys, "argv", ["bin/test"])
    monkeypatch.setattr(os, "environ", environment | {"CHROMIUM": sys.executable})
    assert checks.main() == 1
    said = capfd.readouterr().out
    assert "\n== first\n\nerror: first was ended by signal 9.\n" in said
    assert "\n== second\nran\n" in said
    summary = said[said.index("FAILED  first") :]
    assert [line.split("  (")[0] for line in summary.splitlines()[:3]] == [
        "FAILED  first",
        "ok      second",
        "ok      Chromium is there",
    ]


def test_a_machine_without_chromium_fails(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checks, "_static_checks", list)
    monkeypatch.setattr(checks, "_tests", lambda _env, _arguments: checks.Result("tests", passed=True, seconds=0))
    monkeypatch.setattr(sys, "argv", ["bin/test"])
    monkeypatch.setattr(os, "environ", environment | {"CHROMIUM": "/no/such/browser"})
    assert checks.main() == 1
    said = capfd.readouterr().out
    assert "set CHROMIUM to the path" in said
    assert "FAILED  Chromium is there" in said


@pytest.mark.parametrize("name", ["bin/demo", "bin/test", ".ci/run", "manage.py"])
def test_the_commands_can_be_run_as_they_come(name: str) -> None:
    listing = subprocess.run(["git", "ls-files", "--stage", name], cwd=ROOT, capture_output=True, text=True, check=True)
    assert listing.stdout.startswith("100755 ")


def test_ci_runs_what_a_developer_runs(tmp_path: Path) -> None:
    """`.ci/run` in a checkout whose bin/test only tells what it was given: no argument, and nobody at the keyboard."""
    for name in (".ci", "bin"):
        (tmp_path / name).mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    (tmp_path / "bin" / "test").write_text("import sys; print(sys.argv[1:], sys.stdin.read()); sys.exit(5)")
    done = subprocess.run(["bash", ".ci/run"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("[] \n", 5)
