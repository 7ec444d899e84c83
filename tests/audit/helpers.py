"""Hurting a trail the way only the database's owner could."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def triggers_off() -> Iterator[None]:
    """Switch the triggers off inside the block, as a superuser can."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            cursor.execute("SET session_replication_role = origin")


def tamper(sql: str, *values: Any) -> None:
    """Run a statement past the triggers, in the active schema."""
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute(sql, values)
