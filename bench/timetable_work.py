"""One run of the timetable's solver, in a process of its own so that its memory is its own:
`python -m bench.timetable_work problem.json --limit 60 [--seed 0] [--workers 2]`; prints one line of JSON.
"""

import argparse
import json
import resource
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from events.timetable import documents
from events.timetable.check import check
from events.timetable.plan import Level, Progress, Timetable
from events.timetable.problem import Goal
from events.timetable.solve import solve


class Watch:
    """Notes when the solver found and proved what; `seconds` count from the making of the watch."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._seen: list[tuple[float, Progress]] = []

    @property
    def seconds(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._begun

    def note(self, progress: Progress) -> None:
        """Take a message of the solver."""
        self._seen.append((self.seconds, progress))

    def found(self, level: Level) -> float | None:
        """Return when a plan first had the value that this goal ended with; None if no message said so."""
        return self._first(level.goal, lambda progress: progress.best == level.value)

    def proven(self, level: Level, before: Sequence[Level]) -> float | None:
        """Return when the goal's value was proven, by the messages or else by the time that the goals took."""
        if not level.optimal:
            return None
        told = self._first(level.goal, lambda progress: progress.best == progress.bound == level.value)
        return sum(one.seconds for one in (*before, level)) if told is None else told

    def _first(self, goal: Goal, wanted: Any) -> float | None:
        return next((seconds for seconds, progress in self._seen if progress.goal is goal and wanted(progress)), None)


def main() -> None:
    """Solve the problem and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problem", type=Path)
    parser.add_argument("--limit", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    document = documents.complete(documents.load(options.problem))
    problem = documents.read_problem(document)
    watch = Watch()
    timetable = solve(problem, limit=options.limit, seed=options.seed, workers=options.workers, progress=watch.note)
    seconds = watch.seconds
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = told_of(timetable, watch)
    plan = documents.complete_plan(documents.plan_document(timetable))
    broken = [f"{one.rule.value} at {one.path}: {one.message}" for one in check(document, plan)]
    told |= {"seconds": seconds, "megabytes": megabytes, "broken": broken}
    print(json.dumps(told))


def told_of(timetable: Timetable, watch: Watch) -> dict[str, Any]:
    """Return what a run reached and when."""
    levels, figures = timetable.certificate.goals, timetable.certificate.figures
    return {
        "status": timetable.status.value,
        "figures": {name: getattr(figures, name) for name in figures.__slots__},
        "goals": [
            {
                "goal": level.goal.value,
                "value": level.value,
                "bound": level.bound,
                "optimal": level.optimal,
                "found": watch.found(level),
                "proven": watch.proven(level, levels[:place]),
            }
            for place, level in enumerate(levels)
        ],
        "reasons": len({reason.why for reason in timetable.not_held}),
        "stopped_early": sum(reason.why == "stopped_early" for reason in timetable.not_held),
    }


if __name__ == "__main__":
    main()
