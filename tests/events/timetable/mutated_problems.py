"""Problems with a rule that a plan breaks; each returns whether it found something to change."""

import random
from itertools import pairwise

from tests.events.timetable.changing import Document, one_of
from tests.events.timetable.exhaustive import Every


def _met(problem: Document, plan: Document, rng: random.Random) -> tuple[Document, Document, Document] | None:
    """Return a meeting, one of its parties as the problem has it, and its request."""
    meeting = one_of(rng, plan["meetings"])
    if not meeting:
        return None
    name = rng.choice(meeting["parties"])
    party = next(party for party in problem["parties"] if party["id"] == name)
    return meeting, party, next(request for request in problem["requests"] if request["id"] == meeting["request"])


def rule_maximum(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Allow a party fewer meetings than it has, in all or on each day."""
    chosen = _met(problem, plan, rng)
    if not chosen:
        return False
    name, day = chosen[1]["id"], {slot["id"]: slot["day"] for slot in problem["slots"]}
    days = [day[meeting["slot"]] for meeting in plan["meetings"] if name in meeting["parties"]]
    if rng.random() < 0.5:
        chosen[1]["maximum_per_day"] = max(map(days.count, days)) - 1
        return True
    chosen[1]["maximum"] = len(days) - 1
    return bool(chosen[1]["minimum"] < len(days))


def rule_party_away(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Take a slot in which somebody meets away from the party, its delegate or the request."""
    chosen = _met(problem, plan, rng)
    if not chosen:
        return False
    meeting, party, request = chosen
    always = [delegate for delegate in party["delegates"] if delegate["always"]]
    others = [slot["id"] for slot in problem["slots"] if slot["id"] != meeting["slot"]]
    item, field = rng.choice([(party, "forbidden"), (request, "forbidden"), *((one, "available") for one in always)])
    if field == "available":
        item["available"] = others if item["available"] is None else [s for s in item["available"] if s in others]
    else:
        item["forbidden"] = [s["id"] for s in problem["slots"] if s["id"] in {*item["forbidden"], meeting["slot"]}]
    return True


def rule_new_delegate(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Give a party a delegate, who is never there."""
    chosen = _met(problem, plan, rng)
    if chosen:
        chosen[1]["delegates"].append({"id": "somebody new", "available": [], "always": True})
    return bool(chosen)


def rule_table_away(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Take a table away in a slot in which it is used."""
    meeting = one_of(rng, plan["meetings"])
    if not meeting:
        return False
    table = next(table for table in problem["tables"] if table["id"] == meeting["table"])
    there = [slot["id"] for slot in problem["slots"]] if table["available"] is None else table["available"]
    table["available"] = [slot for slot in there if slot != meeting["slot"]]
    return True


def rule_fixed(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Fix or lock a meeting elsewhere."""
    chosen = _met(problem, plan, rng)
    if not chosen or any(placed["request"] == chosen[2]["id"] for placed in problem["locked"]):
        return False
    meeting, _party, request = chosen
    slot = one_of(rng, (slot["id"] for slot in problem["slots"] if slot["id"] != meeting["slot"]))
    if not slot or request["fixed"] is not None:
        return False
    if rng.random() < 0.5:
        request["fixed"] = slot
    else:
        problem["locked"].append({"request": request["id"], "slot": slot, "table": None})
    return True


def rule_required(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Require or lock a request that is not held."""
    reason = one_of(rng, plan["not_held"])
    if not reason:
        return False
    request = next(request for request in problem["requests"] if request["id"] == reason["request"])
    if rng.random() < 0.5:
        request["required"] = True
    else:
        slot = request["fixed"] or rng.choice(problem["slots"])["id"]
        problem["locked"].append({"request": request["id"], "slot": slot, "table": None})
    return True


def rule_precedence(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Let a meeting be after one that is not over when it begins."""
    if problem["precedences"]:
        return False  # so that they do not go round in a circle
    place = {slot["id"]: number for number, slot in enumerate(problem["slots"])}
    meetings = plan["meetings"]
    pairs = [(one, other) for one in meetings for other in meetings if place[one["slot"]] >= place[other["slot"]]]
    chosen = one_of(rng, ((one["request"], other["request"]) for one, other in pairs if one is not other))
    if chosen:
        problem["precedences"].append(list(chosen))
    return bool(chosen)


def rule_longest_run(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Allow a party that has short requests only no two meetings in a row, if it has two."""
    every = Every(problem)
    party = one_of(rng, (party for party in problem["parties"] if _in_a_row(every, plan, party["id"])))
    if party:
        party["longest_run"] = 1
    return bool(party)


def _in_a_row(every: Every, plan: Document, party: str) -> bool:
    """Whether a party has only requests of one slot, and two meetings in a row."""
    if any(request["duration"] > 1 for request in every.requests if party in request["parties"]):
        return False
    met = sorted(every.slots.index(held["slot"]) for held in plan["meetings"] if party in held["parties"])
    return any(two == one + 1 and every.blocks[one] == every.blocks[two] for one, two in pairwise(met))


def rule_gap_spread(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Allow the parties to differ by fewer gaps than they do."""
    spread = plan["certificate"]["figures"]["spread"]
    problem["gap_spread_limit"] = rng.randrange(spread) if spread else None
    return bool(spread)


def rule_minimum(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Wish a party more meetings than it has, which its entry does not say."""
    chosen = _met(problem, plan, rng)
    if not chosen:
        return False
    had = sum(chosen[1]["id"] in meeting["parties"] for meeting in plan["meetings"])
    chosen[1]["minimum"] = max(had, chosen[1]["minimum"]) + 1
    return chosen[1]["maximum"] is None or chosen[1]["maximum"] >= chosen[1]["minimum"]


def rule_value(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Let a meeting be worth more than the plan says."""
    chosen = _met(problem, plan, rng)
    if chosen:
        chosen[2]["value"] += 1
    return bool(chosen)


def rule_published(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Let a meeting have been published elsewhere, which the plan does not say."""
    chosen = _met(problem, plan, rng)
    slot = chosen and one_of(rng, (slot["id"] for slot in problem["slots"] if slot["id"] != chosen[0]["slot"]))
    if not chosen or not slot or any(placed["request"] == chosen[2]["id"] for placed in problem["published"]):
        return False
    problem["published"].append({"request": chosen[2]["id"], "slot": slot, "table": None})
    return True


def rule_own_table(problem: Document, plan: Document, rng: random.Random) -> bool:
    """Give a party a table of its own, other than that at which it meets."""
    chosen = _met(problem, plan, rng)
    if not chosen or problem["locked"]:
        return False
    meeting, _party, request = chosen
    party = next(party for party in problem["parties"] if party["id"] == request["parties"][0])
    table = one_of(rng, (table["id"] for table in problem["tables"] if table["id"] != meeting["table"]))
    if table:
        party["table"] = table
    return bool(table)
