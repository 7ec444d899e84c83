"""Is everything well? One report, for `/readyz` and for the coordinators' health page.

A check never raises and is bounded in time: two seconds to reach a server, two seconds for a statement.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import psycopg2
from django.conf import settings
from django.core.cache import caches
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_tenants.utils import schema_context
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from programs.queries import schemas_behind
from programs.timing.queries import failing_count, oldest_due
from tech4muni.audit.nightly import last_verification
from tech4muni.core import clock
from tech4muni.core.heartbeat import last_beat
from tech4muni.core.schemas import PUBLIC
from tech4muni.notifications.queries import failed_count, oldest_unsent

logger = logging.getLogger(__name__)

PATIENCE: Final = 2  # seconds, for each step of a check
LATE_MESSAGE: Final = timedelta(minutes=10)  # beat looks at the outbox twice a minute
LATE_BEAT: Final = timedelta(minutes=3)  # beat's smallest task runs twice a minute
LATE_VERIFICATION: Final = timedelta(days=2)  # trails are verified every night


class Health(StrEnum):
    """What a check found, the worst last."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check says: a state, a sentence, and for coordinators the names of what is wrong."""

    state: Health
    detail: str | Promise
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """A thing that can be well or not; a failing `vital` one means that no request should come here."""

    name: str
    label: str | Promise
    find: Callable[[], Finding]
    vital: bool
    needs_database: bool = True


@dataclass(frozen=True, slots=True)
class Result:
    """A check that was made, and the milliseconds it took."""

    check: Check
    finding: Finding
    milliseconds: int

    @property
    def state(self) -> Health:
        """What the check found; trouble with what is not vital only degrades."""
        if self.finding.state is Health.FAILED and not self.check.vital:
            return Health.DEGRADED
        return self.finding.state


@dataclass(frozen=True, slots=True)
class Report:
    """All checks, made at one instant."""

    at: datetime
    results: tuple[Result, ...]

    @property
    def state(self) -> Health:
        """The worst state of all checks."""
        order = list(Health)
        return max((result.state for result in self.results), key=order.index)

    @property
    def is_ready(self) -> bool:
        """Whether requests may come here."""
        return self.state is not Health.FAILED

    def as_json(self) -> dict[str, Any]:
        """Return what anybody may see: states and sentences, no names and no addresses."""
        return {
            "state": self.state,
            "at": self.at.isoformat(timespec="seconds"),
            "checks": {
                result.check.name: {
                    "state": result.state,
                    "detail": str(result.finding.detail),
                    "ms": result.milliseconds,
                }
                for result in self.results
            },
        }


def report() -> Report:
    """Make all checks, one after another; those that need the database are not tried without it."""
    results: list[Result] = []
    with clock.at(clock.now()) as now:
        reachable = True
        for check in CHECKS:
            result = _make(check, reachable=reachable)
            results.append(result)
            if check.name == "database":
                reachable = result.finding.state is Health.OK
    return Report(at=now, results=tuple(results))


def _make(check: Check, *, reachable: bool) -> Result:
    start = time.monotonic()
    if check.needs_database and not reachable:
        finding = Finding(Health.FAILED, _("Not checked, because the database does not answer."))
    else:
        finding = _find(check)
    return Result(check=check, finding=finding, milliseconds=round((time.monotonic() - start) * 1000))


def _find(check: Check) -> Finding:
    try:
        if not check.needs_database:
            return check.find()
        with _brief_statements():
            return check.find()
    except Exception:
        logger.exception("The health check %s failed.", check.name)
        return Finding(Health.FAILED, _("Does not answer."))


@contextmanager
def _brief_statements() -> Iterator[None]:
    """Run the block in the public schema with short statements, and leave the connection as it was."""
    with schema_context(PUBLIC), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        before = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{PATIENCE}s"])
        yield
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before])


def _database() -> Finding:
    """Open a connection of our own: it shows that new ones are taken, and its time is bounded."""
    parameters = {key: value for key, value in connection.get_connection_params().items() if key != "cursor_factory"}
    parameters |= {
        "connect_timeout": PATIENCE,
        "tcp_user_timeout": PATIENCE * 1000,
        "options": f"-c statement_timeout={PATIENCE}s",
    }
    own = psycopg2.connect(**parameters)
    try:
        with own.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        own.close()
    return Finding(Health.OK, _("Answers."))


