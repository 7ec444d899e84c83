"""What every Celery task runs in: the public schema, one `now`, the default language, the id of its request."""

from typing import Any

from celery import Task
from django.conf import settings
from django.db import connections
from django.utils import timezone, translation
from django_tenants.utils import schema_context

from tech4muni.core import clock, context
from tech4muni.core.schemas import PUBLIC


class ContextTask(Task[Any, Any]):
    """The base class of all tasks.

    A task starts in the public schema, enters a municipality by itself (`with tenant_context(...)`), and leaves the
    public schema behind, also when it fails.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task inside its context."""
        request_id = self.request.get(context.HEADER) or self.request.id or ""
        call = context.CallContext(request_id=request_id)
        renew_connections()
        try:
            with (
                schema_context(PUBLIC),
                translation.override(settings.LANGUAGE_CODE),
                timezone.override(None),
                context.entered(call),
                clock.at(timezone.now()),
            ):
                return super().__call__(*args, **kwargs)
        finally:
            renew_connections()


def renew_connections() -> None:
    """Close database connections that are broken or too old, as Django does between requests.

    Celery keeps them open for speed (CELERY_DB_REUSE_MAX) and never looks at them again: after a restart of
    PostgreSQL every task would fail.
    """
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
