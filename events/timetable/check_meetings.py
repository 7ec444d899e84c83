"""The rules that the meetings of a plan must keep, one by one and together."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, groupby

from events.timetable.check_broken import Broken, Rule
from events.timetable.check_facts import Facts, Item
from events.timetable.check_held import Held


def names(facts: Facts, meetings: Sequence[Item]) -> Iterator[Broken]:
    """Yield each meeting that names what the problem does not have, or a request that is held already."""
    known = {"request": facts.requests, "slot": facts.number, "table": facts.tables}
    seen: set[str] = set()
    for number, meeting in enumerate(meetings):
        path = f"$.meetings[{number}]"
        for field, ids in known.items():
            if meeting[field] not in ids:
                yield Broken(Rule.UNKNOWN_ID, f"The problem has no {field} {meeting[field]}.", f"{path}.{field}")
        if meeting["request"] in seen:
            yield Broken(Rule.HELD_TWICE, f"{meeting['request']} is held twice.", path)
        seen.add(meeting["request"])


def places(facts: Facts, meetings: Sequence[Item]) -> Iterator[Broken]:
    """Yield what is wrong with each meeting for itself, and with their order."""
    for number, meeting in enumerate(meetings):
        path, request = f"$.meetings[{number}]", meeting["request"]
        if meeting["parties"] != facts.requests[request]["parties"]:
            message = f"{request} is of {' and '.join(facts.requests[request]['parties'])}."
            yield Broken(Rule.PARTIES_DIFFER, message, f"{path}.parties")
        start = facts.number[meeting["slot"]]
        for rule, message in facts.faults(request, start):
            yield Broken(rule, message, f"{path}.slot")
        for rule, message in facts.table_faults(request, start, meeting["table"]):
            yield Broken(rule, message, f"{path}.table")
    yield from _order(facts, meetings)


def _order(facts: Facts, meetings: Sequence[Item]) -> Iterator[Broken]:
    ranks = {table: rank for rank, table in enumerate(facts.tables)}
    keys = [(facts.number[meeting["slot"]], ranks[meeting["table"]]) for meeting in meetings]
    for number in range(1, len(keys)):
        if keys[number] < keys[number - 1]:
            request = meetings[number]["request"]
            message = f"{request} comes too late: the meetings are sorted by slot, then by table."
            yield Broken(Rule.MEETINGS_ORDER, message, f"$.meetings[{number}]")
            return


def together(held: Held, number_of: Mapping[str, int]) -> Iterator[Broken]:
    """Yield what is wrong between the meetings; `number_of` are the places of the requests in the plan's list."""
    paths = {request: f"$.meetings[{number}]" for request, number in number_of.items()}
    yield from _tables(held, paths)
    for party in held.of_party:
        yield from _party(held, party, paths)
    for first, second in held.facts.problem["precedences"]:
        if first in held.starts and second in held.starts and held.span(first).stop > held.starts[second]:
            yield Broken(Rule.PRECEDENCE, f"{first} must end before {second} begins.", paths[second])
    yield from _demands(held)


def _tables(held: Held, paths: Mapping[str, str]) -> Iterator[Broken]:
    at: dict[str, list[str]] = defaultdict(list)
    for request, table in held.tables.items():
        at[table].append(request)
    for table, requests in at.items():
        for one, other, slot in _clashes(held, requests):
            message = f"{one} and {other} are both at table {table} at {slot}."
            yield Broken(Rule.TABLE_TAKEN_TWICE, message, paths[other])


def _clashes(held: Held, requests: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Yield each two of some meetings that take place at once, with the first slot of both."""
    taken: dict[int, list[str]] = defaultdict(list)
    for request in requests:
        for slot in held.span(request):
            taken[slot].append(request)
    pairs = {pair: slot for slot in sorted(taken, reverse=True) for pair in combinations(taken[slot], 2)}
    for (one, other), slot in pairs.items():
        yield one, other, held.facts.slots[slot]


def _party(held: Held, party: str, paths: Mapping[str, str]) -> Iterator[Broken]:
    facts, requests, wanted = held.facts, held.of_party[party], held.facts.parties[party]
    for one, other, slot in _clashes(held, requests):
        yield Broken(Rule.PARTY_TAKEN_TWICE, f"{party} is in {one} and in {other} at {slot}.", paths[other])
    if wanted["maximum"] is not None and len(requests) > wanted["maximum"]:
        message = f"{party} has {len(requests)} meetings, but may have {wanted['maximum']}."
        yield Broken(Rule.MAXIMUM, message, "$.meetings")
    days = Counter(facts.day_of[held.starts[request]] for request in requests)
    for day, count in days.items():
        if wanted["maximum_per_day"] is not None and count > wanted["maximum_per_day"]:
            message = f"{party} has {count} meetings on {day}, but may have {wanted['maximum_per_day']}."
            yield Broken(Rule.MAXIMUM_PER_DAY, message, "$.meetings")
    for run in runs(facts, (held.span(request) for request in requests)):
        if wanted["longest_run"] is not None and len(run) > wanted["longest_run"]:
            most, begin = wanted["longest_run"], facts.slots[run.start]
            message = f"{party} is in meetings for {len(run)} slots from {begin}, but may be for {most}."
            yield Broken(Rule.LONGEST_RUN, message, "$.meetings")


def runs(facts: Facts, spans: Iterable[range]) -> Iterator[range]:
    """Yield the longest stretches of slots of one block that some spans cover."""
    busy = sorted({slot for span in spans for slot in span})
    joined = groupby(enumerate(busy), key=lambda pair: (pair[1] - pair[0], facts.block_of[pair[1]]))
    for _key, pairs in joined:
        slots = [slot for _number, slot in pairs]
        yield range(slots[0], slots[-1] + 1)


def _demands(held: Held) -> Iterator[Broken]:
    """Yield the demands on the plan as a whole that it does not meet."""
    facts = held.facts
    for request in facts.locked:
        if request not in held.starts:
            yield Broken(Rule.LOCKED_NOT_HELD, f"{request} is locked, but not held.", "$.meetings")
    for request, wanted in facts.requests.items():
        if wanted["required"] and request not in held.starts:
            yield Broken(Rule.REQUIRED_NOT_HELD, f"{request} is required, but not held.", "$.meetings")
    limit, spread = facts.problem["gap_spread_limit"], held.figures["spread"]
    if limit is not None and spread > limit:
        message = f"Two parties differ by {spread} idle gaps, but may by {limit}."
        yield Broken(Rule.GAP_SPREAD_LIMIT, message, "$.meetings")
