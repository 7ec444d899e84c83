"""The embedded servers of a checkout: start, stop, ask for their URLs."""

import os
from pathlib import Path

from .places import state_dir
from .postgres import postgres_url, start_postgres, stop_postgres
from .system import locked, passable_directory
from .valkey import start_valkey, stop_valkey, valkey_url


def urls(root: Path, *, testing: bool = False) -> tuple[str, str]:
    """Return the URLs of PostgreSQL and Valkey for the checkout at `root`, starting what does not run.

    `DATABASE_URL` and `REDIS_URL` replace the embedded servers. Tests have servers of their own, which trade safety
    at a power cut for speed. Raises ServerError with a plain reason.
    """
    database, broker = os.environ.get("DATABASE_URL", "").strip(), os.environ.get("REDIS_URL", "").strip()
    if database and broker:
        return database, broker
    state = servers_dir(root, testing=testing)
    return database or database_url(state, durable=not testing), broker or broker_url(state)


def servers_dir(root: Path, *, testing: bool = False) -> Path:
    """Return the directory that holds the data of the demonstration's or of the tests' servers."""
    return passable_directory(state_dir(root) / ("testing" if testing else "demo"))


def database_url(state: Path, *, durable: bool = True) -> str:
    """Return the URL of the PostgreSQL in `state`, started if need be; safe to call from many processes at once."""
    with locked(state):
        return start_postgres(state, durable=durable)


def broker_url(state: Path) -> str:
    """Return the URL of the Valkey in `state`, started if need be; safe to call from many processes at once."""
    with locked(state):
        return start_valkey(state)


def stop(state: Path) -> None:
    """Stop both servers in `state`; those that do not run are left so."""
    with locked(state):
        stop_valkey(state)
        stop_postgres(state)


def status(state: Path) -> dict[str, str | None]:
    """Return for each server its URL, or None if it does not run."""
    with locked(state):
        return {"PostgreSQL": postgres_url(state), "Valkey": valkey_url(state)}
