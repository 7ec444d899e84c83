"""The decision: coherent, proposed by one person, approved by another, and told to all applicants once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404
from django_tenants.utils import tenant_context

from challenges.models import Challenge
from challenges.services import moves
from programs.actors import Actor
from programs.enums import Ending, Role, Stage
from programs.models import Membership, Municipality
from programs.timing.models import Deadline
from programs.timing.services import set_deadline
from solutions.market.enums import CompanyRole, ReleaseState
from solutions.market.models import Applicant, Release
from solutions.selection.enums import ConflictKind, DecisionOutcome, DecisionState, Place
from solutions.selection.models import Conflict, Decision, ReceivedApplication
from solutions.selection.queries.decisions import lines_for, proposals_of
from solutions.selection.services import conflicts, decisions, scoring
from solutions.selection.services.decisions import Line
from tech4muni.audit.models import Entry
from tech4muni.core import clock, errors
from tech4muni.notifications.models import Message
from tests.factories.challenges import acting_as, force_on
from tests.factories.evaluation import (
    freeze,
    make_candidate,
    make_lead,
    make_published,
    make_scored,
    make_scorer,
    score,
    withdraw,
    write_decision,
)
from tests.factories.people import make_member, make_user
from tests.factories.selection import state_of
from tests.selection.test_evaluation_criteria import cast, path

Found = dict[str, ReceivedApplication]


@pytest.fixture
def lead(strumica: Municipality) -> Actor:
    return make_lead(strumica)


@pytest.fixture
def approver(strumica: Municipality) -> Actor:
    return acting_as(make_member(strumica, Role.APPROVER), strumica)


@pytest.fixture
def scored(in_strumica: Municipality, lead: Actor) -> tuple[Challenge, Found]:
    """Three applications with a closed scoring, and a fourth that nobody scored."""
    challenge, found = make_scored(in_strumica, lead, {"Alpha": 4, "Beta": 3, "Gamma": 1})
    found["Early"] = make_candidate(challenge, name="Early", state=ReleaseState.SUBMITTED)
    return challenge, found


def chosen(found: Found, **places: Place) -> dict[Any, Place]:
    return {found[name].release_id: place for name, place in places.items()}


def proposed(challenge: Challenge, found: Found, actor: Actor) -> Decision:
    """Write and propose that Alpha is selected and Beta in reserve."""
    places = chosen(found, Alpha=Place.SELECTED, Beta=Place.RESERVE)
    decision = write_decision(challenge, actor, DecisionOutcome.RESERVE, places)
    return decisions.propose(decision, actor=actor, version=decision.version)


def test_an_approved_decision_is_carried_out_and_told(
    scored: tuple[Challenge, Found], lead: Actor, approver: Actor, strumica: Municipality
) -> None:
    challenge, found = scored
    key = f"decision:{challenge.public_id}"
    set_deadline(key, label={"en-gb": "Decide"}, due_at=clock.now(), time_zone="UTC", municipality=strumica)

    decision = decisions.approve(proposed(challenge, found, lead), actor=approver)

    assert (decision.state, decision.proposed_by, decision.approved_by) == (
        DecisionState.APPROVED, lead.user, approver.user,
    )  # fmt: skip
    assert decision.answered_at is not None
    assert {name: state_of(received) for name, received in found.items()} == {
        "Alpha": "selected", "Beta": "reserve", "Gamma": "not_selected", "Early": "not_selected",
    }  # fmt: skip
    assert Release.objects.get(public_id=found["Gamma"].release_id).note.startswith("Fit to the challenge (50%)")
    assert Deadline.objects.get(key=key).met_at is not None
    mails = Message.objects.filter(kind="selection.answer")
    assert mails.count() == 4
    assert sorted(mail.subject for mail in mails) == [
        "Your application to Strumica: Not selected", "Your application to Strumica: Not selected",
        "Your application to Strumica: Reserve", "Your application to Strumica: Selected",
    ]  # fmt: skip
    assert Entry.objects.get(verb="decision.approved").data["outcome"] == "reserve"


def test_the_answer_says_place_reasons_contact_and_day(
    scored: tuple[Challenge, Found], lead: Actor, approver: Actor
) -> None:
    challenge, found = scored
    application = Release.objects.get(public_id=found["Gamma"].release_id).application
    Applicant.objects.create(application=application, user=make_user(), role=CompanyRole.EDITOR)
    left = Applicant.objects.create(application=application, user=make_user(), role=CompanyRole.EDITOR)
    Applicant.objects.filter(pk=left.pk).update(ended_at=clock.now())

    decisions.approve(proposed(challenge, found, lead), actor=approver)

    mails = Message.objects.filter(kind="selection.answer", key__contains=str(found["Gamma"].release_id))
    assert mails.count() == 2
    for mail in mails:
        assert "Not selected" in mail.text
        assert "Fit to the challenge (50%): 1.0 of 5 points" in mail.text
        assert "Reason for 1 by" in mail.text
        assert "Ana Petrova" in mail.text
        assert found["Gamma"].reference in mail.text
        assert "Reason for 4" not in mail.text


def test_the_answer_is_in_the_language_of_the_application(in_strumica: Municipality, lead: Actor) -> None:
    challenge = make_published(in_strumica)
    found = {"Alpha": make_candidate(challenge, name="Alpha", language="de")}
    freeze(challenge, lead)
    score(challenge, found["Alpha"], make_scorer(challenge, lead), 3)
    scoring.close(challenge, actor=lead)
    decision = write_decision(challenge, lead, DecisionOutcome.SELECTED, chosen(found, Alpha=Place.SELECTED))
    decisions.propose(decision, actor=lead, version=decision.version)

    decisions.approve(decision, actor=make_lead(in_strumica))

    assert Message.objects.get(kind="selection.answer").language == "de"


def test_debriefs_are_prefilled_from_the_reasons(scored: tuple[Challenge, Found]) -> None:
    challenge, _found = scored
    texts = {row.received.company_name: row.debrief for row in proposals_of(challenge, None)}

    assert texts["Early"] == ""
    assert "Fit to the challenge (50%): 4.0 of 5 points\n– Reason for 4 by" in texts["Alpha"]
    assert "Team (20%)" in texts["Alpha"]


OUTCOMES: list[tuple[DecisionOutcome, dict[str, Place], bool]] = [
    (DecisionOutcome.SELECTED, {"Alpha": Place.SELECTED}, True),
    (DecisionOutcome.SELECTED, {}, False),
    (DecisionOutcome.SELECTED, {"Alpha": Place.SELECTED, "Beta": Place.SELECTED}, False),
    (DecisionOutcome.SELECTED, {"Alpha": Place.SELECTED, "Beta": Place.RESERVE}, False),
    (DecisionOutcome.RESERVE, {"Alpha": Place.SELECTED, "Beta": Place.RESERVE}, True),
    (DecisionOutcome.RESERVE, {"Alpha": Place.SELECTED}, False),
    (DecisionOutcome.RESERVE, {"Alpha": Place.RESERVE}, False),
    (DecisionOutcome.SPLIT, {"Alpha": Place.SELECTED, "Beta": Place.SELECTED}, True),
    (DecisionOutcome.SPLIT, {"Alpha": Place.SELECTED}, False),
    (DecisionOutcome.NO_AWARD, {}, True),
    (DecisionOutcome.NO_AWARD, {"Alpha": Place.RESERVE}, False),
    (DecisionOutcome.SELECTED, {"Early": Place.SELECTED}, False),
]


@pytest.mark.parametrize(("outcome", "places", "fits"), OUTCOMES)
def test_outcome_and_places_fit_together(
    scored: tuple[Challenge, Found], lead: Actor, outcome: DecisionOutcome, places: dict[str, Place], fits: bool
) -> None:
    challenge, found = scored
    decision = write_decision(challenge, lead, outcome, chosen(found, **places))
    propose = partial(decisions.propose, decision, actor=lead, version=decision.version)
    if fits:
        assert propose().state == DecisionState.PROPOSED
    else:
        with pytest.raises(errors.Refused):
            propose()


def test_everybody_is_told_something_and_a_rationale_is_written(scored: tuple[Challenge, Found], lead: Actor) -> None:
    challenge, found = scored
    places = chosen(found, Alpha=Place.SELECTED)
    decision = write_decision(challenge, lead, DecisionOutcome.SELECTED, places, rationale=" ")
    with pytest.raises(errors.Refused) as refused:
        decisions.propose(decision, actor=lead, version=decision.version)
    assert refused.value.field == "rationale"
    decision = decisions.write(
        challenge, actor=lead, outcome=DecisionOutcome.SELECTED, rationale="Good", dissent="One would have taken Beta",
        lines={found["Gamma"].release_id: Line(Place.NOT_SELECTED, " ")}, version=decision.version,
    )  # fmt: skip
    with pytest.raises(errors.Refused, match="Gamma"):
        decisions.propose(decision, actor=lead, version=decision.version)


def test_the_decision_comes_after_the_scoring_and_in_its_stage(in_strumica: Municipality, lead: Actor) -> None:
    early = make_published(in_strumica, stage=Stage.EVENT)
    freeze(early, lead)
    received = make_candidate(early, name="Alpha")
    score(early, received, make_scorer(early, lead), 3)
    scoring.close(early, actor=lead)
    with pytest.raises(errors.Refused, match="stage"):
        write_decision(early, lead, DecisionOutcome.NO_AWARD, {})
    late = force_on(early)
    write_decision(late, lead, DecisionOutcome.NO_AWARD, {})

    open_ = make_published(in_strumica)
    freeze(open_, lead)
    with pytest.raises(errors.Refused, match="Close the scoring"):
        write_decision(open_, lead, DecisionOutcome.NO_AWARD, {})


def test_what_is_stale_or_proposed_is_not_overwritten(scored: tuple[Challenge, Found], lead: Actor) -> None:
    challenge, found = scored
    decision = write_decision(challenge, lead, DecisionOutcome.NO_AWARD, {})
    write = partial(
        decisions.write, challenge, actor=lead, outcome=DecisionOutcome.SPLIT, rationale="", dissent="", lines={}
    )
    with pytest.raises(errors.Conflict, match="meantime"):
        write(version=decision.version - 1)
    with pytest.raises(errors.Conflict, match="meantime"):
        decisions.propose(decision, actor=lead, version=decision.version - 1)
    decision = proposed(challenge, found, lead)
    with pytest.raises(errors.Conflict, match="sent back"):
        write(version=decision.version)


def test_a_decision_is_sent_back_with_what_to_change(
    scored: tuple[Challenge, Found], lead: Actor, approver: Actor
) -> None:
    challenge, found = scored
    decision = proposed(challenge, found, lead)
    with pytest.raises(errors.Refused) as refused:
        decisions.send_back(decision, actor=approver, text=" ")
    assert refused.value.field == "text"

    returned = decisions.send_back(decision, actor=approver, text="Say more about costs")

    assert (returned.state, returned.review_note, returned.proposed_by) == ("draft", "Say more about costs", None)
    assert Entry.objects.get(verb="decision.returned").reason == "Say more about costs"
    assert decisions.propose(returned, actor=lead, version=returned.version).review_note == ""
    assert Message.objects.filter(kind="selection.answer").count() == 0


def test_what_no_longer_fits_is_not_approved(scored: tuple[Challenge, Found], lead: Actor, approver: Actor) -> None:
    challenge, found = scored
    decision = proposed(challenge, found, lead)
    withdraw(found["Alpha"])

    with pytest.raises(errors.Refused, match="Alpha cannot be chosen"):
        decisions.approve(decision, actor=approver)
    assert state_of(found["Beta"]) == ReleaseState.INVITED
    assert Message.objects.filter(kind="selection.answer").count() == 0


def test_who_withdrew_is_not_answered(scored: tuple[Challenge, Found], lead: Actor, approver: Actor) -> None:
    challenge, found = scored
    decision = proposed(challenge, found, lead)
    withdraw(found["Gamma"])

    decisions.approve(decision, actor=approver)

    assert state_of(found["Gamma"]) == ReleaseState.WITHDRAWN
    assert Message.objects.filter(kind="selection.answer").count() == 3


def test_the_database_wants_two_people(scored: tuple[Challenge, Found], lead: Actor) -> None:
    challenge, found = scored
    decision = proposed(challenge, found, lead)
    for change in (
        {"approved_by": lead.user},
        {"approved_by": None},
        {"approved_by": make_user(), "proposed_by": None},
    ):
        with pytest.raises(IntegrityError, match="decision_two_people"), transaction.atomic():
            Decision.objects.filter(pk=decision.pk).update(state=DecisionState.APPROVED, **change)


def test_a_conflict_keeps_from_deciding(
    scored: tuple[Challenge, Found], lead: Actor, approver: Actor, strumica: Municipality
) -> None:
    challenge, found = scored
    decision = proposed(challenge, found, lead)
    for actor in (approver, lead):
        assert actor.user is not None
        Conflict.objects.create(
            challenge=challenge, user=actor.user, company_id=found["Gamma"].company_id, company_name="Gamma",
            kind=ConflictKind.DECLARED, reason="So", at=clock.now(),
        )  # fmt: skip

    for step in (
        partial(decisions.approve, decision, actor=approver),
        partial(decisions.send_back, decision, actor=approver, text="So"),
        partial(decisions.propose, decision, actor=lead, version=decision.version),
        partial(write_decision, challenge, lead, DecisionOutcome.NO_AWARD, {}),
    ):
        with pytest.raises(errors.Forbidden, match="conflict of interest"):
            step()
    seen = [line.received.company_name for line in lines_for(approver, decision)]
    assert seen == ["Alpha", "Beta", "Early"]

    other = make_lead(strumica)
    conflicts.lift(Conflict.objects.get(user=approver.user), actor=other, reason="Long ago")
    decisions.approve(decision, actor=approver)


def test_a_derived_conflict_is_found_at_the_last_moment(
    scored: tuple[Challenge, Found], lead: Actor, strumica: Municipality
) -> None:
    challenge, found = scored
    decision = proposed(challenge, found, lead)
    owner = Release.objects.get(public_id=found["Alpha"].release_id).application.people.get().user
    insider = tie(owner, strumica)

    with pytest.raises(errors.Forbidden):
        decisions.approve(decision, actor=insider)


def tie(user: Any, municipality: Municipality) -> Actor:
    """Let the owner of a company work in the municipality, as an approver."""
    Membership.objects.create(user=user, municipality=municipality, role=Role.APPROVER)
    return acting_as(user, municipality)


def test_no_award_ends_the_challenge(scored: tuple[Challenge, Found], lead: Actor, approver: Actor) -> None:
    challenge, _found = scored
    decision = write_decision(challenge, lead, DecisionOutcome.NO_AWARD, {})
    with pytest.raises(errors.Refused):
        decisions.end_without_award(challenge, actor=lead)
    decisions.propose(decision, actor=lead, version=decision.version)
    decisions.approve(decision, actor=approver)
    with pytest.raises(errors.Forbidden):
        decisions.end_without_award(challenge, actor=approver)

    ended = decisions.end_without_award(challenge, actor=lead)

    assert ended.ending == Ending.NO_AWARD
    assert Message.objects.filter(kind="selection.answer").count() == 4


OUTSIDE = dict.fromkeys(["coordinator", "stranger"], Http404)
INSIDE = dict.fromkeys(["member", "visitor", "evaluator", "approver", "viewer", "lead"], errors.Forbidden)
WRITE: dict[str, Any] = {**OUTSIDE, **INSIDE, "lead": None, "member": None, "visitor": None}
DECIDE: dict[str, Any] = {**OUTSIDE, **INSIDE, "lead": None, "approver": None}
NOBODY: dict[str, Any] = {**OUTSIDE, **INSIDE}
TABLE = {
    "write": WRITE, "propose": WRITE, "approve": DECIDE, "send_back": DECIDE, "end": {**NOBODY, "lead": None},
    "write, ended": NOBODY, "propose, ended": NOBODY, "approve, ended": NOBODY, "send_back, ended": NOBODY,
    "end, ended": NOBODY,
}  # fmt: skip


@pytest.mark.parametrize("what", TABLE)
def test_who_may(in_strumica: Municipality, lead: Actor, what: str) -> None:
    step, _comma, ended = what.partition(", ")
    challenge, _found = make_scored(in_strumica, lead, {"Alpha": 3})
    decision = write_decision(challenge, lead, DecisionOutcome.NO_AWARD, {})
    if step in {"approve", "send_back", "end"}:
        decision = decisions.propose(decision, actor=lead, version=decision.version)
    if step == "end":
        decision = decisions.approve(decision, actor=make_lead(in_strumica))
    if ended:
        challenge = moves.end(challenge, ending=Ending.WITHDRAWN, actor=None)
    for who, actor in cast(in_strumica).items():
        known = Decision.objects.get(pk=decision.pk)
        calls: dict[str, Callable[[], Any]] = {
            "write": partial(write_decision, challenge, actor, DecisionOutcome.NO_AWARD, {}),
            "propose": partial(decisions.propose, known, actor=actor, version=known.version),
            "approve": partial(decisions.approve, known, actor=actor),
            "send_back": partial(decisions.send_back, known, actor=actor, text="So"),
            "end": partial(decisions.end_without_award, challenge, actor=actor),
        }
        expected = TABLE[what][who]
        with transaction.atomic():
            if expected is None:
                calls[step]()
            else:
                with pytest.raises(expected):
                    calls[step]()
            transaction.set_rollback(True)


def test_nobody_approves_their_own(scored: tuple[Challenge, Found], lead: Actor) -> None:
    decision = proposed(*scored, lead)
    with pytest.raises(errors.Forbidden, match="Somebody else"):
        decisions.approve(decision, actor=lead)


@pytest.mark.django_db(transaction=True)
def test_of_those_who_approve_at_once_one_does(in_own_connection: Callable[..., Any]) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    lead = make_lead(strumica)
    people = [acting_as(make_member(strumica, Role.APPROVER), strumica) for _number in range(8)]
    with tenant_context(strumica):
        challenge, found = make_scored(strumica, lead, {"Alpha": 4, "Beta": 3})
        decision = proposed(challenge, found, lead)

    def press(number: int) -> str:
        with tenant_context(strumica):
            try:
                decisions.approve(Decision.objects.get(pk=decision.pk), actor=people[number])
            except errors.Conflict:
                return "conflict"
            return "approved"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(in_own_connection(press), range(8)))

    assert sorted(answers) == ["approved"] + ["conflict"] * 7
    assert Message.objects.filter(kind="selection.answer").count() == 2
    with tenant_context(strumica):
        assert Entry.objects.filter(verb="decision.approved").count() == 1


def test_the_pages(
    scored: tuple[Challenge, Found], lead: Actor, approver: Actor, client_on: Callable[[str], Any]
) -> None:
    challenge, found = scored
    client = client_on("strumica.localhost")
    client.force_login(lead.user)
    assert b"No decision yet" in client.get(path(challenge, "evaluation_decision")).content
    page = path(challenge, "evaluation_write")
    assert b"Reason for 4 by" in client.get(page).content
    values = {f"place_{row.release_id.hex}": "not_selected" for row in found.values()}
    values |= {f"debrief_{row.release_id.hex}": f"Thank you, {name}" for name, row in found.items()}
    values |= {f"place_{found['Alpha'].release_id.hex}": "selected", "outcome": "selected", "version": "0"}
    bad = client.post(page, {**values, "outcome": "", "rationale": "It fits best"})
    assert (bad.status_code, b"It fits best" in bad.content) == (422, True)
    assert client.post(page, {**values, "rationale": "It fits best"}).status_code == 302
    stale = client.post(page, {**values, "rationale": "Mine is another"})
    assert (stale.status_code, b"Mine is another" in stale.content, b"It fits best" in stale.content) == (
        422, True, True,
    )  # fmt: skip
    version = Decision.objects.get().version
    assert client.post(path(challenge, "evaluation_propose"), {"version": version}).status_code == 302
    assert client.post(path(challenge, "evaluation_approve")).status_code == 403

    second = client_on("strumica.localhost")
    second.force_login(approver.user)
    assert b"Approve, and answer all applicants" in second.get(path(challenge, "evaluation_decision")).content
    assert second.post(path(challenge, "evaluation_return"), {}).status_code == 422
    assert second.post(path(challenge, "evaluation_return"), {"text": "Say more"}).status_code == 302
    assert b"Say more" in client.get(path(challenge, "evaluation_decision")).content
    version = Decision.objects.get().version
    client.post(path(challenge, "evaluation_propose"), {"version": version})
    assert second.post(path(challenge, "evaluation_approve")).status_code == 302
    assert Decision.objects.get().state == DecisionState.APPROVED
    again = second.post(path(challenge, "evaluation_approve"), follow=True)
    assert b"does not wait for approval any more" in again.content


def test_the_file_defends_the_decision(
    scored: tuple[Challenge, Found], lead: Actor, approver: Actor, client_on: Callable[[str], Any]
) -> None:
    challenge, found = scored
    decisions.approve(proposed(challenge, found, lead), actor=approver)
    client = client_on("strumica.localhost")
    client.force_login(lead.user)

    for name in ("evaluation_file", "evaluation_print"):
        shown = client.get(path(challenge, name)).content.decode()
        for words in (
            challenge.selection.digest, "matches", "Alpha", "4.00", "The best of all", str(approver.user),
            "6 of 6 scorecards are handed in", "Selected, with a reserve",
        ):  # fmt: skip
            assert words in shown, (name, words)


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("page", "queries"), [("evaluation_decision", 23), ("evaluation_file", 42)])
def test_the_pages_ask_as_often_for_three_as_for_one(
    in_strumica: Municipality,
    lead: Actor,
    client_on: Callable[[str], Any],
    django_assert_num_queries: Callable[[int], Any],
    number: int,
    page: str,
    queries: int,
) -> None:
    challenge, _found = make_scored(in_strumica, lead, {f"Company {n}": 3 for n in range(number)})
    write_decision(challenge, lead, DecisionOutcome.NO_AWARD, {})
    client = client_on("strumica.localhost")
    client.force_login(lead.user)
    client.get(path(challenge, page))

    with django_assert_num_queries(queries):
        client.get(path(challenge, page))
