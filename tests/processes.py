"""Other processes of the product, on the tests' own database and cache."""

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from tech4muni.embedded.system import wait_until

PATIENCE = 60  # seconds
Process = subprocess.Popen[str]


def python(*arguments: str, **variables: str) -> Process:
    """Start Python in the checkout, with the tests' settings; what it says can be read, and it can be told more."""
    environment: Mapping[str, str] = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tech4muni.settings.test",
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        **variables,
    }
    return subprocess.Popen(
        [sys.executable, *arguments],
        env=environment,
        cwd=settings.BASE_DIR,
        text=True,
        bufsize=1,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def kill_where_it_waits(process: Process, lock: int) -> None:
    """Kill a process (-9) as soon as it waits for the advisory lock, which the caller holds."""
    waiting = f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = {lock} AND NOT granted"

    def waits() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            return bool(cursor.fetchone() == (1,))

    assert wait_until(lambda: waits() or process.poll() is not None, PATIENCE)
    assert process.poll() is None, process.communicate()[0]
    process.kill()
    process.communicate()


def database_url() -> str:
    """Return the URL of the tests' own database."""
    own: dict[str, Any] = connection.settings_dict
    person = f"{quote(own['USER'])}:{quote(own['PASSWORD'])}"
    return f"postgres://{person}@{own['HOST']}:{own['PORT']}/{quote(own['NAME'])}"
