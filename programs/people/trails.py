"""Writing to the platform's own trail from wherever one is."""

from collections.abc import Iterator
from contextlib import contextmanager

from django_tenants.utils import schema_context

from tech4muni.core.schemas import PUBLIC


@contextmanager
def platform_trail() -> Iterator[None]:
    """Let `audit.record` write to the public schema's trail inside the block."""
    with schema_context(PUBLIC):
        yield
