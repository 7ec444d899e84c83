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
    """Lead this thread's connection into an empty schema called `SCRATCH`, and remove it afterwards.

    Yields whether it is alone in its database, whose public schema is empty then.

    To be used within `only_one(SCRATCH)`. It lies in a database of its own, so that neither the number of
    municipalities nor their locks matter; a role that may not create databases gets it in the product's database.
    What a killed process left behind is removed first.
    """
    with own_connection() as own, own.cursor() as cursor:
        cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
        is_alone = bool(cursor.fetchone()[0])
        make = _database if is_alone else _same_database
        with make(own, cursor), schema_context(SCRATCH):
            yield is_alone


@contextmanager
def _leading_to(wrapper: BaseDatabaseWrapper) -> Iterator[None]:
    """Make `wrapper` this thread's connection, for data migrations too."""
    before = connections[ALIAS]
    connections[ALIAS] = wrapper
    try:
        yield
    finally:
        connections[ALIAS] = before


@contextmanager
def _database(own: BaseDatabaseWrapper, cursor: Any) -> Iterator[None]:
    name = f"{own.settings_dict['NAME']}_schema_template"
    quoted = own.ops.quote_name(name)
    cursor.execute("SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY oid")
    extensions = [own.ops.quote_name(row[0]) for row in cursor.fetchall()]
    cursor.execute(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)")
    cursor.execute(f"CREATE DATABASE {quoted} TEMPLATE template0")
    try:
        with own_connection(NAME=name) as wrapper:
            with wrapper.cursor() as inside:
                for extension in extensions:
                    inside.execute(f"CREATE EXTENSION IF NOT EXISTS {extension} SCHEMA public")
                inside.execute(f"CREATE SCHEMA {SCRATCH}")
            with _leading_to(wrapper):
                yield
    finally:
        cursor.execute(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)")


@contextmanager
def _same_database(_own: BaseDatabaseWrapper, cursor: Any) -> Iterator[None]:
    logger.warning("This role may not create databases: the template is made inside the product's database.")
    cursor.execute(f"DROP SCHEMA IF EXISTS {SCRATCH} CASCADE")
    cursor.execute(f"CREATE SCHEMA {SCRATCH}")
    try:
        with own_connection() as wrapper, _leading_to(wrapper):
            yield
    finally:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCRATCH} CASCADE")
