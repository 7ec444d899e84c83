"""The event: both sides choose in private, the engine makes a timetable, meetings are held and their outcomes kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from events.enums import WANTED, Choice, EventState, MeetingState, Side, TimetableState
from events.models import Delegation, Event, Meeting, Timetable
from programs.enums import Role, Stage
from solutions.market.queries.companies import people_of
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tests.journeys.program.browsing import PORTAL
from tests.journeys.program.moving import move_on
from tests.journeys.program.world import World, work

ZONE: Final = "Europe/Skopje"
DAYS_TO_CHOOSE: Final = 10
DAYS_TO_EVENT: Final = 14
HOURS: Final = (("09:00", "11:30"), ("13:00", "15:30"))
TABLES: Final = 5
SECONDS: Final = 10  # that the engine may search
FEWEST_MEETINGS: Final = 70
MOST_OF_ONE: Final = 4  # meetings of the company that goes home early
OUTCOME: Final = {
    "wins": "The same was done in a town of our size, and the figures are shown.",
    "risks": "The crew has to change its habits.",
    "infrastructure": "Electricity at the posts by day.",
    "next_steps": "A visit of the site with the crew.",
    "owner": "The lead of the team",
}
SEEN_COMPANIES: Final = 2  # choose with the mouse, as all cities do; the others unseen
SEEN_MEETINGS: Final = 6  # whose outcomes are written and confirmed with the mouse; the others unseen
UNSEEN: Final = """async posts => {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value, wrong = [];
  for (const [path, values] of posts) {
    const body = new URLSearchParams({...values, csrfmiddlewaretoken: token});
    const answer = await fetch(path, {method: "POST", body, redirect: "manual"});
    if (answer.type !== "opaqueredirect") wrong.push(`${path}: ${answer.status} ${await answer.text()}`);
  }
  return wrong;
}"""


@dataclass(frozen=True, slots=True)
class Table:
    """Who sits on both sides of the tables, in the order in which they came."""

    cities: Sequence[Delegation]
    companies: Sequence[Delegation]


def meet(world: World) -> None:
    """Hold the event from its making to its end, and take each challenge on to the selection."""
    event = make_event(world)
    table = gather(world, event)
    wanted = choose_all(world, event, table)
    timetable = compute_timetable(world, event, wanted)
    publish(world, event, timetable)
    read_agendas(world, event, table)
    hold_meetings(world, event, table)
    end_event(world, event)
    for key in world.challenges:
        move_on(world, key, Stage.SELECTION)


def make_event(world: World) -> Event:
    """Let the coordinator make the event: two days, each with two blocks."""
    browsing = world.browsing
    browsing.as_(world.coordinator, PORTAL, "/events/")
    browsing.follow("New event")
    due = clock.now() + timedelta(days=DAYS_TO_CHOOSE)
    values = {
        "name_en_gb": "Matchmaking days", "name_mk": "Денови на средби", "program": world.program.pk,
        "time_zone": ZONE, "place": "Cultural centre, Strumica", "choices_due_at": local(due), "slot_minutes": 25,
        "break_minutes": 5, "tables": TABLES,
    }  # fmt: skip
    browsing.send("Save", values)
    browsing.follow("Days and blocks")
    first = (clock.now() + timedelta(days=DAYS_TO_EVENT)).date()
    page = browsing.send("Save", blocks(first, first + timedelta(days=1)))
    event = Event.objects.get()
    assert page.url.endswith(f"/events/{event.public_id}/")
    assert page.get_by_text("10 slots").count() == 2
    assert event.slots.count() == 20
    return event


def local(instant: datetime) -> str:
    """Return an instant as it is typed on the event's clock."""
    return f"{instant.astimezone(ZoneInfo(ZONE)):%Y-%m-%dT%H:%M}"


def blocks(*days: date) -> dict[str, str]:
    """Return the fields of the blocks of these days."""
    lines = [(day, *hours) for day in days for hours in HOURS]
    names = ("day", "begins", "ends")
    return {
        f"{name}_{number}": str(value)
        for number, line in enumerate(lines)
        for name, value in zip(names, line, strict=True)
    }


