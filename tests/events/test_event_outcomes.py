"""Agendas, calendars, and what meetings came to: written by either side, confirmed by both, seen by nobody else."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django_tenants.utils import tenant_context

from challenges.models import Challenge
from events.calendars import Entry, calendar, escaped, folded
from events.enums import Choice, EventState, MeetingState
from events.models import Event, Meeting, Outcome
from events.services import delegations, outcomes, publishing
from events.services import events as services
from programs.actors import Actor
from programs.criteria import criteria_of, findings
from programs.enums import Role, Stage
from programs.models import Municipality
from solutions.market.enums import CompanyRole
from solutions.market.models import CompanyMember
from tech4muni.audit.models import Entry as AuditEntry
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Forbidden, Refused
from tests.events.conftest import Fair
from tests.factories.challenges import acting_as, make_challenge
from tests.factories.events import choose, make_event, member_of, plan, publish, seat_city, seat_company
from tests.factories.people import make_coordinator, make_member, make_user

PUBLIC = "tech4muni.urls_public"
TENANT = "tech4muni.urls_tenant"
WORDS: dict[str, Any] = {
    "wins": "Fewer trips", "risks": "Privacy", "infrastructure": "LoRaWAN", "next_steps": "Send data",
    "owner": "Ana", "due_on": date(2027, 6, 1),
}  # fmt: skip


@pytest.fixture
def met(fair: Fair) -> Meeting:
    """Give the meeting of Strumica and Clean, held."""
    publish(fair.event, actor=fair.actor)
    meeting = fair.event.meetings.get(city=fair.strumica, company=fair.clean)
    with clock.at(meeting.starts_at):
        return outcomes.hold(meeting, actor=member_of(fair.clean))


def path_of(meeting: Meeting, name: str = "meeting", urlconf: str = PUBLIC) -> str:
    return reverse(f"events:{name}", urlconf=urlconf, args=[meeting.event.public_id, meeting.public_id])


def test_nobody_marks_a_meeting_before_it_begins(fair: Fair) -> None:
    publish(fair.event, actor=fair.actor)
    meeting = fair.event.meetings.earliest("pk")

    for mark in (outcomes.hold, outcomes.miss):
        with clock.at(meeting.starts_at - timedelta(seconds=1)), pytest.raises(Forbidden):
            mark(meeting, actor=fair.actor)
    with clock.at(meeting.starts_at):
        assert outcomes.miss(meeting, actor=fair.actor).state == MeetingState.NO_SHOW
        assert outcomes.miss(meeting, actor=fair.actor).state == MeetingState.NO_SHOW
        assert outcomes.hold(meeting, actor=fair.actor).state == MeetingState.HELD
    assert AuditEntry.objects.filter(verb="meeting.missed").count() == 1


def test_both_sides_confirm_the_same_words(fair: Fair, met: Meeting) -> None:
    company, city = member_of(fair.clean), member_of(fair.strumica)
    outcome = outcomes.save_outcome(met, actor=company, version=1, changes=WORDS)
    assert outcome.version == 2
    outcomes.confirm(met, actor=company, version=2)
    with tenant_context(fair.strumica.municipality):
        outcomes.confirm(met, actor=city, version=2)
        outcome.refresh_from_db()
        assert (outcome.company_confirmed_by, outcome.city_confirmed_by) == (company.user, city.user)

        outcomes.save_outcome(met, actor=city, version=2, changes={**WORDS, "risks": "None"})

    outcome.refresh_from_db()
    assert (outcome.version, outcome.risks) == (3, "None")
    assert (outcome.company_confirmed_at, outcome.city_confirmed_at) == (None, None)
    with pytest.raises(Conflict):
        outcomes.confirm(met, actor=company, version=2)
    with tenant_context(fair.strumica.municipality):
        verbs = AuditEntry.objects.filter(verb__startswith="outcome.").values_list("verb", flat=True)
        assert sorted(verbs) == ["outcome.confirmed", "outcome.saved"]


def test_the_same_words_again_change_nothing(fair: Fair, met: Meeting) -> None:
    company = member_of(fair.clean)
    outcomes.save_outcome(met, actor=company, version=1, changes=WORDS)
    outcomes.confirm(met, actor=company, version=2)

    outcome = outcomes.save_outcome(met, actor=company, version=2, changes={**WORDS, "wins": "Fewer trips \r\n"})

    assert outcome.version == 2
    assert outcome.company_confirmed_at is not None


def test_nothing_is_confirmed_that_is_empty(fair: Fair, met: Meeting) -> None:
    with pytest.raises(Refused):
        outcomes.confirm(met, actor=member_of(fair.clean), version=1)


def test_two_who_write_at_once_do_not_overwrite_each_other(fair: Fair, met: Meeting) -> None:
    outcomes.save_outcome(met, actor=member_of(fair.clean), version=1, changes=WORDS)

    with pytest.raises(Conflict), tenant_context(fair.strumica.municipality):
        outcomes.save_outcome(met, actor=member_of(fair.strumica), version=1, changes={**WORDS, "wins": "None"})
    assert Outcome.objects.get().wins == "Fewer trips"


WRITES = {"lead", "member", "owner", "editor"}
READS = {"viewer", "evaluator", "approver", "watcher"}
COORDINATES = {"coordinator", "visitor"}
ROLES = sorted(WRITES | READS | COORDINATES | {"rival", "stranger", "elsewhere", "nobody"})


def somebody(fair: Fair, who: str, strumica: Municipality, haifa: Municipality) -> Actor:
    """Return one of the cast."""
    if who in set(Role):
        return acting_as(make_member(strumica, Role(who)), strumica)
    if who in {"owner", "editor", "watcher"}:
        assert fair.clean.company is not None
        user, role = make_user(), CompanyRole.VIEWER if who == "watcher" else CompanyRole(who)
        CompanyMember.objects.create(company=fair.clean.company, user=user, role=role)
        return Actor(user=user)
    if who == "visitor":
        return Actor(user=make_coordinator(), municipality=strumica, visit=object())  # type: ignore[arg-type]
    if who == "elsewhere":
        return acting_as(make_member(haifa, Role.LEAD), haifa)
    return {"coordinator": fair.actor, "rival": member_of(fair.quiet), "nobody": Actor()}.get(who) or Actor(
        user=make_user()
    )


def answer(step: Callable[[], Any]) -> str:
    """Say how a step was answered."""
    try:
        step()
    except Http404:
        return "stranger"
    except Forbidden:
        return "forbidden"
    except (Refused, Conflict):
        return "refused"
    return "ok"


def test_who_may_do_what_with_a_meeting(fair: Fair, met: Meeting, strumica: Municipality, haifa: Municipality) -> None:
    for who in ROLES:
        actor = somebody(fair, who, strumica, haifa)
        writes = {"mark": "stranger", "write": "stranger"}
        if who in WRITES:
            writes = {"mark": "ok", "write": "ok"}
        if who in COORDINATES:
            writes = {"mark": "ok", "write": "forbidden"}
        if who in READS:
            writes = {"mark": "forbidden", "write": "forbidden"}
        for state in (MeetingState.HELD, MeetingState.PLANNED, MeetingState.NO_SHOW):
            Meeting.objects.filter(pk=met.pk).update(state=state)
            version = Outcome.objects.get().version
            words = {**WORDS, "wins": f"{who} {state}"}
            expected = writes["write"]
            if expected == "ok" and state != MeetingState.HELD:
                expected = "forbidden"
            with tenant_context(actor.municipality or strumica), clock.at(met.starts_at):
                told = answer(lambda: outcomes.save_outcome(met, actor=actor, version=version, changes=words))  # noqa: B023
                assert told == expected, (who, state)
                version = Outcome.objects.get().version
                assert answer(lambda: outcomes.confirm(met, actor=actor, version=version)) == expected, (who, state)  # noqa: B023
                marked = answer(lambda: outcomes.hold(met, actor=actor))  # noqa: B023
                assert marked == writes["mark"], (who, state)


def test_an_outcome_in_the_browser_keeps_what_was_typed(
    fair: Fair, met: Meeting, client_on: Callable[[str], Client]
) -> None:
    company, city = client_on("localhost"), client_on("strumica.localhost")
    company.force_login(member_of(fair.clean).user)  # type: ignore[arg-type]
    city.force_login(member_of(fair.strumica).user)  # type: ignore[arg-type]
    here, there = path_of(met), path_of(met, urlconf=TENANT)

    bad = company.post(here, {"wins": "Fewer trips", "due_on": "soon", "version": "1"})
    assert bad.status_code == 422
    assert "Fewer trips" in bad.content.decode()
    assert company.post(here, {"wins": "Fewer trips", "version": "1"}).status_code == 302

    late = city.post(there, {"wins": "More trips", "version": "1"})
    assert late.status_code == 409
    page = late.content.decode()
    assert "More trips" in page
    assert "Fewer trips" in page
    assert city.post(there, {"wins": "More trips", "version": "2"}).status_code == 302
    assert city.post(path_of(met, "confirm", TENANT), {"version": "3"}).status_code == 302
    assert (
        company.post(path_of(met, "confirm"), {"version": "2"}, follow=True).content.decode().count("in the meantime")
    )
    assert Outcome.objects.get().company_confirmed_at is None
    assert company.post(path_of(met, "confirm"), {"version": "3"}).status_code == 302
    outcome = Outcome.objects.get()
    assert outcome.company_confirmed_at
    assert outcome.city_confirmed_at


def test_marking_in_the_browser(fair: Fair, client_on: Callable[[str], Client], later: Any) -> None:
    publish(fair.event, actor=fair.actor)
    meeting = fair.event.meetings.get(city=fair.strumica, company=fair.clean)
    client = client_on("strumica.localhost")
    client.force_login(member_of(fair.strumica).user)  # type: ignore[arg-type]
    assert client.post(path_of(meeting, "held", TENANT)).status_code == 403

    later(meeting.ends_at - clock.now())
    client.force_login(member_of(fair.strumica).user)  # type: ignore[arg-type]
    assert client.post(path_of(meeting, "missed", TENANT)).status_code == 302
    assert client.post(path_of(meeting, "held", TENANT)).status_code == 302
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.HELD


def test_strangers_find_no_meeting(fair: Fair, met: Meeting, client_on: Callable[[str], Client]) -> None:
    rival, haifa, coordinator = client_on("localhost"), client_on("haifa.localhost"), client_on("localhost")
    rival.force_login(member_of(fair.quiet).user)  # type: ignore[arg-type]
    haifa.force_login(member_of(fair.haifa).user)  # type: ignore[arg-type]
    coordinator.force_login(fair.actor.user)  # type: ignore[arg-type]
    outcomes.save_outcome(met, actor=member_of(fair.clean), version=1, changes=WORDS)

    assert rival.get(path_of(met)).status_code == 404
    assert haifa.get(path_of(met, urlconf=TENANT)).status_code == 404
    page = coordinator.get(path_of(met)).content.decode()
    assert "Fewer trips" in page
    assert "<textarea" not in page


def test_the_agenda_shows_meetings_and_free_slots(fair: Fair, client_on: Callable[[str], Client]) -> None:
    client = client_on("strumica.localhost")
    client.force_login(make_member(fair.strumica.municipality, Role.VIEWER))  # type: ignore[arg-type]
    path = reverse("events:agenda", urlconf=TENANT, args=[fair.event.public_id])
    assert "not published yet" in client.get(path).content.decode()
    publish(fair.event, actor=fair.actor)

    page = client.get(path).content.decode()

    assert fair.clean.name in page
    assert fair.quiet.name in page
    assert page.count(">free<") == fair.event.slots.count() - 2
    other = client_on("haifa.localhost")
    other.force_login(member_of(fair.haifa).user)  # type: ignore[arg-type]
    assert "Clean streets" not in other.get(path).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_agendas_take_a_constant_number_of_queries(
    fair: Fair, client_on: Callable[[str], Client], count: int, django_assert_num_queries: Any
) -> None:
    companies = [fair.clean, *(seat_company(fair.event) for _more in range(count - 1))]
    publish(fair.event, actor=fair.actor, wanted=[(fair.strumica, company) for company in companies])
    client = client_on("strumica.localhost")
    client.force_login(member_of(fair.strumica).user)  # type: ignore[arg-type]
    agenda = reverse("events:agenda", urlconf=TENANT, args=[fair.event.public_id])
    challenge = reverse("events:challenge", urlconf=TENANT, args=[fair.challenge.public_id])
    client.get(agenda)

    with django_assert_num_queries(10):
        assert client.get(agenda).content.decode().count("Planned") == count
    with django_assert_num_queries(27):  # most of them for the frame: rail, gate, tabs
        assert client.get(challenge).content.decode().count("Planned") == count


def lines_of(text: str) -> list[str]:
    """Unfold a calendar."""
    return text.replace("\r\n ", "").split("\r\n")


def values(text: str, name: str) -> list[str]:
    return [line.partition(":")[2] for line in lines_of(text) if line.partition(":")[0] == name]


def test_a_calendar_needs_its_address_alone(fair: Fair, client_on: Callable[[str], Client]) -> None:
    publish(fair.event, actor=fair.actor)
    nobody = client_on("localhost")
    answers = [
        client.get(reverse("events:feed", urlconf=urlconf, args=[fair.clean.agenda_token]))
        for client, urlconf in ((nobody, PUBLIC), (client_on("strumica.localhost"), TENANT))
    ]

    for answered in answers:
        assert answered.status_code == 200
        assert answered.headers["Content-Type"].startswith("text/calendar")
        assert "no-store" in answered.headers["Cache-Control"]
    text = answers[0].content.decode()
    assert len(values(text, "UID")) == 2
    assert set(values(text, "SEQUENCE")) == {"0"}
    starts = {f"{row.starts_at:%Y%m%dT%H%M%SZ}" for row in fair.event.meetings.filter(company=fair.clean)}
    assert set(values(text, "DTSTART")) == starts
    assert nobody.get(reverse("events:feed", urlconf=PUBLIC, args=["wrong"])).status_code == 404


def test_calendars_keep_uids_and_count_changes(fair: Fair, client_on: Callable[[str], Client]) -> None:
    publish(fair.event, actor=fair.actor)
    path = reverse("events:feed", urlconf=PUBLIC, args=[fair.strumica.agenda_token])
    client = client_on("localhost")
    before = client.get(path).content.decode()
    delegations.save_delegation(fair.clean, actor=fair.actor, minimum=0, maximum=0, absent=[])
    publishing.publish(plan(fair.again(), actor=fair.actor), actor=fair.actor)
    gone = client.get(path).content.decode()
    delegations.save_delegation(fair.clean, actor=fair.actor, minimum=0, maximum=None, absent=[])
    publishing.publish(plan(fair.again(), actor=fair.actor), actor=fair.actor)
    back = client.get(path).content.decode()

    assert set(values(before, "UID")) == set(values(gone, "UID")) == set(values(back, "UID"))
    assert sorted(values(gone, "STATUS")) == ["CANCELLED", "CONFIRMED"]
    assert sorted(values(gone, "SEQUENCE")) == ["0", "1"]
    assert values(back, "STATUS") == ["CONFIRMED", "CONFIRMED"]
    assert sorted(values(back, "SEQUENCE")) == ["0", "2"]


def test_text_of_calendars_is_escaped_and_folded() -> None:
    assert escaped("a;b,c\\d\r\ne\x07") == "a\\;b\\,c\\\\d\\ne "
    long = "SUMMARY:" + "Струмица חיפה " * 20
    parts = list(folded(long))
    assert all(len(part.encode()) <= 75 for part in parts)
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == long
    moment = datetime.fromisoformat("2027-03-28T03:00:00+02:00")
    entry = Entry("1", 3, moment, moment + timedelta(minutes=20), moment, "A\nBEGIN:VEVENT", "Hall", cancelled=True)
    text = calendar("Agenda", [entry])
    assert text.endswith("END:VCALENDAR\r\n")
    assert lines_of(text).count("BEGIN:VEVENT") == 1
    assert values(text, "DTSTART") == ["20270328T010000Z"]
    assert values(text, "STATUS") == ["CANCELLED"]


def gate(challenge: Challenge) -> dict[str, tuple[bool, str]]:
    """Return how the event's gate stands."""
    found = findings([challenge])[challenge.pk]
    return {
        item.criterion.name: (item.met, str(item.note)) for item in found if item.criterion.name.startswith("events.")
    }


