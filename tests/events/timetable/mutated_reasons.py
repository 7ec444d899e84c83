"""Wrong reasons in plans; each returns whether it found something to change."""

import random
from copy import deepcopy

from tests.events.timetable.changing import Document, one_of, span_of, swapped
from tests.events.timetable.exhaustive import Every


def reason_dropped(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Leave a reason out."""
    return bool(plan["not_held"]) and bool(plan["not_held"].pop(rng.randrange(len(plan["not_held"]))))


def reason_doubled(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Give a reason twice."""
    reason = one_of(rng, plan["not_held"])
    if reason:
        plan["not_held"].insert(plan["not_held"].index(reason), deepcopy(reason))
    return bool(reason)


def reason_for_meeting(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Give a reason why a meeting is not held that is held."""
    held = one_of(rng, plan["meetings"])
    if held:
        plan["not_held"].append({"request": held["request"], "reason": "stopped_early"})
    return bool(held)


def reasons_out_of_order(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Swap two reasons in the list."""
    return swapped(plan["not_held"], rng, "request")


def reason_untrue(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Give another reason that cannot be true."""
    reason = one_of(rng, plan["not_held"])
    untrue = reason and one_of(rng, _untrue(Every(problem), plan, reason["request"]))
    if untrue:
        plan["not_held"][plan["not_held"].index(reason)] = {"request": reason["request"], **untrue}
    return bool(untrue)


def _untrue(every: Every, plan: Document, name: str) -> list[Document]:
    """Return reasons why a request is not held of which none is true."""
    starts, request = every.starts[name], every.request[name]
    held = {meeting["request"] for meeting in plan["meetings"]}
    wrong_slots = [slot for number, slot in enumerate(every.slots) if number not in starts]
    untrue: list[Document] = [{"reason": "never_together"}] if starts else []
    if all(level["bound"] == level["value"] for level in plan["certificate"]["goals"]):
        untrue.append({"reason": "stopped_early"})
    untrue += [{"reason": "tables", "slots": [slot]} for slot in wrong_slots]
    untrue += [{"reason": "worth_less", "slot": slot} for slot in wrong_slots]
    untrue += [{"reason": "locked", "meetings": [other]} for other in every.request if other not in held]
    moved = {move["request"] for move in plan["moves"]}.union(every.problem["released"])
    stay = {placed["request"] for placed in every.problem["published"]} - moved | every.locked.keys()
    untrue += [{"reason": "locked", "meetings": [other]} for other in sorted(held - stay)]
    for party, wanted in every.parties.items():
        without_limit = wanted["maximum"] is None and wanted["maximum_per_day"] is None
        if party not in request["parties"] or without_limit:
            untrue.append({"reason": "side_full", "party": party})
    return untrue


def reason_without_its_facts(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Leave out what a reason names."""
    pairs = [
        (reason, field)
        for reason in plan["not_held"]
        for field in reason
        if field in {"party", "slot", "slots"} or (field == "meetings" and reason["reason"] == "locked")
    ]
    chosen = one_of(rng, pairs)
    return bool(chosen) and bool(chosen[0].pop(chosen[1]))


def reason_with_more_facts(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Add something to a reason that does not belong to its kind."""
    reason = one_of(rng, plan["not_held"])
    more = {
        "party": problem["parties"][0]["id"],
        "slot": problem["slots"][0]["id"],
        "slots": [problem["slots"][0]["id"]],
    }
    field = reason and one_of(rng, (name for name in more if name not in reason))
    if field:
        reason[field] = more[field]
    return bool(field)


def slots_of_reason_changed(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Name a slot more or one less in which only the tables were missing."""
    reason = one_of(rng, (reason for reason in plan["not_held"] if reason["reason"] == "tables"))
    if not reason:
        return False
    every = Every(problem)
    starts = every.starts[reason["request"]]
    if len(reason["slots"]) > 1 and rng.random() < 0.5:
        reason["slots"].pop()
        return True
    slot = one_of(rng, (slot for number, slot in enumerate(every.slots) if number not in starts))
    if slot:
        reason["slots"].append(slot)
    return bool(slot)


def rival_left_out(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Leave out a meeting that a request would displace because a party of both would be in two at once."""
    every = Every(problem)
    meetings = {meeting["request"]: meeting for meeting in plan["meetings"]}
    pairs = [
        (reason, name)
        for reason in plan["not_held"]
        if reason["reason"] == "worth_less"
        for name in reason.get("meetings", ())
        if set(meetings[name]["parties"]) & set(every.request[reason["request"]]["parties"])
        and span_of(every, meetings[name]) & span_of(every, reason)
    ]
    chosen = one_of(rng, sorted(pairs, key=lambda pair: pair[1]))
    if chosen:
        reason, name = chosen
        reason["meetings"].remove(name)
        if not reason["meetings"]:
            del reason["meetings"]
    return bool(chosen)


def rival_not_held(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Let a request displace one that is not held: itself."""
    reason = one_of(rng, (reason for reason in plan["not_held"] if reason["reason"] in {"worth_less", "locked"}))
    if reason:
        reason.setdefault("meetings", []).append(reason["request"])
    return bool(reason)


def rival_added(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Let a request displace one meeting more that has nothing to do with it."""
    every = Every(problem)
    ordered = {frozenset(pair) for pair in problem["precedences"]}
    pairs = [
        (reason, held["request"])
        for reason in plan["not_held"]
        if reason["reason"] == "worth_less"
        for held in plan["meetings"]
        if not set(held["parties"]) & set(every.request[reason["request"]]["parties"])
        and not span_of(every, held) & span_of(every, reason)
        and frozenset({held["request"], reason["request"]}) not in ordered
    ]
    chosen = one_of(rng, pairs)
    if chosen:
        chosen[0].setdefault("meetings", []).append(chosen[1])
    return bool(chosen)