def gather(world: World, event: Event) -> Table:
    """Gather the delegations, say that one company has not much time, and let both sides choose."""
    browsing = world.browsing
    page = browsing.send("Gather delegations")
    table = table_of(event)
    assert {str(one.challenge_id) for one in table.cities} == set(world.challenges.values())
    assert page.locator("section[aria-labelledby=delegations] tbody tr").count() == event.delegations.count()
    hurried = table.companies[-1]
    browsing.go(f"/events/{event.public_id}/delegations/{hurried.public_id}/limits/")
    browsing.send("Save", {"maximum": MOST_OF_ONE})
    browsing.go(f"/events/{event.public_id}/")
    browsing.send("Open choices")
    return table


def table_of(event: Event) -> Table:
    """Return the delegations of both sides."""
    rows = event.delegations.select_related("municipality", "company").order_by("pk")
    return Table(list(rows.filter(side=Side.CITY)), list(rows.filter(side=Side.COMPANY)))


def choose_all(world: World, event: Event, table: Table) -> set[tuple[int, int]]:
    """Let both sides choose on their own pages; return the pairs of which both want to meet.

    The last company chooses when it is reminded, and choices close when they are due.
    """
    said: dict[tuple[int, int], Choice] = {}
    *prompt, late = table.companies
    for delegation in (*table.cities, *prompt):
        said |= choose(world, event, table, delegation)
    see_progress(world, event, table, waiting=late)
    told = letters_about(world, event, late)
    for days in (7, 2):
        world.pass_until(event.choices_due_at - timedelta(days=days))
    assert letters_about(world, event, late) == told + 2
    said |= choose(world, event, table, late)
    world.pass_until(event.choices_due_at)
    event.refresh_from_db()
    assert event.state == EventState.PLANNING
    wanted = {pair for pair in said if said[pair] in WANTED and said.get(pair[::-1]) in WANTED}
    return {(city.pk, company.pk) for city in table.cities for company in table.companies} & wanted


def letters_about(world: World, event: Event, own: Delegation) -> int:
    """Return how many mails somebody has got that lead to their pages of the event."""
    return sum(f"/events/{event.public_id}/" in letter for letter in world.letters_to(person_of(world, own).email))


def choose(world: World, event: Event, table: Table, own: Delegation) -> dict[tuple[int, int], Choice]:
    """Let a delegation choose about all of the other side; return what it chose, by both their keys."""
    others = table.companies if own.side == Side.CITY else table.cities
    choices = {other: word(table, own, other) for other in others}
    fields = {f"about_{other.public_id}": choice.value for other, choice in choices.items()}
    path = f"/events/{event.public_id}/choices/{own.public_id}/"
    world.browsing.as_(person_of(world, own), host_of(own), path)
    if own in table.companies[SEEN_COMPANIES:]:
        post_all(world, (path, {**fields, "version": own.choices_version}))
    else:
        page = world.browsing.send("Save choices", fields)
        assert page.get_by_text(f"Chosen: {len(others)} of {len(others)}").is_visible()
    assert own.preferences.count() == len(others)
    return {(own.pk, other.pk): choice for other, choice in choices.items()}


def word(table: Table, own: Delegation, other: Delegation) -> Choice:
    """Return what a delegation says of another one: mostly yes, with a few who do not want each other."""
    if own.side == Side.CITY:
        city, company = table.cities.index(own), table.companies.index(other)
        if city == company:
            return Choice.NO
        return Choice.MUST if (city + company) % 3 else Choice.WANT
    city, company = table.cities.index(other), table.companies.index(own)
    if (city, company) == (0, len(table.companies) - 2):
        return Choice.NEUTRAL
    return Choice.WANT if (city + company) % 2 else Choice.MUST


def see_progress(world: World, event: Event, table: Table, *, waiting: Delegation) -> None:
    """See as a coordinator who has chosen, and that nobody but a delegation's people sees what."""
    browsing = world.browsing
    page = browsing.as_(world.coordinator, PORTAL, f"/events/{event.public_id}/")
    number = len(table.cities)
    assert page.get_by_text(f"0 of {number}", exact=True).count() == 1
    assert page.get_by_text(f"{number} of {number}", exact=True).count() == len(table.companies) - 1
    other = table.companies[0]
    hidden = f"/events/{event.public_id}/choices/{other.public_id}/"
    assert answer(world, hidden) == 403
    browsing.as_(person_of(world, waiting), PORTAL, "/events/mine/")
    assert answer(world, hidden) == 404


