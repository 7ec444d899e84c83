"""The certificate of a plan, and the digest that ties it to its problem."""

import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import Final

from events.timetable.measure import Measure
from events.timetable.plan import Certificate, Figures, Level
from events.timetable.problem import Goal
from events.timetable.state import State

# Raise it whenever equal problems may get other plans than before.
ENGINE: Final = "1"


def certificate(state: State, digest: str, *, minimal: bool | None = None) -> Certificate:
    """Return what is proven of the best plan of a search.

    Args:
        state: the search, at its end.
        digest: the problem's, as `documents.digest` makes it.
        minimal: with a conflict, whether each part of it was proven necessary.
    """
    budget, best = state.budget, state.best
    return Certificate(
        goals=tuple(_level(state, best, goal) for goal in state.goals) if best else (),
        figures=figures(best) if best else Figures(requests=len(state.instance.requests)),
        seed=budget.seed,
        workers=budget.workers,
        limit=budget.limit,
        seconds=round(budget.spent, 3),
        digest=digest,
        versions=versions(),
        minimal=minimal,
    )


def _level(state: State, best: Measure, goal: Goal) -> Level:
    return Level(goal, best.value(goal), state.bounds.get(goal), round(state.spent.get(goal, 0.0), 3))


def figures(plan: Measure) -> Figures:
    """Return the figures of a plan, but for the changes of tables, which are known only with the tables."""
    return Figures(
        requests=len(plan.instance.requests),
        meetings=len(plan.places),
        waiting=sum(len(gap) for gaps in plan.gaps for gap in gaps),
        **{goal.value: plan.value(goal) for goal in Goal},
    )


def versions() -> Mapping[str, str]:
    """Return the versions of all that takes part in planning."""
    return {"engine": ENGINE, "ortools": version("ortools"), "python": platform.python_version()}
