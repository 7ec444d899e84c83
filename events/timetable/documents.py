"""Reads problems from JSON documents and writes problems and plans as JSON documents; refuses what makes no sense.

A completed document has a value for every field, its instants in one form, and its sets in the order of the problem,
so that two documents of one problem have one digest.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from events.timetable import sense
from events.timetable.plan import Demand, Level, Move, PartyPlan, Place, Reason, Timetable, Why
from events.timetable.problem import Delegate, Goal, Party, Placed, Problem, Request, Slot, Table
from events.timetable.structure import Parts, Structure, path

PROBLEM_FORMAT: Final = "tech4muni.timetable.problem.v1"
PLAN_FORMAT: Final = "tech4muni.timetable.plan.v1"
MOST_COMPLAINTS: Final = 50
PROBLEM: Final = Structure("problem")
PLAN: Final = Structure("plan")


class InvalidDocumentError(Exception):
    """A document that cannot be used: `complaints` are pairs of a place such as `$.slots[3].id` and what is wrong."""

    def __init__(self, complaints: Iterable[tuple[str, str]]) -> None:
        """Keep the first complaints."""
        self.complaints = tuple(islice(complaints, MOST_COMPLAINTS))
        super().__init__("\n".join(f"{place}: {what}" for place, what in self.complaints))


def load(file: Path | str) -> object:
    """Return what a JSON file holds.

    Raises InvalidDocumentError if it cannot be read, is no JSON in UTF-8, names a key twice in one object, or has a
    number that JSON does not know.
    """
    try:
        text = Path(file).read_bytes().decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_object, parse_constant=_refused, parse_float=_number)
    except OSError as error:
        what = f"the file {file} cannot be read: {error.strerror or error}."
    except UnicodeDecodeError:
        what = "is not in UTF-8."
    except json.JSONDecodeError as error:
        what = f"is not JSON: {error.msg}, line {error.lineno}, column {error.colno}."
    except RecursionError:
        what = "has too many objects or lists within each other."
    except ValueError as error:
        what = f"is not a document: {error}."
    raise InvalidDocumentError([("$", what)])


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; refuse one with a key twice."""
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    names = [name for name, _value in pairs]
    twice = next(name for name in names if names.count(name) > 1)
    raise ValueError(f"an object has the key {json.dumps(twice, ensure_ascii=False)} twice")


def _refused(name: str) -> float:
    """Refuse NaN and the infinities, which Python reads beyond what JSON knows."""
    raise ValueError(f"{name} is not a number")


def _number(text: str) -> float:
    """Return a number; refuse one that is too large to keep."""
    number = float(text)
    if number in {float("inf"), float("-inf")}:
        raise ValueError(f"{text[:80]} is too large")
    return number


def complete(document: object) -> dict[str, Any]:
    """Return a problem document with all defaults filled in and all parts in their usual form.

    Raises InvalidDocumentError if it breaks the schema or makes no sense.
    """
    full = _checked(PROBLEM, document)
    for slot in full["slots"]:
        slot["start"], slot["end"] = _instant(slot["start"]), _instant(slot["end"])
    _refuse(sense.complaints(full))
    _sort(full)
    return full


def complete_plan(document: object) -> dict[str, Any]:
    """Return a copy of a plan document; raise InvalidDocumentError if it breaks the schema."""
    return _checked(PLAN, document)