def _broker() -> Finding:
    """Ask the broker for a sign of life; the tasks that wait in it are counted."""
    with Redis.from_url(
        settings.CELERY_BROKER_URL,
        socket_connect_timeout=PATIENCE,
        socket_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 0),
    ) as broker:
        waiting = broker.llen("celery")
    return Finding(Health.OK, _("Answers. Tasks waiting: %(count)s.") % {"count": waiting})


def _cache() -> Finding:
    """Write a value and read it back."""
    shared = caches["shared"]
    value = clock.now().isoformat()
    shared.set("health", value, timeout=60)
    if shared.get("health") is None:
        return Finding(Health.FAILED, _("Forgets what it is told."))
    return Finding(Health.OK, _("Answers."))


def _public_migrations() -> Finding:
    """Compare the migrations in the code with those that the public schema has."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return Finding(Health.OK, _("Up to date."))
    names = tuple(f"{migration.app_label}.{migration.name}" for migration, _backwards in plan)
    return Finding(Health.FAILED, _("Migrations missing: %(count)s.") % {"count": len(names)}, names)


def _municipalities() -> Finding:
    """Name the municipalities whose schema lacks what the running code needs."""
    names = tuple(schemas_behind())
    if not names:
        return Finding(Health.OK, _("Up to date."))
    return Finding(Health.FAILED, _("Schemas behind: %(count)s.") % {"count": len(names)}, names)


def _outbox() -> Finding:
    """See how long the oldest message waits that should have left, and whether some were refused for good."""
    due = oldest_unsent()
    minutes = (clock.now() - due) // timedelta(minutes=1) if due else 0
    waits = _("The oldest message is late by %(minutes)s min.") % {"minutes": minutes}
    if due and clock.now() - due > LATE_MESSAGE:
        return Finding(Health.FAILED, waits)
    if failed := failed_count():
        return Finding(Health.DEGRADED, _("Messages refused for good: %(count)s.") % {"count": failed})
    return Finding(Health.OK, waits if due else _("Nothing waits."))


def _due() -> Finding:
    """See how long the oldest thing waits that the system should have done by now, and whether some fail each time."""
    due = oldest_due()
    minutes = (clock.now() - due) // timedelta(minutes=1) if due else 0
    waits = _("The oldest due step is late by %(minutes)s min.") % {"minutes": minutes}
    if failing := failing_count():
        return Finding(Health.FAILED, _("Due steps that fail: %(count)s.") % {"count": failing})
    if due and clock.now() - due > LATE_MESSAGE:
        return Finding(Health.FAILED, waits)
    return Finding(Health.OK, waits if due else _("Nothing waits."))


def _beat() -> Finding:
    """See when a worker last carried out beat's smallest task: it shows that both live."""
    beat = last_beat()
    if beat is None:
        return Finding(Health.FAILED, _("No sign of life yet."))
    ago = clock.now() - beat
    detail = _("Last sign of life: %(seconds)s s ago.") % {"seconds": max(0, ago // timedelta(seconds=1))}
    return Finding(Health.FAILED if ago > LATE_BEAT else Health.OK, detail)


def _trails() -> Finding:
    """See what the last nightly verification of the audit trails found."""
    last = last_verification()
    if last is None:
        return Finding(Health.OK, _("Not verified yet."))
    if last.broken:
        return Finding(Health.FAILED, _("Trails broken: %(count)s.") % {"count": len(last.broken)}, last.broken)
    hours = (clock.now() - last.at) // timedelta(hours=1)
    detail = _("All whole %(hours)s h ago.") % {"hours": max(0, hours)}
    return Finding(Health.FAILED if clock.now() - last.at > LATE_VERIFICATION else Health.OK, detail)


CHECKS: Final = (
    Check("database", _("Database"), _database, vital=True, needs_database=False),
    Check("broker", _("Broker"), _broker, vital=True, needs_database=False),
    Check("cache", _("Cache"), _cache, vital=True, needs_database=False),
    Check("migrations", _("Migrations of the public schema"), _public_migrations, vital=True),
    Check("municipalities", _("Schemas of the municipalities"), _municipalities, vital=False),
    Check("outbox", _("Outbox"), _outbox, vital=False),
    Check("due", _("Deadlines, reminders and moves"), _due, vital=False),
    Check("beat", _("Worker and beat"), _beat, vital=False, needs_database=False),
    Check("trails", _("Audit trails"), _trails, vital=False, needs_database=False),
)
