"""Writing to the trail of a municipality, or to the platform's own, from wherever one is."""

from collections.abc import Iterator
from contextlib import contextmanager

from django_tenants.utils import schema_context, tenant_context

from programs.models import Municipality
from tech4muni.core.schemas import PUBLIC, active_schema


@contextmanager
def platform_trail() -> Iterator[None]:
    """Let `audit.record` and the outbox work for the platform inside the block."""
    if active_schema() == PUBLIC:
        yield
        return
    with schema_context(PUBLIC):
        yield


@contextmanager
def municipality_trail(municipality: Municipality) -> Iterator[None]:
    """Let `audit.record` and the outbox work for a municipality inside the block."""
    if active_schema() == municipality.schema_name:
        yield
        return
    with tenant_context(municipality):
        yield
