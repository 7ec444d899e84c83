"""Connections and locks that do not depend on the transaction that the thread is in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

ALIAS: Final = "default"


@contextmanager
def own_connection(**changes: Any) -> Iterator[BaseDatabaseWrapper]:
    """Open a second connection, outside of any transaction that this thread is in, with `changes` to its settings."""
    wrapper = connections[ALIAS].copy()
    wrapper.settings_dict.update(changes)
    try:
        yield wrapper
    finally:
        wrapper.close()


@contextmanager
def only_one(what: str) -> Iterator[None]:
    """Let one process at a time do `what` in this database; the others wait.

    It is free again when the process ends, however it ends.
    """
    with own_connection() as own, own.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('tech4muni'), hashtext(%s))", [what])
        yield
