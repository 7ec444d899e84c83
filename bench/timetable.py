"""How good the timetables are, and how soon:
`python -m bench.timetable [--sizes small|all|none|16x10,…] [--seeds 3] [--instances DIR] [--limit S] [--json FILE]`.

Plans events of `bench.timetable_event` and compares them with what first come, first served and the round robin by rank
reach (`bench.timetable_rivals`); with `--instances` also the literature's files in a directory, beside the published
optima. Each run of the solver is a process of its own, and each plan is checked. A run that fails becomes a row of its
own. Nothing else should run on the machine meanwhile.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final

from bench import timetable_page as page
from bench.timetable_event import SIZES, Size, event
from bench.timetable_kept import kept
from bench.timetable_page import Run
from bench.timetable_published import OPTIMA, SECONDS
from bench.timetable_rivals import first_come, round_robin
from events.timetable import documents
from events.timetable.dzn import convert
from events.timetable.plan import Meeting
from events.timetable.problem import Problem

ROOT: Final = Path(__file__).resolve().parents[1]
WORK: Final = "bench.timetable_work"
LIMITS: Final[Mapping[str, float]] = {"300x60": 180}  # seconds, as the aims for the sizes say; 60 for the others
LIMIT: Final = 60.0
SMALL: Final = 2
ARRIVALS: Final = 5  # orders of arrival of which first come, first served gets the mean


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what is asked for and print the tables; where it is broken off, of the runs that ended."""
    options = _options(arguments)
    begun = time.monotonic()
    runs: list[Run] = []
    try:
        for run in _all(options):
            runs.append(run)
            print(page.line(run), file=sys.stderr, flush=True)
            if options.json:
                options.json.write_text(json.dumps([asdict(run) for run in runs], indent=1), encoding="utf-8")
    finally:
        print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, ", end="")
        print(f"{options.workers} workers, {time.strftime('%Y-%m-%d')}, {time.monotonic() - begun:.0f} s; ", end="")
        print(f"load before the runs {page.span([run.load for run in runs], 1)} (median / worst)")
        for text in page.tables(runs):
            print(f"\n{text}")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=_sizes, help="small, all, none, or names; none if --instances is given alone")
    parser.add_argument("--seeds", type=int, default=3, help="events of each kind")
    parser.add_argument("--instances", type=Path, help="a directory with .dzn files")
    parser.add_argument("--limit", type=float, help="seconds for each run; else 60, and 180 for 300x60")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", type=Path, help="where to write all figures")
    options = parser.parse_args(arguments)
    if options.sizes is None:
        options.sizes = () if options.instances else SIZES[:SMALL]
    return options


def _sizes(text: str) -> tuple[Size, ...]:
    """Return the sizes that a word or a list of names stands for."""
    named = {"small": SIZES[:SMALL], "all": SIZES, "none": ()} | {size.name: (size,) for size in SIZES}
    try:
        return tuple(size for word in text.split(",") for size in named[word])
    except KeyError as error:
        raise argparse.ArgumentTypeError(f"{error.args[0]} is none of {', '.join(named)}") from error


def _all(options: argparse.Namespace) -> Iterator[Run]:
    """Yield the runs as they end."""
    for size in options.sizes:
        limit = options.limit or LIMITS.get(size.name, LIMIT)
        for flavour in size.flavours:
            for seed in range(options.seeds):
                yield run_event(size, flavour, seed, limit, options.workers)
    if options.instances:
        for path in sorted(options.instances.rglob("*.dzn")):
            yield run_instance(path, options.limit or LIMIT, options.workers)


def run_event(size: Size, flavour: str, seed: int, limit: float, workers: int = 2) -> Run:
    """Plan an event, with the solver and with its rivals."""
    run = Run(size.name, flavour, seed, limit, os.getloadavg()[0])
    document = event(size, flavour, seed)
    _solve(run, document, workers)
    _compare(run, document)
    return run


def run_instance(path: Path, limit: float, workers: int = 2) -> Run:
    """Solve an instance of the literature."""
    run = Run(path.stem, "instance", 0, limit, os.getloadavg()[0])
    run.known, run.published = path.stem in OPTIMA, OPTIMA.get(path.stem)
    run.published_seconds = SECONDS.get(path.stem)
    try:
        document = convert(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        run.errors.append(f"not read: {error}")
    else:
        _solve(run, document, workers)
    return run


def _solve(run: Run, document: Mapping[str, Any], workers: int) -> None:
    """Let a process solve a problem, and note what it says or how it failed."""
    with tempfile.TemporaryDirectory() as directory:
        problem = Path(directory) / "problem.json"
        problem.write_text(json.dumps(document), encoding="utf-8")
        command = [sys.executable, "-m", WORK, str(problem)]
        command += [f"--limit={run.limit}", f"--seed={run.seed}", f"--workers={workers}"]
        try:
            done = subprocess.run(
                command, cwd=ROOT, capture_output=True, text=True, timeout=2 * run.limit + 60, check=False
            )
            if done.returncode:
                said = done.stderr.strip().splitlines()[-1:] or ["nothing"]
                raise ValueError(f"exit {done.returncode}: {said[0]}")
            run.ours = json.loads(done.stdout.splitlines()[-1])
        except (OSError, subprocess.TimeoutExpired, ValueError, IndexError) as error:
            run.errors.append(f"solver failed: {str(error)[:300]}")
    run.errors += [f"solver's plan: {rule}" for rule in run.ours.get("broken", ())]


def _compare(run: Run, document: Mapping[str, Any]) -> None:
    """Let the rivals plan, and note the figures of their plans; a plan that breaks a rule is an error."""
    problem = documents.read_problem(document)
    for arrival in range(ARRIVALS):
        _note(run, "first come", problem, partial(first_come, problem, arrival), 1 / ARRIVALS)
    _note(run, "round robin", problem, partial(round_robin, problem))


def _note(run: Run, rival: str, problem: Problem, plan: Callable[[], Sequence[Meeting]], weight: float = 1) -> None:
    """Add the figures of a rival's plan, and the seconds that it took, to its mean."""
    begun = time.monotonic()
    meetings = plan()
    seconds = time.monotonic() - begun
    figures, broken = kept(problem, meetings)
    run.errors += [f"{rival}: {rule}" for rule in broken]
    mean = run.rivals.setdefault(rival, {})
    for name, figure in [*figures.items(), ("seconds", seconds)]:
        mean[name] = mean.get(name, 0) + weight * figure


if __name__ == "__main__":
    main()
