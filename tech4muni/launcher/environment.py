"""The virtual environment, made and filled by the Python a newcomer has, before anything is installed."""

import ast
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from .console import say, step

ROOT = Path(__file__).resolve().parents[2]
RUN_LOCK, TEST_LOCK, UV_LOCK = "requirements.lock", "requirements-test.lock", "requirements-uv.lock"

NO_PIP = """\
This Python cannot make a virtual environment with pip in it.
On Debian and Ubuntu:  sudo apt install python3-venv
Then run the same command again."""

# How uv calls what pip's configuration calls otherwise; uv reads none of pip's.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}
UV_COMMAS = {"UV_FIND_LINKS"}  # separates its values by commas, the others by blanks


class SetUpError(Exception):
    """The environment cannot be made; the text tells a person why."""


def run_inside(lock: str, module: str, arguments: Sequence[str]) -> NoReturn:
    """Make the environment hold what `lock` names, then become `python -m module` in it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # leave no installer running behind our back
    try:
        python = prepare(ROOT, lock)
    except (SetUpError, OSError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
    os.chdir(ROOT)
    os.execve(python, [str(python), "-m", module, *arguments], _environment_of(python))  # noqa: S606


def _environment_of(python: Path) -> dict[str, str]:
    """Return the environment variables for programs of the virtual environment."""
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONHOME", "PYTHONSAFEPATH"}}
    return kept | {
        "VIRTUAL_ENV": str(python.parents[1]),
        "PATH": os.pathsep.join([str(python.parent), os.environ.get("PATH", os.defpath)]),
    }


def prepare(root: Path, lock: str) -> Path:
    """Make `.venv` under `root` hold what `lock` names, unless it does already, and return its Python.

    Raises SetUpError with a plain reason.
    """
    venv = root / ".venv"
    python = venv / "bin" / "python"
    with _alone(root):
        version = _version_of(python)
        if version is None or _read(venv).get("python") != version:
            _make(venv)
            _write(venv, {"python": _version_of(python)})
        if _read(venv).get(lock) != _digest(root, lock):
            _install(root, python, lock)
            _write(venv, {"python": _version_of(python), **_satisfied(root, lock)})
    return python


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Let one command at a time work on the environment of a checkout."""
    with (root / ".venv.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another command that works on .venv ...")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _version_of(python: Path) -> str | None:
    """Return what the environment's Python says it is, or None if it does not run."""
    try:
        done = subprocess.run(
            [python, "-c", "import sys; print(sys.version)"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def _read(venv: Path) -> dict[str, str | None]:
    try:
        state: dict[str, str | None] = json.loads((venv / "installed.json").read_text())
    except (OSError, ValueError):
        return {}
    return state


def _write(venv: Path, state: dict[str, str | None]) -> None:
    (venv / "installed.json").write_text(json.dumps(state, indent=1))


def _digest(root: Path, lock: str) -> str:
    return hashlib.sha256((root / lock).read_bytes()).hexdigest()


def _satisfied(root: Path, lock: str) -> dict[str, str | None]:
    """Return the locks that an environment filled from `lock` satisfies: the tests' one includes the other."""
    locks = {RUN_LOCK, lock} if (root / RUN_LOCK).exists() else {lock}
    return {name: _digest(root, name) for name in sorted(locks)}


def _make(venv: Path) -> None:
    """Make the virtual environment anew."""
    shutil.rmtree(venv, ignore_errors=True)
    with step(f"Making the virtual environment {venv.name}"):
        done = _run([_base_python(), "-m", "venv", venv])
        if done.returncode and _has_pip(_base_python()):
            # Without ensurepip; the pip of the system can install into the environment from outside.
            done = _run([_base_python(), "-m", "venv", "--clear", "--without-pip", venv])
        if done.returncode:
            shutil.rmtree(venv, ignore_errors=True)
            raise SetUpError(f"{done.stdout.strip()}\n\n{NO_PIP}")


def _base_python() -> str:
    """Return the Python outside any virtual environment: the one we run in may be the one to be replaced."""
    return getattr(sys, "_base_executable", None) or sys.executable


def _has_pip(python: str | Path) -> bool:
    return _run([python, "-m", "pip", "--version"]).returncode == 0


def _pip(python: Path) -> list[str | Path]:
    if _has_pip(python):
        return [python, "-m", "pip"]
    return [_base_python(), "-m", "pip", "--python", python]


def _install(root: Path, python: Path, lock: str) -> None:
    """Install what the lock names, by uv if it can be had (many times quicker), else by pip."""
    pip = _pip(python)
    count = sum(1 for line in (root / lock).read_text().splitlines() if "==" in line)
    with step(f"Installing packages ({count})"):
        if not _installed_by_uv(root, pip, python, lock):
            done = _run([*pip, "install", "--quiet", "--require-hashes", "-r", root / lock])
            if done.returncode:
                raise SetUpError(f"pip could not install {lock}:\n{done.stdout.strip()}")


def _installed_by_uv(root: Path, pip: Sequence[str | Path], python: Path, lock: str) -> bool:
    if _run([*pip, "install", "--quiet", "--require-hashes", "-r", root / UV_LOCK]).returncode:
        return False
    done = _run(
        [
            *(python, "-m", "uv", "pip", "install", "--quiet", "--python", python),
            *("--require-hashes", "--index-strategy", "unsafe-best-match", "-r", root / lock),
        ],
        **_uv_settings(pip),
    )
    return done.returncode == 0


def _uv_settings(pip: Sequence[str | Path]) -> dict[str, str]:
    """Translate the person's pip configuration (files and environment) into uv's environment variables."""
    listing = _run([*pip, "config", "list"]).stdout
    settings = {}
    for option, value in _pip_options(listing).items():
        name = UV_NAMES.get(option)
        if name and name not in os.environ:
            settings[name] = (",".join if name in UV_COMMAS else " ".join)(value.split())
    return settings


def _pip_options(listing: str) -> dict[str, str]:
    """Read the output of `pip config list`; the environment wins over `install`, and that over `global`."""
    found: dict[str, tuple[int, str]] = {}
    ranks = {"global": 0, "install": 1, ":env:": 2}
    for line in listing.splitlines():
        key, _equals, quoted = line.partition("=")
        section, _dot, option = key.rpartition(".")
        rank = ranks.get(section, -1)
        if rank > found.get(option, (-1, ""))[0]:
            found[option] = (rank, str(ast.literal_eval(quoted)))
    return {option: value for option, (_rank, value) in found.items()}


def _run(command: Sequence[str | Path], **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command quietly, its output captured in one stream."""
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=os.environ | environment,
        check=False,
    )
