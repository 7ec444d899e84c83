"""Events: run by coordinators, chosen and met by both sides."""

from datetime import timedelta
from typing import Any, Final

from django_tenants.utils import tenant_context

from events.models import Delegate, Event, Outcome
from events.services import events as services
from programs.actors import Actor
from programs.models import Municipality
from tech4muni.core import clock
from tests.access.answers import (
    MUNICIPALITY,
    PUBLIC,
    Answers,
    NamedPage,
    Row,
    Status,
    coordinators,
    everyone,
    inside,
    signed_in,
)
from tests.access.world import CANARIES, World
from tests.factories.challenges import make_challenge
from tests.factories.events import make_event, publish, seat_city, seat_company
from tests.factories.market import make_company


def events_of(*keys: str, event: str = "published_event") -> Any:
    """Name an event of the municipality, and things of it."""

    def named(world: World) -> dict[str, Any]:
        rows = world.rows[world.here.schema_name]
        ids: dict[str, Any] = {"event_id": rows[event].public_id}
        sources = {
            "city": ("delegation_id", "public_id"), "company": ("delegation_id", "public_id"),
            "choosing_city": ("delegation_id", "public_id"), "choosing_company": ("delegation_id", "public_id"),
            "delegate": ("delegate_id", "pk"), "timetable": ("number", "number"), "met": ("meeting_id", "public_id"),
        }  # fmt: skip
        for key in keys:
            name, attribute = sources[key]
            ids[name] = getattr(rows[f"event_{key}"], attribute)
        return ids

    return named


def token_of(world: World) -> dict[str, Any]:
    """Name the calendar of the municipality's delegation."""
    return {"token": world.rows[world.here.schema_name]["event_city"].agenda_token}


def challenge_of(world: World) -> dict[str, Any]:
    """Name the municipality's challenge."""
    return {"challenge_id": world.rows[world.here.schema_name]["event_challenge"].public_id}


def step_of(world: World) -> dict[str, Any]:
    """Name a step of the event that is open for choices."""
    return {**events_of(event="choosing_event")(world), "step": "close"}


def company_side(status: Status, **other: Status) -> Answers:
    """An answer for the people of the event's company; all others learn nothing."""
    return signed_in(404) | {"founder": status} | other


def city_side(status: Status, **other: Status) -> Answers:
    """An answer for those who write for the municipality; coordinators never see what it chooses."""
    return inside(403) | {"lead": status, "member": status} | other


HELD: Final = events_of("met")
CHOOSING: Final = events_of("choosing_city", event="choosing_event")
COMPANY_CHOOSING: Final = events_of("choosing_company", event="choosing_event")
CHOOSE: Final = events_of(event="choosing_event")
WATCHED: Final = {"coordinator": 200, "visitor": 200}
MARKED: Final = {"coordinator": 302, "visitor": 302}
SHUT: Final = {"coordinator": 403, "visitor": 403}
WRONG: Final = signed_in(405)
OURS: Final = inside(405)

