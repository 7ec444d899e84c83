"""Makes timetable problems like those of real events: startups and municipalities, their choices, and who can be when.

An event has two days of two half-days. Startups have one or two themes, municipalities some more; both rank each other
by shared themes, by how much everybody wants the other, and by what only the two know about each other. Each says
`must`, `want`, `neutral` or `no`, up to as many musts and wants as the organiser allows. For the startups that would be
left with fewer than two meetings the organiser finds somebody who is willing. Where both say must or want, there is a
request.

Two flavours: in `room` the organiser allows no more choices than a party has slots for, and nearly everything fits; in
`full` there are clearly more requests than slots. `scarce` is `full` with fewer tables than everybody could use.
"""

import random
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from events.timetable.problem import value_of

FORMAT: Final = "tech4muni.timetable.problem.v1"
THEMES: Final = (
    "mobility", "energy", "waste", "water", "buildings", "citizen services", "safety", "health", "education", "tourism",
    "planning", "administration",
)  # fmt: skip
FLAVOURS: Final = ("room", "full", "scarce")
CHOSEN: Final = frozenset({"must", "want"})

LEAST: Final = 2  # meetings that each party is to have

# What each startup and each municipality say of one another, and how much they would like to meet.
Choices = Mapping[tuple[str, str], tuple[str, str]]
Likes = Mapping[tuple[str, str], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Size:
    """An event: its parties, the meetings that it is to hold, and the frame of its half-days.

    `room` and `full` are slots per half-day in these flavours, `length` is in minutes; `scarce` is the number of tables
    in that flavour, 0 where there is no such one.
    """

    name: str
    startups: int
    municipalities: int
    meetings: int
    room: int
    full: int
    length: int
    scarce: int = 0

    @property
    def flavours(self) -> tuple[str, ...]:
        """The flavours in which there are events of this size."""
        return FLAVOURS if self.scarce else FLAVOURS[:2]


SIZES: Final = (
    Size("16x10", 16, 10, 70, room=4, full=3, length=30, scarce=6),
    Size("40x10", 40, 10, 200, room=7, full=6, length=30, scarce=8),
    Size("100x30", 100, 30, 600, room=7, full=6, length=30),
    Size("300x60", 300, 60, 2000, room=11, full=9, length=20),
)
# Requests for each meeting that the event is to hold.
WANTED: Final[Mapping[str, float]] = {"room": 1.03, "full": 1.5, "scarce": 1.5}
# Of a party's slots, how many meetings it may ask for where everything is to fit.
ROOM_SHARE: Final = 0.9


def event(size: Size, flavour: str, seed: int) -> dict[str, Any]:
    """Return the problem document (format v1) of an event; equal arguments give equal events."""
    rng = random.Random(f"{size.name} {flavour} {seed}")
    slots = _slots(size, flavour)
    parties = _parties(size, flavour, slots, rng)
    requests = _requests(choices(size, flavour, parties, rng), parties, rng)
    return {
        "format": FORMAT,
        "title": f"{size.name}, {flavour}, seed {seed}",
        "slots": slots,
        "tables": _tables(size, flavour, slots),
        "parties": parties,
        "requests": requests,
    }


def _slots(size: Size, flavour: str) -> list[dict[str, Any]]:
    """Return the slots of two days, each with a morning from 9:00 and an afternoon from 13:30."""
    slots = []
    for day in (1, 2):
        for half, begin in (("morning", timedelta(hours=9)), ("afternoon", timedelta(hours=13, minutes=30))):
            for number in range(size.room if flavour == "room" else size.full):
                start = datetime(2026, 5, 11 + day, tzinfo=UTC) + begin + number * timedelta(minutes=size.length)
                slots.append(
                    {
                        "id": f"{day}{half[0]}{number + 1}",
                        "start": start.isoformat(),
                        "end": (start + timedelta(minutes=size.length)).isoformat(),
                        "day": f"day {day}",
                        "block": f"day {day}, {half}",
                    }
                )
    return slots


def _tables(size: Size, flavour: str, slots: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return each municipality's own table or, where tables are scarce, a few for all, one of them on one day only."""
    if flavour != "scarce":
        return [{"id": f"table of {_municipality(number)}"} for number in range(1, size.municipalities + 1)]
    tables: list[dict[str, Any]] = [{"id": f"table {number}"} for number in range(1, size.scarce + 1)]
    tables[-1]["available"] = [slot["id"] for slot in slots if slot["day"] == "day 1"]
    return tables


def _startup(number: int) -> str:
    return f"startup {number:03}"


def _municipality(number: int) -> str:
    return f"municipality {number:02}"


def _parties(size: Size, flavour: str, slots: Sequence[Mapping[str, Any]], rng: random.Random) -> list[dict[str, Any]]:
    """Return the startups, then the municipalities."""
    each = size.meetings / size.startups
    startups = [_new_startup(number, each, flavour, slots, rng) for number in range(1, size.startups + 1)]
    each = size.meetings / size.municipalities
    towns = [_new_municipality(number, each, flavour, slots, rng) for number in range(1, size.municipalities + 1)]
    return startups + towns


def _new_startup(
    number: int, each: float, flavour: str, slots: Sequence[Mapping[str, Any]], rng: random.Random
) -> dict[str, Any]:
    """Return a startup: some come on one day only, some late or leave early, few need a pause after three meetings."""
    party: dict[str, Any] = {"id": _startup(number), "side": "startup", "minimum": LEAST}
    ids, fate = [slot["id"] for slot in slots], rng.random()
    if fate < 0.08:
        day = rng.choice(["day 1", "day 2"])
        party["available"] = [slot["id"] for slot in slots if slot["day"] == day]
    elif fate < 0.16:
        party["available"] = ids[rng.randint(1, 3) :]
    elif fate < 0.24:
        party["available"] = ids[: -rng.randint(1, 3)]
    if rng.random() < 0.1 and len(ids) > 16:
        party["longest_run"] = 3
    if flavour != "room":
        party["maximum"] = max(3, round(each * rng.uniform(1.2, 1.8)))
    if rng.random() < 0.2:
        party["maximum_per_day"] = max(2, round(each * 0.7))
    return party


def _new_municipality(
    number: int, each: float, flavour: str, slots: Sequence[Mapping[str, Any]], rng: random.Random
) -> dict[str, Any]:
    """Return a municipality with its delegates: the mayor and the head of IT join the meetings that name them."""
    name, ids = _municipality(number), [slot["id"] for slot in slots]
    party: dict[str, Any] = {"id": name, "side": "municipality", "minimum": max(LEAST, round(each / 3))}
    if flavour != "scarce":
        party["table"] = f"table of {name}"
    if rng.random() < 0.2:
        party["forbidden"] = sorted(rng.sample(ids, 2), key=ids.index)  # the welcome, an interview
    if flavour != "room" and rng.random() < 0.8:
        party["maximum"] = round(each * rng.uniform(0.95, 1.15))
    if rng.random() < 0.1 and len(ids) > 24:
        party["longest_run"] = len(ids) // 4 - 1
    first = rng.randrange(len(ids) - 3)
    day = rng.choice(["day 1", "day 2"])
    party["delegates"] = [
        {"id": f"mayor of {name}", "available": ids[first : first + 4], "always": False},
        {
            "id": f"head of IT of {name}",
            "available": [slot["id"] for slot in slots if slot["day"] == day],
            "always": False,
        },
    ]
    if rng.random() < 0.3:
        late = ids[rng.randint(1, 2) :]
        party["delegates"].append({"id": f"head of innovation of {name}", "available": late, "always": True})
    return party


def choices(size: Size, flavour: str, parties: Sequence[Mapping[str, Any]], rng: random.Random) -> Choices:
    """Return what each startup and each municipality say of one another, as many mutual ones as the flavour wants."""
    startups = [party for party in parties if party["side"] == "startup"]
    towns = [party for party in parties if party["side"] == "municipality"]
    likes = _likes([party["id"] for party in startups], [party["id"] for party in towns], rng)
    slots = 4 * (size.room if flavour == "room" else size.full)
    caps = {party["id"]: _cap(party, slots, flavour) for party in parties}
    zeal = {party["id"]: rng.uniform(0.75, 1.25) for party in parties}
    wanted, low, high = WANTED[flavour] * size.meetings, 0.0, 3.0
    for _step in range(20):  # the share of the others that a party may choose, until the requests are as many
        middle = (low + high) / 2
        said = _said(likes, {party: zeal[party] * middle for party in zeal}, caps)
        if sum(CHOSEN.issuperset(pair) for pair in said.values()) < wanted:
            low = middle
        else:
            high = middle
    return _helped(_said(likes, {party: zeal[party] * high for party in zeal}, caps), likes)


def _helped(said: Choices, likes: Likes) -> Choices:
    """Return the choices after the organiser has found two municipalities for each startup with fewer requests.

    Of the municipalities that have no more requests than most, they are those that both sides would like best.
    """
    helped = dict(said)
    asked = Counter(party for parties, pair in said.items() if CHOSEN.issuperset(pair) for party in parties)
    usual = statistics.median(asked[town] for town in dict.fromkeys(town for _startup, town in said))
    for startup, town in sorted(likes, key=lambda pair: (-sum(likes[pair]), pair)):
        pair = said[startup, town]
        if asked[startup] < LEAST and asked[town] <= usual and not CHOSEN.issuperset(pair):
            one, other = (word if word in CHOSEN else "want" for word in pair)
            helped[startup, town] = (one, other)
            asked.update((startup, town))
    return helped


def _cap(party: Mapping[str, Any], slots: int, flavour: str) -> int:
    """Return how many others a party may choose: where everything is to fit, fewer than it has slots."""
    if flavour != "room":
        return slots * 100
    there: int = len(party.get("available", range(slots))) - len(party.get("forbidden", ()))
    a_day: int = party.get("maximum_per_day", slots)
    return min(int(there * ROOM_SHARE), 2 * a_day)


def _likes(startups: Sequence[str], towns: Sequence[str], rng: random.Random) -> Likes:
    """Return, for each startup and municipality, how much the one likes the other and is liked."""
    themes = {name: frozenset(rng.sample(THEMES, rng.randint(2, 3))) for name in startups}
    themes |= {name: frozenset(rng.sample(THEMES, rng.randint(3, 5))) for name in towns}
    fame = {name: rng.gauss(0, 0.4) for name in (*startups, *towns)}
    likes = {}
    for startup in startups:
        for town in towns:
            both = len(themes[startup] & themes[town]) + rng.gauss(0, 0.8)  # they talked to each other before
            likes[startup, town] = (both + fame[town] + rng.gauss(0, 0.4), both + fame[startup] + rng.gauss(0, 0.4))
    return likes


def _said(likes: Likes, shares: Mapping[str, float], caps: Mapping[str, int]) -> Choices:
    """Return both sides' choices: each party says must or want to a share of the others, those that it likes most."""
    ranked: dict[str, list[tuple[float, str]]] = {}
    for (startup, town), (its, towns) in likes.items():
        ranked.setdefault(startup, []).append((-its, town))
        ranked.setdefault(town, []).append((-towns, startup))
    words = {}
    for party, others in ranked.items():
        chosen = min(round(shares[party] * len(others)), caps[party], len(others))
        for place, (_like, other) in enumerate(sorted(others)):
            words[party, other] = _word(place, chosen, len(others))
    return {(startup, town): (words[startup, town], words[town, startup]) for startup, town in likes}


def _word(place: int, chosen: int, others: int) -> str:
    """Return what a party says to the one in this place of its ranking, if it chooses so many."""
    if place < chosen:
        return "must" if place < (chosen + 2) // 3 else "want"
    return "neutral" if place < (chosen + others) / 2 else "no"


def _requests(said: Choices, parties: Sequence[Mapping[str, Any]], rng: random.Random) -> list[dict[str, Any]]:
    """Return a request for each pair in which both say must or want; a few of a municipality's name a delegate."""
    delegates = {
        party["id"]: [person["id"] for person in party["delegates"] if not person["always"]]
        for party in parties
        if "delegates" in party
    }
    mayors = dict.fromkeys(delegates, 2)
    requests = []
    for (startup, town), pair in said.items():
        if not CHOSEN.issuperset(pair):
            continue
        request: dict[str, Any] = {
            "id": f"{startup} – {town}",
            "parties": [startup, town],
            "value": value_of(*pair),
            "choices": list(pair),
        }
        mayor, computing = delegates[town]
        if pair == ("must", "must") and mayors[town] and rng.random() < 0.4:
            mayors[town] -= 1
            request["delegates"] = [mayor]
        elif rng.random() < 0.15:
            request["delegates"] = [computing]
        requests.append(request)
    return requests
