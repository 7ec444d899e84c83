"""What both servers need from the operating system: an account, processes, ports, locks, secrets."""

import errno
import fcntl
import os
import pwd
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"

# The person's LANG may name a locale that is not installed, and PostgreSQL then refuses to start.
SERVER_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


class ServerError(Exception):
    """An embedded server cannot do what was asked; the text tells a person why."""


@dataclass(frozen=True)
class Account:
    """The user that runs the servers."""

    name: str
    uid: int
    gid: int


def server_account(data: Path) -> Account | None:
    """Return whom to become before running a server, or None to stay who we are.

    PostgreSQL refuses to run as root and needs a user known to the system. The owner of existing `data` comes first,
    so that a user added later does not lock us out of our own data.
    """
    if os.geteuid() != 0:
        return None
    entry = _owner(data) or _first_known("postgres", "nobody")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _owner(path: Path) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwuid(path.stat().st_uid)
    except (FileNotFoundError, KeyError):
        return None


def _first_known(*names: str) -> pwd.struct_passwd:
    for name in names:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ServerError(f"This system has none of the users {', '.join(names)}; run as an ordinary user instead.")


def passable_directory(path: Path) -> Path:
    """Make a directory, and those above it, and return it; root's umask must not shut the servers' account out."""
    missing = [directory for directory in (path, *path.parents) if not directory.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for directory in missing if os.geteuid() == 0 else ():
        directory.chmod(0o755)
    return path


def given_directory(path: Path, account: Account | None) -> Path:
    """Make a directory that belongs to the servers' account and nobody else may enter, and return it."""
    path.mkdir(mode=0o700, exist_ok=True)
    _give(path, account)
    return path


def given_file(path: Path, text: str, account: Account | None) -> Path:
    """Write a new file that only the servers' account may read, and return it.

    It appears whole or not at all. Its directory belongs to us, so the account cannot put a link in its place.
    """
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text)
    _give(draft, account)
    return draft.replace(path)


def _give(path: Path, account: Account | None) -> None:
    if account:
        os.chown(path, account.uid, account.gid)


def identity(directory: Path) -> str:
    """Return a name for the processes of a directory: it stays when that is moved, and a copy does not share it."""
    status = directory.stat()
    return f"t4m-{status.st_dev:x}-{status.st_ino:x}"


def run(
    command: Sequence[str | Path], account: Account | None, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a server's program as `account`, its output captured in one stream.

    Raises ServerError if the program cannot even be started.
    """
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=SERVER_ENVIRONMENT | environment,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            check=False,
        )
    except OSError as error:
        who = account.name if account else "this user"
        raise ServerError(f"{who} cannot run {command[0]}: {error.strerror}.") from error


def processes() -> Iterator[tuple[int, str]]:
    """Yield the id and the command line of each process that is not a zombie."""
    return _processes_of_proc() if sys.platform == "linux" else _processes_of_ps()


def _processes_of_proc() -> Iterator[tuple[int, str]]:
    # The command line is readable even where another user's /proc/PID/cwd is not (root without CAP_SYS_PTRACE),
    # and a zombie has none.
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            line = (directory / "cmdline").read_bytes()
        except OSError:
            continue
        if line:
            yield int(directory.name), line.replace(b"\0", b" ").decode(errors="replace").strip()


def _processes_of_ps() -> Iterator[tuple[int, str]]:
    listing = subprocess.run(["ps", "-axww", "-o", "pid=,stat=,command="], capture_output=True, text=True, check=True)
    for line in listing.stdout.splitlines():
        pid, state, command = line.split(None, 2)
        if not state.startswith("Z"):
            yield int(pid), command


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll until the condition holds; return whether it came true within `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Hold the state directory, made if need be, for one process at a time."""
    with (passable_directory(directory) / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Tell whether nobody else listens on this port and we may."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
            # As servers do: a connection that lingers from the last run must not count as taken.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        return error.errno not in {errno.EADDRINUSE, errno.EACCES}  # a machine without IPv6 has no one on it
    return True


def next_free_port(first: int, *hosts: str) -> int:
    """Return `first`, or the nearest port above it that is free on all hosts (none given: 127.0.0.1).

    Raises ServerError if a thousand in a row are taken.
    """
    for port in range(first, min(first + 1000, 65536)):
        if all(is_free(port, host) for host in hosts or (LOOPBACK,)):
            return port
    raise ServerError(f"No free port from {first} on.")


def kept_port(file: Path, first: int) -> int:
    """Return the port written in `file`, or the next free one if it is taken, and keep it for the next start."""
    port = next_free_port(int(file.read_text()) if file.exists() else first)
    file.write_text(str(port))
    return port


def kept_secret(file: Path, account: Account | None) -> str:
    """Return the password in `file`, made at the first call and readable by the servers' account only."""
    if not file.exists():
        given_file(file, secrets.token_hex(24), account)
    return file.read_text()


def tail(file: Path, lines: int = 15) -> str:
    """Return the last lines of a log, or an empty text if there is none."""
    if not file.exists():
        return ""
    return "\n".join(file.read_text(errors="replace").splitlines()[-lines:])
