"""Wrong accounts of what each party gets and what moves; each returns whether it found something to change."""

import random
from copy import deepcopy

from tests.events.timetable.changing import Document, one_of, swapped


def count_changed(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Give a party one meeting more or less, or one more or less that are missing."""
    entry, field = one_of(rng, plan["parties"]), rng.choice(["meetings", "below_minimum"])
    if entry:
        entry[field] += 1 if entry[field] == 0 else rng.choice([1, -1])
    return bool(entry)


def party_dropped(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Leave a party out."""
    return bool(plan["parties"]) and bool(plan["parties"].pop(rng.randrange(len(plan["parties"]))))


def party_doubled(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Name a party twice."""
    entry = one_of(rng, plan["parties"])
    if entry:
        plan["parties"].append(deepcopy(entry))
    return bool(entry)


def party_renamed(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Give a party's entry to somebody whom the problem does not have."""
    entry = one_of(rng, plan["parties"])
    if entry:
        entry["party"] = "nobody knows"
    return bool(entry)


def parties_out_of_order(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Swap two parties in the list."""
    return swapped(plan["parties"], rng, "party")


def gap_dropped(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Leave a gap out."""
    entry = one_of(rng, (entry for entry in plan["parties"] if entry["gaps"]))
    return bool(entry) and bool(entry["gaps"].pop(rng.randrange(len(entry["gaps"]))))


def gap_shortened(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Leave a slot of a gap out."""
    gap = one_of(rng, (gap for entry in plan["parties"] for gap in entry["gaps"] if len(gap) > 1))
    return bool(gap) and bool(gap.pop(rng.randrange(len(gap))))


def gap_added(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Let a party wait in one more slot."""
    entry, slot = one_of(rng, plan["parties"]), rng.choice(problem["slots"])["id"]
    if entry:
        entry["gaps"].append([slot])
    return bool(entry)


def gap_lengthened(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Add a slot to a gap."""
    gap = one_of(rng, (gap for entry in plan["parties"] for gap in entry["gaps"]))
    slot = gap and one_of(rng, (slot["id"] for slot in problem["slots"] if slot["id"] not in gap))
    if slot:
        gap.insert(rng.randrange(len(gap) + 1), slot)
    return bool(slot)


def move_dropped(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Leave out a move against the published plan."""
    return bool(plan["moves"]) and bool(plan["moves"].pop(rng.randrange(len(plan["moves"]))))


def move_doubled(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Name a move twice."""
    move = one_of(rng, plan["moves"])
    if move:
        plan["moves"].append(deepcopy(move))
    return bool(move)


def move_added(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Name a move of a meeting that was not published, or does not move."""
    names = {move["request"] for move in plan["moves"]}
    request = one_of(rng, (request["id"] for request in problem["requests"] if request["id"] not in names))
    if request:
        plan["moves"].append(
            {"request": request, "from": {"slot": problem["slots"][0]["id"], "table": None}, "to": None}
        )
    return bool(request)


def move_changed(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Let a move begin or end in another slot or at another table, or not end anywhere."""
    move, end = one_of(rng, plan["moves"]), rng.choice(["from", "to"])
    if not move:
        return False
    if move[end] is None:
        move["to"] = dict(move["from"])
    elif end == "to" and rng.random() < 0.3:
        move["to"] = None
    else:
        field = rng.choice(["slot", "table"])
        others = [item["id"] for item in problem[f"{field}s"] if item["id"] != move[end][field]]
        if not others:
            return False
        move[end][field] = rng.choice(others)
    return True
