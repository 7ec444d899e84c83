"""Examines a plan without trusting the planner: shares no code with it, and works everything out anew.

It reads the two documents as they are. What it cannot see is whether the bounds of the certificate are true, or that no
plan meets the demands of a conflict: to prove that again would mean to solve the problem again. It does see a bound
that the plan itself disproves, and a conflict that a plan disproves which is found soon.
"""

from collections.abc import Iterator
from typing import Any

from events.timetable import check_account, check_meetings
from events.timetable.check_broken import Broken, Rule
from events.timetable.check_facts import Facts
from events.timetable.check_held import Held
from events.timetable.check_reasons import reasons

__all__ = ["Broken", "Rule", "check"]


def check(problem: dict[str, Any], plan: dict[str, Any]) -> list[Broken]:
    """Return each rule that a plan breaks and where, an empty list for a plan that is right.

    If the plan names what the problem does not have, or holds a request twice, only that is examined.

    Args:
        problem: a completed document, as `documents.complete` gives it.
        plan: a completed document, as `documents.complete_plan` gives it.
    """
    facts = Facts(problem)
    broken = [*check_account.digest(problem, plan), *check_account.status(facts, plan)]
    if plan["status"] != "solved":
        return broken
    unclear = list(check_meetings.names(facts, plan["meetings"]))
    return broken + (unclear or list(_solved(facts, plan)))


def _solved(facts: Facts, plan: dict[str, Any]) -> Iterator[Broken]:
    """Yield the rules that a plan breaks whose meetings are known and named once."""
    meetings = plan["meetings"]
    held = Held(
        facts,
        {meeting["request"]: facts.number[meeting["slot"]] for meeting in meetings},
        {meeting["request"]: meeting["table"] for meeting in meetings},
    )
    yield from check_meetings.places(facts, meetings)
    yield from check_meetings.together(held, {meeting["request"]: n for n, meeting in enumerate(meetings)})
    yield from check_account.parties(held, plan)
    yield from check_account.moves(held, plan)
    yield from reasons(held, plan)
    yield from check_account.certificate(held, plan)