COORDINATORS: Final[list[Row]] = [
    Row(PUBLIC, "events:list", coordinators(200), WRONG),
    Row(PUBLIC, "events:new", coordinators(200), coordinators(422)),
    Row(PUBLIC, "events:event", coordinators(200), WRONG, events_of()),
    Row(PUBLIC, "events:edit", coordinators(200), coordinators(422), events_of()),
    Row(PUBLIC, "events:days", coordinators(200), coordinators((302, 422)), events_of()),
    Row(PUBLIC, "events:step", WRONG, coordinators(302), step_of),
    Row(PUBLIC, "events:gather", WRONG, coordinators(302), events_of()),
    Row(PUBLIC, "events:delegation", coordinators(200), WRONG, events_of("city")),
    Row(PUBLIC, "events:limits", coordinators(200), coordinators(422), events_of("city")),
    Row(PUBLIC, "events:add_delegate", coordinators(200), coordinators(422), events_of("city")),
    Row(PUBLIC, "events:edit_delegate", coordinators(200), coordinators(422), events_of("city", "delegate")),
    Row(PUBLIC, "events:remove_delegate", WRONG, coordinators(302), events_of("city", "delegate")),
    Row(PUBLIC, "events:ask", coordinators(200), coordinators(422), events_of()),
    Row(PUBLIC, "events:timetable", coordinators(200), WRONG, events_of("timetable")),
    Row(PUBLIC, "events:publish", WRONG, coordinators(302), events_of("timetable")),
    Row(PUBLIC, "events:problem", coordinators(200), WRONG, events_of("timetable")),
    Row(PUBLIC, "events:plan", coordinators(200), WRONG, events_of("timetable")),
]
COMPANIES: Final[list[Row]] = [
    Row(PUBLIC, "events:mine", signed_in(200), WRONG),
    Row(PUBLIC, "events:choices", company_side(302), WRONG, CHOOSE),
    Row(PUBLIC, "events:choose", company_side(200, **SHUT), company_side(422, **SHUT), COMPANY_CHOOSING),
    Row(PUBLIC, "events:agenda", company_side(200), WRONG, events_of()),
    Row(PUBLIC, "events:feed", everyone(200), everyone(405), token_of),
    Row(PUBLIC, "events:meeting", company_side(200, **WATCHED), company_side(422, **SHUT), HELD),
    Row(PUBLIC, "events:held", WRONG, company_side(302, **MARKED), HELD),
    Row(PUBLIC, "events:missed", WRONG, company_side(302, **MARKED), HELD),
    Row(PUBLIC, "events:confirm", WRONG, company_side(302, **SHUT), HELD),
]
MUNICIPALITIES: Final[list[Row]] = [
    Row(MUNICIPALITY, "events:challenge", inside(200), OURS, challenge_of),
    Row(MUNICIPALITY, "events:choices", inside(302, visitor=403), OURS, CHOOSE),
    Row(MUNICIPALITY, "events:choose", inside(200, visitor=403), city_side(422), CHOOSING),
    Row(MUNICIPALITY, "events:agenda", inside(200), OURS, events_of()),
    Row(MUNICIPALITY, "events:feed", everyone(200), everyone(405), token_of),
    Row(MUNICIPALITY, "events:meeting", inside(200), city_side(422), HELD),
    Row(MUNICIPALITY, "events:held", OURS, city_side(302, visitor=302), HELD),
    Row(MUNICIPALITY, "events:missed", OURS, city_side(302, visitor=302), HELD),
    Row(MUNICIPALITY, "events:confirm", OURS, city_side(302), HELD),
]
ROWS: Final[list[Row]] = [*COORDINATORS, *COMPANIES, *MUNICIPALITIES]
PAGES: Final[list[NamedPage]] = [
    NamedPage(PUBLIC, "events:event", "coordinator"),
    NamedPage(PUBLIC, "events:days", "coordinator"),
    NamedPage(PUBLIC, "events:timetable", "coordinator"),
    NamedPage(PUBLIC, "events:choose", "founder"),
    NamedPage(PUBLIC, "events:meeting", "founder"),
    NamedPage(MUNICIPALITY, "events:choose", "lead"),
    NamedPage(MUNICIPALITY, "events:agenda", "viewer"),
    NamedPage(MUNICIPALITY, "events:meeting", "lead"),
    NamedPage(MUNICIPALITY, "events:challenge", "lead"),
]


def make_rows(municipality: Municipality, world: World) -> dict[str, Any]:
    """Make two events, whose texts carry the municipality's canary: one is open for choices, one published.

    The title of the challenge is everybody's, and so without it. The founder's company takes part in those of the
    municipality that is asked about.
    """
    canary = CANARIES[municipality.schema_name]
    actor = Actor(user=world.people["coordinator"])
    program = world.rows[municipality.schema_name]["program"]
    owner = world.people["founder"] if municipality == world.here else None
    company = make_company(owner, name=f"Company {canary}", description=canary)
    with tenant_context(municipality):
        challenge = make_challenge(municipality, title="Streets that flood", program=program)
    names: dict[str, Any] = {"names": {"en-gb": f"Event {canary}"}, "place": f"Hall {canary}"}
    choosing, published = (make_event(program, actor=actor, **names) for _two in range(2))
    rows = {"event_choosing_city": seat_city(choosing, municipality, challenge)}
    rows["event_choosing_company"] = seat_company(choosing, company)
    services.open_choices(choosing, actor=actor)
    city, guest = seat_city(published, municipality, challenge), seat_company(published, company)
    timetable = publish(published, actor=actor, wanted=[(city, guest)])
    meeting = _held(published)
    return {
        **rows, "choosing_event": choosing, "published_event": published, "event_challenge": challenge,
        "event_city": city, "event_company": guest, "event_timetable": timetable, "event_met": meeting,
        "event_delegate": Delegate.objects.create(delegation=city, name=f"Mayor {canary}"),
    }  # fmt: skip


def _held(event: Event) -> Any:
    """Let the meeting of an event have been held an hour ago."""
    meeting = event.meetings.get()
    meeting.starts_at, meeting.ends_at = (clock.now() - timedelta(minutes=minutes) for minutes in (60, 40))
    meeting.hold()
    meeting.save()
    Outcome.objects.create(meeting=meeting, wins=event.name)
    return meeting
