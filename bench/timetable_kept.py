"""What the plan of a rival amounts to, and which rules it breaks by the word of the independent checker."""

from collections.abc import Mapping, Sequence

from events.timetable import documents
from events.timetable.certificate import versions
from events.timetable.check import check
from events.timetable.instance import Instance
from events.timetable.measure import Measure
from events.timetable.plan import Certificate, Figures, Level, Meeting, PartyPlan, Reason, Status, Timetable, Why
from events.timetable.problem import Goal, Problem


def kept(problem: Problem, meetings: Sequence[Meeting]) -> tuple[dict[str, int], list[str]]:
    """Return the figures of a plan, by name, and the rules that it breaks.

    The checker wants a whole plan: nothing is proven of this one, and the search for it stopped early.
    """
    instance = Instance(problem)
    places = {instance.number[meeting.request]: problem.slot_number[meeting.slot] for meeting in meetings}
    plan = Measure(instance, places)
    figures = {name: getattr(_figures(plan), name) for name in Figures.__slots__}
    document = documents.problem_document(problem)
    made = documents.complete_plan(documents.plan_document(_timetable(plan, meetings, documents.digest(document))))
    return figures, [f"{one.rule.value} at {one.path}: {one.message}" for one in check(document, made)]


def _figures(plan: Measure) -> Figures:
    """Return the figures of a plan for a problem without a published one."""
    goals: Mapping[str, int] = {goal.value: plan.value(goal) for goal in Goal}
    waiting = sum(len(gap) for gaps in plan.gaps for gap in gaps)
    return Figures(len(plan.instance.requests), meetings=len(plan.places), waiting=waiting, **goals)


def _timetable(plan: Measure, meetings: Sequence[Meeting], digest: str) -> Timetable:
    """Return the plan as a planner's answer that proves nothing."""
    problem, slots = plan.instance.problem, plan.instance.problem.slots
    rows = zip(problem.parties, plan.held, plan.below, plan.gaps, strict=True)
    held = {meeting.request for meeting in meetings}
    return Timetable(
        Status.SOLVED,
        Certificate(
            goals=tuple(Level(goal, plan.value(goal), None, 0) for goal in problem.goals),
            figures=_figures(plan),
            seed=0,
            workers=1,
            limit=0,
            seconds=0,
            digest=digest,
            versions=versions(),
        ),
        meetings=tuple(meetings),
        parties=tuple(
            PartyPlan(party.id, number, below, tuple(tuple(slots[slot].id for slot in gap) for gap in gaps))
            for party, number, below, gaps in rows
        ),
        not_held=tuple(Reason(row.id, Why.STOPPED_EARLY) for row in problem.requests if row.id not in held),
    )
