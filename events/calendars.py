"""Calendars that other programs subscribe to: the part of RFC 5545 that an agenda needs, as text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

MIME: Final = "text/calendar; charset=utf-8"
PRODUCT: Final = "-//Tech4Muni//Agenda//EN"
LINE_OCTETS: Final = 75
REFRESH: Final = "PT1H"


@dataclass(frozen=True, slots=True)
class Entry:
    """An event of a calendar.

    Args:
        uid: the same for ever.
        sequence: counted up with each change.
        starts_at: aware instant.
        ends_at: aware instant.
        stamped_at: when it was last changed.
        summary: its title.
        location: where.
        cancelled: whether it no longer takes place.
    """

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    stamped_at: datetime
    summary: str
    location: str
    cancelled: bool = False


def calendar(name: str, entries: Iterable[Entry]) -> str:
    """Return an iCalendar object: lines of at most 75 octets, ended by CRLF, all times as UTC instants."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}", f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
        *(line for entry in entries for line in _event(entry)),
        "END:VCALENDAR",
    ]  # fmt: skip
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def _event(entry: Entry) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{entry.uid}",
        f"SEQUENCE:{entry.sequence}",
        f"DTSTAMP:{stamp(entry.stamped_at)}",
        f"LAST-MODIFIED:{stamp(entry.stamped_at)}",
        f"DTSTART:{stamp(entry.starts_at)}",
        f"DTEND:{stamp(entry.ends_at)}",
        f"SUMMARY:{escaped(entry.summary)}",
        f"LOCATION:{escaped(entry.location)}",
        f"STATUS:{'CANCELLED' if entry.cancelled else 'CONFIRMED'}",
        "END:VEVENT",
    ]


def stamp(instant: datetime) -> str:
    """Return an instant as a date-time in UTC."""
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """Return anybody's text as a TEXT value; control characters, which none may hold, become blanks."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(letter if letter == "\n" or letter.isprintable() else " " for letter in plain)
    for sign in ("\\", ";", ","):
        plain = plain.replace(sign, f"\\{sign}")
    return plain.replace("\n", "\\n")


def folded(line: str) -> Iterator[str]:
    """Yield the parts of a line, each of at most 75 octets of UTF-8, all but the first begun by a blank."""
    part, octets = "", 0
    for letter in line:
        size = len(letter.encode())
        if octets + size > LINE_OCTETS:
            yield part
            part, octets = " ", 1
        part, octets = part + letter, octets + size
    yield part
