"""Keeps, beside each municipality, how the last work on its schema went."""

from programs.enums import SchemaJobState
from programs.models import Municipality
from programs.schemas.models import SchemaJob
from tech4muni.core import clock


def begin(municipality: Municipality, target: str) -> None:
    """Say that work on the schema has begun, towards the version `target`."""
    _save(SchemaJob(municipality=municipality, state=SchemaJobState.RUNNING, target=target, started_at=clock.now()))


def finish(municipality: Municipality) -> None:
    """Say that the work begun is done; belongs into the transaction that did it."""
    SchemaJob.objects.filter(municipality=municipality).update(state=SchemaJobState.DONE, finished_at=clock.now())


def fail(municipality: Municipality, target: str, error: Exception) -> None:
    """Keep what went wrong, for the coordinators."""
    _save(
        SchemaJob(
            municipality=municipality,
            state=SchemaJobState.FAILED,
            target=target,
            started_at=clock.now(),
            finished_at=clock.now(),
            error=f"{type(error).__name__}: {error}",
        )
    )


def _save(job: SchemaJob) -> None:
    SchemaJob.objects.bulk_create(
        [job],
        update_conflicts=True,
        unique_fields=["municipality"],
        update_fields=["state", "target", "error", "started_at", "finished_at"],
    )
