"""Making events: days and slots on their own clock, delegations from the market, limits, absences and people."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django_tenants.utils import tenant_context

from events.enums import EventState, Side
from events.models import Absence, Delegate, Delegation, Event
from events.queries.problems import problem_of
from events.services import delegations
from events.services import events as services
from events.services.slots import Block
from programs.actors import Actor
from programs.enums import Role, Stage
from programs.models import Municipality
from solutions.market.enums import ReleaseState
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused
from tests.events.conftest import Fair
from tests.factories.challenges import acting_as, make_challenge, make_program
from tests.factories.events import DAY, a_coordinator, choose, make_event, member_of
from tests.factories.market import make_application, make_call, release_to
from tests.factories.people import make_member, make_user

PUBLIC = "tech4muni.urls_public"


def starts(event: Event) -> list[datetime]:
    return [slot.starts_at for slot in event.slots.all()]


def test_blocks_are_cut_into_slots(fair: Fair) -> None:
    morning, afternoon = Block(DAY, time(9), time(10)), Block(DAY, time(14), time(15))
    tomorrow = Block(date(2027, 5, 13), time(9), time(9, 20))

    services.set_days(fair.event, actor=fair.actor, blocks=[afternoon, morning, tomorrow])

    found = [(slot.block, f"{slot.starts_at:%d %H:%M}", f"{slot.ends_at:%H:%M}") for slot in fair.event.slots.all()]
    assert found == [
        (1, "12 07:00", "07:20"), (1, "12 07:25", "07:45"),
        (2, "12 12:00", "12:20"), (2, "12 12:25", "12:45"),
        (3, "13 07:00", "07:20"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Skopje", date(2027, 3, 28), 4),  # the clock skips 02:00 to 03:00
        ("Europe/Skopje", date(2027, 10, 31), 6),  # the clock shows 02:00 to 03:00 twice
        ("Europe/Berlin", date(2027, 3, 28), 4),
        ("Asia/Jerusalem", date(2027, 3, 26), 4),
        ("Asia/Jerusalem", date(2027, 10, 31), 6),
        ("Asia/Jerusalem", date(2027, 5, 12), 5),
    ],
)
def test_slots_are_real_minutes_across_changes_of_the_clock(
    strumica: Municipality, zone: str, day: date, hours: int
) -> None:
    event = make_event(make_program(strumica), blocks=[], time_zone=zone, slot_minutes=30, break_minutes=0)

    services.set_days(event, actor=a_coordinator(), blocks=[Block(day, time(0), time(5))])

    found = starts(event)
    assert len(found) == hours * 2
    assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(minutes=30)}
    assert found[0].astimezone(UTC) < found[-1].astimezone(UTC)


@pytest.mark.parametrize(
    ("blocks", "words"),
    [
        ([Block(date(2027, 3, 28), time(2, 30), time(5))], "skips 02:30"),
        ([Block(DAY, time(10), time(9))], "must end"),
        ([Block(DAY, time(10), time(10, 10))], "too short"),
        ([Block(DAY, time(9), time(11)), Block(DAY, time(10), time(12))], "overlap"),
        ([Block(date(2027, 1, day), time(0), time(23, 59)) for day in range(1, 20)], "more than"),
    ],
)
def test_days_that_make_no_sense_are_refused(fair: Fair, blocks: list[Block], words: str) -> None:
    before = starts(fair.event)

    with pytest.raises(Refused, match=words):
        services.set_days(fair.event, actor=fair.actor, blocks=blocks)

    assert starts(fair.event) == before


def test_slots_that_stay_keep_their_absences(fair: Fair) -> None:
    slot = fair.event.slots.earliest("starts_at")
    delegations.save_delegation(fair.clean, actor=fair.actor, minimum=0, maximum=None, absent=[slot.pk])

    services.set_days(
        fair.event, actor=fair.actor, blocks=[Block(DAY, time(9), time(10)), Block(DAY, time(14), time(16))]
    )
    assert Absence.objects.get().slot == slot

    services.save_event(fair.event, actor=fair.actor, changes={"slot_minutes": 15})
    assert not Absence.objects.exists()
    assert {slot.ends_at - slot.starts_at for slot in fair.event.slots.all()} == {timedelta(minutes=15)}


def test_after_publishing_days_and_clock_stay(fair: Fair) -> None:
    Event.objects.filter(pk=fair.event.pk).update(state=EventState.PUBLISHED)

    with pytest.raises(Refused):
        services.set_days(fair.event, actor=fair.actor, blocks=[])
    for changes in ({"slot_minutes": 30}, {"time_zone": "Asia/Jerusalem"}):
        with pytest.raises(Refused):
            services.save_event(fair.event, actor=fair.actor, changes=changes)
    assert services.save_event(fair.event, actor=fair.actor, changes={"tables": 5}).tables == 5


def test_an_event_is_checked(strumica: Municipality) -> None:
    with pytest.raises(ValidationError):
        make_event(make_program(strumica), time_zone="Europe/Nowhere")
    with pytest.raises(TypeError):
        make_event(make_program(strumica), state="published")


STEPS: dict[str, Callable[..., Any]] = {
    "open": services.open_choices, "close": services.close_choices, "reopen": services.reopen_choices,
    "end": services.end_event,
}  # fmt: skip
POSSIBLE = {("open", "preparing"), ("close", "choosing"), ("reopen", "planning"), ("end", "published")}


def test_steps_by_state(fair: Fair) -> None:
    for step, service in STEPS.items():
        for state in EventState:
            Event.objects.filter(pk=fair.event.pk).update(state=state)
            if (step, state) in POSSIBLE:
                service(fair.event, actor=fair.actor)
            else:
                with pytest.raises(Conflict):
                    service(fair.event, actor=fair.actor)


def test_only_coordinators_run_events(fair: Fair, strumica: Municipality) -> None:
    others = [
        Actor(), Actor(user=make_user()), member_of(fair.clean), acting_as(make_member(strumica, Role.LEAD), strumica),
        Actor(user=fair.actor.user, municipality=strumica, visit=object()),  # type: ignore[arg-type]
    ]  # fmt: skip
    attempts: list[Callable[[Actor], Any]] = [
        *(lambda actor, service=service: service(fair.event, actor=actor) for service in STEPS.values()),
        lambda actor: services.save_event(fair.event, actor=actor, changes={"tables": 1}),
        lambda actor: services.set_days(fair.event, actor=actor, blocks=[]),
        lambda actor: delegations.gather_delegations(fair.event, actor=actor),
        lambda actor: delegations.save_delegation(fair.clean, actor=actor, minimum=0, maximum=0, absent=[]),
    ]
    for actor in others:
        for attempt in attempts:
            with pytest.raises(Http404):
                attempt(actor)
    assert not Entry.objects.filter(verb__in=["event.edited", "event.choices_opened"]).exists()


@pytest.fixture
def market(strumica: Municipality, haifa: Municipality) -> tuple[Event, dict[str, Any]]:
    """Give an event of a program with two calls: two companies invited, one shortlisted only."""
    program = make_program(strumica, haifa)
    rows: dict[str, Any] = {"program": program}
    for municipality in (strumica, haifa):
        with tenant_context(municipality):
            challenge = make_challenge(
                municipality, title=f"Bins of {municipality}", stage=Stage.EVENT, program=program
            )
            rows[municipality.schema_name] = make_call(municipality, challenge)
    strumica_city, haifa_city = rows["strumica"].cities.get(), rows["haifa"].cities.get()
    for name in ("clean", "quiet", "late"):
        rows[name] = make_application(rows["strumica"], rows["haifa"], state="submitted")
        state = ReleaseState.SHORTLISTED if name == "late" else ReleaseState.INVITED
        rows[f"{name}_release"] = release_to(rows[name], strumica_city, state)
    release_to(rows["late"], haifa_city, ReleaseState.SUBMITTED)
    return make_event(program), rows


def test_delegations_are_gathered_from_invitations_once(market: tuple[Event, dict[str, Any]]) -> None:
    event, rows = market
    actor = a_coordinator()

    assert delegations.gather_delegations(event, actor=actor) == 3
    assert delegations.gather_delegations(event, actor=actor) == 0

    city = event.delegations.get(side=Side.CITY)
    assert city.call == rows["strumica"]
    assert city.challenge_id == rows["strumica"].cities.get().challenge_id
    assert city.name == "Strumica: Bins of Strumica"
    assert city.label["mk"].startswith("Струмица")
    companies = {row.company for row in event.delegations.filter(side=Side.COMPANY)}
    assert companies == {rows["clean"].company, rows["quiet"].company}
    assert len({row.agenda_token for row in event.delegations.all()}) == 3


def test_who_is_invited_later_joins_while_others_choose(market: tuple[Event, dict[str, Any]]) -> None:
    event, rows = market
    actor = a_coordinator()
    delegations.gather_delegations(event, actor=actor)
    services.open_choices(event, actor=actor)
    rows["late_release"].invite()
    rows["late_release"].save(update_fields=["state"])

    assert delegations.gather_delegations(event, actor=actor) == 1

    services.close_choices(event, actor=actor)
    with pytest.raises(Refused):
        delegations.gather_delegations(event, actor=actor)


def test_limits_absences_and_people_reach_the_engine(fair: Fair) -> None:
    first, second, *_rest = fair.event.slots.all()
    delegations.save_delegation(fair.clean, actor=fair.actor, minimum=1, maximum=2, absent=[first.pk])
    mayor = delegations.save_delegate(
        fair.strumica, None, actor=fair.actor,
        changes={"name": "Mayor", "role": "Decides", "required": True}, absent=[second.pk],
    )  # fmt: skip
    delegations.save_delegate(
        fair.strumica, None, actor=fair.actor,
        changes={"name": "Guest", "role": "", "required": False}, absent=[first.pk],
    )  # fmt: skip

    problem = problem_of(fair.event)

    parties = {party["id"]: party for party in problem["parties"]}
    company, city = parties[str(fair.clean.public_id)], parties[str(fair.strumica.public_id)]
    assert (company["minimum"], company["maximum"]) == (1, 2)
    assert company["forbidden"] == [problem["slots"][0]["id"]]
    assert [delegate["id"] for delegate in city["delegates"]] == [str(mayor.pk)]
    assert len(city["delegates"][0]["available"]) == len(problem["slots"]) - 1
    assert problem["slots"][1]["id"] not in city["delegates"][0]["available"]


def test_limits_that_contradict_each_other_are_refused(fair: Fair) -> None:
    with pytest.raises(Refused):
        delegations.save_delegation(fair.clean, actor=fair.actor, minimum=3, maximum=2, absent=[])


def test_people_are_taken_off_again(fair: Fair) -> None:
    changes = {"name": "Mayor", "role": "", "required": True}
    person = delegations.save_delegate(fair.clean, None, actor=fair.actor, changes=changes, absent=[])
    delegations.save_delegate(fair.clean, person, actor=fair.actor, changes={**changes, "name": "Ana"}, absent=[])
    assert Delegate.objects.get().name == "Ana"

    delegations.remove_delegate(person, actor=fair.actor)

    assert not Delegate.objects.exists()
    assert Entry.objects.filter(verb="delegate.removed").count() == 1


def test_a_coordinator_makes_an_event_in_the_browser(
    strumica: Municipality, client_on: Callable[[str], Client]
) -> None:
    program = make_program(strumica)
    client = client_on("localhost")
    client.force_login(a_coordinator().user)  # type: ignore[arg-type]
    form = {
        "name_mk": "Скопје", "program": program.pk, "time_zone": "Europe/Skopje", "place": "City hall",
        "choices_due_at": "2027-05-01T17:00", "slot_minutes": "20", "break_minutes": "5", "tables": "",
    }  # fmt: skip
    bad = client.post("/events/new/", form)
    assert bad.status_code == 422
    assert "Скопје" in bad.content.decode()
    assert "2027-05-01T17:00" in bad.content.decode()

    answer = client.post("/events/new/", {**form, "tables": "8"})
    event = Event.objects.get()
    assert answer.headers["Location"] == reverse("events:event", urlconf=PUBLIC, args=[event.public_id])
    assert event.choices_due_at == datetime(2027, 5, 1, 15, tzinfo=UTC)
    assert event.names == {"mk": "Скопје"}

    days = reverse("events:days", urlconf=PUBLIC, args=[event.public_id])
    half = client.post(days, {"day_0": "2027-05-12", "begins_0": "09:00", "ends_0": ""})
    assert half.status_code == 422
    assert 'value="09:00"' in half.content.decode()
    whole = {"day_0": "2027-05-12", "begins_0": "09:00", "ends_0": "12:00", "day_1": "", "begins_1": "", "ends_1": ""}
    assert client.post(days, whole).status_code == 302
    assert event.slots.count() == 7
    assert 'value="12:00"' in client.get(days).content.decode()

    edit = reverse("events:edit", urlconf=PUBLIC, args=[event.public_id])
    assert 'value="2027-05-01T17:00"' in client.get(edit).content.decode()
    assert client.post(edit, {**form, "place": "Library", "tables": "3"}).status_code == 302
    event.refresh_from_db()
    assert (event.place, event.tables, event.program) == ("Library", 3, program)


def test_a_coordinator_looks_after_a_delegation_in_the_browser(fair: Fair, client_on: Callable[[str], Client]) -> None:
    client = client_on("localhost")
    client.force_login(fair.actor.user)  # type: ignore[arg-type]
    here = [fair.event.public_id, fair.clean.public_id]
    slot = fair.event.slots.earliest("starts_at")

    limits = reverse("events:limits", urlconf=PUBLIC, args=here)
    assert client.post(limits, {"minimum": "4", "maximum": "2"}).status_code == 422
    assert client.post(limits, {"minimum": "1", "maximum": "2", "absent": [slot.pk]}).status_code == 302
    assert "checked" in client.get(limits).content.decode()
    people = reverse("events:add_delegate", urlconf=PUBLIC, args=here)
    assert client.post(people, {"name": ""}).status_code == 422
    assert client.post(people, {"name": "Ana", "required": "on", "absent": [slot.pk]}).status_code == 302
    person = Delegate.objects.get()
    edit = reverse("events:edit_delegate", urlconf=PUBLIC, args=[*here, person.pk])
    assert client.get(edit).status_code == 200
    page = client.get(reverse("events:delegation", urlconf=PUBLIC, args=here)).content.decode()
    assert "Ana" in page
    assert client.post(reverse("events:remove_delegate", urlconf=PUBLIC, args=[*here, person.pk])).status_code == 302
    assert client.post(reverse("events:gather", urlconf=PUBLIC, args=here[:1])).status_code == 302
    assert client.post(reverse("events:step", urlconf=PUBLIC, args=[here[0], "open"])).status_code == 302
    assert fair.again().state == EventState.CHOOSING
    assert client.post(reverse("events:step", urlconf=PUBLIC, args=[here[0], "sell"])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_take_a_constant_number_of_queries(
    fair: Fair, client_on: Callable[[str], Client], count: int, django_assert_num_queries: Any
) -> None:
    for _more in range(count - 1):
        event = make_event(fair.program, actor=fair.actor)
        Delegation.objects.create(
            event=event, side=Side.COMPANY, company=fair.clean.company, label={}, agenda_token=str(event.pk)
        )
    coordinator, company = client_on("localhost"), client_on("localhost")
    coordinator.force_login(fair.actor.user)  # type: ignore[arg-type]
    company.force_login(member_of(fair.clean).user)  # type: ignore[arg-type]
    coordinator.get("/events/"), company.get("/events/mine/")

    with django_assert_num_queries(5):
        assert coordinator.get("/events/").content.count(b"City hall") == 0
    with django_assert_num_queries(5):
        assert company.get("/events/mine/").content.decode().count("Choices") == count


def test_empty_lists_teach(client_on: Callable[[str], Client], db: None) -> None:
    client = client_on("localhost")
    client.force_login(a_coordinator().user)  # type: ignore[arg-type]

    assert "No event yet" in client.get("/events/").content.decode()
    assert "No event yet" in client.get("/events/mine/").content.decode()


def test_reopening_needs_a_new_due_time(fair: Fair) -> None:
    services.open_choices(fair.event, actor=fair.actor)
    with clock.at(fair.event.choices_due_at + timedelta(hours=1)):
        services.close_due_choices(fair.event.pk)
        with pytest.raises(Refused):
            services.reopen_choices(fair.event, actor=fair.actor)
        later = clock.now() + timedelta(days=2)
        services.save_event(fair.again(), actor=fair.actor, changes={"choices_due_at": later})
        services.reopen_choices(fair.event, actor=fair.actor)
        choose(fair.clean, {})
    assert fair.again().state == EventState.CHOOSING
