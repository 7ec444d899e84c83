"""The slots of an event, laid into its blocks on the event's own clock, across changes of the clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from events.models import Event, Slot
from tech4muni.core.errors import Refused

MOST_SLOTS: Final = 400
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a day in which meetings follow one another, on the event's clock."""

    day: date
    begins: time
    ends: time

    @classmethod
    def read(cls, row: dict[str, str]) -> "Block":
        """Return the block of a row of `Event.blocks`."""
        return cls(date.fromisoformat(row["day"]), time.fromisoformat(row["begins"]), time.fromisoformat(row["ends"]))

    @property
    def row(self) -> dict[str, str]:
        """The block as `Event.blocks` keeps it."""
        return {"day": self.day.isoformat(), "begins": f"{self.begins:%H:%M}", "ends": f"{self.ends:%H:%M}"}

    def span(self, zone: ZoneInfo) -> Span:
        """Return its two instants; raises Refused for a time that a change of the clock skips."""
        return _instant(self.day, self.begins, zone), _instant(self.day, self.ends, zone)


def blocks_of(event: Event) -> list[Block]:
    """Return the blocks of an event in their order."""
    return [Block.read(row) for row in event.blocks]


def lay(event: Event, blocks: Sequence[Block]) -> int:
    """Make the slots of an event those of its blocks, and return how many there are; slots that stay keep their row.

    Each block is cut into meetings and breaks of the event's lengths, counted in real minutes: a block across a change
    of the clock is an hour shorter or longer than the clock says. Raises Refused where blocks make no sense.
    """
    wanted = _cut(event, blocks)
    kept: set[Span] = set()
    for slot in event.slots.all():
        span = (slot.starts_at, slot.ends_at)
        if span not in wanted:
            slot.delete()
            continue
        kept.add(span)
        if slot.block != wanted[span]:
            slot.block = wanted[span]
            slot.save(update_fields=["block"])
    Slot.objects.bulk_create(
        Slot(event=event, block=block, starts_at=span[0], ends_at=span[1])
        for span, block in wanted.items()
        if span not in kept
    )
    return len(wanted)


def _cut(event: Event, blocks: Sequence[Block]) -> dict[Span, int]:
    """Return the span of each slot with the number of its block."""
    zone, found, last = ZoneInfo(event.time_zone), dict[Span, int](), None
    meeting = timedelta(minutes=event.slot_minutes)
    step = meeting + timedelta(minutes=event.break_minutes)
    for number, (start, end) in enumerate(sorted(block.span(zone) for block in blocks), 1):
        if end <= start:
            raise Refused(_("A block must end after it begins."))
        if last is not None and start < last:
            raise Refused(_("Two blocks overlap."))
        if start + meeting > end:
            raise Refused(_("A block is too short for a meeting."))
        while start + meeting <= end:
            found[start, start + meeting] = number
            start += step
        last = end
    if len(found) > MOST_SLOTS:
        raise Refused(_("These are more than %(most)s slots.") % {"most": MOST_SLOTS})
    return found


def _instant(day: date, clock_time: time, zone: ZoneInfo) -> datetime:
    local = datetime.combine(day, clock_time, zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        words = {"day": day.isoformat(), "time": f"{clock_time:%H:%M}"}
        raise Refused(_("On %(day)s the clock skips %(time)s.") % words)
    return instant
