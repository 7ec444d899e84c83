"""The script of a schema: found programs, roles with fewer rights, and what may be in a schema."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from programs.schemas import dump
from programs.schemas.models import SchemaTemplate
from programs.schemas.provisioning import provision
from programs.schemas.scratch import SCRATCH
from programs.schemas.template import current_template, prepare_template
from tests.factories.municipalities import make_municipality


def program(directory: Path, version: str) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / "pg_dump"
    file.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}'\n")
    file.chmod(0o755)
    return file


@pytest.fixture
def bare(db: None, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine without any pg_dump."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("PG_BIN", raising=False)
    monkeypatch.setattr(dump, "SYSTEM", Path("/nowhere"))
    monkeypatch.setattr(dump, "find_spec", lambda _name: None)
    return monkeypatch


def test_a_machine_without_pg_dump_says_so(bare: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match="PG_BIN"):
        dump.pg_dump()


def test_too_old_a_pg_dump_is_passed_over(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program(tmp_path / "named", "9.6.24")
    program(tmp_path / "path", "11.2 (Debian 11.2-1)")
    right = program(tmp_path / "later", "99.1")
    program(tmp_path / "system" / "12" / "bin", "12.0")
    bare.setenv("PG_BIN", str(tmp_path / "named"))
    bare.setenv("PATH", f"{tmp_path / 'path'}:{tmp_path / 'missing'}:{tmp_path / 'later'}")
    bare.setattr(dump, "SYSTEM", tmp_path / "system")

    assert dump.pg_dump() == right.parent / "pg_dump"


@pytest.mark.parametrize(("version", "is_right"), [("99devel", True), ("99beta1", True), ("nonsense", False)])
def test_versions_as_they_are_written(bare: pytest.MonkeyPatch, tmp_path: Path, version: str, is_right: bool) -> None:
    file = program(tmp_path, version)
    bare.setenv("PG_BIN", str(tmp_path))

    if is_right:
        assert dump.pg_dump() == file
    else:
        with pytest.raises(ImproperlyConfigured):
            dump.pg_dump()


def test_the_systems_programs_and_the_wheel_come_last(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program(tmp_path / "system" / "15" / "bin", "99.0")
    newest = program(tmp_path / "system" / "99" / "bin", "99.0")
    bare.setattr(dump, "SYSTEM", tmp_path / "system")

    assert dump.pg_dump() == newest


def test_the_complaint_of_pg_dump_is_passed_on(db: None) -> None:
    with pytest.raises(RuntimeError, match="no_such_schema"):
        dump.run_pg_dump("--schema", "no_such_schema", "--strict-names")


@pytest.fixture
def few_rights(transactional_db: None) -> Iterator[None]:
    """Work as a role that may make schemas in this database, but no databases."""
    options: dict[str, Any] = connection.settings_dict["OPTIONS"]
    role = f"plain_{connection.settings_dict['NAME']}"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE ROLE "{role}" NOLOGIN')
        cursor.execute(f'GRANT CREATE ON DATABASE "{connection.settings_dict["NAME"]}" TO "{role}"')
        cursor.execute(f'GRANT ALL ON SCHEMA public TO "{role}"')
        cursor.execute(f'GRANT ALL ON ALL TABLES IN SCHEMA public TO "{role}"')
        cursor.execute(f'DROP DATABASE IF EXISTS "{connection.settings_dict["NAME"]}_schema_template"')
    connection.close()
    options["options"] = f"-c role={role}"
    yield
    options.pop("options")
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute(f'DROP OWNED BY "{role}"')
        cursor.execute(f'DROP ROLE "{role}"')


def test_a_role_that_may_not_create_databases_makes_the_same_template(
    few_rights: None, caplog: pytest.LogCaptureFixture
) -> None:
    usual = current_template()  # made by a role that may
    SchemaTemplate.objects.all().delete()

    same = prepare_template()

    assert "may not create databases" in caplog.text
    assert same.script == usual.script
    assert [list(name) for name in same.migrations] == [list(name) for name in usual.migrations]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = %s", [SCRATCH])
        assert cursor.fetchone() == (0,)
    SchemaTemplate.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_a_script_carries_everything_that_a_schema_may_hold() -> None:
    provision(make_municipality())
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TYPE bitola.mood AS ENUM ('good', 'bad');"
            "CREATE TABLE bitola.days"
            " (id int GENERATED ALWAYS AS IDENTITY, mood bitola.mood, said text DEFAULT '\\x $1 %');"
            "CREATE VIEW bitola.bad_days AS SELECT * FROM bitola.days WHERE mood = 'bad';"
            "INSERT INTO bitola.days (mood, said) VALUES ('bad', E'SET x = 1;\\n\\\\restrict x\\nSELECT ''100%'';')"
        )
        script = dump.schema_script("bitola", data=True).replace("bitola.", "ohrid.")
        cursor.execute("CREATE SCHEMA ohrid")
        cursor.execute(script)
        cursor.execute("SELECT id, mood::text, said FROM ohrid.bad_days")
        assert cursor.fetchall() == [(1, "bad", "SET x = 1;\n\\restrict x\nSELECT '100%';")]
        cursor.execute("INSERT INTO ohrid.days (mood) VALUES ('good') RETURNING id")
        assert cursor.fetchone() == (2,)
        cursor.execute("DROP SCHEMA ohrid CASCADE")
