"""Brings the municipalities' schemas to the version of the code: in parallel, resumably, past broken ones.

Each schema changes in one transaction, together with its `django_migrations` and its `schema_version`. A run that is
killed has therefore left each schema either as it was or done, and the next run takes those that are left.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from typing import Final

from django.db import OperationalError, connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django_tenants.utils import tenant_context

from programs.enums import MunicipalityState
from programs.models import Municipality
from programs.schemas import jobs
from programs.schemas.locks import only_one
from programs.schemas.plans import Plan, Planner, Step, schema_objects
from programs.schemas.provisioning import applied_migrations
from programs.schemas.versions import is_behind, schema_version, tenant_targets

logger = logging.getLogger(__name__)

ATTEMPTS: Final = 3
BATCH: Final = 50  # schemas per connection: a backend keeps what it read of each schema's catalog until it ends
LOCKED_OUT: Final = {"55P03", "40P01"}  # lock not available, deadlock detected


class BrokenSchema(Exception):
    """A schema lacks tables or functions that its migrations have made, so nothing more is done to it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went with one schema: the number of migrations that it got, milliseconds, and the error if it failed."""

    schema: str
    steps: int
    milliseconds: int
    error: str = ""


def migrate_tenants(
    schemas: Sequence[str] = (), *, workers: int = 2, lock_timeout: float = 5, verify: bool = False
) -> Iterator[Outcome]:
    """Migrate the schemas that are behind, and yield how it went with each as soon as it is known.

    A second run waits for the first one, and finds nothing left to do.

    Args:
        schemas: names of the schemas; none for all.
        workers: how many schemas are changed at the same time.
        lock_timeout: seconds to wait for a lock, three times over, before a schema counts as failed for now.
        verify: read every schema's list of migrations, instead of trusting its recorded version.
    """
    with only_one("migrate_tenants"), ThreadPoolExecutor(workers) as pool:
        planner = Planner()
        batches = _batches(_waiting(schemas, verify=verify), workers)
        work = partial(_migrate_batch, planner, lock_timeout)
        for done in as_completed([pool.submit(work, batch) for batch in batches]):
            yield from done.result()


def _waiting(schemas: Sequence[str], *, verify: bool) -> list[Municipality]:
    """Return the municipalities to look at; one of a later release than this code is left alone."""
    found = Municipality.objects.exclude(state=MunicipalityState.PREPARING)
    if schemas:
        found = found.filter(schema_name__in=schemas)
    needed = schema_version()
    return [one for one in found if is_behind(one.schema_version) or (verify and one.schema_version == needed)]


def _batches(municipalities: list[Municipality], workers: int) -> list[list[Municipality]]:
    size = max(1, min(BATCH, -(-len(municipalities) // workers)))
    return [municipalities[start : start + size] for start in range(0, len(municipalities), size)]


def _migrate_batch(planner: Planner, lock_timeout: float, batch: list[Municipality]) -> list[Outcome]:
    try:
        return [_migrate(planner, lock_timeout, municipality) for municipality in batch]
    finally:
        connections.close_all()


def _migrate(planner: Planner, lock_timeout: float, municipality: Municipality) -> Outcome:
    start = time.monotonic()
    steps, error = 0, ""
    try:
        steps = _try_three_times(planner, lock_timeout, municipality)
    except Exception as failure:
        logger.exception("The schema %s could not be migrated.", municipality.schema_name)
        jobs.fail(municipality, schema_version(), failure)
        error = f"{type(failure).__name__}: {failure}".strip()
    return Outcome(municipality.schema_name, steps, round((time.monotonic() - start) * 1000), error)


def _try_three_times(planner: Planner, lock_timeout: float, municipality: Municipality) -> int:
    for attempt in range(1, ATTEMPTS + 1):
        plan = planner.plan(applied_migrations(municipality.schema_name))
        try:
            with tenant_context(municipality):
                _carry_out(plan, municipality, lock_timeout)
            break
        except OperationalError as error:
            if attempt == ATTEMPTS or getattr(error.__cause__, "pgcode", "") not in LOCKED_OUT:
                raise
            logger.warning("The schema %s is busy, trying again: %s", municipality.schema_name, error)
    return len(plan.steps)


def _carry_out(plan: Plan, municipality: Municipality, lock_timeout: float) -> None:
    missing = plan.objects - schema_objects(municipality.schema_name)
    if missing:
        # Unqualified names would fall through to the public schema.
        raise BrokenSchema(f"It lacks {', '.join(sorted(missing))}.")
    jobs.begin(municipality, schema_version())
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{int(lock_timeout * 1000)}ms"])
    first, last = _split(plan.steps)
    for step in first:
        _run_sql([step]) if step.sql is not None else _run_by_django([step.name])
    if plan.by_django:
        _run_by_django(tenant_targets(MigrationExecutor(connection).loader))
    with transaction.atomic():
        locked = Municipality.objects.select_for_update(no_key=True).get(pk=municipality.pk)
        _run_sql(last)
        locked.schema_version = schema_version()
        locked.save(update_fields=["schema_version"])
        jobs.finish(locked)


def _split(steps: tuple[Step, ...]) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """Return the steps up to the last one that Django has to run, and the rest, which are SQL."""
    last = max((place for place, step in enumerate(steps, 1) if step.sql is None), default=0)
    return steps[:last], steps[last:]


def _run_by_django(targets: list[tuple[str, str]]) -> None:
    """Let Django migrate the active schema: one transaction and one record for each migration."""
    MigrationExecutor(connection).migrate(targets)


@transaction.atomic
def _run_sql(steps: Sequence[Step]) -> None:
    records = [name for step in steps for name in step.records]
    with connection.cursor() as cursor:
        for step in steps:
            if step.sql:
                cursor.execute(step.sql)
        for app, name in records:
            cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())", [app, name])
