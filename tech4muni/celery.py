"""The Celery application: tasks get primitives and enter a municipality by themselves."""

import os
from typing import Any

from celery import Celery
from celery.signals import before_task_publish, setup_logging

from tech4muni.core import context

# The strictest settings are what a process gets that names none: this line runs before the one in wsgi.py.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tech4muni.settings.production")

app = Celery("tech4muni", task_cls="tech4muni.core.task_class:ContextTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@before_task_publish.connect
def carry_request_id(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """Put the id of the running request or task on a task that it sends."""
    request_id = context.current().request_id
    if headers is not None and request_id:
        headers[context.HEADER] = request_id


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Leave the log as Django's LOGGING has set it up; without a receiver Celery sets up its own."""