def _checked(structure: Structure, document: object) -> dict[str, Any]:
    """Return the document with its defaults; refuse one that breaks the schema or has text that is no text."""
    _refuse(structure.complaints(document))
    full = structure.filled(document)
    try:
        json.dumps(full, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        _refuse((path(parts), "has half a character (a lone surrogate).") for parts in _broken_text(document, ()))
    return full


def _refuse(complaints: Iterable[tuple[str, str]]) -> None:
    first = list(islice(complaints, MOST_COMPLAINTS))
    if first:
        raise InvalidDocumentError(first)


def _broken_text(value: object, parts: Parts) -> Iterator[Parts]:
    """Yield the places of texts that UTF-8 cannot write."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _broken_text(part, (*parts, name))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _broken_text(part, (*parts, number))
    elif isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
        yield parts


def _instant(text: str) -> str:
    """Return an instant in its usual form; one that cannot be read stays as it is."""
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        return text


def _sort(full: Mapping[str, Any]) -> None:
    """Put the sets of a completed document in the order of the problem."""
    slots = _ranks(slot["id"] for slot in full["slots"])
    delegates = [delegate for party in full["parties"] for delegate in party["delegates"]]
    ranks = _ranks(delegate["id"] for delegate in delegates)
    for item in (*full["tables"], *full["parties"], *delegates, *full["requests"]):
        for name in {"available", "forbidden"} & item.keys():
            item[name] = None if item[name] is None else _ordered(item[name], slots)
    for request in full["requests"]:
        request["delegates"] = _ordered(request["delegates"], ranks)
    full["released"][:] = _ordered(full["released"], _ranks(request["id"] for request in full["requests"]))


def _ranks(ids: Iterable[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(ids)}


def _ordered(ids: Iterable[str], ranks: Mapping[str, int]) -> list[str]:
    """Return ids in the order of the problem; what it does not know comes last, by name."""
    return sorted(ids, key=lambda name: (ranks.get(name, len(ranks)), name))


def digest(document: Mapping[str, Any]) -> str:
    """Return `sha256:` and the SHA-256 of a completed problem document, as sorted JSON without blanks, in UTF-8."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def read_problem(document: object) -> Problem:
    """Return the problem of a document; raise InvalidDocumentError as `complete` does."""
    full = complete(document)
    return Problem(
        slots=tuple(_read_slot(slot) for slot in full["slots"]),
        tables=tuple(Table(table["id"], _some(table["available"])) for table in full["tables"]),
        parties=tuple(_read_party(party) for party in full["parties"]),
        requests=tuple(_read_request(request) for request in full["requests"]),
        precedences=tuple((before, after) for before, after in full["precedences"]),
        locked=tuple(Placed(**placed) for placed in full["locked"]),
        published=tuple(Placed(**placed) for placed in full["published"]),
        released=frozenset(full["released"]),
        gap_spread_limit=full["gap_spread_limit"],
        goals=tuple(Goal(goal) for goal in full["goals"]),
        title=full["title"],
    )


def _some(ids: Sequence[str] | None) -> frozenset[str] | None:
    return None if ids is None else frozenset(ids)


def _read_slot(slot: Mapping[str, Any]) -> Slot:
    times = {name: datetime.fromisoformat(slot[name]) for name in ("start", "end")}
    return Slot(**{**slot, **times})


def _read_party(party: Mapping[str, Any]) -> Party:
    delegates = tuple(Delegate(d["id"], _some(d["available"]), d["always"]) for d in party["delegates"])
    sets = {"available": _some(party["available"]), "forbidden": frozenset(party["forbidden"])}
    return Party(**{**party, **sets, "delegates": delegates})


def _read_request(request: Mapping[str, Any]) -> Request:
    one, other = request["parties"]
    sets = {name: frozenset(request[name]) for name in ("forbidden", "delegates")}
    choices = tuple(request["choices"]) if request["choices"] else None
    return Request(
        **{**request, **sets, "available": _some(request["available"]), "parties": (one, other), "choices": choices}
    )


def problem_document(problem: Problem) -> dict[str, Any]:
    """Return the completed document of a problem."""
    full = {
        "format": PROBLEM_FORMAT,
        "title": problem.title,
        "slots": [_slot_document(slot) for slot in problem.slots],
        "tables": [{"id": table.id, "available": _listed(table.available)} for table in problem.tables],
        "parties": [_party_document(party) for party in problem.parties],
        "requests": [_request_document(request) for request in problem.requests],
        "precedences": [list(pair) for pair in problem.precedences],
        "locked": [_placed_document(placed) for placed in problem.locked],
        "published": [_placed_document(placed) for placed in problem.published],
        "released": list(problem.released),
        "gap_spread_limit": problem.gap_spread_limit,
        "goals": [goal.value for goal in problem.goals],
    }
    _sort(full)
    return full


def _listed(ids: Iterable[str] | None) -> list[str] | None:
    return None if ids is None else list(ids)


def _slot_document(slot: Slot) -> dict[str, Any]:
    times = {"start": slot.start.isoformat(), "end": slot.end.isoformat()}
    return {"id": slot.id, **times, "day": slot.day, "block": slot.block}


def _party_document(party: Party) -> dict[str, Any]:
    return {
        "id": party.id,
        "name": party.name,
        "side": party.side,
        "available": _listed(party.available),
        "forbidden": list(party.forbidden),
        "minimum": party.minimum,
        "maximum": party.maximum,
        "maximum_per_day": party.maximum_per_day,
        "longest_run": party.longest_run,
        "table": party.table,
        "delegates": [{"id": d.id, "available": _listed(d.available), "always": d.always} for d in party.delegates],
    }


def _request_document(request: Request) -> dict[str, Any]:
    return {
        "id": request.id,
        "parties": list(request.parties),
        "value": request.value,
        "choices": _listed(request.choices),
        "duration": request.duration,
        "available": _listed(request.available),
        "forbidden": list(request.forbidden),
        "fixed": request.fixed,
        "required": request.required,
        "delegates": list(request.delegates),
    }


def _placed_document(placed: Placed) -> dict[str, Any]:
    return {"request": placed.request, "slot": placed.slot, "table": placed.table}


def plan_document(timetable: Timetable) -> dict[str, Any]:
    """Return the document of the planner's answer."""
    return {
        "format": PLAN_FORMAT,
        "status": timetable.status.value,
        "meetings": [
            {"request": held.request, "parties": list(held.parties), "slot": held.slot, "table": held.table}
            for held in timetable.meetings
        ],
        "parties": [_party_plan_document(plan) for plan in timetable.parties],
        "not_held": [_reason_document(reason) for reason in timetable.not_held],
        "moves": [_move_document(move) for move in timetable.moves],
        "conflict": [_demand_document(demand) for demand in timetable.conflict],
        "certificate": _certificate_document(timetable),
    }


def _party_plan_document(plan: PartyPlan) -> dict[str, Any]:
    return {
        "party": plan.party,
        "meetings": plan.meetings,
        "below_minimum": plan.below_minimum,
        "gaps": [list(gap) for gap in plan.gaps],
    }


def _reason_document(reason: Reason) -> dict[str, Any]:
    """Return a reason with those fields that belong to its kind."""
    named = {"request": reason.request, "reason": reason.why.value}
    if reason.why is Why.SIDE_FULL and reason.party is not None:
        return {**named, "party": reason.party}
    if reason.why is Why.TABLES and reason.slots:
        return {**named, "slots": list(reason.slots)}
    displaced = {"meetings": list(reason.meetings)} if reason.meetings else {}
    if reason.why is Why.LOCKED:
        return {**named, **displaced}
    if reason.why is Why.WORTH_LESS and reason.slot is not None:
        return {**named, "slot": reason.slot, **displaced}
    return {**named}


def _move_document(move: Move) -> dict[str, Any]:
    to = None if move.to is None else _place_document(move.to)
    return {"request": move.request, "from": _place_document(move.origin), "to": to}


def _place_document(place: Place) -> dict[str, Any]:
    return {"slot": place.slot, "table": place.table}


def _demand_document(demand: Demand) -> dict[str, Any]:
    return {"kind": demand.kind} | ({} if demand.request is None else {"request": demand.request})


def _certificate_document(timetable: Timetable) -> dict[str, Any]:
    certificate = timetable.certificate
    figures = certificate.figures
    full = {
        "goals": [_level_document(level) for level in certificate.goals],
        "figures": {name: getattr(figures, name) for name in figures.__slots__},
        "seed": certificate.seed,
        "workers": certificate.workers,
        "limit": certificate.limit,
        "seconds": certificate.seconds,
        "digest": certificate.digest,
        "versions": dict(certificate.versions),
    }
    return full if certificate.minimal is None else {**full, "minimal": certificate.minimal}


def _level_document(level: Level) -> dict[str, Any]:
    return {
        "goal": level.goal.value,
        "value": level.value,
        "bound": level.bound,
        "status": "optimal" if level.optimal else "feasible",
        "seconds": level.seconds,
    }
