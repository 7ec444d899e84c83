"""What has to be done to a schema: the SQL of its pending migrations, worked out once and run in many schemas."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation

from programs.schemas.locks import only_one
from programs.schemas.models import SchemaTemplate
from programs.schemas.scratch import SCRATCH, scratch_schema
from programs.schemas.template import script_for
from programs.schemas.versions import tenant_plan

logger = logging.getLogger(__name__)

Name = tuple[str, str]  # app label, name of the migration


@dataclass(frozen=True, slots=True)
class Step:
    """One migration: the SQL to run (None where Django itself has to), and the names to record."""

    name: Name
    records: tuple[Name, ...]
    sql: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What leads a schema in one state to the state of the code.

    Args:
        steps: the pending migrations in order.
        objects: names of the tables and functions that a schema in this state has; one that lacks some is broken.
        by_django: whether the state is unusual, so that Django's own executor has to find the way.
    """

    steps: tuple[Step, ...] = ()
    objects: frozenset[str] = frozenset()
    by_django: bool = False


class Planner:
    """Works out plans, each once, for all threads of a run."""

    def __init__(self) -> None:
        self._migrations = tenant_plan(MigrationLoader(None))
        self._known = {name for migration in self._migrations for name in _records(migration)}
        self._plans: dict[frozenset[Name], Plan | Exception] = {}
        self._lock = Lock()

    def plan(self, applied: Iterable[Name]) -> Plan:
        """Return the plan for a schema with these migrations applied; call it outside of a municipality.

        Raises what the database said if a pending migration fails in the scratch schema.
        """
        state = frozenset(applied) & self._known
        with self._lock:
            if state not in self._plans:
                self._plans[state] = self._try(state)
            found = self._plans[state]
        if isinstance(found, Exception):
            raise found
        return found

    def _try(self, state: frozenset[Name]) -> Plan | Exception:
        """Keep a failure, too: what fails in the scratch schema need not be tried again for each municipality."""
        try:
            return self._make(state)
        except Exception as error:
            logger.exception("The pending migrations failed in the scratch schema.")
            return error

    def _make(self, state: frozenset[Name]) -> Plan:
        if any(_is_half_replaced(migration, state) for migration in self._migrations):
            return Plan(by_django=True)
        pending = [migration for migration in self._migrations if not _is_applied(migration, state)]
        replaced = [
            Step(_name(migration), (_name(migration),), "")
            for migration in self._migrations
            if migration not in pending and _name(migration) not in state
        ]
        if not pending:
            return Plan(steps=tuple(replaced))
        template = _template_of(state, self._known)
        with only_one(SCRATCH), scratch_schema() as is_alone:
            _bring_to(state, template, is_alone=is_alone)
            objects = schema_objects(SCRATCH)
            return Plan(steps=(*replaced, *map(_try_out, pending)), objects=objects)


def schema_objects(schema: str) -> frozenset[str]:
    """Return the names of a schema's tables, views and functions."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE nspname = %s AND relkind IN ('r', 'p', 'v', 'm')"
            " UNION SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = %s",
            [schema, schema],
        )
        return frozenset(row[0] for row in cursor.fetchall())


def _template_of(state: frozenset[Name], known: set[Name]) -> SchemaTemplate | None:
    """Return a template of an earlier release that stands for this very state."""
    for template in SchemaTemplate.objects.defer("prelude", "script"):
        if template.applied & known == state:
            template.refresh_from_db(fields=["prelude", "script"])
            return template
    return None


def _bring_to(state: frozenset[Name], template: SchemaTemplate | None, *, is_alone: bool) -> None:
    """Give the scratch schema the state of the municipalities: by the script of then, else by migrating."""
    executor = MigrationExecutor(connection)
    if template is None or (is_alone and not template.prelude):
        done = [migration for migration in tenant_plan(executor.loader) if _is_applied(migration, state)]
        executor.migrate([], plan=[(migration, False) for migration in done])
        return
    with connection.cursor() as cursor:
        cursor.execute("SET check_function_bodies = off")
        if is_alone:
            cursor.execute(template.prelude)
        cursor.execute(script_for(template, SCRATCH))
    for app, name in sorted(state):
        executor.recorder.record_applied(app, name)


def _try_out(migration: Migration) -> Step:
    """Write down the migration's SQL in the scratch schema, and run it there for those that follow."""
    executor = MigrationExecutor(connection)
    current = executor.loader.graph.nodes[_name(migration)]
    sql = None
    if migration.atomic and all(_is_sql(operation) for operation in migration.operations):
        sql = "\n".join(executor.loader.collect_sql([(current, False)]))
    executor.migrate([_name(migration)])
    return Step(_name(migration), _records(migration), sql)


def _is_sql(operation: Operation) -> bool:
    if isinstance(operation, SeparateDatabaseAndState):
        return all(_is_sql(inner) for inner in operation.database_operations)
    return operation.reduces_to_sql


def _name(migration: Migration) -> Name:
    return migration.app_label, migration.name


def _records(migration: Migration) -> tuple[Name, ...]:
    return (*((app, name) for app, name in migration.replaces), _name(migration))


def _is_applied(migration: Migration, state: frozenset[Name]) -> bool:
    replaced = migration.replaces
    return _name(migration) in state or (bool(replaced) and all(tuple(name) in state for name in replaced))


def _is_half_replaced(migration: Migration, state: frozenset[Name]) -> bool:
    return not _is_applied(migration, state) and any(tuple(name) in state for name in migration.replaces)
