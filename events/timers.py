"""What the events app does at an instant."""

from collections.abc import Mapping
from typing import Any

from events.services.choosing import CLOSE, REMIND, remind_companies
from events.services.events import close_due_choices
from events.services.timetables import AGAIN, look_again
from programs.timing import kinds


def close(payload: Mapping[str, Any]) -> None:
    """Take no more choices, unless their due time was moved."""
    close_due_choices(payload["event"])


def remind(payload: Mapping[str, Any]) -> None:
    """Remind the companies that have not chosen."""
    remind_companies(payload["event"], payload["days"])


def plan_again(payload: Mapping[str, Any]) -> None:
    """See whether a timetable that was asked for was computed."""
    look_again(payload["timetable"], payload["tries"])


kinds.register(CLOSE, close)
kinds.register(REMIND, remind)
kinds.register(AGAIN, plan_again)
