"""Problem documents for Hypothesis: small enough to try every plan, with everything that a problem may have.

Each makes sense (`documents.complete` takes it); some have no plan.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from events.timetable.problem import GOALS

FORMAT = "tech4muni.timetable.problem.v1"
HOUR = timedelta(hours=1)

# Slots of each block, and for each block its day.
SHAPES: Final[Sequence[tuple[tuple[int, ...], tuple[int, ...]]]] = (
    ((3,), (0,)),
    ((4,), (0,)),
    ((6,), (0,)),
    ((2, 3), (0, 0)),
    ((3, 3), (0, 1)),
    ((2, 2, 2), (0, 0, 1)),
    ((4, 1), (0, 1)),
)

Item = dict[str, Any]


def rarely(odds: int = 6) -> st.SearchStrategy[bool]:
    """Return a strategy for a fact that is true once in `odds` times."""
    return st.integers(0, odds - 1).map(lambda number: number == odds - 1)


@st.composite
def problems(draw: st.DrawFn) -> Item:
    """Draw a problem document."""
    slots, runs = draw(_slots())
    ids = [slot["id"] for slot in slots]
    tables = [{"id": f"t{number}", **_times(draw, ids, 4)} for number in range(draw(st.integers(1, 3)))]
    parties = _parties(draw, ids, [table["id"] for table in tables])
    requests = _requests(draw, ids, parties, runs)
    document: Item = {"format": FORMAT, "slots": slots, "tables": tables, "parties": parties, "requests": requests}
    document["precedences"] = _precedences(draw, requests)
    document["locked"] = _locked(draw, document)
    document["published"] = _published(draw, document)
    names = [placed["request"] for placed in document["published"]]
    document["released"] = [name for name in names if draw(rarely(3))]
    if draw(rarely(3)):
        document["gap_spread_limit"] = draw(st.integers(0, 1))
    if draw(st.booleans()):
        some: list[str] = draw(st.lists(st.sampled_from([goal.value for goal in GOALS]), min_size=1, unique=True))
        usual = sorted(some, key=[goal.value for goal in GOALS].index)  # in which the planner chooses first
        document["goals"] = usual if draw(st.booleans()) else some
    return document


@st.composite
def _slots(draw: st.DrawFn) -> tuple[list[Item], int]:
    """Draw the slots; return them with the length of the longest block."""
    lengths, days = draw(st.sampled_from(SHAPES))
    slots: list[Item] = []
    for block, (length, day) in enumerate(zip(lengths, days, strict=True)):
        for _number in range(length):
            start = datetime(2026, 5, 12 + day, 9, tzinfo=UTC) + len(slots) * HOUR
            times = {"start": start.isoformat(), "end": (start + HOUR).isoformat()}
            slots.append({"id": f"s{len(slots)}", **times, "day": f"day{day}", "block": f"block{block}"})
    return slots, max(lengths)


def _times(draw: st.DrawFn, slots: Sequence[str], odds: int) -> Item:
    """Draw the slots in which somebody is there: mostly all, else all but a few."""
    away = draw(st.sets(st.sampled_from(slots), max_size=2)) if draw(rarely(odds)) else ()
    return {"available": [slot for slot in slots if slot not in away]} if away else {}


def _parties(draw: st.DrawFn, slots: Sequence[str], tables: Sequence[str]) -> list[Item]:
    """Draw two to five parties; there are two sides, or none."""
    sided = draw(st.booleans())
    parties: list[Item] = []
    for number in range(draw(st.integers(2, 5))):
        party: Item = {"id": "abcde"[number], **_times(draw, slots, 3), "side": ("odd", "even")[number % 2] * sided}
        if draw(rarely()):
            party["forbidden"] = [draw(st.sampled_from(slots))]
        party |= _limits(draw)
        if draw(rarely()):
            party["table"] = draw(st.sampled_from(tables))
        if draw(rarely(4)):
            always = draw(st.booleans())
            party["delegates"] = [{"id": f"of {party['id']}", "always": always, **_times(draw, slots, 2)}]
        parties.append(party)
    return parties


def _limits(draw: st.DrawFn) -> Item:
    """Draw how many meetings a party is to have and may have."""
    limits: Item = {"minimum": draw(st.integers(0, 2))} if draw(rarely(3)) else {}
    if draw(rarely(3)):
        limits["maximum"] = draw(st.integers(limits.get("minimum", 0), 3))
    if draw(rarely(5)):
        limits["maximum_per_day"] = draw(st.integers(1, 2))
    if draw(rarely(4)):
        limits["longest_run"] = draw(st.integers(1, 2))
    return limits


def _requests(draw: st.DrawFn, slots: Sequence[str], parties: Sequence[Item], longest: int) -> list[Item]:
    """Draw one to six requests between parties that may meet; `longest` is the length of the longest block."""
    pairs = [
        (one, other)
        for one in parties
        for other in parties
        if one is not other and (one["side"] != other["side"] or not one["side"])
    ]
    count = draw(st.integers(1, 6))
    chosen = draw(st.lists(st.sampled_from(pairs), min_size=count, max_size=count))
    return [_request(draw, f"r{number}", pair, slots, longest) for number, pair in enumerate(chosen)]


def _request(draw: st.DrawFn, name: str, pair: tuple[Item, Item], slots: Sequence[str], longest: int) -> Item:
    value = draw(st.integers(0, 9))
    request: Item = {"id": name, "parties": [party["id"] for party in pair], "value": value, **_times(draw, slots, 5)}
    if draw(rarely()):
        request["forbidden"] = [draw(st.sampled_from(slots))]
    runs = [party["longest_run"] for party in pair if "longest_run" in party]
    if min([longest, *runs]) > 1 and draw(rarely(3)):
        request["duration"] = 2
    if draw(rarely(8)):
        request["fixed"] = draw(st.sampled_from(slots))
    if draw(rarely(10)):
        request["required"] = True
    delegates = [delegate["id"] for party in pair for delegate in party.get("delegates", ())]
    request["delegates"] = [delegate for delegate in delegates if draw(st.booleans())]
    return request


def _precedences(draw: st.DrawFn, requests: Sequence[Item]) -> list[list[str]]:
    """Draw pairs of requests; they cannot go round, for the first always has the smaller number."""
    names = [request["id"] for request in requests]
    pairs = [[one, other] for number, one in enumerate(names) for other in names[number + 1 :]]
    if not pairs or not draw(rarely(3)):
        return []
    chosen: list[list[str]] = draw(st.lists(st.sampled_from(pairs), max_size=2, unique_by=tuple))
    return chosen


def _locked(draw: st.DrawFn, document: Mapping[str, Any]) -> list[Item]:
    slots = [slot["id"] for slot in document["slots"]]
    locked = []
    for request in document["requests"]:
        if not draw(rarely(8)):
            continue
        placed = {"request": request["id"], "slot": request.get("fixed") or draw(st.sampled_from(slots))}
        allowed = _tables(document, request)
        if draw(st.booleans()) and allowed:
            placed["table"] = draw(st.sampled_from(allowed))
        locked.append(placed)
    return locked


def _tables(document: Mapping[str, Any], request: Item) -> list[str]:
    """Return the tables at which a request may be held."""
    owner = {party["id"]: party["table"] for party in document["parties"] if "table" in party}
    own = [owner[party] for party in request["parties"] if party in owner]
    free = [table["id"] for table in document["tables"] if table["id"] not in owner.values()]
    return own[:1] or free


def _published(draw: st.DrawFn, document: Mapping[str, Any]) -> list[Item]:
    slots, tables = ([item["id"] for item in document[name]] for name in ("slots", "tables"))
    if not draw(rarely(2)):
        return []
    published = []
    for request in document["requests"]:
        if draw(st.booleans()):
            placed = {"request": request["id"], "slot": draw(st.sampled_from(slots))}
            if draw(st.booleans()):
                placed["table"] = draw(st.sampled_from(tables))
            published.append(placed)
    return published
