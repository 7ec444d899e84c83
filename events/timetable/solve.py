"""From a problem to its timetable."""

from collections.abc import Callable
from dataclasses import replace

from events.timetable.certificate import certificate
from events.timetable.conflict import Conflict
from events.timetable.documents import digest, problem_document
from events.timetable.instance import Instance
from events.timetable.measure import Measure
from events.timetable.plan import Meeting, Move, PartyPlan, Place, Progress, Status, Timetable
from events.timetable.planning import Planner
from events.timetable.problem import Problem
from events.timetable.reasons import Reasons
from events.timetable.search import Budget, Stop
from events.timetable.state import State
from events.timetable.tables import Tables


def solve(
    problem: Problem,
    *,
    limit: float = 60,
    seed: int = 0,
    workers: int = 2,
    progress: Callable[[Progress], None] | None = None,
    stop: Stop | None = None,
) -> Timetable:
    """Return the best timetable that can be found in time, with its certificate.

    With one worker, equal problems and seeds give equal plans as long as no search is ended by its share of the time.

    Args:
        problem: what to plan.
        limit: seconds for the search; naming a conflict may take as long again as is left of them.
        seed: of all that is random in the search.
        workers: 1 for searches that can be repeated; with more, CP-SAT takes the threads that each search needs.
        progress: told each time that the best value or the bound of a goal changes, maybe from another thread.
        stop: set it to end the search early.
    """
    instance = Instance(problem)
    budget = Budget(limit, seed, workers, Stop() if stop is None else stop)  # a Stop that is not set is false
    state = State(instance, budget, progress)
    planner = Planner(state)
    planner.plan()
    mark = digest(problem_document(problem))
    if planner.infeasible:
        conflict = Conflict(instance, budget)
        demands = conflict.find()
        return Timetable(Status.INFEASIBLE, certificate(state, mark, minimal=conflict.minimal), conflict=demands)
    if state.best is None:
        return Timetable(Status.UNKNOWN, certificate(state, mark))
    return _timetable(instance, state, mark)


def _timetable(instance: Instance, state: State, mark: str) -> Timetable:
    plan = Measure(instance, state.places)
    tables = Tables(state.instance, plan.places).assign()
    proven = certificate(state, mark)
    moves, changes = _moves(plan, tables)
    return Timetable(
        Status.SOLVED,
        replace(proven, figures=replace(proven.figures, table_changes=changes)),
        meetings=_meetings(plan, tables),
        parties=_parties(plan),
        not_held=tuple(Reasons(instance, plan, tables).all()),
        moves=moves,
    )


def _meetings(plan: Measure, tables: dict[int, int]) -> tuple[Meeting, ...]:
    problem = plan.instance.problem
    order = sorted(plan.places, key=lambda request: (plan.places[request], tables[request]))
    return tuple(
        Meeting(
            problem.requests[request].id,
            problem.requests[request].parties,
            problem.slots[plan.places[request]].id,
            problem.tables[tables[request]].id,
        )
        for request in order
    )


def _parties(plan: Measure) -> tuple[PartyPlan, ...]:
    slots = plan.instance.problem.slots
    return tuple(
        PartyPlan(party.id, held, below, tuple(tuple(slots[slot].id for slot in gap) for gap in gaps))
        for party, held, below, gaps in zip(
            plan.instance.problem.parties, plan.held, plan.below, plan.gaps, strict=True
        )
    )


def _moves(plan: Measure, tables: dict[int, int]) -> tuple[tuple[Move, ...], int]:
    """Return what changes against the published plan, and how many meetings change nothing but their table."""
    problem, instance, moves, changes = plan.instance.problem, plan.instance, [], 0
    for placed in problem.published:
        request = instance.number[placed.request]
        start = plan.places.get(request)
        to = None if start is None else Place(problem.slots[start].id, problem.tables[tables[request]].id)
        if to and to.slot == placed.slot and placed.table in {None, to.table}:
            continue
        changes += to is not None and to.slot == placed.slot
        moves.append(Move(placed.request, Place(placed.slot, placed.table), to))
    return tuple(moves), changes