def test_the_gate_opens_when_all_outcomes_are_confirmed(fair: Fair, strumica: Municipality) -> None:
    city, company = member_of(fair.strumica), member_of(fair.clean)
    pairs = [(fair.strumica, fair.clean), (fair.strumica, fair.quiet), (fair.haifa, fair.clean)]
    with tenant_context(strumica):
        assert [met for met, _note in gate(fair.challenge).values()] == [False, False, False]
    publish(fair.event, actor=fair.actor, wanted=pairs)
    held, missed = fair.event.meetings.filter(city=fair.strumica)
    if held.company != fair.clean:
        held, missed = missed, held

    with tenant_context(strumica):
        assert gate(fair.challenge)["events.timetable_published"] == (True, "2 meetings")
        assert gate(fair.challenge)["events.meetings_marked"] == (False, "0 of 2 meetings")
        with clock.at(max(held.ends_at, missed.ends_at)):
            outcomes.hold(held, actor=city)
            outcomes.miss(missed, actor=city)
        assert gate(fair.challenge)["events.meetings_marked"] == (True, "2 of 2 meetings")
        assert gate(fair.challenge)["events.outcomes_confirmed"] == (False, "0 of 1 outcomes")
        outcomes.save_outcome(held, actor=city, version=1, changes=WORDS)
        outcomes.confirm(held, actor=city, version=2)
        assert not gate(fair.challenge)["events.outcomes_confirmed"][0]
    outcomes.confirm(held, actor=company, version=2)
    with tenant_context(strumica):
        assert [met for met, _note in gate(fair.challenge).values()] == [True, True, True]


