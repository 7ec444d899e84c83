"""The gate of the first stage, what is kept when it is passed, and giving a challenge up."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import Http404

from challenges.enums import BriefState, CardKind, SnapshotReason
from challenges.models import Challenge, Workshop
from challenges.queries.candidates import QUESTIONS
from challenges.services import approvals, candidates, endings, moves, workshops
from programs.actors import Actor
from programs.cohorts.models import Progress
from programs.criteria import findings
from programs.enums import Ending, Stage
from programs.models import Municipality
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Forbidden, Refused
from tests.challenges.conftest import Browsing
from tests.factories.challenges import fill_brief, force_on, make_challenge
from tests.factories.people import make_coordinator

LogIn = Callable[[Actor], Browsing]
STARS = dict.fromkeys(QUESTIONS, 4)


def gate(challenge: Challenge) -> dict[str, bool]:
    """Return how the gate stands, by what comes after the dot."""
    challenge.refresh_from_db()
    return {
        finding.criterion.name.removeprefix("challenges."): finding.met
        for finding in findings([challenge])[challenge.pk]
        if finding.criterion.name.startswith("challenges.")
    }


def hold_workshop(lead: Actor, *, after: timedelta = timedelta(0)) -> Workshop:
    """Hold a workshop with somebody and a card."""
    workshop = workshops.plan_workshop(actor=lead, title="Waste", starts_at=clock.now() + after)
    workshops.add_participants(workshop, actor=lead, people=[("Ana", "IT")])
    workshops.add_cards(workshop, actor=lead, kind=CardKind.PAIN, texts=["Smell"])
    return workshop


def test_a_workshop_counts_when_it_was_held(challenge: Challenge, lead: Actor) -> None:
    assert gate(challenge)["workshop_held"] is False
    empty = workshops.plan_workshop(actor=lead, title="Empty", starts_at=clock.now())
    workshops.add_participants(empty, actor=lead, people=[("Ana", "IT")])
    hold_workshop(lead, after=timedelta(days=1))
    assert gate(challenge)["workshop_held"] is False

    with clock.at(clock.now() + timedelta(days=1, seconds=1)):
        assert gate(challenge)["workshop_held"] is True


def test_a_candidates_own_workshop_counts(in_strumica: Municipality, lead: Actor) -> None:
    hold_workshop(lead)
    planned = workshops.plan_workshop(actor=lead, title="Later", starts_at=clock.now() + timedelta(days=1))
    candidate = candidates.add_candidate(actor=lead, title="Bins", problem="Smell", workshop=planned)

    challenge = candidates.choose(candidate, actor=lead, title="Bins")

    assert gate(challenge)["workshop_held"] is False


def test_candidates_are_compared_when_two_are_there_and_one_was_rated(in_strumica: Municipality, lead: Actor) -> None:
    candidate = candidates.add_candidate(actor=lead, title="Bins", problem="Smell")
    candidates.rate(candidate, actor=lead, stars=STARS)
    challenge = candidates.choose(candidate, actor=lead, title="Bins")
    assert gate(challenge)["candidates_compared"] is False

    other = candidates.add_candidate(actor=lead, title="Permits", problem="Slow")
    assert gate(challenge)["candidates_compared"] is True
    unrated = candidates.choose(other, actor=lead, title="Permits")
    assert gate(unrated)["candidates_compared"] is False


def test_begun_directly_is_noted(challenge: Challenge) -> None:
    [finding] = [finding for finding in findings([challenge])[challenge.pk] if "candidates" in finding.criterion.name]

    assert finding.met
    assert "Begun directly" in str(finding.note)


def test_the_whole_first_stage(in_strumica: Municipality, lead: Actor, member: Actor, approver: Actor) -> None:
    workshop = hold_workshop(lead)
    candidate = candidates.add_candidate(actor=member, title="Bins", problem="Smell", workshop=workshop)
    candidates.add_candidate(actor=member, title="Permits", problem="Slow")
    candidates.rate(candidate, actor=member, stars=STARS)
    challenge = candidates.choose(candidate, actor=member, title="Bins")
    expected = {"workshop_held": True, "candidates_compared": True, "brief_ready": False, "brief_approved": False}
    assert gate(challenge) == expected
    with pytest.raises(moves.GateClosed):
        moves.move_on(challenge, actor=lead, seen=Stage.CHALLENGE)

    fill_brief(challenge, "mk")
    approvals.reopen(challenge, actor=member)
    assert gate(challenge) == {**expected, "brief_ready": True}
    version = approvals.submit(challenge, actor=member).version
    approvals.approve(challenge, actor=approver, seen=version)
    assert all(gate(challenge).values())

    moved = moves.move_on(challenge, actor=lead, seen=Stage.CHALLENGE)

    assert moved.stage == Stage.VALIDATION
    [kept] = moved.snapshots.all()
    assert kept.reason == SnapshotReason.VALIDATION
    assert kept.content["texts"]["mk"]["problem"] == "problem in mk"


def test_the_brief_is_kept_on_the_way_into_validation_only(in_strumica: Municipality, lead: Actor) -> None:
    visitor = Actor(user=make_coordinator(), municipality=in_strumica, visit=object())  # type: ignore[arg-type]
    challenge = force_on(make_challenge(in_strumica, actor=lead))
    assert challenge.snapshots.count() == 1

    moved = moves.move_early(challenge, actor=visitor, seen=Stage.VALIDATION, reason="So")
    moved = moves.move_back(moved, actor=visitor, seen=Stage.MAPPING, to=Stage.VALIDATION, reason="Back")
    assert challenge.snapshots.count() == 1, "what validation began with stays what it was"
    moved = moves.move_back(moved, actor=visitor, seen=Stage.VALIDATION, to=Stage.CHALLENGE, reason="Back")
    moves.move_early(moved, actor=visitor, seen=Stage.CHALLENGE, reason="Again")
    assert challenge.snapshots.count() == 2


def test_a_challenge_is_withdrawn_with_a_reason(challenge: Challenge, lead: Actor, browsing: LogIn) -> None:
    page = browsing(lead)
    silent = page.post("withdraw", {"reason": " "}, challenge_id=challenge.public_id)
    answer = page.post("withdraw", {"reason": "No budget"}, challenge_id=challenge.public_id)

    assert (silent.status_code, answer.status_code) == (422, 302)
    challenge.refresh_from_db()
    assert challenge.ending == Progress.objects.get().ending == Ending.WITHDRAWN
    challenge.brief.refresh_from_db(fields=["version"])
    assert Challenge.objects.get().brief.state == BriefState.WITHDRAWN
    assert Entry.objects.get(verb="challenge.ended").reason == "No budget"
    with pytest.raises(Refused):
        endings.withdraw(make_challenge(lead.municipality, actor=lead), actor=lead, reason="  ")  # type: ignore[arg-type]


def test_what_stands_on_the_portal_is_not_withdrawn(challenge: Challenge, lead: Actor) -> None:
    brief = fill_brief(challenge)
    brief.publish()
    brief.save(update_fields=["state"])

    with pytest.raises(Refused, match="close its call"):
        endings.withdraw(challenge, actor=lead, reason="No budget")
    challenge.refresh_from_db()
    assert challenge.is_under_way


MAY: dict[str, type[Exception] | None] = {
    "lead": None, "visitor": None, "member": Forbidden, "evaluator": Forbidden, "approver": Forbidden,
    "viewer": Forbidden, "outsider": Http404,
}  # fmt: skip


@pytest.mark.parametrize("ended", [False, True])
def test_who_withdraws(ended: bool, in_strumica: Municipality, lead: Actor, cast: dict[str, Actor]) -> None:
    for who, expected in MAY.items():
        challenge = make_challenge(in_strumica, actor=lead)
        stale = Challenge.objects.get(pk=challenge.pk)
        if ended:
            challenge = moves.end(challenge, ending=Ending.REJECTED, actor=None)
            with pytest.raises(Conflict):
                endings.withdraw(stale, actor=cast["lead"], reason="So")
        wanted = expected or (Forbidden if ended else None)
        if wanted is None:
            endings.withdraw(challenge, actor=cast[who], reason="So")
        else:
            with pytest.raises(wanted):
                endings.withdraw(challenge, actor=cast[who], reason="So")
