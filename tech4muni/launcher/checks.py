"""`bin/test`: style, types, import contracts, settings, migrations and all tests, each step whatever came before.

With arguments only pytest runs, with these: `bin/test tests/programs -k invite`.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tech4muni.embedded import servers
from tech4muni.embedded.system import ServerError
from tech4muni.launcher import chromium
from tech4muni.launcher.console import say, step
from tech4muni.launcher.single import RunsAlreadyError, only_one

ROOT = Path(__file__).resolve().parents[2]
MOST_WORKERS = 8

# The settings of production refuse to load without these.
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "tech4muni.settings.production",
    "SECRET_KEY": "for-the-deployment-checks-only-0123456789abcdefghijklmnopqrstuvwxyz",
    "PLATFORM_HOST": "tech4muni.example",
    "EMAIL_HOST": "mail.tech4muni.example",
    "DEFAULT_FROM_EMAIL": "noreply@tech4muni.example",
}


@dataclass(frozen=True)
class Check:
    """One step: its name, what Python is to run for it, and the environment that is special to it."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """How a step ended, after how many seconds."""

    name: str
    passed: bool
    seconds: float


def main() -> int:
    """Run all checks, or pytest with the given arguments; return 0 if everything is well."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    arguments = sys.argv[1:]
    try:
        with _test_servers() as env:
            results = [_tests(env, arguments)] if arguments else _everything(env)
    except (RunsAlreadyError, ServerError) as error:
        say(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130
    _summarise(results)
    return 0 if all(result.passed for result in results) else 1


@contextmanager
def _test_servers() -> Iterator[dict[str, str]]:
    """Run servers of the tests' own, unless URLs replace them, and yield the environment that names them."""
    state = servers.servers_dir(ROOT, testing=True)
    with only_one(state / "test.lock", "bin/test"):
        try:
            with step("Starting PostgreSQL and Valkey for the tests"):
                database, broker = servers.urls(ROOT, testing=True)
            yield {
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "tech4muni.settings.test",
                "DATABASE_URL": database,
                "REDIS_URL": broker,
            }
        finally:
            servers.stop(state)


def _everything(env: Mapping[str, str]) -> list[Result]:
    browser = chromium.find_or_install()
    results = [_run(check, env) for check in _static_checks()]
    workers = min(max(os.cpu_count() or 2, 2), MOST_WORKERS)
    results.append(Result("Chromium is there", browser is not None, 0))
    results.append(_tests(env, ["-n", str(workers), "--dist", "worksteal"]))
    return results


def _static_checks() -> list[Check]:
    contracts = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    return [
        Check("translations", ["manage.py", "compile_catalogues"]),
        Check("ruff", ["-m", "ruff", "check"]),
        Check("ruff format", ["-m", "ruff", "format", "--check"]),
        Check("djlint", ["-m", "djlint", "templates", "--lint", "--quiet"]),
        Check("mypy", ["-m", "mypy", "."]),
        Check("import contracts", ["-c", contracts]),
        Check("migrations", ["manage.py", "makemigrations", "--check", "--dry-run"]),
        Check("deployment", ["manage.py", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
    ]


def _tests(env: Mapping[str, str], arguments: Sequence[str]) -> Result:
    browser = {"CHROMIUM": found} if (found := chromium.find()) else {}
    return _run(Check("tests", ["-m", "pytest", *arguments], browser), env)


def _run(check: Check, env: Mapping[str, str]) -> Result:
    """Run a step, its output in full view."""
    say(f"\n== {check.name}")
    begun = time.monotonic()
    done = subprocess.run([sys.executable, *check.command], cwd=ROOT, env={**env, **check.env}, check=False)
    if done.returncode < 0:
        say(f"\nerror: {check.name} was ended by signal {-done.returncode}.")
    return Result(check.name, done.returncode == 0, time.monotonic() - begun)


def _summarise(results: Sequence[Result]) -> None:
    say()
    for result in results:
        say(f"{'ok    ' if result.passed else 'FAILED'}  {result.name}  ({result.seconds:.0f} s)")


if __name__ == "__main__":
    sys.exit(main())
