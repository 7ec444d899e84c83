"""An approved brief becomes a call, once, by those who may; other municipalities join a joint one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django_tenants.utils import tenant_context

from challenges.enums import BriefState, SnapshotReason, TextState
from challenges.models import BriefSnapshot, Challenge
from challenges.services.snapshots import digest_of
from programs.actors import Actor
from programs.cohorts.models import JointChallenge
from programs.enums import Role, Stage
from programs.models import Municipality
from programs.timing.models import Deadline, Due
from solutions.market.models import Call, CallCity
from solutions.market.services.publishing import join_call, publish_call
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Forbidden, Refused
from tech4muni.notifications.models import Message
from tests.factories.challenges import acting_as, fill_brief, make_challenge, make_program
from tests.factories.market import make_call
from tests.factories.people import make_coordinator, make_member, make_user

ClientOn = Callable[[str], Client]


def lead_of(municipality: Municipality) -> Actor:
    """Make a lead and let them act."""
    return acting_as(make_member(municipality, Role.LEAD), municipality)


def ready(municipality: Municipality, *languages: str, **fields: Any) -> Challenge:
    """Make a challenge that can be published; the municipality's schema is active."""
    challenge = make_challenge(municipality, stage=Stage.MAPPING, **fields)
    fill_brief(challenge, *languages)
    return challenge


def published_briefs() -> QuerySet[BriefSnapshot]:
    return BriefSnapshot.objects.filter(reason=SnapshotReason.PUBLISHED)


def in_weeks(weeks: int) -> datetime:
    return clock.now() + timedelta(weeks=weeks)


def test_publishing_makes_a_dated_snapshot_everywhere_at_once(in_strumica: Municipality) -> None:
    lead, member = lead_of(in_strumica), make_member(in_strumica, Role.MEMBER)
    program = make_program(in_strumica)
    challenge = ready(in_strumica, "mk", "en-gb", title="Bins", program=program)
    closes_at = in_weeks(4)

    call = publish_call(challenge, actor=lead, closes_at=closes_at)

    challenge.brief.refresh_from_db()
    assert challenge.brief.state == BriefState.PUBLISHED
    assert published_briefs().get(challenge=challenge).digest == call.digest
    assert call.digest == digest_of(Call.objects.get().content)
    assert (call.program, call.municipality, call.joint, call.grace_minutes) == (program, in_strumica, None, 15)
    assert (call.opens_at, call.published_at) <= (clock.now(), clock.now())
    assert call.time_zone == "Europe/Skopje"
    assert call.decision_on == challenge.brief.decision_on
    assert sorted(call.content["texts"]) == ["en-gb", "mk"]
    assert [city.municipality for city in call.cities.all()] == [in_strumica]
    assert Entry.objects.get(verb="call.published").target_id == str(challenge.public_id)
    told = Message.objects.filter(kind="market.call_published").values_list("email", flat=True)
    assert lead.user is not None
    assert {lead.user.email, member.email} <= set(told)


def test_deadlines_and_the_close_are_planned(in_strumica: Municipality) -> None:
    challenge = ready(in_strumica)
    closes_at = datetime(2030, 3, 1, 11, tzinfo=UTC)
    challenge.brief.decision_on = date(2030, 3, 31)
    challenge.brief.save()

    publish_call(challenge, actor=lead_of(in_strumica), closes_at=closes_at, grace_minutes=20)

    closing = Deadline.objects.get(key=f"call_closes:{challenge.public_id}")
    assert (closing.due_at, closing.municipality) == (closes_at, in_strumica)
    assert closing.path == f"/challenges/{challenge.public_id}/call/"
    assert "Bins" not in closing.label["mk"]
    assert challenge.title in closing.label["de"]
    assert closing.steps.count() == 5
    decision = Deadline.objects.get(key=f"decision:{challenge.public_id}")
    assert decision.due_at == datetime(2030, 3, 31, 23, 59, tzinfo=ZoneInfo("Europe/Skopje"))
    due = Due.objects.get(kind="market.close_call")
    assert due.due_at == closes_at + timedelta(minutes=20)


def test_only_languages_that_are_approved_are_published(in_strumica: Municipality) -> None:
    challenge = ready(in_strumica, "mk", "en-gb")
    challenge.brief.texts.filter(language="mk").update(state=TextState.OUTDATED)

    call = publish_call(challenge, actor=lead_of(in_strumica), closes_at=in_weeks(4))

    assert list(call.content["texts"]) == ["en-gb"]


