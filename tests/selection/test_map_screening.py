"""Screening, the shortlist and invitations: who may, from which state, and what is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest
from django.db import transaction
from django.http import Http404
from django_tenants.utils import tenant_context

from challenges.models import Challenge
from challenges.services.moves import end
from programs.actors import Actor
from programs.enums import Ending, Role, Stage
from programs.models import Municipality
from programs.timing.models import Deadline
from solutions.market.enums import ReleaseState
from solutions.market.models import Release
from solutions.selection.models import ReceivedApplication, SelectionRound
from solutions.selection.permissions import may_invite, may_map
from solutions.selection.services.invitations import invite
from solutions.selection.services.opening import note_opened
from solutions.selection.services.screening import ScreeningStep, possible_steps, screen, screen_all
from tech4muni.audit.models import Entry
from tech4muni.core.errors import Conflict, Forbidden, Refused
from tests.factories.challenges import make_challenge
from tests.factories.people import make_member
from tests.factories.selection import close_call, freeze, make_received, send_again, state_of
from tests.selection.casts import CAST, make_actor

YES, NO, GONE = "allowed", "refused", "not there"
OUT: Final = {"stranger": GONE}
WRITERS: Final = {**dict.fromkeys(CAST, NO), "lead": YES, "member": YES, "visitor": YES, **OUT}
LEADS: Final = {**WRITERS, "member": NO}


@pytest.fixture
def challenge(in_strumica: Municipality) -> Challenge:
    return make_challenge(in_strumica, stage=Stage.MAPPING)


@pytest.fixture
def lead(in_strumica: Municipality) -> Actor:
    return make_actor("lead", in_strumica)


def ready(challenge: Challenge, actor: Actor, *states: str) -> list[ReceivedApplication]:
    """Let applications in these states wait to be screened: the call has closed, the criteria are frozen."""
    rows = [make_received(challenge, state=state) for state in states or (ReleaseState.SUBMITTED,)]
    close_call(challenge)
    assert actor.user is not None
    freeze(challenge, actor.user)
    return rows


def answer(step: Callable[[], object]) -> str:
    """Tell what became of a step: allowed, refused, or not there."""
    try:
        step()
    except Http404:
        return GONE
    except Forbidden:
        return NO
    return YES


@pytest.mark.parametrize("name", CAST)
@pytest.mark.parametrize("step", [step for step in ScreeningStep if step != ScreeningStep.INVITE])
def test_who_screens(challenge: Challenge, lead: Actor, name: str, step: ScreeningStep) -> None:
    state = {ScreeningStep.SHORTLIST: "under_review", ScreeningStep.TAKE_OFF: "shortlisted"}.get(step, "submitted")
    [received] = ready(challenge, lead, state)
    assert lead.municipality is not None
    actor = make_actor(name, lead.municipality)

    got = answer(lambda: screen(received, step, actor=actor, seen_round=1, text="Tell us more."))

    assert got == WRITERS[name]
    assert (state_of(received) != state) == (got == YES)


@pytest.mark.parametrize("name", CAST)
def test_who_invites(challenge: Challenge, lead: Actor, name: str) -> None:
    [received] = ready(challenge, lead, "shortlisted")
    assert lead.municipality is not None
    actor = make_actor(name, lead.municipality)

    assert answer(lambda: invite(challenge, [received.release_id], actor=actor)) == LEADS[name]


@pytest.mark.parametrize("name", CAST)
def test_nobody_changes_anything_after_the_end(challenge: Challenge, lead: Actor, name: str) -> None:
    [received] = ready(challenge, lead)
    ended = end(challenge, ending=Ending.WITHDRAWN, actor=None)
    received.challenge = ended
    assert lead.municipality is not None
    actor = make_actor(name, lead.municipality)

    assert answer(lambda: screen(received, ScreeningStep.ELIGIBLE, actor=actor, seen_round=1)) != YES
    assert not may_invite(actor, ended)
    assert not may_map(actor, ended)


@pytest.mark.parametrize("name", ["lead", "member", "visitor"])
def test_nobody_screens_before_the_criteria_are_frozen(challenge: Challenge, lead: Actor, name: str) -> None:
    received = make_received(challenge)
    close_call(challenge)
    assert lead.municipality is not None

    with pytest.raises(Forbidden, match="freeze the criteria first"):
        screen(received, ScreeningStep.ELIGIBLE, actor=make_actor(name, lead.municipality), seen_round=1)

    assert state_of(received) == ReleaseState.SUBMITTED


ALLOWED: Final = {
    "submitted": {"eligible": "under_review", "ineligible": "ineligible", "ask_more": "more_info_requested"},
    "more_info_requested": {
        "eligible": "under_review", "ineligible": "ineligible", "ask_more": "more_info_requested",
    },
    "under_review": {
        "eligible": "under_review", "ineligible": "ineligible", "ask_more": "more_info_requested",
        "shortlist": "shortlisted",
    },
    "ineligible": {"eligible": "under_review"},
    "shortlisted": {"ineligible": "ineligible", "take_off": "under_review", "invite": "invited"},
    "invited": {},
    "selected": {},
    "reserve": {},
    "not_selected": {},
}  # fmt: skip


@pytest.mark.parametrize("state", ALLOWED)
@pytest.mark.parametrize("step", ScreeningStep)
def test_from_which_state(challenge: Challenge, lead: Actor, state: str, step: ScreeningStep) -> None:
    [received] = ready(challenge, lead, state)
    expected = ALLOWED[state].get(step)
    release = Release.objects.get(public_id=received.release_id)
    if step != ScreeningStep.INVITE:
        assert (step in possible_steps(release)) == (expected is not None)

    def take() -> None:
        if step == ScreeningStep.INVITE:
            invite(challenge, [received.release_id], actor=lead)
        else:
            screen(received, step, actor=lead, seen_round=1, text="Which batteries?")

    if expected is None:
        with pytest.raises(Conflict, match=received.company_name):
            take()
        assert state_of(received) == state
    else:
        take()
        assert state_of(received) == expected


def test_the_company_is_told_and_the_trail_names_no_company(challenge: Challenge, lead: Actor) -> None:
    [received] = ready(challenge, lead)

    screen(received, ScreeningStep.ASK_MORE, actor=lead, seen_round=1, text="Which batteries?")

    assert Release.objects.get(public_id=received.release_id).note == "Which batteries?"
    entry = Entry.objects.get(verb="application.asked_for_more")
    assert (entry.actor, entry.target_label, entry.data["told"]) == (lead.user, received.reference, "Which batteries?")
    assert "Which batteries?" not in f"{entry.sentence} {entry.reason}", "the history is for everybody inside"


@pytest.mark.parametrize("step", [ScreeningStep.INELIGIBLE, ScreeningStep.ASK_MORE])
@pytest.mark.parametrize("text", ["", "  \n"])
def test_words_are_wanted(challenge: Challenge, lead: Actor, step: ScreeningStep, text: str) -> None:
    [received] = ready(challenge, lead)

    with pytest.raises(Refused) as refused:
        screen(received, step, actor=lead, seen_round=1, text=text)

    assert refused.value.field == "text"


def test_a_new_round_is_read_before_it_is_screened(challenge: Challenge, lead: Actor) -> None:
    [received] = ready(challenge, lead)
    again = send_again(received)

    with pytest.raises(Conflict, match="new version"):
        screen(again, ScreeningStep.ELIGIBLE, actor=lead, seen_round=1)
    with pytest.raises(Http404):
        screen(received, ScreeningStep.ELIGIBLE, actor=lead, seen_round=1)

    screen(again, ScreeningStep.ELIGIBLE, actor=lead, seen_round=2)
    assert state_of(again) == ReleaseState.UNDER_REVIEW


def test_several_are_shortlisted_at_once(challenge: Challenge, lead: Actor) -> None:
    rows = ready(challenge, lead, "under_review", "under_review")

    screen_all(challenge, rows, ScreeningStep.SHORTLIST, actor=lead)

    assert {state_of(row) for row in rows} == {"shortlisted"}
    assert Entry.objects.filter(verb="application.shortlisted").count() == 2


def test_of_several_all_or_none(challenge: Challenge, lead: Actor) -> None:
    rows = ready(challenge, lead, "under_review", "submitted")

    with pytest.raises(Conflict, match=rows[1].company_name):
        screen_all(challenge, rows, ScreeningStep.SHORTLIST, actor=lead)

    assert [state_of(row) for row in rows] == ["under_review", "submitted"]
    assert not Entry.objects.filter(verb="application.shortlisted").exists()


def test_invitations(challenge: Challenge, lead: Actor) -> None:
    rows = ready(challenge, lead, "shortlisted", "shortlisted", "shortlisted")

    number = invite(challenge, [row.release_id for row in rows[:2]], actor=lead)

    assert number == 2
    assert [state_of(row) for row in rows] == ["invited", "invited", "shortlisted"]
    assert Entry.objects.filter(verb="application.invited").count() == 2


def test_invitations_want_somebody(challenge: Challenge, lead: Actor) -> None:
    ready(challenge, lead, "shortlisted")

    with pytest.raises(Refused, match="at least one"):
        invite(challenge, [], actor=lead)


def test_who_is_gone_is_not_invited(challenge: Challenge, lead: Actor) -> None:
    elsewhere = make_challenge(Municipality.objects.get(schema_name="strumica"), stage=Stage.MAPPING)
    [received] = ready(elsewhere, lead, "shortlisted")
    ready(challenge, lead, "shortlisted")

    with pytest.raises(Conflict, match="changed in the meantime"):
        invite(challenge, [received.release_id], actor=lead)

    assert state_of(received) == "shortlisted"


def test_the_deadline_is_met_with_the_last_one(challenge: Challenge, lead: Actor) -> None:
    first, last = ready(challenge, lead, "submitted", "submitted")
    deadline = Deadline.objects.get(key=f"screening:{challenge.public_id}")

    screen(first, ScreeningStep.ELIGIBLE, actor=lead, seen_round=1)
    deadline.refresh_from_db()
    assert deadline.met_at is None

    screen(last, ScreeningStep.INELIGIBLE, actor=lead, seen_round=1, text="Not a company.")
    deadline.refresh_from_db()
    assert deadline.met_at is not None


def test_the_first_opening_is_kept(challenge: Challenge, lead: Actor) -> None:
    ready(challenge, lead)

    for _twice in range(2):
        note_opened(challenge, lead)

    stand = SelectionRound.objects.get()
    assert stand.opened_at is not None
    assert stand.frozen_at is not None
    assert stand.opened_at >= stand.frozen_at
    assert Entry.objects.filter(verb="applications.opened").count() == 1


def test_nothing_is_opened_before_the_criteria_are_frozen(challenge: Challenge, lead: Actor) -> None:
    with pytest.raises(Forbidden, match="freeze the criteria first"):
        note_opened(challenge, lead)
    SelectionRound.objects.create(challenge=challenge)
    with pytest.raises(Forbidden):
        note_opened(challenge, lead)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_decide_at_once_one_does(in_own_connection: Callable[..., Any]) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    with tenant_context(strumica), transaction.atomic():
        challenge = make_challenge(strumica, stage=Stage.MAPPING)
        lead = Actor(user=make_member(strumica, Role.LEAD), municipality=strumica, role=Role.LEAD)
        [received] = ready(challenge, lead, "under_review")

    def press(_number: int) -> str:
        with tenant_context(strumica):
            try:
                screen(received, ScreeningStep.SHORTLIST, actor=lead, seen_round=1)
            except Conflict:
                return "conflict"
            return "done"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(in_own_connection(press), range(8)))

    assert sorted(answers) == ["conflict"] * 7 + ["done"]
    with tenant_context(strumica):
        assert Entry.objects.filter(verb="application.shortlisted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_screen_the_last_two_at_once_meet_the_deadline(in_own_connection: Callable[..., Any]) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    with tenant_context(strumica), transaction.atomic():
        challenge = make_challenge(strumica, stage=Stage.MAPPING)
        lead = Actor(user=make_member(strumica, Role.LEAD), municipality=strumica, role=Role.LEAD)
        rows = ready(challenge, lead, *["submitted"] * 6)

    def press(received: ReceivedApplication) -> None:
        with tenant_context(strumica):
            screen(received, ScreeningStep.ELIGIBLE, actor=lead, seen_round=1)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(in_own_connection(press), rows))

    assert Deadline.objects.get(key=f"screening:{challenge.public_id}").met_at is not None
