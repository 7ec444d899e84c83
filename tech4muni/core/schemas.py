"""Which schema the connection is in."""

from typing import Any, Final, cast

from django.db import connection

PUBLIC: Final = "public"


def active_schema() -> str:
    """Return the name of the schema that queries go to first."""
    return cast(str, cast(Any, connection).schema_name)


def active_municipality_schema() -> str:
    """Return the active municipality's schema name, "" in the public schema."""
    schema = active_schema()
    return "" if schema == PUBLIC else schema
