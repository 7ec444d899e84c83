"""Plans made by hand for the checker's tests: what cannot be counted off is said by the test."""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from events.timetable.documents import PLAN_FORMAT, complete, complete_plan, digest
from tests.events.timetable import builders

Document = dict[str, Any]
NOTHING = dict.fromkeys(
    (
        "requests", "meetings", "value", "disturbed", "below_minimum", "gaps", "waiting", "longest_wait", "spread",
        "moves", "table_changes",
    ),
    0,
)  # fmt: skip


def problem(*requests: Document | str, **rest: Any) -> Document:
    """Return the completed document of a small problem."""
    return complete(builders.document(*requests, **rest))


def plan(
    document: Document,
    held: str,
    *,
    not_held: Iterable[Document] = (),
    moves: Iterable[Document] = (),
    gaps: Mapping[str, Sequence[str]] | None = None,
    below: Mapping[str, int] | None = None,
    bounds: Mapping[str, int | None] | None = None,
    **figures: int,
) -> Document:
    """Return a plan for a problem.

    Args:
        document: the completed problem.
        held: the meetings, such as `ab s0 t0, cd s1 t0`.
        not_held: the reasons.
        moves: what changes.
        gaps: for each party that waits, its gaps, each such as `s1 s2`.
        below: for each party below its minimum, by how many.
        bounds: of the goals that are not proven.
        figures: those that are not 0, but for `requests`, `meetings`, `value` and `gaps`.
            The count of moves is `moves_`.
    """
    meetings = [_meeting(document, text) for text in held.split(", ") if text]
    values = {request["id"]: request["value"] for request in document["requests"]}
    counted = {
        "requests": len(values),
        "meetings": len(meetings),
        "value": sum(values.get(meeting["request"], 0) for meeting in meetings),
    }
    counted["gaps"] = sum(map(len, (gaps or {}).values()))
    full = NOTHING | counted | {name.removesuffix("_"): figure for name, figure in figures.items()}
    return complete_plan(
        _empty(document, full)
        | {
            "status": "solved",
            "meetings": meetings,
            "parties": [_party(one["id"], meetings, gaps or {}, below or {}) for one in document["parties"]],
            "not_held": list(not_held),
            "moves": list(moves),
        }
    ) | {"certificate": _certificate(document, full, {**(bounds or {})})}


def no_plan(document: Document, status: str, *conflict: Document) -> Document:
    """Return the answer to a problem for which there is no plan, or none was found."""
    empty = _empty(document, NOTHING | {"requests": len(document["requests"])})
    return complete_plan(empty | {"status": status, "conflict": list(conflict)})


def reason(request: str, why: str, **fields: Any) -> Document:
    """Return why a request is not held; `slots` and `meetings` are names in one text."""
    lists = {name: value.split() for name, value in fields.items() if name in {"slots", "meetings"}}
    return {"request": request, "reason": why, **fields, **lists}


def move(request: str, origin: str, to: str | None) -> Document:
    """Return what changes: places are such as `s0 t0` or, without a table, `s0`."""
    return {"request": request, "from": _place(origin), "to": None if to is None else _place(to)}


def edited(document: Document, path: str, value: Any) -> Document:
    """Return a copy of a document with another value at a place such as `meetings.0.slot`."""
    copy = deepcopy(document)
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
    inner: Any = copy
    for step in steps:
        inner = inner[step]
    inner[last] = value
    return copy


def _place(text: str) -> Document:
    slot, *table = text.split()
    return {"slot": slot, "table": table[0] if table else None}


def _meeting(document: Document, text: str) -> Document:
    request, slot, table = text.split()
    parties = {one["id"]: one["parties"] for one in document["requests"]}
    return {"request": request, "parties": parties.get(request, list(request[:2])), "slot": slot, "table": table}


def _party(
    name: str, meetings: Sequence[Document], gaps: Mapping[str, Sequence[str]], below: Mapping[str, int]
) -> Document:
    return {
        "party": name,
        "meetings": sum(name in meeting["parties"] for meeting in meetings),
        "below_minimum": below.get(name, 0),
        "gaps": [gap.split() for gap in gaps.get(name, ())],
    }


def _empty(document: Document, figures: Mapping[str, int]) -> Document:
    return {
        "format": PLAN_FORMAT,
        **{name: [] for name in ("meetings", "parties", "not_held", "moves", "conflict")},
        "certificate": _certificate(document, figures, None),
    }


def _certificate(document: Document, figures: Mapping[str, int], bounds: Mapping[str, int | None] | None) -> Document:
    """Return a certificate; without bounds, one without goals."""
    return {
        "goals": [] if bounds is None else [_level(goal, figures[goal], bounds) for goal in document["goals"]],
        "figures": dict(figures),
        "seed": 0,
        "workers": 1,
        "limit": 1,
        "seconds": 0.5,
        "digest": digest(document),
        "versions": {"engine": "none"},
    }


def _level(goal: str, value: int, bounds: Mapping[str, int | None]) -> Document:
    bound = bounds.get(goal, value)
    status = "optimal" if bound == value else "feasible"
    return {"goal": goal, "value": value, "bound": bound, "status": status, "seconds": 0}