def test_later_changes_of_the_brief_do_not_change_the_call(in_strumica: Municipality) -> None:
    challenge = ready(in_strumica)
    call = publish_call(challenge, actor=lead_of(in_strumica), closes_at=in_weeks(4))

    challenge.brief.texts.update(title="Something else")

    call.refresh_from_db()
    assert call.title == challenge.title
    assert call.digest == digest_of(call.content)


def test_an_opening_in_the_past_is_now_and_one_ahead_stays(in_strumica: Municipality) -> None:
    lead = lead_of(in_strumica)
    with clock.at(datetime(2026, 11, 1, 8, tzinfo=UTC)) as now:
        past = publish_call(ready(in_strumica), actor=lead, opens_at=now - timedelta(days=1), closes_at=in_weeks(4))
        ahead = publish_call(ready(in_strumica), actor=lead, opens_at=now + timedelta(days=1), closes_at=in_weeks(4))

    assert (past.opens_at, ahead.opens_at) == (now, now + timedelta(days=1))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"closes_at": timedelta(days=-1)}, "closes_at"),
        ({"opens_at": timedelta(days=9), "closes_at": timedelta(days=9)}, "closes_at"),
        ({"closes_at": timedelta(weeks=20)}, "closes_at"),  # the day of the decision itself
        ({"grace_minutes": 121}, "grace_minutes"),
        ({"grace_minutes": -1}, "grace_minutes"),
    ],
)
def test_a_window_that_makes_no_sense_is_refused(in_strumica: Municipality, wrong: dict[str, Any], field: str) -> None:
    challenge = ready(in_strumica)
    with clock.at(datetime(2026, 11, 2, 8, tzinfo=UTC)) as now:
        challenge.brief.decision_on = (now + timedelta(weeks=20)).date()
        challenge.brief.save()
        asked: dict[str, Any] = {
            name: now + value if isinstance(value, timedelta) else value for name, value in wrong.items()
        }

        with pytest.raises(Refused) as refused:
            publish_call(challenge, actor=lead_of(in_strumica), **{"closes_at": in_weeks(4), **asked})

    assert refused.value.field == field
    challenge.brief.refresh_from_db()
    assert challenge.brief.state == BriefState.APPROVED
    assert not Call.objects.exists()


def spoil(challenge: Challenge, what: str) -> Challenge:
    """Take one thing away that publishing needs."""
    brief = challenge.brief
    if what == "not approved":
        brief.reopen()
    elif what == "no day of decision":
        brief.decision_on = None
    elif what == "no approved text":
        brief.texts.update(state=TextState.DRAFT)
    elif what == "another stage":
        Challenge.objects.filter(pk=challenge.pk).update(stage=Stage.VALIDATION)
    elif what == "ended meanwhile":
        Challenge.objects.filter(pk=challenge.pk).update(ended_at=clock.now(), ending="rejected")
    brief.save()
    return challenge


@pytest.mark.parametrize(
    "what", ["not approved", "no day of decision", "no approved text", "another stage", "ended meanwhile"]
)
def test_what_is_not_ready_is_refused(in_strumica: Municipality, what: str) -> None:
    challenge = spoil(ready(in_strumica), what)

    with pytest.raises(Refused):
        publish_call(challenge, actor=lead_of(in_strumica), closes_at=in_weeks(4))

    assert not Call.objects.exists()
    assert not published_briefs().exists()


CAST = {
    **dict.fromkeys(["stranger", "coordinator"], Http404),
    **dict.fromkeys(["member", "evaluator", "approver", "viewer"], Forbidden),
    **dict.fromkeys(["lead", "visitor"], None),
}
TABLE: dict[str, dict[str, Any]] = {
    "approved": CAST,
    "published": {**CAST, "lead": Conflict, "visitor": Conflict},
    "ended": {**CAST, "lead": Forbidden, "visitor": Forbidden},
}


def actor_of(who: str, municipality: Municipality) -> Actor:
    if who == "stranger":
        return Actor(user=make_user(), municipality=municipality)
    if who == "coordinator":
        return Actor(user=make_coordinator(), municipality=municipality)
    if who == "visitor":
        return Actor(user=make_coordinator(), municipality=municipality, visit=object())  # type: ignore[arg-type]
    return acting_as(make_member(municipality, Role(who)), municipality)


@pytest.mark.parametrize("state", TABLE)
def test_who_may_publish(in_strumica: Municipality, state: str) -> None:
    for who, answer in TABLE[state].items():
        challenge = ready(in_strumica)
        if state == "published":
            make_call(in_strumica, challenge)
        if state == "ended":
            challenge.ended_at, challenge.ending = clock.now(), "withdrawn"
            challenge.save()
        if answer is None:
            publish_call(challenge, actor=actor_of(who, in_strumica), closes_at=in_weeks(4))
        else:
            with pytest.raises(answer):
                publish_call(challenge, actor=actor_of(who, in_strumica), closes_at=in_weeks(4))


