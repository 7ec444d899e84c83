"""Small problem documents, tersely: parties and requests by short names, slots and tables by number.

Slots are s0, s1, …, an hour each from nine o'clock; tables are t0, t1, ….
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from events.timetable.documents import PROBLEM_FORMAT, read_problem
from events.timetable.problem import Problem

START = datetime(2026, 5, 12, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def slot(number: int, block: int = 0, day: int = 0, **rest: Any) -> dict[str, Any]:
    """Return the slot `s<number>`."""
    start = START + day * timedelta(days=1) + number * HOUR
    return {
        "id": f"s{number}",
        "start": start.isoformat(),
        "end": (start + HOUR).isoformat(),
        "day": f"day{day}",
        "block": f"block{block}",
    } | rest


def hours(count: int, blocks: int = 1, days: int = 1) -> list[dict[str, Any]]:
    """Return this many slots in blocks, and blocks in days, as equal as can be; `blocks` counts those of all days."""
    spread = [number * blocks // count for number in range(count)]
    return [slot(number, block, block * days // blocks) for number, block in enumerate(spread)]


def table(number: int, **rest: Any) -> dict[str, Any]:
    """Return the table `t<number>`."""
    return {"id": f"t{number}"} | rest


def party(name: str, **rest: Any) -> dict[str, Any]:
    """Return a party."""
    return {"id": name} | rest


def delegate(name: str, **rest: Any) -> dict[str, Any]:
    """Return a delegate."""
    return {"id": name} | rest


def request(name: str, *, value: int = 1, parties: Iterable[str] | None = None, **rest: Any) -> dict[str, Any]:
    """Return a request; unless `parties` says otherwise, its name is their two letters: `ab` for a and b."""
    return {"id": name, "parties": list(name[:2] if parties is None else parties), "value": value} | rest


def placed(name: str, number: int, at: int | None = None) -> dict[str, Any]:
    """Return a request's place in slot `s<number>`, and at table `t<at>` if that is given."""
    return {"request": name, "slot": f"s{number}"} | ({} if at is None else {"table": f"t{at}"})


def document(
    *requests: dict[str, Any] | str,
    slots: int | list[dict[str, Any]] = 4,
    blocks: int = 1,
    days: int = 1,
    tables: int | list[dict[str, Any]] = 2,
    parties: Iterable[dict[str, Any] | str] = (),
    **rest: Any,
) -> dict[str, Any]:
    """Return a problem document, its defaults left out.

    Args:
        requests: the requests, or their names for `request`.
        slots: the slots, or how many.
        blocks: how many blocks; of all days together.
        days: how many days.
        tables: the tables, or how many.
        parties: the parties, or their names; those of the requests that are not among them are added by name.
        rest: other fields.
    """
    wanted = [request(one) if isinstance(one, str) else one for one in (*requests, *rest.pop("requests", ()))]
    given = [party(one) if isinstance(one, str) else one for one in parties]
    known = {one["id"] for one in given}
    named = dict.fromkeys(name for one in wanted for name in one["parties"] if name not in known)
    return {
        "format": PROBLEM_FORMAT,
        "slots": hours(slots, blocks, days) if isinstance(slots, int) else slots,
        "tables": [table(number) for number in range(tables)] if isinstance(tables, int) else tables,
        "parties": [*given, *(party(name) for name in sorted(named))],
        "requests": wanted,
    } | rest


def problem(*requests: dict[str, Any] | str, **rest: Any) -> Problem:
    """Return the problem of a document made by `document`."""
    return read_problem(document(*requests, **rest))