def test_who_wanted_nobody_and_was_wanted_by_nobody_goes_on(fair: Fair, strumica: Municipality) -> None:
    publish(fair.event, actor=fair.actor, wanted=[(fair.haifa, fair.clean)])

    with tenant_context(strumica):
        found = gate(fair.challenge)
    assert [met for met, _note in found.values()] == [True, True, True]
    assert "no company that both sides wanted" in found["events.timetable_published"][1]


def test_a_wish_that_found_no_place_keeps_the_gate_shut(fair: Fair, strumica: Municipality) -> None:
    delegations.save_delegation(fair.strumica, actor=fair.actor, minimum=0, maximum=0, absent=[])
    publish(fair.event, actor=fair.actor, wanted=[(fair.haifa, fair.clean), (fair.strumica, fair.clean)])

    with tenant_context(strumica):
        assert gate(fair.challenge)["events.timetable_published"] == (False, "No meeting found a place.")


@pytest.mark.parametrize("count", [1, 3])
def test_the_gate_takes_a_constant_number_of_queries(
    fair: Fair, strumica: Municipality, count: int, django_assert_num_queries: Any
) -> None:
    rows = [fair.challenge]
    for _more in range(count - 1):
        with tenant_context(strumica):
            rows.append(make_challenge(strumica, stage=Stage.EVENT, program=fair.program))
        event = make_event(fair.program, actor=fair.actor)
        seat_city(event, strumica, rows[-1])
        seat_company(event, fair.clean.company)
        Event.objects.filter(pk=event.pk).update(state=EventState.PUBLISHED)
    Event.objects.filter(pk=fair.event.pk).update(state=EventState.PUBLISHED)
    checks = [criterion.check for criterion in criteria_of(Stage.EVENT) if criterion.name.startswith("events.")]
    with tenant_context(strumica), django_assert_num_queries(13):
        for check in checks:
            check(rows)


