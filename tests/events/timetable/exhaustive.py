"""The best of all plans of a small problem, found by trying every one; knows only completed problem documents.

It serves to judge the planner, so it shares nothing with it: at most about six requests in six slots, or it takes long.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

Item = Mapping[str, Any]
Starts = Mapping[str, int]


def best(problem: Item) -> dict[str, int] | None:
    """Return what the best plan reaches in each goal, in the order of the goals; None if no plan keeps every rule."""
    every = Every(problem)
    goals = problem["goals"]
    found: list[int] | None = None
    for starts in every.plans():
        reached = every.reached(starts)
        rank = [-reached[goal] if goal == "value" else reached[goal] for goal in goals]
        if (found is None or rank < found) and every.has_tables(starts):
            found = rank
    return None if found is None else {goal: abs(figure) for goal, figure in zip(goals, found, strict=True)}


def feasible(problem: Item) -> bool:
    """Return whether some plan keeps every rule."""
    every = Every(problem)
    return any(every.has_tables(starts) for starts in every.plans())


class Every:
    """All plans of a problem; slots are numbered from 0 and sets of slots are written as bits."""

    def __init__(self, problem: Item) -> None:
        self.problem = problem
        self.slots = [slot["id"] for slot in problem["slots"]]
        self.days = [slot["day"] for slot in problem["slots"]]
        self.blocks = [slot["block"] for slot in problem["slots"]]
        self.parties: dict[str, Item] = {party["id"]: party for party in problem["parties"]}
        self.requests: list[Item] = problem["requests"]
        self.request = {request["id"]: request for request in self.requests}
        self.locked = {placed["request"]: placed for placed in problem["locked"]}
        self.tables = {table["id"]: self._there(table) for table in problem["tables"]}
        self.demanded = {one["id"] for one in self.requests if one["required"]} | self.locked.keys()
        self.starts = {one["id"]: self._starts(one) for one in self.requests}
        self.holes = cache(self._holes)
        self.keeps_run = cache(self._keeps_run)

    def plans(self) -> Iterator[dict[str, int]]:
        """Yield the starts of each plan that keeps every rule; whether there are tables enough is left open."""
        yield from self._extended({}, dict.fromkeys(self.parties, 0))

    def _extended(self, starts: dict[str, int], busy: dict[str, int]) -> Iterator[dict[str, int]]:
        """Yield each plan that begins with the given starts of the first requests; -1 stands for not held."""
        decided = len(starts)
        if decided == len(self.requests):
            held = {name: start for name, start in starts.items() if start >= 0}
            if self._keeps_all(held, busy):
                yield held
            return
        request = self.requests[decided]
        name = request["id"]
        for start in self.starts[name]:
            span = self._span(name, start)
            if any(busy[party] & span for party in request["parties"]) or not self._in_order(starts, name, start):
                continue
            now = {party: busy[party] | span for party in request["parties"]}
            yield from self._extended({**starts, name: start}, {**busy, **now})
        if name not in self.demanded:
            yield from self._extended({**starts, name: -1}, busy)

    def _keeps_all(self, held: Starts, busy: Mapping[str, int]) -> bool:
        """Whether a plan without clashes keeps the maxima, the longest runs and the limit of the spread of gaps."""
        for name, party in self.parties.items():
            days = [self.days[start] for request, start in held.items() if name in self.request[request]["parties"]]
            if party["maximum"] is not None and len(days) > party["maximum"]:
                return False
            daily = party["maximum_per_day"]
            if daily is not None and any(days.count(day) > daily for day in days):
                return False
            if not self.keeps_run(name, busy[name]):
                return False
        limit = self.problem["gap_spread_limit"]
        return limit is None or self.reached(held)["spread"] <= limit

    def reached(self, held: Starts) -> dict[str, int]:
        """Return what a plan reaches in each of the seven goals."""
        counts, busy = dict.fromkeys(self.parties, 0), dict.fromkeys(self.parties, 0)
        for name, start in held.items():
            for party in self.request[name]["parties"]:
                counts[party] += 1
                busy[party] |= self._span(name, start)
        holes = [self.holes(name, busy[name]) for name in self.parties]
        gaps = [len(waits) for waits in holes]
        released = self.problem["released"]
        moved = [
            placed["request"]
            for placed in self.problem["published"]
            if held.get(placed["request"], -1) != self.slots.index(placed["slot"])
        ]
        return {
            "disturbed": sum(name not in released for name in moved),
            "below_minimum": sum(counts[name] < party["minimum"] for name, party in self.parties.items()),
            "value": sum(self.request[name]["value"] for name in held),
            "gaps": sum(gaps),
            "longest_wait": max((max(waits, default=0) for waits in holes), default=0),
            "spread": max(gaps, default=0) - min(gaps, default=0),
            "moves": len(moved),
        }

    def has_tables(self, held: Starts) -> bool:
        """Return whether every meeting finds a table, one meeting at a table at a time."""
        waiting = [(self.allowed(self.request[name]), self._span(name, start)) for name, start in held.items()]
        return self._seated(waiting, dict.fromkeys(self.tables, 0))

    def _seated(self, waiting: Sequence[tuple[Sequence[str], int]], taken: dict[str, int]) -> bool:
        if not waiting:
            return True
        (allowed, span), *rest = waiting
        return any(
            self._seated(rest, {**taken, table: taken[table] | span})
            for table in allowed
            if not span & ~self.tables[table] and not span & taken[table]
        )

    def _starts(self, request: Item) -> list[int]:
        """Return the slots in which a request could begin if nothing else were held."""
        there = self._there(request)
        for name in request["parties"]:
            there &= self._there(self.parties[name])
            for delegate in self.parties[name]["delegates"]:
                if delegate["always"] or delegate["id"] in request["delegates"]:
                    there &= self._there(delegate)
        locked = self.locked.get(request["id"])
        wanted = {request["fixed"], locked and locked["slot"]} - {None}
        return [
            start for start, slot in enumerate(self.slots) if wanted <= {slot} and self._fits(request, start, there)
        ]

    def _fits(self, request: Item, start: int, there: int) -> bool:
        """Whether a request that may take place in the slots `there` fits in at `start`, at some table."""
        end = start + request["duration"]
        if end > len(self.slots) or self.blocks[start] != self.blocks[end - 1]:
            return False
        span = self._span(request["id"], start)
        return not span & ~there and any(not span & ~self.tables[table] for table in self.allowed(request))

    def allowed(self, request: Item) -> list[str]:
        """Return the tables of a request."""
        locked = self.locked.get(request["id"])
        if locked and locked["table"] is not None:
            return [locked["table"]]
        own = [self.parties[name]["table"] for name in request["parties"] if self.parties[name]["table"] is not None]
        if own:
            return own[:1]
        owned = {party["table"] for party in self.parties.values()}
        return [table for table in self.tables if table not in owned]

    def _in_order(self, starts: Starts, name: str, start: int) -> bool:
        """Whether a start keeps the precedences with the requests that have theirs."""
        known = {**starts, name: start}
        return all(
            known[first] + self.request[first]["duration"] <= known[second]
            for first, second in self.problem["precedences"]
            if min(known.get(first, -1), known.get(second, -1)) >= 0
        )

    def _there(self, item: Item) -> int:
        """Return the slots in which somebody or something is there."""
        available = item.get("available")
        return sum(
            1 << number
            for number, slot in enumerate(self.slots)
            if (available is None or slot in available) and slot not in item.get("forbidden", ())
        )

    def _span(self, name: str, start: int) -> int:
        duration: int = self.request[name]["duration"]
        return ((1 << duration) - 1) << start

    def _holes(self, party: str, busy: int) -> list[int]:
        """Return how many slots a party waits in each of its gaps."""
        there, waits = self._there(self.parties[party]), []
        met = [number for number in range(len(self.slots)) if busy >> number & 1]
        for one, other in pairwise(met):
            if self.blocks[one] == self.blocks[other]:
                waits.append(sum(there >> number & 1 for number in range(one + 1, other)))
        return [wait for wait in waits if wait]

    def _keeps_run(self, party: str, busy: int) -> bool:
        """Whether a party has no longer run of meetings than it may."""
        longest, run = self.parties[party]["longest_run"], 0
        if longest is None:
            return True
        for number, block in enumerate(self.blocks):
            carried = run if number and self.blocks[number - 1] == block else 0
            run = carried + 1 if busy >> number & 1 else 0
            if run > longest:
                return False
        return True
