"""One demonstration, and one run of the tests, per checkout at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class RunsAlreadyError(Exception):
    """Another process of this checkout does the same; the text tells which."""


@contextmanager
def only_one(file: Path, name: str) -> Iterator[None]:
    """Hold `file` while the block runs; the kernel lets go of it however we end. Raises RunsAlreadyError."""
    with file.open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            message = f"{name} runs already in this checkout (process {handle.read()}). End that one first."
            raise RunsAlreadyError(message) from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield
