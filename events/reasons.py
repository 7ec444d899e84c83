"""What a timetable's reasons, moves and conflicts say to people, in the active language."""

from collections.abc import Iterable, Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.timetable.plan import Demand, Move, Place, Reason, Why
from events.timetable.problem import Problem
from tech4muni.core.dates import clock_words, day_words

# More names than these make no sentence.
MOST_NAMES: Final = 4


def sentence(reason: Reason, problem: Problem) -> str:
    """Return why a request is not held."""
    match reason.why:
        case Why.NEVER_TOGETHER:
            one, other = problem.request[reason.request].parties
            return _("There is no time at which %(one)s, %(other)s, their delegates and a table are all free.") % {
                "one": _party(problem, one),
                "other": _party(problem, other),
            }
        case Why.LOCKED:
            return ngettext(
                "A meeting that must stay leaves no time for it: %(meetings)s.",
                "Meetings that must stay leave no time for it: %(meetings)s.",
                len(reason.meetings),
            ) % {"meetings": _meetings(problem, reason.meetings)}
        case Why.SIDE_FULL:
            return _("%(party)s has as many meetings as it may have.") % {"party": _party(problem, reason.party or "")}
        case Why.TABLES:
            return _("Whenever both sides are free, all tables are taken: %(times)s.") % {
                "times": _some([_time(problem, slot) for slot in reason.slots])
            }
        case Why.WORTH_LESS:
            return _worth_less(reason, problem)
        case Why.STOPPED_EARLY:
            return _("The search ended before it found a time for this meeting or proved that there is none.")


def _worth_less(reason: Reason, problem: Problem) -> str:
    time = _time(problem, reason.slot or "")
    if not reason.meetings:
        return _("It could be held at this time, but the timetable would be no better: %(time)s.") % {"time": time}
    return ngettext(
        "At its best time, %(time)s, it would push out a meeting without making the timetable better: %(meetings)s.",
        "At its best time, %(time)s, it would push out meetings without making the timetable better: %(meetings)s.",
        len(reason.meetings),
    ) % {"time": time, "meetings": _meetings(problem, reason.meetings)}


def move_sentence(move: Move, problem: Problem) -> str:
    """Return what changes for a published meeting."""
    words = {"meeting": meeting_words(move.request, problem), "before": _place(problem, move.origin)}
    if move.to is None:
        return _("%(meeting)s: no longer held; it was planned for %(before)s.") % words
    return _("%(meeting)s: moves from %(before)s to %(after)s.") % {**words, "after": _place(problem, move.to)}


def demand_sentence(demand: Demand, problem: Problem) -> str:
    """Return one of the demands that cannot be met together."""
    if demand.request is None:
        return _("The numbers of idle gaps of any two parties may not differ by more than allowed.")
    words = {"meeting": meeting_words(demand.request, problem)}
    if demand.kind == "locked":
        return _("%(meeting)s: is locked in its place.") % words
    return _("%(meeting)s: must be held.") % words


def meeting_words(request: str, problem: Problem) -> str:
    """Return the two parties of a request."""
    one, other = problem.request[request].parties
    return f"{_party(problem, one)} – {_party(problem, other)}"


def isolated(text: str) -> str:
    """Keep a name's direction to itself in plain text of the other direction (Unicode's first strong isolate).

    What a name may hold beside letters and signs, such as the end of a line, becomes a blank.
    """
    return f"\u2068{''.join(letter if letter.isprintable() else ' ' for letter in text)}\u2069"


def _party(problem: Problem, party: str) -> str:
    return isolated(problem.party[party].name or party)


def _meetings(problem: Problem, requests: Iterable[str]) -> str:
    return _some([meeting_words(request, problem) for request in requests])


def _time(problem: Problem, slot: str) -> str:
    start = problem.slots[problem.slot_number[slot]].start
    return _("%(day)s, %(time)s") % {"day": day_words(start), "time": clock_words(start)}


def _place(problem: Problem, place: Place) -> str:
    time = _time(problem, place.slot)
    if place.table is None:
        return time
    return _("%(time)s (%(table)s)") % {"time": time, "table": isolated(place.table)}


def _some(names: Sequence[str]) -> str:
    """Join names; of many say only how many more there are."""
    shown, more = names[:MOST_NAMES], len(names) - MOST_NAMES
    if more > 0:
        shown = [*shown, ngettext("%(count)d more", "%(count)d more", more) % {"count": more}]
    return "; ".join(shown)
