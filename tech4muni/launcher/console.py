"""What the commands say while they work."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(text: str = "") -> None:
    """Print a line at once, also into a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def step(text: str) -> Iterator[None]:
    """Show what is being done, a dot for each second that it takes, and how it ended."""
    _write(f"  {text} ..")
    ended, begun = threading.Event(), time.monotonic()
    ticker = threading.Thread(target=_tick, args=(ended,), daemon=True)
    ticker.start()
    outcome = "stopped"
    try:
        yield
        outcome = f"{time.monotonic() - begun:.1f} s"
    except Exception:
        outcome = "failed"
        raise
    finally:
        ended.set()
        ticker.join()
        _write(f" {outcome}\n")


def _tick(ended: threading.Event) -> None:
    while not ended.wait(1):
        _write(".")


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
