"""The tables of the timetable's benchmark, as Markdown; where a cell has two figures, they are median / worst."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

FIRST_THREE: Final = ("16x10", "40x10", "100x30")
LAST: Final = "300x60"
RIVALS: Final = ("first come", "round robin")
NEAR: Final = 0.001  # of the bound: as good as proven, for the largest size
NONE: Final = "–"


@dataclass
class Run:
    """What came of one problem; `ours` and `rivals` are empty where they failed, and `errors` says how."""

    name: str
    kind: str
    seed: int
    limit: float
    load: float
    ours: dict[str, Any] = field(default_factory=dict)
    rivals: dict[str, dict[str, float]] = field(default_factory=dict)
    published: int | None = None  # None: proven infeasible, if `known`
    known: bool = False
    published_seconds: float | None = None
    errors: list[str] = field(default_factory=list)

    @property
    def is_event(self) -> bool:
        """Whether it is an event of our own, and no instance of the literature."""
        return self.kind != "instance"

    @property
    def status(self) -> str:
        """What the solver says: optimal if it is so in every goal."""
        if not self.ours:
            return "failed"
        if self.ours["status"] != "solved":
            return str(self.ours["status"])
        return "optimal" if all(goal["optimal"] for goal in self.ours["goals"]) else "feasible"

    def figure(self, name: str) -> int | None:
        """Return a figure of the solver's plan, None without one."""
        return self.ours["figures"][name] if self.ours.get("status") == "solved" else None

    def goal(self, name: str) -> dict[str, Any]:
        """Return what is known about a goal; without a plan, nothing."""
        return next((goal for goal in self.ours.get("goals", ()) if goal["goal"] == name), {})

    def proven(self, *names: str) -> float | None:
        """Return when all of these goals were proven, None if one of them was not."""
        times: list[float | None] = [self.goal(name).get("proven") for name in names]
        known = [seconds for seconds in times if seconds is not None]
        return max(known) if len(known) == len(names) else None

    def distance(self, name: str) -> float | None:
        """Return by what part of its bound a goal's value may be short of it."""
        goal = self.goal(name)
        if not goal or goal["bound"] is None:
            return None
        distance: float = abs(goal["bound"] - goal["value"]) / max(1, goal["bound"])
        return distance

    def ratio(self, rival: str) -> float | None:
        """Return a rival's value as part of ours."""
        ours, theirs = self.figure("value"), self.rivals.get(rival, {}).get("value")
        return None if not ours or theirs is None else theirs / ours

    def as_published(self) -> bool:
        """Whether it ended at the published optimum, or proved what the paper proved to be infeasible."""
        if self.published is None:
            return self.status == "infeasible"
        return self.status == "optimal" and self.figure("gaps") == self.published


def line(run: Run) -> str:
    """Return a line about a run that has just ended."""
    said = f"{run.name} {run.kind} seed {run.seed}: {run.status}"
    for goal in run.ours.get("goals", ()):
        said += f", {goal['goal']} {goal['value']}"
        said += "" if goal["optimal"] else f" (bound {goal['bound']})"
    if run.ours:
        said += f", {run.ours['seconds']:.1f} s, {run.ours['megabytes']:.0f} MB"
    return "; ".join([said, *run.errors])


def tables(runs: Sequence[Run]) -> list[str]:
    """Return the tables that the runs fill."""
    events, instances = [run for run in runs if run.is_event], [run for run in runs if not run.is_event]
    made = [_ours(events), _waiting(events), _rivals(events)] if events else []
    made += [_instances(instances)] if instances else []
    aims = _aims(runs)
    made += [_table(("what", "aim", "measured", "met"), aims)] if aims else []
    failures = [(run.name, run.kind, str(run.seed), error) for run in runs for error in run.errors]
    made += [_table(("what went wrong with", "kind", "seed", "how"), failures)] if failures else []
    return made


def span(values: Sequence[float | None], digits: int = 0, worst: Callable[..., float] = max) -> str:
    """Return the median and the worst of what there is, and how many there are if some are missing."""
    known = [value for value in values if value is not None]
    if not known:
        return NONE
    said = f"{statistics.median(known):,.{digits}f} / {worst(known):,.{digits}f}"
    return said if len(known) == len(values) else f"{said} ({len(known)} of {len(values)})"


def _kinds(runs: Sequence[Run]) -> dict[str, list[Run]]:
    """Return the runs of each size and flavour."""
    kinds: dict[str, list[Run]] = {}
    for run in runs:
        kinds.setdefault(f"{run.name} {run.kind}", []).append(run)
    return kinds


def _ours(events: Sequence[Run]) -> str:
    head = (
        "event", "requests", "held", "below minimum", "value", "value proven", "short of bound, %",
        "first plan at full value, s", "value proven after, s", "in all, s", "MB",
    )  # fmt: skip
    rows = []
    for kind, runs in _kinds(events).items():
        short = [run.distance("value") for run in runs]
        rows.append(
            (
                kind,
                span([run.figure("requests") for run in runs]),
                span([run.figure("meetings") for run in runs], worst=min),
                span([run.figure("below_minimum") for run in runs]),
                span([run.figure("value") for run in runs], worst=min),
                _count([run.proven("below_minimum", "value") for run in runs]),
                span([None if part is None else 100 * part for part in short], 3),
                span([run.goal("value").get("found") for run in runs], 1),
                span([run.proven("value") for run in runs], 1),
                span([run.ours.get("seconds") for run in runs], 1),
                span([run.ours.get("megabytes") for run in runs]),
            )
        )
    return _table(head, rows)


