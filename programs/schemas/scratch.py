"""An empty schema to try migrations in, away from the municipalities."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django_tenants.utils import schema_context

from programs.schemas.locks import ALIAS, own_connection

logger = logging.getLogger(__name__)

SCRATCH: Final = "_template_schema_"  # no municipality can be called so, and no text in a migration is likely to be


@contextmanager
def scratch_schema() -> Iterator[bool]:
    """Lead this thread's connection into an empty schema called `SCRATCH`.

    Yields whether it is alone: in a database of its own, `<name>_schema_template`, which is made when it is first
    needed and kept, since dropping a database makes the server write all that it holds in memory. So neither the
    number of municipalities nor their locks matter. A role that may not create databases, and for which nobody made
    this one, gets the schema in the product's database. To be used within `only_one(SCRATCH)`.
    """
    with own_connection() as own, own.cursor() as cursor:
        name = f"{own.settings_dict['NAME']}_schema_template"
        is_alone = _find_or_create(cursor, name, own.ops.quote_name(name))
        inside = _own_database(name, _extensions(cursor)) if is_alone else _same_database(cursor)
        with inside, schema_context(SCRATCH):
            yield is_alone


def _find_or_create(cursor: Any, name: str, quoted: str) -> bool:
    cursor.execute(
        "SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s), rolcreatedb OR rolsuper"
        " FROM pg_roles WHERE rolname = current_user",
        [name],
    )
    is_there, may_create = cursor.fetchone()
    if may_create and not is_there:
        cursor.execute(f"CREATE DATABASE {quoted} TEMPLATE template0")
    return bool(is_there or may_create)


def _extensions(cursor: Any) -> list[str]:
    cursor.execute("SELECT quote_ident(extname) FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY oid")
    return [row[0] for row in cursor.fetchall()]


@contextmanager
def _own_database(name: str, extensions: list[str]) -> Iterator[None]:
    """Empty the database, whatever a process that was killed left there, and give it our extensions."""
    with own_connection(NAME=name) as wrapper:
        with wrapper.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {SCRATCH}, public CASCADE")
            cursor.execute(f"CREATE SCHEMA public; CREATE SCHEMA {SCRATCH}")
            for extension in extensions:
                cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {extension} SCHEMA public")
        with _leading_to(wrapper):
            yield


@contextmanager
def _same_database(cursor: Any) -> Iterator[None]:
    logger.warning("This role may not create databases: the template is made inside the product's database.")
    cursor.execute(f"DROP SCHEMA IF EXISTS {SCRATCH} CASCADE")
    cursor.execute(f"CREATE SCHEMA {SCRATCH}")
    try:
        with own_connection() as wrapper, _leading_to(wrapper):
            yield
    finally:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCRATCH} CASCADE")


@contextmanager
def _leading_to(wrapper: BaseDatabaseWrapper) -> Iterator[None]:
    """Make `wrapper` this thread's connection, for data migrations too."""
    before = connections[ALIAS]
    connections[ALIAS] = wrapper
    try:
        yield
    finally:
        connections[ALIAS] = before
