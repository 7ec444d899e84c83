"""A search that a person can end with Ctrl-C: the best plan so far is kept."""

import os
import sys
import threading
from collections.abc import Callable
from typing import Final

from events.timetable.plan import Progress, Timetable
from events.timetable.problem import Problem
from events.timetable.search import Stop
from events.timetable.solve import solve

GIVEN_UP: Final = 130


def plan_and_watch(
    problem: Problem,
    *,
    limit: float,
    seed: int,
    workers: int,
    tell: Callable[[Progress], None],
    stopping: Callable[[], None],
) -> Timetable:
    """Return the plan for a problem; the first Ctrl-C ends the search, a second one the process, with 130.

    Args:
        problem: what to plan.
        limit: seconds.
        seed: of the search.
        workers: threads to search with.
        tell: told of each progress, from other threads.
        stopping: told of the first Ctrl-C.
    """
    stop = Stop()
    search = _Search(lambda: solve(problem, limit=limit, seed=seed, workers=workers, progress=tell, stop=stop))
    search.start()
    try:
        return search.result()
    except KeyboardInterrupt:
        stop.set()
    try:
        stopping()
        return search.result()
    except KeyboardInterrupt:
        # The search runs on in its thread, and Python cannot end in order before it does.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(GIVEN_UP)


class _Search(threading.Thread):
    """A thread for the search; the main thread, which Ctrl-C interrupts, waits for its result."""

    def __init__(self, search: Callable[[], Timetable]) -> None:
        super().__init__(daemon=True)
        self._search = search
        self._ended = threading.Event()
        self._found: Timetable | BaseException | None = None

    def run(self) -> None:
        """Search."""
        try:
            self._found = self._search()
        except BaseException as error:  # noqa: BLE001 - the main thread raises it
            self._found = error
        self._ended.set()

    def result(self) -> Timetable:
        """Wait and return what was found; raise what the search raised."""
        self._ended.wait()
        if isinstance(self._found, Timetable):
            return self._found
        raise self._found or RuntimeError("The search ended without an answer.")
