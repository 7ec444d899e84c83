"""The fourth stage of the demonstration: an event with choices, a timetable, meetings and what they came to."""

from contextlib import AbstractContextManager, nullcontext
from datetime import date, time, timedelta
from typing import Final

from django_tenants.utils import tenant_context

from events.enums import Choice, Side
from events.models import Delegation, Event, Meeting
from events.services import choices, delegations, outcomes, publishing, timetables
from events.services import events as services
from events.services.computing import compute
from events.services.slots import Block
from programs.actors import Actor
from programs.cohorts.models import Program
from programs.enums import Role
from programs.models import Membership
from solutions.market.models import Release
from solutions.market.queries.companies import people_of
from tech4muni.core import clock
from tech4muni.home.demonstration.ways import Gathering, at_nine, coordinator

DAYS_TO_CHOOSE: Final = 10
DAYS_TO_EVENT: Final = 14
SECONDS: Final = 5  # for a timetable of this size the proof takes less
WORDS: Final = {
    "wins": "The company has done the same in a town of our size and shows the figures.",
    "risks": "The crew has to change its habits; nobody has asked them yet.",
    "infrastructure": "Electricity at the posts by day; a person with a key.",
    "next_steps": "A visit of the site with the crew.",
}


def prepare(gathering: Gathering) -> None:
    """Make the event, gather the delegations and let both sides choose."""
    actor, program = coordinator(), Program.objects.get(import_key=gathering.key)
    due_at = at_nine(DAYS_TO_CHOOSE)
    changes = {
        "names": gathering.names, "program": program, "time_zone": program.time_zone, "place": gathering.place,
        "choices_due_at": due_at, "slot_minutes": 25, "break_minutes": 5, "tables": 4,
    }  # fmt: skip
    event = services.save_event(Event(), actor=actor, changes=changes)
    first = (clock.now() + timedelta(days=DAYS_TO_EVENT)).date()
    services.set_days(event, actor=actor, blocks=[*_day(first), *_day(first + timedelta(days=1))])
    delegations.gather_delegations(event, actor=actor)
    services.open_choices(event, actor=actor)
    gathering.things["event"] = event.pk


def _day(day: date) -> tuple[Block, Block]:
    return Block(day, time(9, 30), time(12)), Block(day, time(13, 30), time(15))


def choose_all(gathering: Gathering) -> None:
    """Let everybody choose about everybody."""
    for delegation in _delegations(gathering):
        choose(delegation)


def choose_some(gathering: Gathering) -> None:
    """Let every second one choose; the others are still to do it."""
    for number, delegation in enumerate(_delegations(gathering)):
        if number % 2:
            choose(delegation)


def choose(delegation: Delegation) -> None:
    """Let one side choose: the companies of a challenge and it want each other, others are mostly neutral."""
    said: dict[Delegation, Choice] = {}
    for number, other in enumerate(delegation.event.delegations.exclude(side=delegation.side).order_by("pk")):
        applied = _applied(delegation, other)
        said[other] = Choice.MUST if applied else (Choice.WANT, Choice.NEUTRAL, Choice.NO)[(number + delegation.pk) % 3]
    words = {other.public_id: choice for other, choice in said.items()}
    with _where(delegation):
        choices.save_choices(
            delegation, actor=_somebody_of(delegation), choices=words, version=delegation.choices_version
        )


def plan_and_publish(gathering: Gathering) -> None:
    """Compute a timetable when the choices have closed, and publish it."""
    actor, event = coordinator(), _event(gathering)
    timetable = timetables.ask_for_timetable(event, actor=actor, limit_seconds=SECONDS)
    compute(timetable.pk)
    publishing.publish(timetable, actor=actor)


def meet(gathering: Gathering) -> None:
    """Hold all meetings, write what each came to, and let both sides confirm it; then the event is over."""
    event = _event(gathering)
    rows = event.meetings.select_related("city__municipality", "city__event", "company__event")
    for meeting in rows.order_by("starts_at", "pk"):
        _hold(meeting)
    services.end_event(event, actor=coordinator())


def _hold(meeting: Meeting) -> None:
    city, company = _somebody_of(meeting.city), _somebody_of(meeting.company)
    with _where(meeting.city):
        outcomes.hold(meeting, actor=city)
        owner = str(city.user)
        changes = {**WORDS, "owner": owner, "due_on": clock.now().date() + timedelta(days=14)}
        outcome = outcomes.save_outcome(meeting, actor=city, version=meeting.outcome.version, changes=changes)
        outcomes.confirm(meeting, actor=city, version=outcome.version)
    outcomes.confirm(meeting, actor=company, version=outcome.version)


def _where(delegation: Delegation) -> AbstractContextManager[object]:
    return tenant_context(delegation.municipality) if delegation.municipality else nullcontext()


def _event(gathering: Gathering) -> Event:
    return Event.objects.get(pk=gathering.things["event"])


def _delegations(gathering: Gathering) -> list[Delegation]:
    return list(_event(gathering).delegations.select_related("event", "municipality", "company").order_by("pk"))


def _applied(one: Delegation, other: Delegation) -> bool:
    city, company = (one, other) if one.side == Side.CITY else (other, one)
    releases = Release.objects.filter(application__company=company.company, city__call=city.call)
    return releases.exists()


def _somebody_of(delegation: Delegation) -> Actor:
    if delegation.municipality is not None:
        leads = Membership.objects.filter(municipality=delegation.municipality, role=Role.LEAD, ended_at__isnull=True)
        return Actor(user=leads.earliest("pk").user, municipality=delegation.municipality, role=Role.LEAD)
    return Actor(user=people_of(delegation.company)[0])
