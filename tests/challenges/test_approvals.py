"""A brief is approved by somebody else than the one who handed it in."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.http import Http404
from django_tenants.utils import tenant_context

from challenges.enums import BriefState, TextState
from challenges.models import Brief, BriefText, Challenge
from challenges.queries.briefs import brief_of
from challenges.queries.readiness import is_ready, readiness_of
from challenges.services import approvals, moves
from programs.actors import Actor
from programs.enums import Ending, Role
from programs.models import Municipality
from programs.timing.models import Deadline
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Forbidden, Refused
from tech4muni.notifications.models import Message
from tests.challenges.conftest import Browsing
from tests.factories.challenges import acting_as, fill_brief, make_challenge
from tests.factories.people import make_member

LogIn = Callable[[Actor], Browsing]


@pytest.fixture
def ready(challenge: Challenge, member: Actor) -> Challenge:
    """A challenge whose brief is complete and being written."""
    fill_brief(challenge, "mk", "en-gb")
    approvals.reopen(challenge, actor=member)
    return challenge


def version(challenge: Challenge) -> int:
    """Return the version that a page that is loaded now shows."""
    return Brief.objects.get(challenge=challenge).version


def test_what_is_missing_is_named(challenge: Challenge, member: Actor, approver: Actor, browsing: LogIn) -> None:
    items = readiness_of(challenge)

    assert not any(item.filled for item in items)
    with pytest.raises(Refused, match="still missing"):
        approvals.submit(challenge, actor=member)
    page = browsing(member)
    assert "Hand it in" not in page.get("brief", challenge_id=challenge.public_id).content.decode()
    assert page.post("brief_submit", challenge_id=challenge.public_id).status_code == 302
    assert brief_of(challenge).state == BriefState.DRAFTING


BREAKS: dict[str, Callable[[Brief], Any]] = {
    "language": lambda brief: brief.texts.update(why_now=" "),
    "affected": lambda brief: brief.texts.update(affected=""),
    "situation": lambda brief: brief.figures.update(source=" "),
    "outcome": lambda brief: brief.texts.update(outcome=""),
    "metrics": lambda brief: brief.metrics.update(baseline_who=""),
    "constraints": lambda brief: brief.texts.update(constraints=""),
    "pilot": lambda _brief: Brief.objects.update(pilot_weeks=None),
    "criteria": lambda brief: brief.criteria.filter(weight=20).update(weight=21),
    "decision": lambda _brief: Brief.objects.update(decision_on=clock.now().date()),
    "contact": lambda _brief: Brief.objects.update(contact_email=""),
}


@pytest.mark.parametrize("name", BREAKS)
def test_each_thing_is_needed(name: str, ready: Challenge, member: Actor, approver: Actor) -> None:
    assert is_ready(readiness_of(ready))

    BREAKS[name](ready.brief)

    missing = {item.name for item in readiness_of(ready) if not item.filled}
    assert name in missing
    assert missing <= {name, "language"}
    with pytest.raises(Refused):
        approvals.submit(ready, actor=member)


def test_one_complete_language_is_enough(ready: Challenge) -> None:
    BriefText.objects.filter(language="mk").update(problem="")

    assert is_ready(readiness_of(ready))


def test_handing_in_tells_those_who_decide(ready: Challenge, member: Actor, lead: Actor, approver: Actor) -> None:
    now = clock.now()
    with clock.at(now):
        approvals.submit(ready, actor=member)

    brief = brief_of(ready)
    assert (brief.state, brief.submitted_by) == (BriefState.IN_REVIEW, member.user)
    assert lead.user is not None
    assert approver.user is not None
    told = Message.objects.filter(kind="challenges.brief_submitted").values_list("email", flat=True)
    assert set(told) == {lead.user.email, approver.user.email}
    deadline = Deadline.objects.get(key=approvals.deadline_key(ready))
    assert deadline.owner == approver.user
    assert timedelta(days=6, hours=22) < deadline.due_at - now < timedelta(days=7, hours=2)
    with pytest.raises(Conflict):
        approvals.submit(ready, actor=member)


def test_somebody_else_must_be_there_to_approve(in_strumica: Municipality) -> None:
    alone = acting_as(make_member(in_strumica, Role.LEAD), in_strumica)
    challenge = make_challenge(in_strumica, actor=alone)
    fill_brief(challenge)
    approvals.reopen(challenge, actor=alone)

    with pytest.raises(Refused, match="Nobody else"):
        approvals.submit(challenge, actor=alone)


def test_approval_covers_the_complete_languages(
    ready: Challenge, member: Actor, approver: Actor, lead: Actor, browsing: LogIn
) -> None:
    BriefText.objects.filter(language="en-gb").update(problem="", state=TextState.DRAFT)
    BriefText.objects.filter(language="mk").update(state=TextState.DRAFT)
    BriefText.objects.create(brief=ready.brief, language="sq", state=TextState.OUTDATED, **texts_of(ready, "mk"))
    approvals.submit(ready, actor=member)

    answer = browsing(approver).post("brief_approve", {"seen": version(ready)}, challenge_id=ready.public_id)

    brief = brief_of(ready)
    assert answer.status_code == 302
    assert (brief.state, brief.approved_by) == (BriefState.APPROVED, approver.user)
    assert dict(brief.texts.values_list("language", "state")) == {
        "mk": TextState.APPROVED, "en-gb": TextState.DRAFT, "sq": TextState.OUTDATED,
    }  # fmt: skip
    assert member.user is not None
    assert Message.objects.get(kind="challenges.brief_approved").email == member.user.email
    assert Deadline.objects.get(key=approvals.deadline_key(ready)).met_at is not None
    assert Entry.objects.filter(verb="brief.approved").count() == 1


def texts_of(challenge: Challenge, language: str) -> dict[str, str]:
    """Return the texts in a language."""
    values = BriefText.objects.filter(brief__challenge=challenge, language=language).values().get()
    return {
        name: value for name, value in values.items() if isinstance(value, str) and name not in ("language", "state")
    }


def test_what_was_not_read_is_not_approved(ready: Challenge, member: Actor, approver: Actor) -> None:
    approvals.submit(ready, actor=member)
    seen = version(ready)
    approvals.reopen(ready, actor=member)
    approvals.submit(ready, actor=member)

    with pytest.raises(Conflict, match="read it again"):
        approvals.approve(ready, actor=approver, seen=seen)
    with pytest.raises(Conflict):
        approvals.request_edits(ready, actor=approver, seen=seen, words="Say when.")
    approvals.approve(ready, actor=approver, seen=version(ready))


def test_a_day_that_passed_in_review_stops_the_approval(ready: Challenge, member: Actor, approver: Actor) -> None:
    approvals.submit(ready, actor=member)

    with clock.at(clock.now() + timedelta(weeks=21)), pytest.raises(Refused, match="day of the decision"):
        approvals.approve(ready, actor=approver, seen=version(ready))


def test_changes_are_asked_for_with_words(ready: Challenge, member: Actor, approver: Actor, browsing: LogIn) -> None:
    approvals.submit(ready, actor=member)
    page, seen = browsing(approver), version(ready)

    silent = page.post("brief_request_edits", {"seen": seen, "words": " "}, challenge_id=ready.public_id)
    answer = page.post("brief_request_edits", {"seen": seen, "words": "Say when."}, challenge_id=ready.public_id)

    assert (silent.status_code, answer.status_code) == (422, 302)
    brief = brief_of(ready)
    assert (brief.state, brief.review_note) == (BriefState.EDITS_REQUESTED, "Say when.")
    message = Message.objects.get(kind="challenges.edits_requested")
    assert member.user is not None
    assert message.email == member.user.email
    assert "Say when." in message.text
    assert Entry.objects.get(verb="brief.edits_requested").reason == "Say when."
    assert "Say when." in browsing(member).get("brief", challenge_id=ready.public_id).content.decode()
    again = approvals.submit(ready, actor=member)
    with pytest.raises(Refused):
        approvals.request_edits(ready, actor=approver, seen=again.version, words=" ")


def test_taking_it_back_ends_the_deadline(ready: Challenge, member: Actor, approver: Actor, browsing: LogIn) -> None:
    approvals.submit(ready, actor=member)

    answer = browsing(member).post("brief_reopen", challenge_id=ready.public_id)

    assert answer.status_code == 302
    assert brief_of(ready).state == BriefState.DRAFTING
    assert Deadline.objects.get(key=approvals.deadline_key(ready)).withdrawn_at is not None
    with pytest.raises(Conflict):
        approvals.reopen(ready, actor=member)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_does(in_own_connection: Callable[..., Any]) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    writer = acting_as(make_member(strumica, Role.MEMBER), strumica)
    deciders = [acting_as(make_member(strumica, Role.APPROVER), strumica) for _each in range(6)]
    with tenant_context(strumica):
        challenge = make_challenge(strumica, actor=writer)
        fill_brief(challenge)
        approvals.reopen(challenge, actor=writer)
        seen = approvals.submit(challenge, actor=writer).version

    def decide(number: int) -> str:
        with tenant_context(strumica):
            try:
                if number % 2:
                    approvals.approve(challenge, actor=deciders[number], seen=seen)
                else:
                    approvals.request_edits(challenge, actor=deciders[number], seen=seen, words="Say when.")
            except Conflict:
                return "conflict"
            return "decided"

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(in_own_connection(decide), range(6)))

    assert sorted(answers) == ["conflict"] * 5 + ["decided"]
    mails = Message.objects.filter(kind__in=["challenges.brief_approved", "challenges.edits_requested"])
    assert mails.count() == 1


OK = None
CAST = ("lead", "member", "approver", "evaluator", "viewer", "visitor", "outsider")
TABLE: dict[tuple[str, str], tuple[type[Exception] | None, ...]] = {
    ("submit", "drafting"): (OK, OK, Forbidden, Forbidden, Forbidden, OK, Http404),
    ("submit", "in review"): (Conflict, Conflict, Forbidden, Forbidden, Forbidden, Conflict, Http404),
    ("submit", "ended"): (Forbidden, Forbidden, Forbidden, Forbidden, Forbidden, Forbidden, Http404),
    ("approve", "drafting"): (Conflict, Forbidden, Conflict, Forbidden, Forbidden, Forbidden, Http404),
    ("approve", "in review"): (OK, Forbidden, OK, Forbidden, Forbidden, Forbidden, Http404),
    ("approve", "ended"): (Forbidden, Forbidden, Forbidden, Forbidden, Forbidden, Forbidden, Http404),
    ("edits", "in review"): (OK, Forbidden, OK, Forbidden, Forbidden, Forbidden, Http404),
    ("edits", "ended"): (Forbidden, Forbidden, Forbidden, Forbidden, Forbidden, Forbidden, Http404),
    ("reopen", "drafting"): (Conflict, Conflict, Forbidden, Forbidden, Forbidden, Conflict, Http404),
    ("reopen", "in review"): (OK, OK, Forbidden, Forbidden, Forbidden, OK, Http404),
    ("reopen", "ended"): (Forbidden, Forbidden, Forbidden, Forbidden, Forbidden, Forbidden, Http404),
}


def act(what: str, challenge: Challenge, actor: Actor) -> None:
    """Take one step of the approval."""
    if what == "submit":
        approvals.submit(challenge, actor=actor)
    elif what == "approve":
        approvals.approve(challenge, actor=actor, seen=version(challenge))
    elif what == "edits":
        approvals.request_edits(challenge, actor=actor, seen=version(challenge), words="Say when.")
    else:
        approvals.reopen(challenge, actor=actor)


@pytest.mark.parametrize(("what", "state"), TABLE)
def test_who_takes_which_step(
    what: str, state: str, in_strumica: Municipality, member: Actor, cast: dict[str, Actor]
) -> None:
    for who, expected in zip(CAST, TABLE[what, state], strict=True):
        challenge = make_challenge(in_strumica, actor=member)
        fill_brief(challenge)
        approvals.reopen(challenge, actor=member)
        if state == "in review":
            approvals.submit(challenge, actor=member)
        if state == "ended":
            challenge = moves.end(challenge, ending=Ending.WITHDRAWN, actor=None)
        call = partial(act, what, challenge, cast[who])
        if expected is OK:
            call()
        else:
            with pytest.raises(expected):
                call()


def test_nobody_approves_their_own(ready: Challenge, lead: Actor, approver: Actor) -> None:
    approvals.submit(ready, actor=lead)

    with pytest.raises(Forbidden, match="Somebody else"):
        approvals.approve(ready, actor=lead, seen=version(ready))
