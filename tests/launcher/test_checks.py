"""`bin/test` itself: its exit code, its summary, its own servers."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tech4muni.embedded import servers
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
