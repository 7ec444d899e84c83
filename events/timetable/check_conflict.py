"""What an answer says of demands that cannot be met together.

A conflict is proven by trying all plans, which is not done here; but a plan that meets all its demands disproves it.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from events.timetable.check_broken import Broken, Rule
from events.timetable.check_facts import Facts, Item
from events.timetable.check_held import Held
from events.timetable.check_obstacles import free_tables, obstacle

# How long a plan is looked for that meets all demands: for how many demands at most, and how many places are tried.
LARGEST: Final = 200
TRIES: Final = 10_000


def conflict(facts: Facts, demands: Sequence[Item]) -> Iterator[Broken]:
    """Yield what is wrong with the demands that are said not to go together."""
    wrong = list(_list(facts, demands))
    yield from wrong
    if wrong or len(demands) > LARGEST:
        return
    named = [demand["request"] for demand in demands if demand["kind"] != "gap_spread_limit"]
    limit = facts.problem["gap_spread_limit"] if len(named) < len(demands) else None
    requests = sorted(dict.fromkeys(named), key=lambda request: len(facts.starts(request)))
    found = _extended(Held(facts, {}, {}), requests, limit, iter(range(TRIES)))
    if found is not None:
        slots = {name: facts.slots[start] for name, start in found.starts.items()}
        places = ", ".join(f"{name} at {slots[name]} at table {table}" for name, table in found.tables.items())
        yield Broken(Rule.CONFLICT_UNTRUE, f"The demands can be met: {places}.", "$.conflict")


def _list(facts: Facts, demands: Sequence[Item]) -> Iterator[Broken]:
    """Yield each demand that the problem does not have, and that none is named."""
    if not any(demand["kind"] != "gap_spread_limit" for demand in demands):
        message = "A conflict names a meeting that must be held: without any, an empty plan keeps every rule."
        yield Broken(Rule.CONFLICT_MISSING, message, "$.conflict")
    seen: list[Item] = []
    for number, demand in enumerate(demands):
        what = "it is named twice." if demand in seen else _demand(facts, demand["kind"], demand.get("request"))
        if what:
            yield Broken(Rule.CONFLICT_DEMANDS, f"A demand {demand['kind']}: {what}", f"$.conflict[{number}]")
        seen.append(demand)


def _demand(facts: Facts, kind: str, request: str | None) -> str:
    """Return what is wrong with a demand, "" if nothing is."""
    if kind == "gap_spread_limit":
        limited = facts.problem["gap_spread_limit"] is not None
        return "" if limited and request is None else "it names no request, and the problem must have the limit."
    if request is None or request not in facts.requests:
        return f"the problem has no request {request}." if request else "it names no request."
    meant = request in facts.locked if kind == "locked" else facts.requests[request]["required"]
    return "" if meant else f"the problem does not have {request} as {kind}."


def _extended(held: Held, requests: Sequence[str], limit: int | None, tries: Iterator[int]) -> Held | None:
    """Return a plan that holds some requests more and keeps every rule, None if none is found with the tries left."""
    if not requests:
        return held if limit is None or held.figures["spread"] <= limit else None
    first, *others = requests
    for start, table in _places(held, first, tries):
        more = Held(held.facts, {**held.starts, first: start}, {**held.tables, first: table})
        found = _extended(more, others, limit, tries)
        if found is not None:
            return found
    return None


def _places(held: Held, request: str, tries: Iterator[int]) -> Iterator[tuple[int, str]]:
    """Yield the slots and tables at which a request could be held beside others; each slot and table is a try."""
    for start in held.facts.starts(request):
        if next(tries, None) is None:
            return
        if not obstacle(held, request, start):
            for table in free_tables(held, request, start):
                if next(tries, None) is None:
                    return
                yield start, table
