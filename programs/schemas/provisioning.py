"""Makes the schema of a municipality that waits for it, and opens the municipality.

Everything happens in one transaction: a process that is killed leaves the municipality waiting, as it was, and the
next attempt begins anew. Whoever comes second finds it open and does nothing.
"""

import json

from django.db import connection, transaction

from programs.enums import MunicipalityState
from programs.models import Municipality
from programs.schemas import jobs
from programs.schemas.models import SchemaTemplate
from programs.schemas.template import current_template, script_for
from tech4muni.accounts.models import User
from tech4muni.audit.services import record


class ForeignSchema(Exception):
    """There is a schema of that name already, and it was not made by this product."""


def provision(municipality: Municipality, *, actor: User | None = None) -> bool:
    """Make the municipality's schema and open it; return whether there was anything to do.

    A schema that was moved here from another server is taken as it is; if it is of an older version, nobody is let in
    before `migrate_tenants` has run. Call it in the public schema.

    Raises ForeignSchema for a schema with tables but without migrations, and whatever the database says; the error is
    kept in the municipality's `schema_job`.
    """
    template = current_template()
    try:
        with transaction.atomic():
            return _provision_locked(municipality, template, actor)
    except Exception as error:
        jobs.fail(municipality, template.version, error)
        raise


def applied_migrations(schema: str) -> frozenset[tuple[str, str]]:
    """Return the (app label, name) of each migration that the schema has."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT app, name FROM {_quoted(schema)}.django_migrations")  # noqa: S608  a quoted name
        return frozenset(cursor.fetchall())


def _provision_locked(municipality: Municipality, template: SchemaTemplate, actor: User | None) -> bool:
    waiting = Municipality.objects.select_for_update(no_key=True).get(pk=municipality.pk)
    if waiting.state != MunicipalityState.PREPARING:
        return False
    jobs.begin(waiting, template.version)
    waiting.schema_version = _make_or_take(waiting.schema_name, template)
    waiting.open()
    waiting.save(update_fields=["state", "schema_version"])
    record("municipality.opened", actor=actor, target=waiting, data={"version": waiting.schema_version})
    jobs.finish(waiting)
    return True


def _make_or_take(schema: str, template: SchemaTemplate) -> str:
    """Return the version of the schema, "" for one that was taken over and has to be migrated."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {connection.ops.quote_name(schema)}")
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace", [_quoted(schema)])
        names = {row[0] for row in cursor.fetchall()}
    if not names:
        _make(schema, template)
        return template.version
    if "django_migrations" not in names:
        raise ForeignSchema(f"The schema {schema} has tables, but no migrations of this product.")
    return template.version if template.applied <= applied_migrations(schema) else ""


def _make(schema: str, template: SchemaTemplate) -> None:
    migrations = f"{_quoted(schema)}.django_migrations"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL check_function_bodies = off")  # a function may name a table that comes later
        cursor.execute(script_for(template, schema))
        cursor.execute(
            f"INSERT INTO {migrations} (app, name, applied)"  # noqa: S608  a quoted name
            " SELECT made ->> 0, made ->> 1, now()"
            " FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS list (made, place) ORDER BY place",
            [json.dumps(template.migrations)],
        )


def _quoted(schema: str) -> str:
    return connection.ops.quote_name(schema)
