"""From mutual choices to a published timetable: the engine in a task, the checker before publishing, one publisher."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from events import tasks
from events.enums import Choice, EventState, MeetingState, TimetableState
from events.models import Event, Meeting, Preference, Timetable
from events.queries.plans import complaints
from events.services import computing, delegations, publishing, timetables
from events.services import events as services
from events.services.slots import Block
from programs.models import Municipality
from programs.timing.models import Due
from programs.timing.running import carry_out_due
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused
from tech4muni.notifications.models import Message
from tests.events.conftest import Fair, make_fair
from tests.factories.challenges import make_program
from tests.factories.events import (
    a_coordinator,
    choose,
    choose_all,
    make_event,
    member_of,
    plan,
    publish,
    seat_city,
    seat_company,
)

PUBLIC = "tech4muni.urls_public"


def closed(fair: Fair) -> Event:
    """Let all want all, and close choices."""
    services.open_choices(fair.event, actor=fair.actor)
    choose_all(fair.event)
    services.close_choices(fair.event, actor=fair.actor)
    return fair.again()


def live(event: Event) -> set[tuple[Any, ...]]:
    rows = event.meetings.exclude(state=MeetingState.CANCELLED)
    return set(rows.values_list("city", "company", "starts_at", "table"))


def test_the_engine_plans_what_both_sides_want(fair: Fair, queued: Callable[..., list[Any]]) -> None:
    event = closed(fair)

    timetable = plan(event, actor=fair.actor)

    assert timetable.state == TimetableState.DRAFT
    assert timetable.plan is not None
    assert len(timetable.plan["meetings"]) == 4
    assert complaints(timetable) == []
    assert all(goal["status"] == "optimal" for goal in timetable.plan["certificate"]["goals"])
    assert timetable.started_at is not None
    assert timetable.finished_at is not None
    assert not Meeting.objects.exists()
    assert queued() == []  # nothing leaves before the commit


def test_the_task_runs_twice_without_harm(fair: Fair, monkeypatch: pytest.MonkeyPatch) -> None:
    timetable = plan(closed(fair), actor=fair.actor)
    before = timetable.plan
    monkeypatch.setattr(computing, "solve", None)  # a second search would fail

    tasks.plan_timetable(timetable.pk)

    timetable.refresh_from_db()
    assert (timetable.state, timetable.plan) == (TimetableState.DRAFT, before)
    tasks.plan_timetable(timetable.pk + 1000)


def test_of_two_workers_the_first_is_heard(fair: Fair) -> None:
    timetable = timetables.ask_for_timetable(closed(fair), actor=fair.actor, limit_seconds=5)
    assert timetables.begin(timetable.pk) is not None
    assert timetables.begin(timetable.pk) is None

    assert timetables.finish(timetable.pk, {"meetings": [], "status": "unknown"}, at=clock.now())
    assert not timetables.finish(timetable.pk, {"meetings": [1], "status": "unknown"}, at=clock.now())
    assert not timetables.fail(timetable.pk, "late", at=clock.now())
    assert Timetable.objects.get().plan == {"meetings": [], "status": "unknown"}


def test_a_search_that_breaks_is_told(fair: Fair, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_options: Any) -> None:
        raise MemoryError("too large")

    monkeypatch.setattr(computing, "solve", broken)

    timetable = plan(closed(fair), actor=fair.actor)

    assert timetable.state == TimetableState.FAILED
    assert "too large" in timetable.error
    monkeypatch.undo()
    assert plan(fair.again(), actor=fair.actor).number == 2


def test_what_no_worker_finished_is_sent_again_and_given_up_at_last(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[Any, ...]] = []
    monkeypatch.setattr("tech4muni.core.later.after_commit", lambda *args: sent.append(args))
    timetable = timetables.ask_for_timetable(closed(fair), actor=fair.actor, limit_seconds=30)
    timetables.begin(timetable.pk)  # and then the worker is killed
    sent.clear()

    moment = clock.now()
    for _check in range(timetables.MOST_TRIES):
        moment += timedelta(seconds=151)
        with clock.at(moment):
            carry_out_due()
    again = [args for args in sent if args[0] == timetables.PLAN]

    assert again == [(timetables.PLAN, timetable.pk)] * (timetables.MOST_TRIES - 1)
    timetable.refresh_from_db()
    assert (timetable.state, timetable.error) == (TimetableState.FAILED, timetables.LOST)


def test_a_lost_search_can_be_begun_by_another_worker(fair: Fair, later: Callable[[timedelta], None]) -> None:
    timetable = timetables.ask_for_timetable(closed(fair), actor=fair.actor, limit_seconds=5)
    timetables.begin(timetable.pk)

    later(timedelta(seconds=126))
    tasks.plan_timetable(timetable.pk)

    timetable.refresh_from_db()
    assert timetable.state == TimetableState.DRAFT
    with clock.at(clock.now() + timedelta(hours=1)):
        carry_out_due()
    assert Due.objects.filter(kind=timetables.AGAIN, done_at__isnull=True).count() == 0


def test_what_cannot_be_planned_is_refused(fair: Fair) -> None:
    ask = timetables.ask_for_timetable
    with pytest.raises(Refused, match="choices are closed"):
        ask(fair.event, actor=fair.actor)
    services.open_choices(fair.event, actor=fair.actor)
    choose(fair.strumica, {fair.clean: Choice.MUST})
    services.close_choices(fair.event, actor=fair.actor)
    with pytest.raises(Refused, match="both sides want"):
        ask(fair.again(), actor=fair.actor)
    Preference.objects.create(chooser=fair.clean, chosen=fair.strumica, choice=Choice.WANT)
    for seconds in (0, 121):
        with pytest.raises(Refused):
            ask(fair.event, actor=fair.actor, limit_seconds=seconds)
    ask(fair.event, actor=fair.actor)
    with pytest.raises(Refused, match="Another"):
        ask(fair.event, actor=fair.actor)
    assert Timetable.objects.count() == 1


def test_an_event_without_days_cannot_be_planned(fair: Fair) -> None:
    event = closed(fair)
    services.set_days(event, actor=fair.actor, blocks=[])

    with pytest.raises(Refused, match="cannot be planned"):
        timetables.ask_for_timetable(event, actor=fair.actor)


def test_publishing_makes_the_meetings_and_tells_everybody(fair: Fair) -> None:
    timetable = publish(fair.event, actor=fair.actor)

    assert timetable.state == TimetableState.PUBLISHED
    assert fair.event.state == EventState.PUBLISHED
    assert fair.event.meetings.count() == 4
    mails = Message.objects.filter(kind__startswith="events.agenda_")
    told = {row.user for row in mails}
    assert {member_of(each).user for each in (fair.strumica, fair.haifa, fair.clean, fair.quiet)} <= told
    assert all("/agenda/" in row.text for row in mails)
    assert all("2 meetings are planned" in row.text for row in mails if row.language == "en-gb")
    assert Entry.objects.get(verb="timetable.published").data == {"meetings": 4}


def test_nothing_is_published_that_the_checker_refuses(fair: Fair) -> None:
    timetable = plan(closed(fair), actor=fair.actor)
    assert timetable.plan is not None
    broken = {**timetable.plan, "meetings": [{**row, "table": "T1"} for row in timetable.plan["meetings"]]}
    broken["meetings"][1]["slot"] = broken["meetings"][0]["slot"]
    Timetable.objects.update(plan=broken)

    with pytest.raises(Refused, match="The check found"):
        publishing.publish(timetable, actor=fair.actor)
    assert not Meeting.objects.exists()


@pytest.mark.parametrize("change", ["limits", "tables", "days", "status"])
def test_nothing_is_published_that_is_no_longer_what_was_asked(fair: Fair, change: str) -> None:
    timetable = plan(closed(fair), actor=fair.actor)
    if change == "limits":
        delegations.save_delegation(fair.clean, actor=fair.actor, minimum=0, maximum=1, absent=[])
    if change == "tables":
        services.save_event(fair.again(), actor=fair.actor, changes={"tables": 1})
    if change == "days":
        services.set_days(fair.again(), actor=fair.actor, blocks=[])
    if change == "status":
        Timetable.objects.update(plan={**(timetable.plan or {}), "status": "unknown"})

    with pytest.raises(Refused):
        publishing.publish(timetable, actor=fair.actor)
    assert not Meeting.objects.exists()


def test_names_may_change_before_publishing(fair: Fair) -> None:
    timetable = plan(closed(fair), actor=fair.actor)
    fair.event.delegations.update(label={"en-gb": "Renamed"})

    assert publishing.publish(timetable, actor=fair.actor).state == TimetableState.PUBLISHED


def test_a_new_version_replaces_the_old_one_and_tells_what_changed(fair: Fair) -> None:
    first = publish(fair.event, actor=fair.actor)
    before = live(fair.event)
    kept = {row.pk for row in fair.event.meetings.filter(city=fair.haifa)}
    [moved] = fair.event.meetings.filter(city=fair.strumica, company=fair.clean)
    slot = fair.event.slots.get(starts_at=moved.starts_at)
    delegations.save_delegation(fair.strumica, actor=fair.actor, minimum=0, maximum=None, absent=[slot.pk])
    Message.objects.all().delete()

    second = publishing.publish(plan(fair.again(), actor=fair.actor), actor=fair.actor)

    first.refresh_from_db()
    assert (first.state, second.state) == (TimetableState.REPLACED, TimetableState.PUBLISHED)
    assert len(live(fair.event)) == 4
    assert len(live(fair.event) - before) == 1
    moved.refresh_from_db()
    assert (moved.state, moved.sequence) == (MeetingState.CANCELLED, 1)
    again = fair.event.meetings.exclude(state=MeetingState.CANCELLED).get(city=fair.strumica, company=fair.clean)
    assert again.sequence == 2
    assert kept == {row.pk for row in fair.event.meetings.filter(city=fair.haifa)}
    assert {row.timetable for row in fair.event.meetings.exclude(state=MeetingState.CANCELLED)} == {second}
    mails = Message.objects.filter(kind__startswith="events.agenda_")
    assert {row.user for row in mails} >= {member_of(fair.strumica).user, member_of(fair.clean).user}
    assert member_of(fair.haifa).user not in {row.user for row in mails}  # nothing is new for them
    assert all("moved from" in row.text for row in mails if row.language == "en-gb")


def test_what_was_held_stays_where_it_was(fair: Fair) -> None:
    publish(fair.event, actor=fair.actor)
    held = fair.event.meetings.get(city=fair.strumica, company=fair.clean)
    Meeting.objects.filter(pk=held.pk).update(state=MeetingState.HELD)
    delegations.save_delegation(fair.quiet, actor=fair.actor, minimum=0, maximum=1, absent=[])

    timetable = plan(fair.again(), actor=fair.actor)
    assert [row["slot"] for row in timetable.problem["locked"]] == [f"{held.starts_at:%Y%m%dT%H%MZ}"]
    publishing.publish(timetable, actor=fair.actor)

    held.refresh_from_db()
    assert held.state == MeetingState.HELD
    assert len(live(fair.event)) == 3


def test_a_draft_made_before_another_was_published_is_stale(fair: Fair) -> None:
    event = closed(fair)
    one, other = plan(event, actor=fair.actor), plan(event, actor=fair.actor)
    publishing.publish(one, actor=fair.actor)

    with pytest.raises(Refused):
        publishing.publish(other, actor=fair.actor)
    with pytest.raises(Conflict):
        publishing.publish(one, actor=fair.actor)


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_publish_at_once_one_does(in_own_connection: Callable[..., Any]) -> None:
    strumica, haifa = (Municipality.objects.get(schema_name=name) for name in ("strumica", "haifa"))
    with transaction.atomic():
        fair = make_fair(strumica, haifa)
    timetable = plan(closed(fair), actor=fair.actor)

    def press(_number: int) -> str:
        try:
            publishing.publish(timetable, actor=fair.actor)
        except Conflict:
            return "late"
        return "published"

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(in_own_connection(press), range(8)))

    assert answers == ["late"] * 7 + ["published"]
    assert Meeting.objects.count() == 4
    assert Timetable.objects.filter(state=TimetableState.PUBLISHED).count() == 1
    assert Message.objects.filter(kind__startswith="events.agenda_").count() == len(
        {row.user_id for row in Message.objects.filter(kind__startswith="events.agenda_")}
    )


def test_a_real_event_two_days_sixteen_companies(strumica: Municipality, haifa: Municipality) -> None:
    actor = a_coordinator()
    blocks = [
        Block(date(2027, 5, day), time(*begins), time(*ends))
        for day in (12, 13)
        for begins, ends in (((9,), (12,)), ((13, 30), (16,)))
    ]
    event = make_event(make_program(strumica, haifa), actor=actor, blocks=blocks, tables=6)
    cities = [seat_city(event, municipality) for municipality in (strumica, haifa, strumica) for _two in range(2)]
    companies = [seat_company(event) for _company in range(16)]
    services.open_choices(event, actor=actor)
    words = [Choice.MUST, Choice.WANT, Choice.WANT, Choice.NO, Choice.WANT, Choice.MUST, Choice.WANT]
    Preference.objects.bulk_create(
        Preference(chooser=one, chosen=other, choice=words[(one.pk * 3 + other.pk * 5) % len(words)])
        for mine, theirs in ((cities, companies), (companies, cities))
        for one in mine
        for other in theirs
    )
    services.close_choices(event, actor=actor)
    event.refresh_from_db()

    timetable = publishing.publish(plan(event, actor=actor, limit_seconds=15), actor=actor)

    assert timetable.plan is not None
    meetings = list(event.meetings.order_by("starts_at"))
    assert len(meetings) >= 70
    assert complaints(timetable) == []
    for side in ("city_id", "company_id"):
        for own in {getattr(row, side) for row in meetings}:
            mine = [row for row in meetings if getattr(row, side) == own]
            assert all(one.ends_at <= other.starts_at for one, other in pairwise(mine))
    assert len({(row.starts_at, row.table) for row in meetings}) == len(meetings)


def test_the_page_of_a_timetable(fair: Fair, client_on: Callable[[str], Client]) -> None:
    services.save_event(fair.event, actor=fair.actor, changes={"tables": 1})
    services.set_days(fair.event, actor=fair.actor, blocks=[Block(date(2027, 5, 12), time(9), time(10))])
    delegations.save_delegation(fair.quiet, actor=fair.actor, minimum=0, maximum=0, absent=[])
    timetable = plan(closed(fair), actor=fair.actor)
    client = client_on("localhost")
    client.force_login(fair.actor.user)  # type: ignore[arg-type]
    here = [fair.event.public_id, timetable.number]

    page = client.get(reverse("events:timetable", urlconf=PUBLIC, args=here)).content.decode()

    assert "Proven: nothing is better" in page
    assert page.count("has as many meetings as it may have") == 2
    assert "The independent check found no mistake" in page
    assert timetable.plan is not None
    assert timetable.plan["certificate"]["digest"] in page
    assert client.get(reverse("events:plan", urlconf=PUBLIC, args=here)).json() == timetable.plan
    assert client.get(reverse("events:problem", urlconf=PUBLIC, args=here)).json() == timetable.problem
    assert client.post(reverse("events:publish", urlconf=PUBLIC, args=here)).status_code == 302
    assert fair.again().state == EventState.PUBLISHED
    again = client.post(reverse("events:publish", urlconf=PUBLIC, args=here), follow=True)
    assert "This is not possible" in again.content.decode()


def test_a_coordinator_asks_in_the_browser(
    fair: Fair, client_on: Callable[[str], Client], django_assert_num_queries: Any
) -> None:
    closed(fair)
    client = client_on("localhost")
    client.force_login(fair.actor.user)  # type: ignore[arg-type]
    ask = reverse("events:ask", urlconf=PUBLIC, args=[fair.event.public_id])
    assert client.post(ask, {"limit_seconds": "500"}).status_code == 422

    page = client.post(ask, {"limit_seconds": "5"}, follow=True).content.decode()

    assert "Look again" in page
    assert client.post(ask, {"limit_seconds": "5"}).status_code == 422
    tasks.plan_timetable(Timetable.objects.get().pk)
    shown = reverse("events:timetable", urlconf=PUBLIC, args=[fair.event.public_id, 1])
    client.get(shown)
    with django_assert_num_queries(6):
        client.get(shown)
