"""The event of a generated cohort, made by the product's services: gathered, chosen, planned, published."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from itertools import count, islice
from typing import Final

from events.enums import Choice, Side
from events.models import Delegation, Event, Preference, Timetable
from events.services import events as services
from events.services.delegations import gather_delegations
from events.services.publishing import publish
from events.services.slots import Block
from events.services.timetables import ask_for_timetable
from events.tasks import plan_timetable
from programs.actors import Actor
from programs.cohorts.models import Program
from tech4muni.accounts.models import User

SECONDS: Final = 20
SLOTS: Final = 16  # of the two blocks below, at 20 minutes and 5 between
BLOCKS: Final = ((time(9), time(12, 30)), (time(13, 30), time(17)))


class EventMaker:
    """Makes the event of a program whose applications are invited."""

    def __init__(self, program: Program, coordinator: User, now: datetime) -> None:
        self.program, self.actor, self.now = program, Actor(user=coordinator), now

    def make(self, meetings: int) -> Timetable:
        """Make an event with so many meetings, all of them on its published timetable."""
        event = self._prepared(meetings)
        gather_delegations(event, actor=self.actor)
        services.open_choices(event, actor=self.actor)
        _choose(event, meetings)
        services.close_choices(event, actor=self.actor)
        asked = ask_for_timetable(event, actor=self.actor, limit_seconds=SECONDS)
        plan_timetable(asked.pk)
        made = publish(Timetable.objects.get(pk=asked.pk), actor=self.actor)
        if made.meetings.count() != meetings:
            raise RuntimeError(f"The timetable has {made.meetings.count()} meetings instead of {meetings}.")
        return made

    def _prepared(self, meetings: int) -> Event:
        """Make an event of one day with a quarter more seats than meetings."""
        fields = {
            "names": {"en-gb": "Bench day"}, "program": self.program, "time_zone": self.program.time_zone,
            "place": "Town hall", "choices_due_at": self.now + timedelta(days=20),
            "tables": meetings * 5 // 4 // SLOTS + 1,
        }  # fmt: skip
        event = services.save_event(Event(), actor=self.actor, changes=fields)
        day = (self.now + timedelta(days=30)).date()
        return services.set_days(event, actor=self.actor, blocks=[Block(day, *hours) for hours in BLOCKS])


def _choose(event: Event, meetings: int) -> None:
    """Let so many pairs want each other."""
    sides = (list(event.delegations.filter(side=side)) for side in (Side.CITY, Side.COMPANY))
    pairs = islice(_pairs(*sides), meetings)
    wanted = [pair for city, company in pairs for pair in ((city, company), (company, city))]
    Preference.objects.bulk_create(
        Preference(chooser=chooser, chosen=chosen, choice=Choice.WANT) for chooser, chosen in wanted
    )


def _pairs(cities: Sequence[Delegation], companies: Sequence[Delegation]) -> Iterator[tuple[Delegation, Delegation]]:
    """Yield different pairs, each side's load as even as it goes."""
    for turn in count():
        for number, company in enumerate(companies):
            yield cities[(number + turn) % len(cities)], company
