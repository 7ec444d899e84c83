"""A search that a person can end with Ctrl-C: the best plan so far is kept."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from events.timetable.plan import Progress, Timetable
from events.timetable.problem import Problem
from events.timetable.search import Stop
from events.timetable.solve import solve


def plan_and_watch(
    problem: Problem, *, limit: float, seed: int, workers: int, tell: Callable[[Progress], None]
) -> Timetable | None:
    """Return the plan for a problem; the first Ctrl-C ends the search, a second one gives it up (None).

    Args:
        problem: what to plan.
        limit: seconds.
        seed: of the search.
        workers: threads to search with.
        tell: told of each progress.
    """
    stop = Stop()
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(solve, problem, limit=limit, seed=seed, workers=workers, progress=tell, stop=stop)
        try:
            return run.result()
        except KeyboardInterrupt:
            stop.set()
        try:
            return run.result()
        except KeyboardInterrupt:
            return None
