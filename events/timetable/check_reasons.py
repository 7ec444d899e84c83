"""Whether what a plan says of the requests that are not held is true."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from events.timetable.check_broken import Broken, Rule
from events.timetable.check_facts import Item
from events.timetable.check_held import Held
from events.timetable.check_obstacles import free_tables, obstacle

# The fields that a reason has beside `request` and `reason`: those that it must have, and those that it may have.
FIELDS: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    "never_together": (frozenset(), frozenset()),
    "locked": (frozenset({"meetings"}), frozenset()),
    "side_full": (frozenset({"party"}), frozenset()),
    "tables": (frozenset({"slots"}), frozenset()),
    "worth_less": (frozenset({"slot"}), frozenset({"meetings"})),
    "stopped_early": (frozenset(), frozenset()),
}


def reasons(held: Held, plan: Item) -> Iterator[Broken]:
    """Yield what is wrong with the list of the requests that are not held, and each reason that is not true."""
    yield from _list(held, plan["not_held"])
    proven = all(goal["bound"] == goal["value"] for goal in plan["certificate"]["goals"])
    examiner = _Examiner(held, proven=proven)
    for number, reason in enumerate(plan["not_held"]):
        path = f"$.not_held[{number}]"
        if reason["request"] not in held.facts.requests or reason["request"] in held.starts:
            continue
        if wrong := _fields(reason):
            yield Broken(Rule.REASON_FIELDS, f"{reason['request']}: {wrong}", path)
        elif doubt := next(examiner.doubts(reason), None):
            yield Broken(Rule(f"reason-{reason['reason'].replace('_', '-')}"), f"{reason['request']}: {doubt}", path)


def _list(held: Held, given: Sequence[Item]) -> Iterator[Broken]:
    """Yield each difference between the requests with a reason and those that are not held."""
    found = Counter(reason["request"] for reason in given)
    wanted = [request for request in held.facts.requests if request not in held.starts]
    for request, count in found.items():
        if request not in held.facts.requests:
            yield Broken(Rule.NOT_HELD_LIST, f"The problem has no request {request}.", "$.not_held")
        elif request in held.starts:
            yield Broken(Rule.NOT_HELD_LIST, f"{request} is held and has a reason why it is not.", "$.not_held")
        elif count > 1:
            yield Broken(Rule.NOT_HELD_LIST, f"{request} has {count} reasons.", "$.not_held")
    for request in wanted:
        if request not in found:
            yield Broken(Rule.NOT_HELD_LIST, f"{request} is not held and has no reason.", "$.not_held")
    if found.keys() == set(wanted) and list(found) != wanted:
        yield Broken(Rule.NOT_HELD_LIST, "The requests are not in the order of the problem.", "$.not_held")


def _fields(reason: Item) -> str:
    """Return what is wrong with the fields of a reason, "" if nothing is."""
    kind, given = reason["reason"], reason.keys() - {"request", "reason"}
    needed, allowed = FIELDS[kind]
    if missing := sorted(needed - given):
        return f"a reason {kind} needs {', '.join(missing)}."
    if more := sorted(given - needed - allowed):
        return f"a reason {kind} has no {', '.join(more)}."
    named: list[str] = [*reason.get("slots", ()), *reason.get("meetings", ())]
    twice = next((name for name, count in Counter(named).items() if count > 1), None)
    return "" if twice is None else f"{twice} is named twice."


class _Examiner:
    """Looks for what speaks against a reason; `proven`: each goal of the certificate is."""

    def __init__(self, held: Held, *, proven: bool) -> None:
        self.held = held
        self.facts = held.facts
        self.proven = proven

    def doubts(self, reason: Item) -> Iterator[str]:
        """Yield why a reason is not true."""
        request: str = reason["request"]
        match reason["reason"]:
            case "never_together":
                yield from (f"it could begin at {self.facts.slots[start]}." for start in self.facts.starts(request))
            case "locked":
                yield from self._locked(request, reason["meetings"])
            case "side_full":
                yield from self._side_full(request, reason["party"])
            case "tables":
                yield from self._tables(request, reason["slots"])
            case "worth_less":
                yield from self._worth_less(request, reason["slot"], reason.get("meetings", ()))
            case _ if self.proven:
                yield "every goal is proven, so that the search did not stop early."

    def _locked(self, request: str, meetings: Sequence[str]) -> Iterator[str]:
        for meeting in meetings:
            if not self.held.stays(meeting):
                yield f"{meeting} is not held where it is locked or published."
                return
        if not self.facts.starts(request):
            yield "it could not be held if nothing else were."
        beside = self.held.only(meetings)
        for start in self.facts.starts(request):
            if not obstacle(beside, request, start):
                yield f"{', '.join(meetings)} would leave it a place at {self.facts.slots[start]}."

    def _side_full(self, request: str, party: str) -> Iterator[str]:
        if party not in self.facts.requests[request]["parties"]:
            yield f"{party} is not one of its parties."
            return
        wanted, meetings = self.facts.parties[party], self.held.left(party)
        if wanted["maximum"] is not None and len(meetings) >= wanted["maximum"]:
            return
        starts = self.facts.starts(request)
        most, days = wanted["maximum_per_day"], self.facts.day_of
        count = Counter(days[self.held.starts[meeting]] for meeting in meetings)
        if not starts or most is None:
            yield f"{party} may have more meetings than the {len(meetings)} that it has."
            return
        for start in starts:
            if count[days[start]] < most:
                yield f"{party} may have more than the {count[days[start]]} meetings that it has on {days[start]}."

    def _tables(self, request: str, slots: Sequence[str]) -> Iterator[str]:
        parties = self.facts.requests[request]["parties"]
        busy = {slot for party in parties for meeting in self.held.left(party) for slot in self.held.span(meeting)}
        free = [start for start in self.facts.starts(request) if busy.isdisjoint(self.facts.span(request, start))]
        wanted = [self.facts.slots[start] for start in free]
        if set(wanted) != set(slots):
            yield f"both its parties are free at {', '.join(wanted) or 'none of its slots'}."
        for start in free:
            for table in free_tables(self.held, request, start):
                yield f"table {table} is free at {self.facts.slots[start]}."

    def _worth_less(self, request: str, slot: str, meetings: Sequence[str]) -> Iterator[str]:
        for meeting in meetings:
            if meeting not in self.held.starts:
                yield f"{meeting} is not held."
                return
            if meeting in self.facts.locked:
                yield f"{meeting} is locked."
        start = self.facts.number.get(slot)
        if start is None or start not in self.facts.starts(request):
            yield f"it could not begin at {slot} if nothing else were held."
            return
        if what := obstacle(self.held, request, start, frozenset(meetings)):
            yield f"it still could not begin at {slot}: {what}."
        elif (needless := self._needless(request, start, meetings)) is not None:
            yield f"it could begin at {slot} beside {needless}."
        elif self._better(request, start, meetings):
            yield f"the plan would be better with it at {slot}."

    def _needless(self, request: str, start: int, meetings: Sequence[str]) -> str | None:
        """Return one of some meetings that need not give way to a request if the others do, None if all must."""
        gone = frozenset(meetings)
        return next((name for name in meetings if not obstacle(self.held, request, start, gone - {name})), None)

    def _better(self, request: str, start: int, meetings: Sequence[str]) -> bool:
        """Whether the plan would be better and allowed with a request in place of some meetings."""
        if any(self.facts.requests[meeting]["required"] for meeting in meetings):
            return False
        goals, limit = self.facts.problem["goals"], self.facts.problem["gap_spread_limit"]
        old, new = self.held.figures, self.held.swapped(meetings, request, start)
        if limit is not None and new["spread"] > limit:
            return False
        return _rank(new, goals) < _rank(old, goals)


def _rank(figures: Mapping[str, int], goals: Sequence[str]) -> list[int]:
    """Return the goals in their order, so that a smaller list is a better plan."""
    return [-figures[goal] if goal == "value" else figures[goal] for goal in goals]
