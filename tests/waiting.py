"""Waiting for another process: until something holds, not for a time."""

import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

Value = TypeVar("Value")
_pulse: Final = threading.Event()


def wait_until(holds: Callable[[], Value], what: str, seconds: float = 60) -> Value:
    """Return the first true value of `holds`; fails, naming `what`, when the deadline passes."""
    deadline = time.monotonic() + seconds
    while not (value := holds()):
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {seconds} seconds in vain for {what}.")
        _pulse.wait(0.05)  # never set: yields the processor between two looks
    return value
