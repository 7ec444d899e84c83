"""Whether one more meeting would fit between others."""

from collections.abc import Collection, Iterator

from events.timetable.check_held import NOBODY, Held
from events.timetable.check_meetings import runs


def obstacle(held: Held, request: str, start: int, gone: Collection[str] = NOBODY) -> str:
    """Return what keeps a request from being held from a slot on beside other meetings, "" if nothing does.

    Args:
        held: the other meetings.
        request: one that is not held; `start` is one of its possible starts.
        start: the number of the slot in which it would begin.
        gone: meetings that are taken to be not held.
    """
    return next(_obstacles(held, request, start, gone), "")


def _obstacles(held: Held, request: str, start: int, gone: Collection[str]) -> Iterator[str]:
    for party in held.facts.requests[request]["parties"]:
        yield from _of_party(held, party, held.facts.span(request, start), gone)
    yield from _of_order(held, request, start, gone)
    if not free_tables(held, request, start, gone):
        yield "no table is free"


def _of_party(held: Held, party: str, span: range, gone: Collection[str]) -> Iterator[str]:
    facts, wanted, left = held.facts, held.facts.parties[party], held.left(party, gone)
    for other in left:
        if not set(span).isdisjoint(held.span(other)):
            yield f"{party} is in {other}"
    if wanted["maximum"] is not None and len(left) >= wanted["maximum"]:
        yield f"{party} has all the meetings that it may have"
    if wanted["maximum_per_day"] is not None:
        day = facts.day_of[span.start]
        if sum(facts.day_of[held.starts[other]] == day for other in left) >= wanted["maximum_per_day"]:
            yield f"{party} has all the meetings that it may have on {day}"
    if wanted["longest_run"] is not None:
        spans = [span, *(held.span(other) for other in left)]
        longest = max(len(run) for run in runs(facts, spans) if span.start in run)
        if longest > wanted["longest_run"]:
            yield f"{party} would be in meetings for {longest} slots in a row"


def _of_order(held: Held, request: str, start: int, gone: Collection[str]) -> Iterator[str]:
    end = held.facts.span(request, start).stop
    for first, second in held.facts.orders.get(request, ()):
        other = second if first == request else first
        if other in held.starts and other not in gone:
            early = held.span(other).stop <= start if second == request else end <= held.starts[other]
            if not early:
                yield f"{first} must end before {second} begins"


def free_tables(held: Held, request: str, start: int, gone: Collection[str] = NOBODY) -> list[str]:
    """Return the tables at which a request could be held from a slot on."""
    span = held.facts.span(request, start)
    taken = {held.tables[other] for slot in span for other in held.in_slot.get(slot, ()) if other not in gone}
    there = held.facts.tables
    return [table for table in held.facts.tables_of(request) if table not in taken and there[table].issuperset(span)]