@pytest.mark.django_db(transaction=True)
def test_of_16_who_publish_at_once_one_does(in_own_connection: Callable[..., Any]) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    lead = lead_of(strumica)
    with tenant_context(strumica), transaction.atomic():
        challenge = ready(strumica)

    def press(_number: int) -> str:
        with tenant_context(strumica):
            try:
                publish_call(Challenge.objects.get(pk=challenge.pk), actor=lead, closes_at=in_weeks(4))
            except Conflict:
                return "conflict"
            return "published"

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(in_own_connection(press), range(16)))

    assert sorted(answers) == ["conflict"] * 15 + ["published"]
    assert (Call.objects.count(), CallCity.objects.count()) == (1, 1)
    assert Message.objects.filter(kind="market.call_published", email=lead.user.email if lead.user else "").count() == 1
    with tenant_context(strumica):
        assert Entry.objects.filter(verb="call.published").count() == 1
        assert published_briefs().count() == 1


# -- joint calls


@pytest.fixture
def joint(strumica: Municipality, haifa: Municipality) -> JointChallenge:
    """A joint challenge that Strumica leads."""
    program = make_program(strumica, haifa)
    return JointChallenge.objects.create(program=program, lead=strumica, names={"en-gb": "Waste"})


def ready_in(municipality: Municipality, joint: JointChallenge, *languages: str) -> Challenge:
    with tenant_context(municipality):
        return ready(municipality, *languages, program=joint.program, joint=joint)


def publish_in(municipality: Municipality, challenge: Challenge, **asked: Any) -> Call:
    actor = lead_of(municipality)
    with tenant_context(municipality):
        return publish_call(challenge, actor=actor, **{"closes_at": in_weeks(4), **asked})


def join_in(municipality: Municipality, challenge: Challenge) -> CallCity:
    actor = lead_of(municipality)
    with tenant_context(municipality):
        return join_call(challenge, actor=actor)


def test_another_municipality_joins_with_its_own_annex(
    strumica: Municipality, haifa: Municipality, joint: JointChallenge
) -> None:
    call = publish_in(strumica, ready_in(strumica, joint, "mk"))
    challenge = ready_in(haifa, joint, "he", "en-gb")

    city = join_in(haifa, challenge)

    assert call.joint == joint
    assert (city.call, city.municipality) == (call, haifa)
    assert sorted(city.annex["texts"]) == ["en-gb", "he"]
    assert set(city.annex["texts"]["he"]) == {"situation", "constraints", "assets", "pilot_site", "eligibility"}
    assert city.annex["contact"]["email"] == "ana@example.org"
    with tenant_context(haifa):
        assert Challenge.objects.get(pk=challenge.pk).brief.state == BriefState.PUBLISHED
        assert Entry.objects.get(verb="call.joined").data["lead"] == "Strumica"
        assert published_briefs().count() == 1
    closing = Deadline.objects.get(key=f"call_closes:{challenge.public_id}")
    assert (closing.municipality, closing.due_at, closing.time_zone) == (haifa, call.closes_at, "Europe/Skopje")
    assert Deadline.objects.get(key=f"decision:{challenge.public_id}").time_zone == "Asia/Jerusalem"
    assert Due.objects.filter(kind="market.close_call").count() == 2


def test_joining_waits_for_the_leading_municipality(
    strumica: Municipality, haifa: Municipality, joint: JointChallenge
) -> None:
    challenge = ready_in(haifa, joint)

    with pytest.raises(Refused, match="Strumica leads this joint challenge"):
        join_in(haifa, challenge)
    with pytest.raises(Refused, match="leading municipality publishes"):
        publish_in(haifa, challenge)
    with pytest.raises(Refused, match="no call of another municipality"):
        join_in(strumica, ready_in(strumica, joint))


@pytest.mark.parametrize("minutes", [0, 10])
def test_joining_ends_with_the_deadline(
    strumica: Municipality, haifa: Municipality, joint: JointChallenge, minutes: int
) -> None:
    call = publish_in(strumica, ready_in(strumica, joint))
    challenge = ready_in(haifa, joint)

    with clock.at(call.closes_at + timedelta(minutes=minutes)), pytest.raises(Refused, match="too late to join"):
        join_in(haifa, challenge)

    with tenant_context(haifa):
        assert challenge.brief.state == BriefState.APPROVED


