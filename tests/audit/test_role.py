"""Production's database role appends to the trails and can do nothing else to them: tried with a real connection."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django_tenants.utils import tenant_context
from psycopg2 import errors
from psycopg2.extensions import cursor

from programs.models import Municipality
from tech4muni.audit.models import Entry, Head
from tech4muni.audit.services import record
from tech4muni.audit.verification import verify

PASSWORD = "only-for-this-test"
ATTACKS = [
    "UPDATE {0}.audit_entry SET reason = 'other'",
    "DELETE FROM {0}.audit_entry",
    "TRUNCATE {0}.audit_entry",
    "ALTER TABLE {0}.audit_entry DISABLE TRIGGER ALL",
    "ALTER TABLE {0}.audit_entry DISABLE TRIGGER audit_entry_no_change",
    "DROP TRIGGER audit_entry_no_change ON {0}.audit_entry",
    "CREATE TRIGGER mine BEFORE INSERT ON {0}.audit_entry FOR EACH ROW EXECUTE FUNCTION public.audit_refuse()",
    "CREATE RULE mine AS ON INSERT TO {0}.audit_entry DO INSTEAD NOTHING",
    "DROP TABLE {0}.audit_entry CASCADE",
    "ALTER TABLE {0}.audit_entry RENAME TO other",
    "ALTER TABLE {0}.audit_entry OWNER TO {1}",
    "DROP SCHEMA {0} CASCADE",
    "ALTER SCHEMA {0} RENAME TO other",
    "SET session_replication_role = replica",
    "SET ROLE postgres",
    "UPDATE public.audit_head SET digest = 'x'",
    "UPDATE public.audit_head SET number = number + 1",
    "INSERT INTO public.audit_head VALUES ('other', 1, 'x')",
    "DELETE FROM public.audit_head",
    "TRUNCATE public.audit_head",
    "CREATE OR REPLACE FUNCTION public.audit_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
    "DROP FUNCTION public.audit_entry_chain() CASCADE",
    "ALTER FUNCTION public.audit_refuse() RENAME TO other",
    "COPY {0}.audit_entry FROM PROGRAM 'true'",
]


@pytest.fixture
def role(transactional_db: None) -> Iterator[str]:
    """A role with the rights that the command gives, named after the database since roles belong to the server."""
    name = f"app_{connection.settings_dict['NAME']}"[:63].lower()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'")
        try:
            cursor.execute(role_sql(name))
            yield name
        finally:
            cursor.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")


def role_sql(name: str) -> str:
    out = io.StringIO()
    call_command("audit_role_sql", name, stdout=out)
    return out.getvalue()


def connect(role: str) -> psycopg2.extensions.connection:
    parameters = connection.get_connection_params()
    parameters |= {"user": role, "password": PASSWORD, "cursor_factory": cursor}
    own: psycopg2.extensions.connection = psycopg2.connect(**parameters)
    return own


@pytest.mark.parametrize("schema", ["public", "strumica"])
def test_every_attack_on_a_trail_is_refused(role: str, schema: str) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    record("x.tested", actor=None)
    with tenant_context(strumica):
        record("x.tested", actor=None)
    before = list(Head.objects.values())
    attacker = connect(role)
    attacker.autocommit = True
    succeeded = []
    try:
        with attacker.cursor() as own:
            own.execute(f"GRANT UPDATE ON {schema}.audit_entry TO {role}")  # only warns, and gives nothing
        for attack in ATTACKS:
            with attacker.cursor() as own:
                try:
                    own.execute(attack.format(schema, role))
                except (errors.InsufficientPrivilege, errors.RestrictViolation):
                    continue
                succeeded.append(attack)
    finally:
        attacker.close()

    assert succeeded == []
    assert list(Head.objects.values()) == before
    assert verify(schema).fault == ""


def test_the_role_works_with_everything_else(role: str, tmp_path: Path) -> None:
    """The product itself, as that role: it writes a municipality's and the public trail, and mail."""
    script = """
import django; django.setup()
from django.core.management import call_command
from django_tenants.utils import tenant_context
from programs.models import Municipality
from tech4muni.accounts.models import User
from tech4muni.audit.services import record
dana = User.objects.create_user("dana@example.org", name="Dana")
with tenant_context(Municipality.objects.get(schema_name="strumica")):
    record("x.tested", actor=dana)
    record("x.tested", actor=dana)
record("x.tested", actor=dana)
call_command("trial_mail", "dana@example.org")
call_command("verify_audit")
"""
    at = connection.settings_dict
    address = f"postgres://{role}:{PASSWORD}@{at['HOST']}:{at['PORT']}/{quote(at['NAME'])}"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "tech4muni.settings.test"},
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "strumica: whole, 2 entries" in done.stdout
    assert Entry.objects.get().actor_label == "Dana"


def test_a_new_municipality_is_safe_and_usable_before_the_sql_runs_again(role: str) -> None:
    """The default privileges let the role in; the triggers, which it cannot switch off, guard the new trail."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA later")
        cursor.execute("CREATE TABLE later.audit_entry (LIKE strumica.audit_entry INCLUDING ALL)")
        for trigger, when in (("chain", "INSERT"), ("no_change", "UPDATE OR DELETE")):
            function = "audit_entry_chain" if trigger == "chain" else "audit_refuse"
            cursor.execute(
                f"CREATE TRIGGER audit_entry_{trigger} BEFORE {when} ON later.audit_entry"
                f" FOR EACH ROW EXECUTE FUNCTION public.{function}()"
            )
    attacker = connect(role)
    try:
        with attacker, attacker.cursor() as own:
            own.execute(
                "INSERT INTO later.audit_entry (id, at, actor_label, verb, target_type, target_id, target_label,"
                " reason, data, request_id, host, digest, number, previous_digest)"
                " VALUES (1, now(), '', '', '', '', '', '', '{}', '', '', 'x', 1, repeat('0', 64))"
            )
        for attack in ("UPDATE later.audit_entry SET reason = 'x'", "DELETE FROM later.audit_entry"):
            with pytest.raises(errors.RestrictViolation), attacker, attacker.cursor() as own:
                own.execute(attack)
        with pytest.raises(errors.InsufficientPrivilege), attacker, attacker.cursor() as own:
            own.execute("TRUNCATE later.audit_entry")
    finally:
        attacker.close()
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA later CASCADE")


@pytest.mark.parametrize("name", ["", "x; DROP", 'x"y', "Ä"])
def test_a_role_has_a_plain_name(db: None, name: str) -> None:
    with pytest.raises(CommandError, match="small Latin letters"):
        role_sql(name)
