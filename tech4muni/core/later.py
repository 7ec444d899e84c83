"""Handing work to Celery once the change that asks for it is committed."""

import logging
import time
from functools import partial
from typing import Any, Final

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

REST: Final = 30.0
_broker_away_until = 0.0


def after_commit(task: str, *args: Any) -> None:
    """Send a task, by name, when the running transaction commits (at once outside of one).

    The row that the task works on is what counts: while the broker is away nothing is sent, nobody waits and nothing
    fails; the sweep that beat starts finds the row.

    Args:
        task: the task's name; services know no task modules.
        args: primitives only.
    """
    transaction.on_commit(partial(_send, task, args))


def _send(task: str, args: tuple[Any, ...]) -> None:
    """Send, unless the broker failed within the last `REST` seconds: a request with many sends waits for one only."""
    global _broker_away_until  # noqa: PLW0603
    if time.monotonic() < _broker_away_until:
        return
    try:
        current_app.send_task(task, args=args, retry=False)
    except OperationalError as error:
        _broker_away_until = time.monotonic() + REST
        logger.warning("The broker is away, %s waits for the next sweep: %s", task, error)