def answer(world: World, path: str) -> int:
    """Return the status with which a path of this host answers the person who is at the browser."""
    return int(world.browsing.page.evaluate("async path => (await fetch(path)).status", path))


def post_all(world: World, *posts: tuple[str, Mapping[str, Any]]) -> None:
    """Send forms of this host as the person at the browser, one after the other, without looking at the answers.

    Args:
        world: the world.
        posts: where each form is sent, with its fields; each must be accepted.
    """
    plain = [[path, {name: str(value) for name, value in values.items()}] for path, values in posts]
    assert world.browsing.page.evaluate(UNSEEN, plain) == []


def compute_timetable(world: World, event: Event, wanted: set[tuple[int, int]]) -> Timetable:
    """Ask for a timetable, let a worker compute it, and read its certificate, its meetings and its reasons."""
    browsing = world.browsing
    browsing.as_(world.coordinator, PORTAL, f"/events/{event.public_id}/")
    browsing.follow("New timetable")
    page = browsing.send("Compute a timetable", {"limit_seconds": SECONDS})
    assert page.get_by_text("A worker computes it").is_visible()
    work()
    timetable = Timetable.objects.get()
    assert timetable.state == TimetableState.DRAFT, timetable.error
    page = browsing.go(f"/events/{event.public_id}/timetables/{timetable.number}/")
    planned = planned_in(timetable)
    assert page.get_by_text("The independent check found no mistake").is_visible()
    assert page.get_by_text(f"{planned} of {len(wanted)} meetings that both sides want").is_visible()
    assert page.locator(".grid-table td:not(:has(.grid-free))").count() == planned
    unmet = page.locator("section[aria-labelledby=not-held] li .task-note")
    assert unmet.count() == len(wanted) - planned > 0
    assert all(reason.strip() for reason in unmet.all_inner_texts())
    assert FEWEST_MEETINGS <= planned < len(wanted)
    return timetable


def planned_in(timetable: Timetable) -> int:
    """Return how many meetings a timetable has."""
    assert timetable.plan is not None
    return len(timetable.plan["meetings"])


def publish(world: World, event: Event, timetable: Timetable) -> None:
    """Publish the timetable: as many meetings stand on the pages as in the database."""
    page = world.browsing.send("Publish")
    assert page.get_by_text("Published", exact=True).is_visible()
    made = Meeting.objects.filter(event=event, state=MeetingState.PLANNED).count()
    assert made == planned_in(timetable) >= FEWEST_MEETINGS
    page = world.browsing.go("/events/")
    assert page.locator("tbody tr").first.locator("td.nums").all_inner_texts() == [
        str(event.delegations.count()), str(made),
    ]  # fmt: skip


def read_agendas(world: World, event: Event, table: Table) -> None:
    """Read what the first and the last company and all cities have: the page, the calendar and the mail."""
    for own in (*table.cities, table.companies[0], table.companies[-1]):
        number = meetings_of(own).count()
        person = person_of(world, own)
        page = world.browsing.as_(person, host_of(own), f"/events/{event.public_id}/agenda/")
        section = page.locator("section", has=page.get_by_role("heading", name=own.name, exact=True))
        assert section.locator("td a").count() == number > 0
        calendar = section.get_by_role("link", name="Calendar to subscribe to (iCal)").get_attribute("href")
        feed = page.evaluate("async path => (await fetch(path)).text()", str(calendar))
        assert feed.startswith("BEGIN:VCALENDAR")
        assert feed.count("BEGIN:VEVENT") == number
        assert any(f"/events/{event.public_id}/agenda/" in letter for letter in world.letters_to(person.email))
    assert meetings_of(table.companies[-1]).count() == MOST_OF_ONE


