"""Fixtures of the outbox's tests."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.smtp_sink import SmtpSink


@pytest.fixture
def sink(settings: Any) -> Iterator[SmtpSink]:
    """A mail server that Django sends to."""
    sink = SmtpSink()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    with sink.running():
        yield sink
