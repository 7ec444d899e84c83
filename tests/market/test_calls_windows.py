"""Where a call stands, more time for it, its end and its withdrawal."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django_tenants.utils import tenant_context

from challenges.enums import BriefState
from challenges.models import Brief, Challenge
from programs.actors import Actor
from programs.cohorts.models import JointChallenge, Progress
from programs.enums import Ending, Role, Stage
from programs.models import Municipality
from programs.timing.models import Deadline, Due
from programs.timing.running import carry_out_due
from solutions.market.enums import ApplicationState, CallState
from solutions.market.models import Applicant, Call
from solutions.market.queries.calls import accepts, call_state, open_calls
from solutions.market.services.publishing import join_call, publish_call
from solutions.market.services.windows import move_deadline, withdraw_call
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Forbidden, Refused
from tech4muni.notifications.models import Message
from tests.factories.challenges import acting_as, fill_brief, make_challenge, make_program
from tests.factories.market import make_application, make_call
from tests.factories.people import make_coordinator, make_member, make_user

ClientOn = Callable[[str], Client]
START = datetime(2026, 11, 2, 8, tzinfo=UTC)
CLOSES = datetime(2026, 12, 1, 11, tzinfo=UTC)
LATER = CLOSES + timedelta(days=7)


@pytest.fixture
def lead(strumica: Municipality) -> Actor:
    return acting_as(make_member(strumica, Role.LEAD), strumica)


@pytest.fixture
def call(strumica: Municipality, lead: Actor) -> Call:
    """A call that was published on 2 November and closes on 1 December, with 15 minutes of grace."""
    return publish(strumica, lead)


def publish(municipality: Municipality, lead: Actor, **fields: Any) -> Call:
    with clock.at(START), tenant_context(municipality), transaction.atomic():
        challenge = make_challenge(municipality, stage=Stage.MAPPING, **fields)
        fill_brief(challenge)
        challenge.brief.decision_on = date(2027, 2, 1)
        challenge.brief.save()
        return publish_call(challenge, actor=lead, closes_at=CLOSES)


def challenge_of(call: Call) -> Challenge:
    return Challenge.objects.get(public_id=call.challenge_id)


def move(call: Call, actor: Actor, to: datetime = LATER, **asked: Any) -> Call:
    """Move a deadline on the day after publishing."""
    values = {"reason": "Holidays", "seen": call.closes_at, **asked}
    at = values.pop("at", START + timedelta(days=1))
    with clock.at(at), tenant_context(call.municipality):
        return move_deadline(challenge_of(call), actor=actor, closes_at=to, **values)


def withdraw(call: Call, actor: Actor, reason: str = "The budget is gone", at: datetime = START) -> Call:
    with clock.at(at), tenant_context(call.municipality):
        return withdraw_call(challenge_of(call), actor=actor, reason=reason)


def brief_of(call: Call, municipality: Municipality | None = None) -> Brief:
    city = call.cities.get(municipality=municipality or call.municipality)
    with tenant_context(city.municipality):
        return Brief.objects.select_related("challenge").get(challenge__public_id=city.challenge_id)


def turn_to(instant: datetime) -> None:
    """Carry out what is due by an instant; nothing may fail."""
    with clock.at(instant):
        carry_out_due()
    assert not Due.objects.exclude(last_error="").exists()


SECOND = timedelta(seconds=1)
GRACE = timedelta(minutes=15)


@pytest.mark.parametrize(
    ("at", "state", "taken"),
    [
        (START - SECOND, CallState.UPCOMING, False),
        (START, CallState.OPEN, True),
        (CLOSES - SECOND, CallState.OPEN, True),
        (CLOSES, CallState.CLOSING, True),
        (CLOSES + GRACE - SECOND, CallState.CLOSING, True),
        (CLOSES + GRACE, CallState.CLOSED, False),
        (CLOSES + timedelta(days=400), CallState.CLOSED, False),
    ],
)
def test_where_a_call_stands(call: Call, at: datetime, state: CallState, taken: bool) -> None:
    assert call_state(call, at) == state
    assert accepts(call, at) == taken
    assert list(open_calls(at)) == ([call] if taken else [])

    call.withdrawn_at = START
    call.save()
    assert call_state(call, at) == CallState.WITHDRAWN
    assert not accepts(call, at)
    assert not open_calls(at).exists()


def test_at_the_end_of_the_grace_the_brief_is_closed_once(call: Call, strumica: Municipality) -> None:
    turn_to(CLOSES + GRACE - SECOND)
    assert brief_of(call).state == BriefState.PUBLISHED

    turn_to(CLOSES + GRACE)
    turn_to(CLOSES + GRACE)

    assert brief_of(call).state == BriefState.CLOSED
    closing = Deadline.objects.get(key=f"call_closes:{call.challenge_id}")
    assert closing.met_at == CLOSES + GRACE
    with tenant_context(strumica):
        assert Entry.objects.filter(verb="call.closed").count() == 1


def test_a_worker_that_comes_late_closes_too(call: Call) -> None:
    turn_to(CLOSES + timedelta(days=3))

    assert brief_of(call).state == BriefState.CLOSED


def test_closing_twice_does_no_harm(call: Call) -> None:
    turn_to(CLOSES + GRACE)
    Due.objects.filter(kind="market.close_call").update(done_at=None)

    turn_to(CLOSES + GRACE)

    assert brief_of(call).state == BriefState.CLOSED


def test_more_time_moves_deadlines_reminders_and_the_close(call: Call, lead: Actor, strumica: Municipality) -> None:
    moved = move(call, lead)

    assert moved.closes_at == LATER
    deadline = Deadline.objects.get(key=f"call_closes:{call.challenge_id}")
    assert deadline.due_at == LATER
    waiting = deadline.steps.filter(cancelled_at__isnull=True).values_list("due_at", flat=True)
    assert min(waiting) == LATER - timedelta(days=7)
    with tenant_context(strumica):
        entry = Entry.objects.get(verb="call.deadline_moved")
    assert (entry.reason, entry.data["before"]) == ("Holidays", "2026-12-01 12:00 (Europe/Skopje)")

    turn_to(CLOSES + GRACE)
    assert brief_of(call).state == BriefState.PUBLISHED
    turn_to(LATER + GRACE)
    assert brief_of(call).state == BriefState.CLOSED


def test_everybody_who_applies_is_told_of_more_time(call: Call, lead: Actor, strumica: Municipality) -> None:
    drafting, sending, gone, left, other = (make_user(language="mk") for _ in range(5))
    make_application(call, owner=drafting)
    sent = make_application(call, owner=sending, state=ApplicationState.SUBMITTED)
    Applicant.objects.create(application=sent, user=left, role="editor", ended_at=START)
    make_application(call, owner=gone, state=ApplicationState.WITHDRAWN)
    with tenant_context(strumica):
        another = make_challenge(strumica, stage=Stage.MAPPING)
    make_application(make_call(strumica, another), owner=other)

    move(call, lead)

    mails = Message.objects.filter(kind="market.deadline_moved", user__language="mk")
    assert {mail.user for mail in mails} == {drafting, sending}
    assert all("Holidays" in mail.text and f"/calls/{call.public_id}/" in mail.text for mail in mails)
    assert lead.user is not None
    [to_team] = Message.objects.filter(kind="market.deadline_moved", email=lead.user.email)
    assert f"https://strumica.localhost/challenges/{call.challenge_id}/call/" in to_team.text


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"to": CLOSES}, "closes_at"),
        ({"to": CLOSES - timedelta(days=1)}, "closes_at"),
        ({"to": datetime(2027, 2, 1, 8, tzinfo=UTC)}, "closes_at"),  # the day of the decision
        ({"reason": "  "}, "reason"),
    ],
)
def test_more_time_within_reason_only(call: Call, lead: Actor, asked: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        move(call, lead, **asked)

    assert refused.value.field == field
    call.refresh_from_db()
    assert call.closes_at == CLOSES
    assert not Message.objects.filter(kind="market.deadline_moved").exists()


def test_a_call_that_has_closed_stays_closed(call: Call, lead: Actor) -> None:
    moved = move(call, lead, at=CLOSES + GRACE - SECOND)
    assert moved.closes_at == LATER

    with pytest.raises(Conflict, match="closed"):
        move(moved, lead, LATER + timedelta(days=1), at=LATER + GRACE)


def test_a_brief_that_was_closed_just_before_wins(call: Call, lead: Actor) -> None:
    turn_to(CLOSES + GRACE)

    with pytest.raises(Conflict, match="closed"):  # a request that began a moment before the end
        move(call, lead, at=CLOSES + GRACE - SECOND)


@pytest.mark.django_db(transaction=True)
def test_of_8_who_move_a_deadline_at_once_one_does(in_own_connection: Callable[..., Any]) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    actor = acting_as(make_member(strumica, Role.LEAD), strumica)
    call = publish(strumica, actor)

    def press(number: int) -> str:
        try:
            move(call, actor, LATER + timedelta(hours=number))
        except Conflict:
            return "conflict"
        return "moved"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(in_own_connection(press), range(8)))

    assert sorted(answers) == ["conflict"] * 7 + ["moved"]
    call.refresh_from_db()
    assert Deadline.objects.get(key=f"call_closes:{call.challenge_id}").due_at == call.closes_at > CLOSES


@pytest.mark.django_db(transaction=True)
def test_closing_and_moving_never_wait_for_each_other(in_own_connection: Callable[..., Any]) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    actor = acting_as(make_member(strumica, Role.LEAD), strumica)
    call = publish(strumica, actor)

    def press(number: int) -> str:
        if number % 2:
            turn_to(CLOSES + GRACE)
            return "swept"
        try:
            move(call, actor, at=CLOSES + GRACE - SECOND)
        except Conflict:
            return "conflict"
        return "moved"

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(in_own_connection(press), range(6)))

    call.refresh_from_db()
    moved = answers.count("moved")
    assert moved <= 1
    assert (call.closes_at == LATER) == bool(moved)
    assert brief_of(call).state == (BriefState.PUBLISHED if moved else BriefState.CLOSED)


def test_withdrawing_ends_the_way_and_tells_everybody(call: Call, lead: Actor, strumica: Municipality) -> None:
    applicant = make_user(language="de")
    make_application(call, owner=applicant)

    withdrawn = withdraw(call, lead)

    assert (withdrawn.withdrawn_at, withdrawn.withdrawal_reason) == (START, "The budget is gone")
    brief = brief_of(call)
    assert brief.state == BriefState.WITHDRAWN
    assert brief.challenge.ending == Ending.WITHDRAWN
    assert Progress.objects.get(challenge_id=call.challenge_id).ending == Ending.WITHDRAWN
    assert not Deadline.objects.filter(met_at__isnull=True, withdrawn_at__isnull=True).exists()
    assert "The budget is gone" in Message.objects.get(kind="market.call_withdrawn", user=applicant).text
    with tenant_context(strumica):
        assert Entry.objects.get(verb="call.withdrawn").reason == "The budget is gone"
    turn_to(CLOSES + GRACE)
    assert brief_of(call).state == BriefState.WITHDRAWN


def test_withdrawing_wants_a_reason_and_its_time(call: Call, lead: Actor, strumica: Municipality) -> None:
    with pytest.raises(Refused) as refused:
        withdraw(call, lead, " ")
    assert refused.value.field == "reason"

    with tenant_context(strumica):
        Challenge.objects.update(stage=Stage.EVENT)
    with pytest.raises(Refused, match="too late"):
        withdraw(call, lead)
    call.refresh_from_db()
    assert call.withdrawn_at is None


def test_a_withdrawn_call_can_be_withdrawn_and_moved_no_more(call: Call, lead: Actor) -> None:
    withdraw(call, lead)

    with pytest.raises(Forbidden):
        withdraw(call, lead)
    with pytest.raises(Forbidden):
        move(call, lead)


OUTSIDE = dict.fromkeys(["stranger", "coordinator"], Http404)
INSIDE = dict.fromkeys(["member", "evaluator", "approver", "viewer"], Forbidden)
TABLE: dict[str, dict[str, Any]] = {
    "published": {**OUTSIDE, **INSIDE, "lead": None, "visitor": None},
    "closed": {**OUTSIDE, **INSIDE, "lead": Conflict, "visitor": Conflict},
    "withdrawn": {**OUTSIDE, **INSIDE, "lead": Forbidden, "visitor": Forbidden},
    "no call": {**OUTSIDE, **INSIDE, "lead": Http404, "visitor": Http404},
}


def actors(strumica: Municipality) -> dict[str, Actor]:
    coordinator = make_coordinator()
    return {role.value: acting_as(make_member(strumica, role), strumica) for role in Role} | {
        "visitor": Actor(user=coordinator, municipality=strumica, visit=object()),  # type: ignore[arg-type]
        "coordinator": Actor(user=coordinator, municipality=strumica),
        "stranger": Actor(user=make_user(), municipality=strumica),
    }


@pytest.mark.parametrize("state", TABLE)
def test_who_may_move_a_deadline(strumica: Municipality, lead: Actor, state: str) -> None:
    for who, actor in actors(strumica).items():
        call = publish(strumica, lead)
        at = START + timedelta(days=1)
        if state == "closed":
            at = CLOSES + GRACE
        if state == "withdrawn":
            withdraw(call, lead)
        with tenant_context(strumica):
            challenge = challenge_of(call) if state != "no call" else make_challenge(strumica, stage=Stage.MAPPING)
        with clock.at(at), tenant_context(strumica):
            answer = TABLE[state][who]
            values: dict[str, Any] = {"actor": actor, "closes_at": LATER, "reason": "So", "seen": CLOSES}
            if answer is None:
                move_deadline(challenge, **values)
            else:
                with pytest.raises(answer):
                    move_deadline(challenge, **values)


def test_a_joint_call_moves_closes_and_is_withdrawn_in_all_its_municipalities(
    strumica: Municipality, haifa: Municipality, lead: Actor
) -> None:
    program = make_program(strumica, haifa)
    joint = JointChallenge.objects.create(program=program, lead=strumica, names={"en-gb": "Waste"})
    call = publish(strumica, lead, program=program, joint=joint)
    other = acting_as(make_member(haifa, Role.LEAD), haifa)
    with clock.at(START), tenant_context(haifa):
        challenge = make_challenge(haifa, stage=Stage.MAPPING, program=program, joint=joint)
        fill_brief(challenge, "he")
        join_call(challenge, actor=other)

    moved = move(call, lead)
    assert Deadline.objects.get(key=f"call_closes:{challenge.public_id}").due_at == LATER
    assert other.user is not None
    assert Message.objects.filter(kind="market.deadline_moved", email=other.user.email).count() == 1
    turn_to(LATER + GRACE)
    assert {brief_of(call).state, brief_of(call, haifa).state} == {BriefState.CLOSED}

    withdraw(moved, lead, at=LATER + GRACE)
    turn_to(LATER + GRACE)
    theirs = brief_of(call, haifa)
    assert (theirs.state, theirs.challenge.ending) == (BriefState.WITHDRAWN, Ending.WITHDRAWN)
    assert Message.objects.filter(kind="market.call_withdrawn", email=other.user.email).count() == 1
    with tenant_context(haifa):
        assert Entry.objects.get(verb="call.withdrawn").reason == "The budget is gone"


# -- pages


@pytest.fixture
def desk(lead: Actor, client_on: ClientOn) -> Client:
    client = client_on("strumica.localhost")
    assert lead.user is not None
    client.force_login(lead.user)
    return client


def path(name: str, call: Call) -> str:
    return reverse(f"market:{name}", urlconf="tech4muni.urls_tenant", args=[call.challenge_id])


@pytest.fixture
def fresh(strumica: Municipality) -> Call:
    """A call that is open by the wall clock."""
    with tenant_context(strumica):
        challenge = make_challenge(strumica, stage=Stage.MAPPING)
    return make_call(strumica, challenge)


def test_the_page_moves_the_deadline(desk: Client, fresh: Call) -> None:
    later = fresh.closes_at.replace(second=0, microsecond=0) + timedelta(days=2)
    typed = {"seen": fresh.closes_at.isoformat(), "reason": "Holidays"}
    assert desk.get(path("call_deadline", fresh)).status_code == 200
    refused = desk.post(path("call_deadline", fresh), {**typed, "closes_at": "2020-01-01T10:00"})
    assert refused.status_code == 422
    assert "Holidays" in refused.content.decode()

    answer = desk.post(
        path("call_deadline", fresh), {**typed, "closes_at": f"{later + timedelta(hours=1):%Y-%m-%dT%H:%M}"}
    )

    assert answer.status_code == 302
    fresh.refresh_from_db()
    assert fresh.closes_at in {later, later - timedelta(hours=1)}  # winter or summer time


def test_somebody_else_moved_it_and_what_was_typed_stays(desk: Client, fresh: Call) -> None:
    seen = (fresh.closes_at - timedelta(days=1)).isoformat()
    typed = {"seen": seen, "reason": "Holidays", "closes_at": f"{fresh.closes_at + timedelta(days=9):%Y-%m-%dT%H:%M}"}

    answer = desk.post(path("call_deadline", fresh), typed)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody else moved the deadline" in page
    assert "Holidays" in page
    again = {**typed, "seen": fresh.closes_at.isoformat()}
    assert f'value="{again["seen"]}"' in page.replace("&#x27;", "'")
    assert desk.post(path("call_deadline", fresh), again).status_code == 302


def test_the_page_withdraws(desk: Client, fresh: Call) -> None:
    assert "cannot be undone" in desk.get(path("call_withdraw", fresh)).content.decode()
    assert desk.post(path("call_withdraw", fresh), {"reason": ""}).status_code == 422

    assert desk.post(path("call_withdraw", fresh), {"reason": "No budget"}).status_code == 302

    page = desk.get(path("call_overview", fresh)).content.decode()
    assert "The call was withdrawn on" in page
    assert "No budget" in page
    assert "Move the deadline" not in page
