"""A municipality's backup brings back what it held, loses no line of its trail, and touches nobody else."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg2.errors
import pytest

from tests.production.deployment import PLATFORM, Deployment

Query = Callable[..., list[Any]]
RECORD = """
from django_tenants.utils import schema_context
from tech4muni.audit.services import record
for schema in ("strumica", "haifa"):
    with schema_context(schema):
        record("thing.done", actor=None, reason="{reason}")
"""


@pytest.fixture
def deployment(state: Path) -> Deployment:
    """A deployment with two municipalities, whose programs do not run."""
    made = Deployment(state, mail_port=1)
    made.make_database()
    made.run("deploy/migrate.sh")
    for name, country in (("strumica", "MK"), ("haifa", "IL")):
        made.run(
            *("python", "manage.py", "provision", name, "--host", f"{name}.{PLATFORM}", "--name", f"en-gb={name}"),
            *("--country", country, "--languages", "en-gb", "--time-zone", "UTC", "--working-days", "1,2,3,4,5"),
        )
    record(made, "before")
    return made


def record(deployment: Deployment, reason: str) -> None:
    """Write a line into both trails."""
    deployment.run("python", "manage.py", "shell", "--verbosity", "0", "--command", RECORD.format(reason=reason))


def backup(deployment: Deployment, *arguments: str) -> bytes:
    """Return a backup."""
    return subprocess.run(
        ["deploy/backup.sh", *arguments], env=deployment.environment("migrate"), stdout=subprocess.PIPE, check=True
    ).stdout


def restore(deployment: Deployment, schema: str, dump: bytes) -> subprocess.CompletedProcess[bytes]:
    """Put a schema back and return how it went."""
    return subprocess.run(
        ["deploy/restore.sh", schema],
        env=deployment.environment("migrate"),
        input=dump,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )


def test_backup_and_restore_of_one_municipality(deployment: Deployment, query: Query) -> None:
    def ask(statement: str) -> list[Any]:
        return query(deployment.variables["DATABASE_URL"], statement)

    def trail(schema: str) -> list[str]:
        rows = ask(f"SELECT reason FROM {schema}.audit_entry WHERE verb = 'thing.done' ORDER BY number")
        return [row[0] for row in rows]

    ask("CREATE TABLE strumica.work AS SELECT 7 AS number")
    dump = backup(deployment, "strumica")

    # Somebody spoils the municipality's work; both trails go on.
    ask("UPDATE strumica.work SET number = 0")
    record(deployment, "after")
    restored = restore(deployment, "strumica", dump)
    assert restored.returncode == 0, restored.stdout
    assert b"strumica: whole" in restored.stdout
    assert ask("SELECT number FROM strumica.work") == [(7,)]
    assert ask("SELECT number FROM strumica_before_restore.work") == [(0,)]
    assert trail("strumica") == trail("haifa") == ["before", "after"]
    record(deployment, "later")
    assert trail("strumica") == trail("haifa") == ["before", "after", "later"]

    # The state before a restore is not overwritten by the next one, and a restore that fails changes nothing.
    again = restore(deployment, "strumica", dump)
    assert again.returncode != 0
    assert b"strumica_before_restore" in again.stdout
    assert trail("strumica") == ["before", "after", "later"]

    # The whole schema is lost, and with it what its trail said since the backup, which is one of everything.
    ask("DELETE FROM strumica.work")
    ask("INSERT INTO strumica.work VALUES (8)")
    dump = backup(deployment)
    record(deployment, "lost")
    ask("DROP SCHEMA strumica CASCADE")
    ask("DROP SCHEMA strumica_before_restore CASCADE")
    restored = restore(deployment, "strumica", dump)
    assert restored.returncode == 0, restored.stdout
    assert b"of strumica are lost." in restored.stdout
    assert b"strumica: whole" in restored.stdout
    assert ask("SELECT number FROM strumica.work") == [(8,)]
    assert trail("strumica") == ["before", "after", "later"]
    record(deployment, "again")
    assert trail("strumica") == ["before", "after", "later", "again"]
    assert trail("haifa") == ["before", "after", "later", "lost", "again"]
    web = deployment.variables["WEB_DATABASE_URL"]
    assert query(web, "SELECT count(*) > 3 FROM strumica.audit_entry") == [(True,)]
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query(web, "DELETE FROM strumica.audit_entry")


def test_backup_of_everything_and_its_restore(deployment: Deployment, query: Query) -> None:
    dump = deployment.home / "everything.dump"
    dump.write_bytes(backup(deployment))
    owner = deployment.variables["DATABASE_URL"]
    before = query(owner, "SELECT schema_name, number, digest FROM audit_head ORDER BY 1")

    query(owner, "DROP SCHEMA haifa CASCADE")
    deployment.make_empty_database()
    deployment.run("pg_restore", "--dbname", owner, "--no-owner", "--exit-on-error", str(dump))

    assert query(owner, "SELECT schema_name, number, digest FROM audit_head ORDER BY 1") == before
    assert "0 migrated, 0 failed" in deployment.run("deploy/migrate.sh")
    deployment.run("python", "manage.py", "verify_audit")


@pytest.mark.parametrize(
    ("schema", "dump", "said"),
    [
        ("public", b"", b"no municipality"),
        ("strumica; drop", b"", b"no municipality"),
        ("strumica", b"nonsense", b"does not hold strumica"),
        ("strumica", b"", b"does not hold strumica"),
    ],
)
def test_nonsense_is_not_restored(schema: str, dump: bytes, said: bytes, state: Path) -> None:
    refused = restore(Deployment(state, mail_port=1), schema, dump)

    assert refused.returncode != 0
    assert said in refused.stdout
