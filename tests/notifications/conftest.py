"""Fixtures of the outbox's tests."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from redis import Redis

from tests.smtp_sink import SmtpSink


@pytest.fixture
def sink(settings: Any) -> Iterator[SmtpSink]:
    """A mail server that Django sends to."""
    sink = SmtpSink()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    with sink.running():
        yield sink


@pytest.fixture
def queued() -> Iterator[Callable[[], list[str]]]:
    """Return a function that names the tasks that wait in the broker; it is emptied before and after the test."""
    with Redis.from_url(settings.CELERY_BROKER_URL) as broker:
        key = f"{settings.CELERY_BROKER_TRANSPORT_OPTIONS['global_keyprefix']}celery"
        broker.delete(key)
        yield lambda: [json.loads(task)["headers"]["task"] for task in broker.lrange(key, 0, -1)]
        broker.delete(key)
