"""What every Celery task runs in: the public schema, one `now`, and the id of the request that asked for it."""

from typing import Any

from celery import Task
from django.utils import timezone
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
        with schema_context(PUBLIC), context.entered(call), clock.at(timezone.now()):
            return super().__call__(*args, **kwargs)