def test_the_page_of_a_challenge_shows_its_event(fair: Fair, client_on: Callable[[str], Client]) -> None:
    services.open_choices(fair.event, actor=fair.actor)
    choose(fair.strumica, {fair.clean: Choice.MUST})
    client = client_on("strumica.localhost")
    client.force_login(member_of(fair.strumica).user)  # type: ignore[arg-type]
    path = reverse("events:challenge", urlconf=TENANT, args=[fair.challenge.public_id])

    page = client.get(path).content.decode()

    assert "You have chosen about 1 of 2 companies." in page
    choose(fair.clean, {fair.strumica: Choice.MUST})
    services.close_choices(fair.again(), actor=fair.actor)
    publishing.publish(plan(fair.again(), actor=fair.actor), actor=fair.actor)
    page = client.get(path).content.decode()
    assert fair.clean.name in page
    assert page.count("Not yet") == 2


def test_a_challenge_without_event_teaches(in_strumica: Municipality, client_on: Callable[[str], Client]) -> None:
    challenge = make_challenge(in_strumica)
    client = client_on("strumica.localhost")
    client.force_login(make_member(in_strumica))

    page = client.get(reverse("events:challenge", urlconf=TENANT, args=[challenge.public_id])).content.decode()

    assert "No event yet" in page