def test_a_joint_challenge_is_published_and_joined_once(
    strumica: Municipality, haifa: Municipality, joint: JointChallenge
) -> None:
    publish_in(strumica, ready_in(strumica, joint))
    challenge = ready_in(haifa, joint)
    join_in(haifa, challenge)

    with pytest.raises(Conflict):
        publish_in(strumica, ready_in(strumica, joint))
    with pytest.raises(Conflict):
        join_in(haifa, challenge)


# -- pages


@pytest.fixture
def desk(strumica: Municipality, client_on: ClientOn) -> Client:
    """Strumica's host, with a lead logged in."""
    client = client_on("strumica.localhost")
    client.force_login(make_member(strumica, Role.LEAD))
    return client


def path(name: str, challenge: Challenge) -> str:
    return reverse(f"market:{name}", urlconf="tech4muni.urls_tenant", args=[challenge.public_id])


def test_the_page_publishes_on_the_municipalitys_clock(desk: Client, strumica: Municipality) -> None:
    with tenant_context(strumica):
        challenge = ready(strumica)
        challenge.brief.decision_on = date(2030, 9, 1)
        challenge.brief.save()
    assert "This will be public" in desk.get(path("call_publish", challenge)).content.decode()

    answer = desk.post(path("call_publish", challenge), {"closes_at": "2030-07-01T12:00", "grace_minutes": "15"})

    assert (answer.status_code, answer.headers["Location"]) == (302, path("call_overview", challenge))
    assert Call.objects.get().closes_at == datetime(2030, 7, 1, 10, tzinfo=UTC)
    assert "See it on the portal" in desk.get(path("call_overview", challenge)).content.decode()
    assert desk.get(path("call_publish", challenge)).status_code == 302


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"closes_at": "2020-01-01T12:00", "grace_minutes": "15"}, "have to close after they open"),
        ({"closes_at": "2031-01-01T12:00", "grace_minutes": "15"}, "promises a decision"),
        ({"closes_at": "2029-03-25T02:30", "grace_minutes": "15"}, "couldn’t be interpreted"),  # the clock skips it
        ({"closes_at": "2030-01-01T12:00", "grace_minutes": "500"}, "less than or equal to 120"),
    ],
)
def test_what_was_typed_stays(desk: Client, strumica: Municipality, typed: dict[str, str], words: str) -> None:
    with tenant_context(strumica):
        challenge = ready(strumica)
        challenge.brief.decision_on = date(2030, 9, 1)
        challenge.brief.save()

    answer = desk.post(path("call_publish", challenge), typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert typed["closes_at"] in page
    assert not Call.objects.exists()


def test_a_second_publisher_is_told_and_keeps_what_they_typed(desk: Client, strumica: Municipality) -> None:
    with tenant_context(strumica):
        challenge = ready(strumica)
    make_call(strumica, challenge)

    answer = desk.post(path("call_publish", challenge), {"closes_at": "2030-07-01T12:00", "grace_minutes": "15"})

    assert answer.status_code == 409
    assert "was published already" in answer.content.decode()
    assert "2030-07-01T12:00" in answer.content.decode()


@pytest.mark.parametrize(
    ("stage", "approved", "words"),
    [
        (Stage.MAPPING, True, "Ready to be published"),
        (Stage.MAPPING, False, "Not published yet"),
        (Stage.VALIDATION, True, "Not published yet"),
    ],
)
def test_the_page_says_what_publishing_needs(
    desk: Client, strumica: Municipality, stage: Stage, approved: bool, words: str
) -> None:
    with tenant_context(strumica):
        challenge = make_challenge(strumica, stage=stage)
        if approved:
            fill_brief(challenge)

    page = desk.get(path("call_overview", challenge)).content.decode()

    assert words in page
    assert page.count("Not met") == (stage != Stage.MAPPING) + (not approved)


def test_the_page_of_one_who_joins(
    strumica: Municipality, haifa: Municipality, joint: JointChallenge, client_on: ClientOn
) -> None:
    challenge = ready_in(haifa, joint)
    client = client_on("haifa.localhost")
    client.force_login(make_member(haifa, Role.LEAD))
    assert "has not published the call yet" in client.get(path("call_overview", challenge)).content.decode()

    publish_in(strumica, ready_in(strumica, joint))
    assert "Join the call" in client.get(path("call_overview", challenge)).content.decode()
    assert client.get(path("call_join", challenge)).status_code == 200
    assert client.post(path("call_join", challenge)).status_code == 302

    page = client.get(path("call_overview", challenge)).content.decode()
    assert "leads this call and answers the questions" in page
    assert "Move the deadline" not in page
    assert client.get(path("call_join", challenge)).status_code == 302
    assert client.get(path("call_deadline", challenge)).status_code == 404
    assert client.get(path("call_withdraw", challenge)).status_code == 404
