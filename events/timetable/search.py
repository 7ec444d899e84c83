"""Runs of CP-SAT under one limit of time, which report what they find and can be stopped."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ortools.sat.python import cp_model

from events.timetable.model import Expression, Model

# The parts of CP-SAT that did best on the instances of the literature and on events of our own; see docs/timetable.md.
PROVERS: Final = ("core", "max_lp", "quick_restart_no_lp")
ORDERING_PROVERS: Final = ("core", "no_lp", "max_lp", "quick_restart_no_lp")
TIGHTENERS: Final = ("core", "quick_restart_no_lp")
POLISHERS: Final = 8
Found = Callable[[int | None, int | None], None]


class Stop:
    """A request to end the search and keep the best plan so far; may be set from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._set = False
        self._solver: cp_model.CpSolver | None = None

    def __bool__(self) -> bool:
        return self._set

    def set(self) -> None:
        """End the search soon."""
        with self._lock:
            self._set = True
            if self._solver:
                self._solver.stop_search()

    def watch(self, solver: cp_model.CpSolver | None) -> None:
        """Note which search is running, None if it ended."""
        with self._lock:
            self._solver = solver
            if self._set and solver:
                solver.parameters.max_time_in_seconds = 0


@dataclass
class Budget:
    """The time that is left: `limit` in seconds, of which each piece of work takes a share."""

    limit: float
    seed: int
    workers: int
    stop: Stop = field(default_factory=Stop)
    begun: float = field(default_factory=time.monotonic)

    @property
    def spent(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.begun

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return 0.0 if self.stop else max(self.limit - self.spent, 0.0)

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return self.left <= 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a run found: whether it came to its end, the best plan, its groups of tables, its value and the bound."""

    finished: bool
    places: Mapping[int, int] | None
    value: int | None = None
    bound: int | None = None
    pools: Mapping[int, int] = field(default_factory=dict)

    @property
    def infeasible(self) -> bool:
        """Whether it is proven that there is no plan."""
        return self.finished and self.places is None


class _Reporter(cp_model.CpSolverSolutionCallback):
    def __init__(self, found: Found) -> None:
        super().__init__()
        self._found = found

    def on_solution_callback(self) -> None:
        self._found(round(self.objective_value), None)


def run(
    model: Model,
    budget: Budget,
    *,
    goal: Expression | None = None,
    large: bool = False,
    seconds: float | None = None,
    found: Found | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Answer:
    """Search a plan, the best one by `goal` if that is given; keep the best so far when the time is up.

    Args:
        model: the rules; its objective is set anew.
        budget: seed, workers and the time that is left.
        goal: what to make small.
        large: make it large instead.
        seconds: how much of the time this run may take, default all of it.
        found: told each better value (first argument) and bound (second one).
        parameters: of CP-SAT, beside those set here.
    """
    model.cp.clear_objective()  # type: ignore[no-untyped-call]
    if goal is not None:
        (model.cp.maximize if large else model.cp.minimize)(goal)
    solver = _solver(budget, budget.left if seconds is None else min(budget.left, seconds), parameters or {})
    if goal is not None and found:
        solver.best_bound_callback = lambda bound: found(None, _rounded(bound, large=large))
    budget.stop.watch(solver)
    status = solver.solve(model.cp, _Reporter(found) if goal is not None and found else None)
    budget.stop.watch(None)
    if status == cp_model.MODEL_INVALID:
        raise RuntimeError(model.cp.validate())
    finished = status in {cp_model.OPTIMAL, cp_model.INFEASIBLE}
    places = model.places_of(solver) if status in {cp_model.OPTIMAL, cp_model.FEASIBLE} else None
    pools = model.pools_of(solver) if places is not None else {}
    if goal is None:
        return Answer(finished, places, pools=pools)
    value = round(solver.objective_value) if places is not None else None
    # Without a plan CP-SAT's bound may be a mere 0 that nobody proved.
    bound = _rounded(solver.best_objective_bound, large=large) if places is not None else None
    return Answer(finished, places, value, bound, pools)


def proving(workers: int, *, ordered: bool = False) -> Mapping[str, Any]:
    """Return what CP-SAT is to try where a proof is wanted: with one worker, one search that can be repeated.

    Args:
        workers: threads to search with.
        ordered: whether the problem has precedences.
    """
    provers = ORDERING_PROVERS if ordered else PROVERS
    return {"subsolvers": provers, "num_workers": max(workers, len(provers))} if workers > 1 else {}


def tightening(workers: int) -> Mapping[str, Any]:
    """Return what CP-SAT is to try within a block."""
    return {"subsolvers": TIGHTENERS, "num_workers": len(TIGHTENERS)} if workers > 1 else {"optimize_with_core": True}


def polishing(workers: int) -> Mapping[str, Any]:
    """Return what CP-SAT is to try where good plans are wanted: its large neighbourhoods need workers of their own."""
    return {"num_workers": max(workers, POLISHERS)} if workers > 1 else {}


def _solver(budget: Budget, seconds: float, parameters: Mapping[str, Any]) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.random_seed = budget.seed % 2**31
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = budget.workers
    solver.parameters.catch_sigint_signal = False
    for name, value in parameters.items():
        if isinstance(value, tuple):
            getattr(solver.parameters, name).extend(value)
        else:
            setattr(solver.parameters, name, value)
    return solver


def _rounded(bound: float, *, large: bool) -> int | None:
    """Round a bound to a whole number without claiming more than it proves; None for an infinite one."""
    if abs(bound) > 1e15:
        return None
    return int(bound // 1 + (bound % 1 > 1e-6)) if not large else int((bound + 1e-6) // 1)


def assumed(model: Model, budget: Budget, seconds: float) -> frozenset[int]:
    """Return the indices of assumptions that cannot hold together; empty if that was not proven in time."""
    model.cp.clear_objective()  # type: ignore[no-untyped-call]
    solver = _solver(budget, min(budget.left, seconds), {"num_workers": 1})
    budget.stop.watch(solver)
    status = solver.solve(model.cp)
    budget.stop.watch(None)
    if status != cp_model.INFEASIBLE:
        return frozenset()
    return frozenset(solver.sufficient_assumptions_for_infeasibility())