def meetings_of(own: Delegation) -> QuerySet[Meeting]:
    """Return the meetings of a delegation that are not cancelled, in the order of time."""
    rows = own.city_meetings if own.side == Side.CITY else own.company_meetings
    return rows.exclude(state=MeetingState.CANCELLED).select_related("city__municipality", "company__company")


def hold_meetings(world: World, event: Event, table: Table) -> None:
    """Let the days of the event go by: what each meeting came to is written by the cities, and confirmed by both."""
    planned = event.meetings.exclude(state=MeetingState.CANCELLED).order_by("starts_at", "table")
    seen = {row.pk for row in planned[:SEEN_MEETINGS]}
    missed = meetings_of(table.companies[1]).exclude(pk__in=seen)[0]
    for day in sorted({row.starts_at.date() for row in planned}):
        todays = planned.filter(starts_at__date=day)
        world.pass_until(max(row.ends_at for row in todays))
        for own in table.cities:
            write_outcomes(world, own, meetings_of(own).filter(pk__in=todays).exclude(pk=missed.pk), seen)
    miss(world, missed)
    for own in table.companies:
        confirm_outcomes(world, own, meetings_of(own).filter(state=MeetingState.HELD), seen)
    assert list(planned.filter(state=MeetingState.NO_SHOW)) == [missed]
    assert planned.filter(state=MeetingState.HELD).count() == planned.count() - 1


def write_outcomes(world: World, own: Delegation, meetings: Iterable[Meeting], seen: set[int]) -> None:
    """Say of meetings that they were held and what they came to, and confirm it, as the side of the city."""
    see_agenda(world, own)
    words = {**OUTCOME, "due_on": clock.now().date() + timedelta(days=14)}
    for meeting in meetings:
        path = path_of(meeting)
        if meeting.pk not in seen:
            saved = (path, {**words, "version": 1})
            post_all(world, (f"{path}held/", {}), saved, (f"{path}confirm/", {"version": 2}))
            continue
        world.browsing.go(path)
        world.browsing.send("It was held")
        world.browsing.send("Save", words)
        page = world.browsing.send("Confirm these words")
        assert all(page.get_by_text(text, exact=True).first.is_visible() for text in OUTCOME.values())
        assert page.get_by_text("Not yet", exact=True).count() == 1


def confirm_outcomes(world: World, own: Delegation, meetings: Iterable[Meeting], seen: set[int]) -> None:
    """Confirm what meetings came to, as a company."""
    see_agenda(world, own)
    for meeting in meetings:
        if meeting.pk in seen:
            world.browsing.go(path_of(meeting))
            page = world.browsing.send("Confirm these words")
            assert page.get_by_text("Not yet", exact=True).count() == 0
        else:
            post_all(world, (f"{path_of(meeting)}confirm/", {"version": 2}))


def miss(world: World, meeting: Meeting) -> None:
    """Say of a meeting that somebody did not come."""
    see_agenda(world, meeting.city)
    world.browsing.go(path_of(meeting))
    page = world.browsing.send("Somebody did not come")
    assert page.get_by_text("Say first that the meeting was held.").is_visible()


def see_agenda(world: World, own: Delegation) -> None:
    """Open the agenda of a delegation, as one of its people."""
    world.browsing.as_(person_of(world, own), host_of(own), f"/events/{own.event.public_id}/agenda/")


def path_of(meeting: Meeting) -> str:
    """Return where a meeting is, on both hosts."""
    return f"/events/{meeting.event.public_id}/meetings/{meeting.public_id}/"


def end_event(world: World, event: Event) -> None:
    """End the event."""
    browsing = world.browsing
    browsing.as_(world.coordinator, PORTAL, f"/events/{event.public_id}/")
    browsing.send("End the event")
    event.refresh_from_db()
    assert event.state == EventState.CLOSED


def person_of(world: World, own: Delegation) -> User:
    """Return who acts for a delegation: a city's lead, or the first one of a company."""
    if own.municipality is not None:
        return world.people[own.municipality.schema_name, Role.LEAD]
    return people_of(own.company)[0]


def host_of(own: Delegation) -> str:
    """Return the host of a delegation's pages."""
    return own.municipality.schema_name if own.municipality is not None else PORTAL
