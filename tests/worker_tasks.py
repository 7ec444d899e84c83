"""Tasks for tests of what a task runs in; workers of tests load this module."""

from typing import Any

from celery import current_task, shared_task
from django.core.cache import caches
from django.db import connection
from django.utils import timezone, translation
from django_tenants.utils import get_tenant_model

from tech4muni.core import clock, context
from tech4muni.core.schemas import active_schema


def surroundings() -> dict[str, Any]:
    """Describe what the running task finds."""
    return {
        "schema": active_schema(),
        "language": translation.get_language(),
        "zone": timezone.get_current_timezone_name(),
        "now": clock.now(),
        "wall": timezone.now(),
        "request_id": context.current().request_id,
        "id": current_task.request.id,
    }


@shared_task(name="tests.look")
def look(key: str) -> dict[str, Any]:
    """Note what the task finds in the shared cache."""
    found = surroundings()
    caches["shared"].set(key, found)
    return found


@shared_task(name="tests.leave_a_mess")
def leave_a_mess() -> None:
    """Do all that a task must not do, and fail."""
    translation.activate("he")
    timezone.activate("Asia/Jerusalem")
    strumica = get_tenant_model().objects.get(schema_name="strumica")
    connection.set_tenant(strumica)  # type: ignore[attr-defined]
    raise RuntimeError("mess")
