"""Fixtures shared by all tests: two municipalities made once per session, and clients on their hosts."""

import io
import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test import Client, TransactionTestCase
from django.utils import timezone
from django_tenants.utils import tenant_context
from redis import Redis

from programs.hosts.cache import GENERATION
from programs.models import Domain, Municipality
from programs.queries import schemas_behind
from programs.schemas.provisioning import provision
from tech4muni.accounts.sessions import bind
from tech4muni.core import limits
from tech4muni.core.caches import ACROSS_HOSTS
from tech4muni.core.hosts import without_port
from tech4muni.embedded import servers

pytest_plugins = ["tests.browser"]

TENANTS: dict[str, dict[str, Any]] = {
    "strumica": {
        "names": {"en-gb": "Strumica", "mk": "Струмица"},
        "country": "MK",
        "languages": ["mk", "en-gb"],
        "time_zone": "Europe/Skopje",
        "working_days": [1, 2, 3, 4, 5],
    },
    "haifa": {
        "names": {"en-gb": "Haifa", "he": "חיפה"},
        "country": "IL",
        "languages": ["he", "en-gb"],
        "time_zone": "Asia/Jerusalem",
        "working_days": [7, 1, 2, 3, 4],
    },
}
KEPT = {
    "programs_municipality", "programs_domain", "programs_schematemplate", "django_migrations", "django_content_type",
    "auth_permission",
}  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """Compile the translations once, so that no test depends on whether somebody did before."""
    if not hasattr(config, "workerinput"):
        call_command("compile_catalogues", verbosity=0, stdout=io.StringIO())


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the tests' own servers, unless URLs named others: `bin/test` does, and stops them itself."""
    if not hasattr(config, "workerinput") and not {"DATABASE_URL", "REDIS_URL"} <= os.environ.keys():
        servers.stop(servers.servers_dir(settings.BASE_DIR, testing=True))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any, django_db_keepdb: bool) -> Iterator[None]:
    """Add the two municipalities to the test database, once (get or create, for --reuse-db)."""
    with django_db_blocker.unblock():
        for name, fields in TENANTS.items():
            municipality, _made = Municipality.objects.get_or_create(schema_name=name, defaults=fields)
            Domain.objects.get_or_create(tenant=municipality, domain=f"{name}.localhost")
            provision(municipality)
        if schemas_behind():
            call_command("migrate_tenants")  # a database that was kept from before a migration
        truncate_all()  # the trails of the making, so that each test begins with empty ones
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            connection.close()  # a test may have cut it at the server's end
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{connection.settings_dict["NAME"]}_schema_template" WITH (FORCE)')


@pytest.fixture(autouse=True, scope="session")
def _truncate_every_schema() -> Iterator[None]:
    """Django's flush deletes the municipalities and forgets their schemas: empty the other tables of all instead."""
    original = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]
    TransactionTestCase._fixture_teardown = lambda _case: truncate_all()  # type: ignore[attr-defined]
    yield
    TransactionTestCase._fixture_teardown = original  # type: ignore[attr-defined]


def truncate_all() -> None:
    """Empty all tables of the public schema and of the two municipalities, but for the municipalities themselves.

    Other municipalities that a test made go, with their schemas.
    """
    connection.set_schema_to_public()  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname = ANY(%s) AND NOT tablename = ANY(%s)",
            [["public", *TENANTS], list(KEPT)],
        )
        tables = ", ".join(row[0] for row in cursor.fetchall())
        cursor.execute("SET session_replication_role = replica")  # the trails refuse to be emptied
        cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY")
        cursor.execute("SET session_replication_role = origin")
        for name in Municipality.objects.exclude(schema_name__in=TENANTS).values_list("schema_name", flat=True):
            cursor.execute(f'DROP SCHEMA IF EXISTS "{name}" CASCADE')
    Municipality.objects.exclude(schema_name__in=TENANTS).delete()


@pytest.fixture(autouse=True)
def _hosts_unknown() -> None:
    """Begin each test with a cache that knows no host: rolled-back rows must not be remembered."""
    caches["shared"].delete(GENERATION)


@pytest.fixture(autouse=True)
def _no_tries_yet() -> None:
    """Begin each test with nobody having tried to log in, or done anything else that is counted."""
    forget_tries()


def forget_tries() -> None:
    """Forget how often something was done, as the counters do by themselves some time later."""
    cache: Any = caches["default"]
    client = cache._cache.get_client(None, write=True)
    for counted in (ACROSS_HOSTS, limits.PREFIX):
        for key in client.scan_iter(f"*:{cache.key_prefix}:*:{counted}*"):
            client.delete(key)


@pytest.fixture
def strumica(db: None) -> Municipality:
    """A municipality that writes from left to right."""
    return Municipality.objects.get(schema_name="strumica")


@pytest.fixture
def haifa(db: None) -> Municipality:
    """A municipality that writes from right to left."""
    return Municipality.objects.get(schema_name="haifa")


class HostClient(Client):
    """A client that asks one host, over HTTPS as the cookies demand."""

    def __init__(self, host: str, **options: Any) -> None:
        super().__init__(headers={"host": host}, **options)
        self.host = host

    def generic(self, *args: Any, **options: Any) -> Any:
        """Ask over HTTPS, whatever the caller says."""
        return super().generic(*args, **{**options, "secure": True})

    def force_login(self, user: Any, backend: str | None = None) -> None:
        """Log in without the pages, with a session that is bound to this host as the middleware binds it."""
        super().force_login(user, backend)
        session = self.session
        bind(session, host=without_port(self.host), now=timezone.now())
        session.save()


@pytest.fixture
def client_on() -> Callable[[str], Client]:
    """Return a function that makes a client on a host, over HTTPS as the cookies demand."""
    return HostClient


@pytest.fixture
def in_strumica(strumica: Municipality) -> Iterator[Municipality]:
    """Run the test inside Strumica's schema."""
    with tenant_context(strumica):
        yield strumica


@pytest.fixture
def in_own_connection() -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a wrapper for functions that run in a thread: it closes the thread's database connection at the end."""

    def wrap(work: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any) -> Any:
            try:
                return work(*args)
            finally:
                connection.close()

        return wrapped

    return wrap


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Return a function that moves all clocks of this process on."""
    now, seconds = timezone.now, time.time

    def move(step: timedelta) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: now() + step)
        monkeypatch.setattr("time.time", lambda: seconds() + step.total_seconds())

    return move


@pytest.fixture
def queued() -> Iterator[Callable[..., list[Any]]]:
    """Return a function that names the tasks that wait in the broker, the last first, or with `whole` shows them.

    The broker is emptied before and after the test.
    """

    def tasks(*, whole: bool = False) -> list[Any]:
        found = [json.loads(task) for task in broker.lrange(key, 0, -1)]
        return found if whole else [task["headers"]["task"] for task in found]

    with Redis.from_url(settings.CELERY_BROKER_URL) as broker:
        key = f"{settings.CELERY_BROKER_TRANSPORT_OPTIONS['global_keyprefix']}celery"
        broker.delete(key)
        yield tasks
        broker.delete(key)
