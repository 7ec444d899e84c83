"""Carrying out what is due: one row at a time, its effect and its mark in one transaction.

A worker that is killed leaves the row as it was; another one that runs at the same time skips it. A row that fails is
tried again later, so that it cannot hold up the others.
"""

import logging
import time
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from programs.timing.kinds import Superseded, handler_of
from programs.timing.models import Due
from tech4muni.core import clock

logger = logging.getLogger(__name__)

SWEEP_SECONDS: Final = 240
"""How long one sweep goes on: well below the time limit of a task; the next sweep does the rest."""


def carry_out_due() -> int:
    """Carry out all that is due, the longest overdue first; returns how many rows were tried."""
    end, tried = time.monotonic() + SWEEP_SECONDS, 0
    while time.monotonic() < end and carry_out_next():
        tried += 1
    return tried


@transaction.atomic
def carry_out_next() -> bool:
    """Carry out the row that is longest overdue and that nobody else is at; returns whether there was one."""
    now = clock.now()
    open_rows = Due.objects.filter(done_at__isnull=True, cancelled_at__isnull=True, due_at__lte=now)
    due = open_rows.select_for_update(skip_locked=True, of=("self",)).order_by("due_at", "id").first()
    if due is None:
        return False
    due.attempts += 1
    try:
        with transaction.atomic():
            handler_of(due.kind)({**due.payload, "due": due.pk})
    except Superseded:
        due.cancelled_at, due.last_error = now, ""
    except Exception as error:
        logger.exception("What was due could not be done: %s", due.key)
        _put_off(due, error, now)
    else:
        due.done_at, due.last_error = now, ""
    due.save(update_fields=["done_at", "cancelled_at", "due_at", "attempts", "last_error"])
    return True


def _put_off(due: Due, error: Exception, now: datetime) -> None:
    """Try again after a minute, then twice as long each time, up to an hour."""
    due.last_error = f"{type(error).__name__}: {error}"[:2000]
    due.due_at = now + min(timedelta(minutes=2 ** min(due.attempts - 1, 6)), timedelta(hours=1))
