"""What a plan says of itself: what each party gets, what moves, and the certificate."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from events.timetable import check_conflict
from events.timetable.check_broken import Broken, Rule
from events.timetable.check_facts import Facts, Item
from events.timetable.check_held import Held


def parties(held: Held, plan: Item) -> Iterator[Broken]:
    """Yield what is wrong with the list of the parties."""
    if [entry["party"] for entry in plan["parties"]] != list(held.facts.parties):
        message = "The parties are not all those of the problem in their order, each once."
        yield Broken(Rule.PARTIES_LIST, message, "$.parties")
    for number, entry in enumerate(plan["parties"]):
        share = held.shares.get(entry["party"])
        if share is None:
            continue
        path, name = f"$.parties[{number}]", entry["party"]
        if entry["meetings"] != share.meetings:
            message = f"{name} has {share.meetings} meetings, not {entry['meetings']}."
            yield Broken(Rule.PARTY_MEETINGS, message, f"{path}.meetings")
        if entry["below_minimum"] != share.below_minimum:
            message = f"{name} has {share.below_minimum} meetings too few, not {entry['below_minimum']}."
            yield Broken(Rule.PARTY_BELOW_MINIMUM, message, f"{path}.below_minimum")
        gaps = [[held.facts.slots[slot] for slot in gap] for gap in share.gaps]
        if entry["gaps"] != gaps:
            yield Broken(Rule.PARTY_GAPS, f"{name} waits {_gaps(gaps)}, not {_gaps(entry['gaps'])}.", f"{path}.gaps")


def _gaps(gaps: list[list[str]]) -> str:
    return f"at {', then at '.join(', '.join(gap) for gap in gaps)}" if gaps else "never"


def moves(held: Held, plan: Item) -> Iterator[Broken]:
    """Yield what is wrong with the list of what changes against the published plan."""
    wanted = dict(_moves(held))
    seen: set[str] = set()
    for number, move in enumerate(plan["moves"]):
        request, path = move["request"], f"$.moves[{number}]"
        if request in seen:
            yield Broken(Rule.MOVES, f"{request} is named twice.", path)
        elif request not in wanted:
            yield Broken(Rule.MOVES, f"{request} does not change against the published plan.", path)
        elif (move["from"], move["to"]) != wanted[request]:
            origin, to = map(_place, wanted[request])
            yield Broken(Rule.MOVES, f"{request} changes from {origin} to {to}.", path)
        seen.add(request)
    for request in wanted.keys() - seen:
        yield Broken(Rule.MOVES, f"{request} changes against the published plan, but is not named.", "$.moves")


def _moves(held: Held) -> Iterator[tuple[str, tuple[dict[str, Any], dict[str, Any] | None]]]:
    """Yield each published meeting that changes, with where it was and where it is."""
    for request, placed in held.facts.published.items():
        origin, to = {"slot": placed["slot"], "table": placed["table"]}, None
        if request in held.starts:
            to = {"slot": held.facts.slots[held.starts[request]], "table": held.tables[request]}
        if to is None or to["slot"] != origin["slot"] or origin["table"] not in {None, to["table"]}:
            yield request, (origin, to)


def _place(place: Mapping[str, Any] | None) -> str:
    if place is None:
        return "nowhere"
    return place["slot"] if place["table"] is None else f"{place['slot']} at table {place['table']}"


def certificate(held: Held, plan: Item) -> Iterator[Broken]:
    """Yield what is wrong with the goals and the figures of a plan."""
    goals, wanted = plan["certificate"]["goals"], held.facts.problem["goals"]
    if [level["goal"] for level in goals] != wanted:
        message = f"The goals are not those of the problem in their order: {', '.join(wanted)}."
        yield Broken(Rule.GOALS_DIFFER, message, "$.certificate.goals")
    for number, level in enumerate(goals):
        yield from _level(level, held.figures[level["goal"]], f"$.certificate.goals[{number}]")
    yield from figures(plan, held.figures)


def _level(level: Item, reached: int, path: str) -> Iterator[Broken]:
    goal, value, bound = level["goal"], level["value"], level["bound"]
    if value != reached:
        yield Broken(Rule.GOAL_VALUE, f"{goal} is {reached}, not {value}.", f"{path}.value")
    status = "optimal" if bound == value else "feasible"
    if level["status"] != status:
        bounded = "without a bound" if bound is None else f"with the bound {bound}"
        message = f"{goal} is {status}, not {level['status']}, at {value} {bounded}."
        yield Broken(Rule.GOAL_STATUS, message, f"{path}.status")
    if bound is not None and (bound < reached if goal == "value" else bound > reached):
        message = f"{goal} is {reached}, better than its bound {bound}."
        yield Broken(Rule.BOUND_CROSSED, message, f"{path}.bound")


def figures(plan: Item, wanted: Mapping[str, int]) -> Iterator[Broken]:
    """Yield each figure of a plan that is not what it should be."""
    for name, figure in wanted.items():
        given = plan["certificate"]["figures"][name]
        if given != figure:
            yield Broken(Rule.FIGURES, f"{name} is {figure}, not {given}.", f"$.certificate.figures.{name}")


def digest(problem: Item, plan: Item) -> Iterator[Broken]:
    """Yield whether a plan was made for another problem."""
    text = json.dumps(problem, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    wanted = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    if plan["certificate"]["digest"] != wanted:
        yield Broken(Rule.DIGEST, f"The digest of the problem is {wanted}.", "$.certificate.digest")


def status(facts: Facts, plan: Item) -> Iterator[Broken]:
    """Yield what does not go together with the status of a plan."""
    state, conflict = plan["status"], plan["conflict"]
    if state != "infeasible":
        minimal = "minimal" in plan["certificate"]
        for there, path in ((conflict, "$.conflict"), (minimal, "$.certificate.minimal")):
            if there:
                yield Broken(Rule.CONFLICT_WITHOUT_NEED, f"A plan that is {state} has no conflict.", path)
    else:
        yield from check_conflict.conflict(facts, conflict)
    if state == "solved":
        return
    for name in ("meetings", "parties", "not_held", "moves"):
        if plan[name]:
            yield Broken(Rule.NOT_EMPTY, f"A plan that is {state} has no {name}.", f"$.{name}")
    if plan["certificate"]["goals"]:
        yield Broken(Rule.NOT_EMPTY, f"A plan that is {state} has no goals.", "$.certificate.goals")
    yield from figures(plan, dict.fromkeys(plan["certificate"]["figures"], 0) | {"requests": len(facts.requests)})