def _waiting(events: Sequence[Run]) -> str:
    head = (
        "event", "gaps", "bound", "gaps proven", "after, s", "longest wait, slots", "proven too", "after, s",
        "waiting slots", "all goals proven", "reasons open",
    )  # fmt: skip
    rows = [
        (
            kind,
            span([run.figure("gaps") for run in runs]),
            span([run.goal("gaps").get("bound") for run in runs], worst=min),
            _count([run.proven("gaps") for run in runs]),
            span([run.proven("gaps") for run in runs], 1),
            span([run.figure("longest_wait") for run in runs]),
            _count([run.proven("gaps", "longest_wait") for run in runs]),
            span([run.proven("gaps", "longest_wait") for run in runs], 1),
            span([run.figure("waiting") for run in runs]),
            f"{sum(run.status == 'optimal' for run in runs)} of {len(runs)}",
            span([run.ours.get("stopped_early") for run in runs]),
        )
        for kind, runs in _kinds(events).items()
    ]
    return _table(head, rows)


def _rivals(events: Sequence[Run]) -> str:
    head = (
        "event",
        "planner",
        "value, % of ours",
        "held",
        "below minimum",
        "gaps",
        "longest wait",
        "waiting slots",
        "s",
    )
    rows = []
    for kind, runs in _kinds(events).items():
        for rival in RIVALS:
            theirs = [run.rivals.get(rival, {}) for run in runs]
            ratios = [run.ratio(rival) for run in runs]
            rows.append(
                (
                    kind,
                    rival,
                    span([None if ratio is None else 100 * ratio for ratio in ratios], 1, min),
                    span([figures.get("meetings") for figures in theirs], worst=min),
                    *(
                        span([figures.get(name) for figures in theirs])
                        for name in ("below_minimum", "gaps", "longest_wait", "waiting")
                    ),
                    span([figures.get("seconds") for figures in theirs], 2),
                )
            )
    return _table(head, rows)


def _instances(instances: Sequence[Run]) -> str:
    head = ("instance", "published", "objective", "bound", "status", "seconds", "published s", "MB", "as published")
    rows = []
    for run in instances:
        published = ("infeasible" if run.published is None else str(run.published)) if run.known else NONE
        rows.append(
            (
                run.name,
                published,
                _shown(run.figure("gaps")),
                _shown(run.goal("gaps").get("bound")),
                run.status,
                f"{run.ours['seconds']:.1f}" if run.ours else NONE,
                _shown(run.published_seconds),
                f"{run.ours['megabytes']:.0f}" if run.ours else NONE,
                (_met(run.as_published())) if run.known else NONE,
            )
        )
    return _table(head, rows)


def _aims(runs: Sequence[Run]) -> list[tuple[str, str, str, str]]:
    """Return a row for each aim that some of the runs say something about."""
    early = {name: [run for run in runs if run.is_event and run.name == name] for name in (*FIRST_THREE, LAST)}
    rows = []
    for name in FIRST_THREE:
        rows += _aim(f"{name}: value proven optimal", 30, early[name], lambda run: run.proven("below_minimum", "value"))
        rows += _aim(f"{name}: first plan at full value", 5, early[name], lambda run: run.goal("value").get("found"))
    rows += _aim(f"{LAST}: value proven, or within {100 * NEAR} % of its bound", 180, early[LAST], _nearly_proven)
    for name in ("16x10", "100x30"):
        rows += _aim(f"{name}: waiting (gaps) proven minimal", 60, early[name], lambda run: run.proven("gaps"))
    known = [run for run in runs if run.known]
    rows += _aim("instances as published", 60, known, lambda run: run.ours["seconds"] if run.as_published() else None)
    rows += [_limits(runs)] if any(run.ours for run in runs) else []
    return rows


def _nearly_proven(run: Run) -> float | None:
    """Return when the value was proven, or the whole time if the value came near enough to its bound."""
    distance = run.distance("value")
    if (proven := run.proven("below_minimum", "value")) is not None:
        return proven
    return run.ours["seconds"] if distance is not None and distance <= NEAR else None


def _aim(
    what: str, limit: float, runs: Sequence[Run], measure: Callable[[Run], float | None]
) -> list[tuple[str, str, str, str]]:
    """Return the row of an aim in seconds; none without runs. What was not reached is not within any time."""
    if not runs:
        return []
    times = [measure(run) for run in runs]
    within = sum(time is not None and time <= limit for time in times)
    said = f"{within} of {len(runs)}; {span(times, 1)} s"
    return [(what, f"≤ {limit:g} s", said, _met(within == len(runs)))]


def _limits(runs: Sequence[Run]) -> tuple[str, str, str, str]:
    """Return the row about limits of time that were kept."""
    over = [run.ours["seconds"] - run.limit for run in runs if run.ours]
    return "time beyond the limit", "≤ 2 s", f"{max(0.0, *over):.1f} s at worst", _met(max(over) <= 2)


def _count(values: Sequence[float | None]) -> str:
    return f"{sum(value is not None for value in values)} of {len(values)}"


def _shown(value: float | None) -> str:
    return NONE if value is None else str(value)


def _met(met: bool) -> str:
    return "yes" if met else "**no**"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
