"""Wrong meetings in plans; each returns whether it found something to change."""

import random

from tests.events.timetable.changing import Document, one_of, span_of, swapped
from tests.events.timetable.exhaustive import Every


def other_slot(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Move a meeting to a slot in which it may not begin, or in which one of its parties is in another meeting."""
    every = Every(problem)
    pairs = [(held, slot) for held in plan["meetings"] for slot in every.slots if _clashes(every, plan, held, slot)]
    chosen = one_of(rng, pairs)
    if chosen:
        chosen[0]["slot"] = chosen[1]
    return bool(chosen)


def _clashes(every: Every, plan: Document, meeting: Document, slot: str) -> bool:
    """Whether a meeting cannot be in a slot beside the others of its parties."""
    name, start = meeting["request"], every.slots.index(slot)
    if start not in every.starts[name]:
        return True
    return any(span_of(every, other) & span_of(every, meeting | {"slot": slot}) for other in _rivals(plan, meeting))


def _rivals(plan: Document, meeting: Document) -> list[Document]:
    """Return the other meetings with a party of a meeting."""
    return [
        other
        for other in plan["meetings"]
        if other["request"] != meeting["request"] and set(other["parties"]) & set(meeting["parties"])
    ]


def other_table(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Move a meeting to a table at which it may not be, that is away, or that is taken."""
    every = Every(problem)
    pairs = []
    for held in plan["meetings"]:
        span, allowed = span_of(every, held), every.allowed(every.request[held["request"]])
        for table, there in every.tables.items():
            others = (span_of(every, other) for other in plan["meetings"] if other["table"] == table)
            if table != held["table"] and (table not in allowed or span & ~there or any(span & one for one in others)):
                pairs.append((held, table))
    chosen = one_of(rng, pairs)
    if chosen:
        chosen[0]["table"] = chosen[1]
    return bool(chosen)


def sides_swapped(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Name the parties of a meeting in the other order."""
    held = one_of(rng, plan["meetings"])
    if held:
        held["parties"].reverse()
    return bool(held)


def other_party(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Name another party in a meeting."""
    held = one_of(rng, plan["meetings"])
    other = held and one_of(rng, (party["id"] for party in problem["parties"] if party["id"] not in held["parties"]))
    if other:
        held["parties"][rng.randrange(2)] = other
    return bool(other)


def meeting_dropped(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Leave a meeting out."""
    return bool(plan["meetings"]) and bool(plan["meetings"].pop(rng.randrange(len(plan["meetings"]))))


def meeting_given_up(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Leave a meeting out, and give a reason for it; the figures stay."""
    if not meeting_dropped(problem, plan, rng):
        return False
    held = {meeting["request"] for meeting in plan["meetings"]}
    reasons = {reason["request"]: reason for reason in plan["not_held"]}
    names = [request["id"] for request in problem["requests"] if request["id"] not in held]
    plan["not_held"] = [reasons.get(name, {"request": name, "reason": "stopped_early"}) for name in names]
    return True


def meeting_doubled(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Hold a meeting twice."""
    held = one_of(rng, plan["meetings"])
    if held:
        plan["meetings"].insert(plan["meetings"].index(held), dict(held))
    return bool(held)


def meeting_added(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Hold a request that is not held, and leave its reason where it is."""
    reason = one_of(rng, plan["not_held"])
    if not reason or not problem["tables"]:
        return False
    request = next(request for request in problem["requests"] if request["id"] == reason["request"])
    slot, table = (rng.choice(problem[name])["id"] for name in ("slots", "tables"))
    meeting = {"request": request["id"], "parties": request["parties"], "slot": slot, "table": table}
    plan["meetings"].insert(rng.randrange(len(plan["meetings"]) + 1), meeting)
    return True


def unknown_name(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Name something in a meeting that the problem does not have."""
    held = one_of(rng, plan["meetings"])
    if held:
        held[rng.choice(["request", "slot", "table"])] = "nobody knows"
    return bool(held)


def meetings_out_of_order(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Swap two meetings of different slots in the list."""
    return swapped(plan["meetings"], rng, "slot")
