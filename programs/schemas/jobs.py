"""Keeps, beside each municipality, how the last work on its schema went."""

from programs.enums import SchemaJobState
from programs.models import Municipality
from programs.schemas.models import SchemaJob
from tech4muni.core import clock


def begin(municipality: Municipality, target: str) -> None:
    """Say that work on the schema has begun, towards the version `target`."""
    _save(municipality, state=SchemaJobState.RUNNING, target=target, started_at=clock.now())


def finish(municipality: Municipality) -> None:
    """Say that it is done; belongs into the transaction that did it."""
    _save(municipality, state=SchemaJobState.DONE, finished_at=clock.now())


def fail(municipality: Municipality, error: Exception) -> None:
    """Keep what went wrong, for the coordinators."""
    _save(municipality, state=SchemaJobState.FAILED, finished_at=clock.now(), error=f"{type(error).__name__}: {error}")


def _save(municipality: Municipality, **values: object) -> None:
    defaults = {"error": "", "finished_at": None, **values}
    create = {"started_at": clock.now(), "target": "", **defaults}
    SchemaJob.objects.update_or_create(municipality=municipality, defaults=defaults, create_defaults=create)
