"""Scorecards: drafts, handing in, who sees what when, closing, and the matrix."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.http import Http404
from django_tenants.utils import tenant_context

from challenges.models import Challenge
from challenges.services import moves
from programs.actors import Actor
from programs.enums import Ending, Role
from programs.models import Municipality
from programs.timing.models import Deadline
from solutions.market.enums import ReleaseState
from solutions.market.models import Release
from solutions.selection.enums import Pool, ScorecardState
from solutions.selection.models import Criterion, ReceivedApplication, Scorecard, SelectionRound
from solutions.selection.queries.panel import criteria_of, round_of
from solutions.selection.queries.scores import matrix_for, own_rows, scorecards_for, scoring_standing
from solutions.selection.services import conflicts, criteria, panel, scoring
from solutions.selection.services.scoring import Answer
from tech4muni.audit.models import Entry
from tech4muni.core import clock, errors
from tests.factories.challenges import acting_as
from tests.factories.evaluation import (
    freeze,
    make_candidate,
    make_lead,
    make_published,
    make_scored,
    make_scorer,
    score,
    withdraw,
)
from tests.factories.market import make_company
from tests.factories.people import make_member
from tests.factories.selection import send_again
from tests.selection.test_evaluation_criteria import cast, path


@pytest.fixture
def lead(strumica: Municipality) -> Actor:
    return make_lead(strumica)


@pytest.fixture
def challenge(in_strumica: Municipality, lead: Actor) -> Challenge:
    found = make_published(in_strumica)
    freeze(found, lead)
    return found


@pytest.fixture
def received(challenge: Challenge) -> ReceivedApplication:
    return make_candidate(challenge, name="Binsight")


@pytest.fixture
def scorer(challenge: Challenge, lead: Actor, received: ReceivedApplication) -> Actor:
    return make_scorer(challenge, lead)


def seen_by(actor: Actor, challenge: Challenge) -> list[str]:
    """Whose handed-in scorecards somebody sees."""
    return [str(card.user) for card in scorecards_for(actor, challenge, round_of(challenge))]


def test_a_draft_keeps_what_was_written_so_far(
    challenge: Challenge, received: ReceivedApplication, scorer: Actor
) -> None:
    first = Criterion.objects.get(number=1)
    card = scoring.save_scorecard(
        challenge, received.release_id, actor=scorer, answers={first.pk: Answer(None, "Not sure yet")}, comment="Hm"
    )
    scoring.save_scorecard(
        challenge, received.release_id, actor=scorer, answers={first.pk: Answer(4, "Fits")}, version=2
    )

    card.refresh_from_db()
    score_ = card.scores.get()
    assert (score_.value, score_.reason, card.state, card.version) == (4, "Fits", ScorecardState.DRAFT, 3)
    changed = Entry.objects.filter(verb="scorecard.edited").latest("number").data["changes"]
    assert changed[str(first.public_id)] == [[None, "Not sure yet"], [4, "Fits"]]
    assert changed["comment"] == ["Hm", ""]


def test_the_trail_names_no_company(challenge: Challenge, received: ReceivedApplication, scorer: Actor) -> None:
    score(challenge, received, scorer, 3)
    for entry in Entry.objects.filter(verb__startswith="scorecard."):
        assert entry.target_label == f"{received.reference} · {scorer.user}"
        assert "Binsight" not in str(entry.sentence)


def test_what_is_stale_is_refused(challenge: Challenge, received: ReceivedApplication, scorer: Actor) -> None:
    score(challenge, received, scorer, 3, hand_in=False)
    with pytest.raises(errors.Conflict, match="another window"):
        scoring.save_scorecard(challenge, received.release_id, actor=scorer, answers={}, version=1)


@pytest.mark.parametrize(
    ("value", "reason", "field"),
    [(None, "", "value"), (0, "", "reason"), (1, " ", "reason"), (5, "", "reason"), (2, "", ""), (3, "", ""),
     (4, "", ""), (0, "Nothing of it", ""), (5, "All of it", "")],
)  # fmt: skip
def test_a_scorecard_is_handed_in_complete(
    challenge: Challenge, received: ReceivedApplication, scorer: Actor, value: int | None, reason: str, field: str
) -> None:
    rows = list(criteria_of(challenge))
    answers = {row.pk: Answer(3) for row in rows} | {rows[0].pk: Answer(value, reason)}
    hand_in = partial(
        scoring.save_scorecard, challenge, received.release_id, actor=scorer, answers=answers, hand_in=True
    )
    if not field:
        assert hand_in().state == ScorecardState.SUBMITTED
        return
    with pytest.raises(errors.Refused) as refused:
        hand_in()
    assert refused.value.field == f"{field}_{rows[0].pk}"
    assert not Scorecard.objects.filter(state=ScorecardState.SUBMITTED).exists()


def test_nobody_scores_before_freezing_and_declaring(in_strumica: Municipality, lead: Actor) -> None:
    early = make_published(in_strumica)
    received = make_candidate(early)
    selection = criteria.prepare(early, actor=lead)
    person = make_scorer(early, lead, role=Role.MEMBER, declared=False)
    with pytest.raises(errors.Refused, match="frozen"):
        score(early, received, person, 3)
    criteria.freeze(early, actor=lead, version=selection.version)
    with pytest.raises(errors.Refused, match="Declare"):
        score(early, received, person, 3)
    conflicts.declare(early, actor=person, reasons={})
    score(early, received, person, 3)


def test_others_are_seen_after_ones_own(
    challenge: Challenge, lead: Actor, received: ReceivedApplication, scorer: Actor
) -> None:
    other = make_scorer(challenge, lead)
    second = make_candidate(challenge, name="Routely")
    for person in (scorer, other):
        conflicts.declare(challenge, actor=person, reasons={})
    score(challenge, received, scorer, 5)
    score(challenge, second, scorer, 4)
    score(challenge, received, other, 2, hand_in=False)

    assert seen_by(other, challenge) == []
    assert seen_by(lead, challenge) == []
    assert len(seen_by(scorer, challenge)) == 2
    score(challenge, received, other, 2)
    assert seen_by(other, challenge) == [str(scorer.user), str(other.user)]  # of Binsight, not of Routely
    score(challenge, second, other, 1)
    scoring.close(challenge, actor=lead)
    assert len(seen_by(lead, challenge)) == 4


def test_a_conflict_hides_application_and_scores(
    challenge: Challenge, lead: Actor, received: ReceivedApplication, scorer: Actor
) -> None:
    tied = make_member(challenge_municipality(lead), Role.APPROVER)
    other = make_candidate(challenge, company=make_company(tied, name="Routely"))
    barred = make_scorer(challenge, lead, user=tied)
    conflicts.declare(challenge, actor=scorer, reasons={})

    assert [row.candidate.received.company_name for row in own_rows(barred, challenge, round_of(challenge))] == [
        "Binsight"
    ]
    with pytest.raises(Http404):
        score(challenge, other, barred, 3)
    score(challenge, received, barred, 3)
    score(challenge, received, scorer, 4)
    score(challenge, other, scorer, 5)
    assert not scoring_standing(challenge, round_of(challenge)).missing
    scoring.close(challenge, actor=lead)

    assert len(seen_by(barred, challenge)) == 2
    rows = matrix_for(barred, challenge, round_of(challenge)).rows
    assert [(row.candidate.received.company_name, row.place) for row in rows] == [("Binsight", 1)]
    all_rows = matrix_for(lead, challenge, round_of(challenge)).rows
    assert [(row.candidate.received.company_name, row.number, row.expected) for row in all_rows] == [
        ("Routely", 1, 1), ("Binsight", 2, 2),
    ]  # fmt: skip


def challenge_municipality(lead: Actor) -> Municipality:
    assert lead.municipality is not None
    return lead.municipality


def test_a_deadline_is_met_when_all_are_in(
    challenge: Challenge, lead: Actor, received: ReceivedApplication, scorer: Actor
) -> None:
    second = make_candidate(challenge, name="Routely")
    conflicts.declare(challenge, actor=scorer, reasons={})
    panel.plan(challenge, actor=lead, scores_due_at=clock.now() + timedelta(days=9), pool=Pool.ELIGIBLE)

    score(challenge, received, scorer, 3)
    assert Deadline.objects.get(owner=scorer.user).is_open
    score(challenge, second, scorer, 3)
    assert Deadline.objects.get(owner=scorer.user).met_at is not None


def test_a_scorecard_is_taken_back_with_a_reason(
    challenge: Challenge, received: ReceivedApplication, scorer: Actor
) -> None:
    score(challenge, received, scorer, 3)
    card = Scorecard.objects.get()
    with pytest.raises(errors.Conflict, match="handed in already"):
        score(challenge, received, scorer, 4)
    with pytest.raises(errors.Refused):
        scoring.reopen(card, actor=scorer, reason="")
    scoring.reopen(card, actor=scorer, reason="Misread the costs")
    with pytest.raises(errors.Conflict):
        scoring.reopen(card, actor=scorer, reason="Again")
    score(challenge, received, scorer, 4)

    assert Entry.objects.get(verb="scorecard.reopened").reason == "Misread the costs"
    assert {score_.value for score_ in card.scores.all()} == {4}


def test_a_company_that_submits_again_keeps_its_scorecards(challenge: Challenge, lead: Actor, scorer: Actor) -> None:
    received = make_candidate(challenge, state=ReleaseState.UNDER_REVIEW)
    conflicts.declare(challenge, actor=scorer, reasons={})
    score(challenge, received, scorer, 3, hand_in=False)
    again = send_again(received)
    Release.objects.filter(public_id=again.release_id).update(state=ReleaseState.UNDER_REVIEW)
    score(challenge, again, scorer, 4)

    card = Scorecard.objects.get()
    assert (card.received, card.state) == (again, ScorecardState.SUBMITTED)


def test_scoring_is_closed_when_all_is_in_or_with_a_reason(
    challenge: Challenge, lead: Actor, received: ReceivedApplication, scorer: Actor
) -> None:
    make_scorer(challenge, lead)
    with pytest.raises(errors.Refused, match="Nobody"):
        scoring.close(challenge, actor=lead, reason="So")
    score(challenge, received, scorer, 3)
    with pytest.raises(errors.Refused) as refused:
        scoring.close(challenge, actor=lead)
    assert refused.value.field == "reason"

    selection = scoring.close(challenge, actor=lead, reason="One is ill")

    assert (selection.closed_by, selection.closing_reason) == (lead.user, "One is ill")
    assert selection.judged == [received.release_id]
    with pytest.raises(errors.Conflict):
        scoring.close(challenge, actor=lead, reason="Again")
    with pytest.raises(errors.Conflict):
        score(challenge, received, scorer, 4)
    for step in (
        partial(panel.name_member, challenge, actor=lead, user=make_member(challenge_municipality(lead))),
        partial(panel.plan, challenge, actor=lead, scores_due_at=clock.now(), pool=Pool.INVITED),
        partial(conflicts.declare, challenge, actor=scorer, reasons={}),
    ):
        with pytest.raises(errors.Refused, match="closed"):
            step()
    row = matrix_for(lead, challenge, round_of(challenge)).rows[0]
    assert (row.number, row.expected, row.missing) == (1, 2, 1)


def test_the_matrix_is_exact_and_names_ties(in_strumica: Municipality, lead: Actor) -> None:
    challenge, found = make_scored(in_strumica, lead, {"Alpha": 3, "Beta": 4, "Gamma": 3, "Delta": 1})

    matrix = matrix_for(lead, challenge, round_of(challenge))

    assert [(row.candidate.received.company_name, row.place, row.weighted, row.tied) for row in matrix.rows] == [
        ("Beta", 1, Decimal("4.00"), []),
        ("Alpha", 2, Decimal("3.00"), ["Gamma"]),
        ("Gamma", 2, Decimal("3.00"), ["Alpha"]),
        ("Delta", 4, Decimal("1.00"), []),
    ]
    assert [(cell.value, cell.number, cell.tint) for cell in matrix.rows[0].cells] == [(Decimal("4.0"), 2, 4)] * 3
    withdraw(found["Beta"])
    rows = matrix_for(lead, challenge, round_of(challenge)).rows
    assert [row.candidate.received.company_name for row in rows] == ["Alpha", "Gamma", "Delta"]


def test_uneven_weights_count(challenge: Challenge, lead: Actor, received: ReceivedApplication, scorer: Actor) -> None:
    score(challenge, received, scorer, 5, 2, 1)
    other = make_scorer(challenge, lead)
    score(challenge, received, other, 4, 2, 1)
    scoring.close(challenge, actor=lead)

    row = matrix_for(lead, challenge, round_of(challenge)).rows[0]
    assert row.weighted == Decimal("3.05")  # (5+4)/2·0.5 + 2·0.3 + 1·0.2
    assert [cell.value for cell in row.cells] == [Decimal("4.5"), Decimal("2.0"), Decimal("1.0")]


OUTSIDE = dict.fromkeys(["coordinator", "stranger"], Http404)
NOBODY: dict[str, Any] = {**OUTSIDE, **dict.fromkeys([*(role.value for role in Role), "visitor"], errors.Forbidden)}
SCORING: dict[str, dict[str, Any]] = {
    "save": NOBODY,  # nobody of these is on the panel
    "reopen": NOBODY,
    "close": {**NOBODY, "lead": None},
    "save, on panel": {role.value: None for role in Role if role != Role.VIEWER},
    "save, on panel, ended": {role.value: errors.Forbidden for role in Role if role != Role.VIEWER},
    "close, ended": NOBODY,
}


@pytest.mark.parametrize("what", SCORING)
def test_who_scores_and_closes(in_strumica: Municipality, lead: Actor, what: str) -> None:
    step = what.partition(",")[0]
    for who, expected in SCORING[what].items():
        challenge = make_published(in_strumica)
        freeze(challenge, lead)
        received = make_candidate(challenge)
        score(challenge, received, make_scorer(challenge, lead), 3)
        actor = cast(in_strumica)[who]
        if "on panel" in what:
            actor = make_scorer(challenge, lead, user=actor.user)
        if "ended" in what:
            challenge = moves.end(challenge, ending=Ending.WITHDRAWN, actor=None)
        calls: dict[str, Callable[[], Any]] = {
            "save": partial(score, challenge, received, actor, 2),
            "reopen": partial(scoring.reopen, Scorecard.objects.get(received=received), actor=actor, reason="So"),
            "close": partial(scoring.close, challenge, actor=actor),
        }
        if expected is None:
            calls[step]()
        else:
            with pytest.raises(expected):
                calls[step]()


def test_nobody_takes_back_the_scorecard_of_another(
    challenge: Challenge, lead: Actor, received: ReceivedApplication, scorer: Actor
) -> None:
    score(challenge, received, scorer, 3)
    other = make_scorer(challenge, lead)
    with pytest.raises(Http404):
        scoring.reopen(Scorecard.objects.get(), actor=other, reason="So")


@pytest.mark.django_db(transaction=True)
def test_who_hands_in_while_scoring_closes_counts_or_is_told(in_own_connection: Callable[..., Any]) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    lead = make_lead(strumica)
    with tenant_context(strumica):
        challenge = make_published(strumica)
        freeze(challenge, lead)
        received = make_candidate(challenge)
        people = [make_scorer(challenge, lead) for _number in range(6)]
        score(challenge, received, people[0], 3)

    def press(number: int) -> str:
        with tenant_context(strumica):
            try:
                if number == 0:
                    scoring.close(challenge, actor=lead, reason="Time is up")
                    return "closed"
                score(challenge, received, people[number], 4)
            except errors.Conflict:
                return "too late"
            return "in"

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(in_own_connection(press), range(6)))

    with tenant_context(strumica):
        entry = Entry.objects.get(verb="scoring.closed")
        assert entry.data["handed_in"] == 1 + answers.count("in")
        assert Scorecard.objects.filter(state=ScorecardState.SUBMITTED).count() == 1 + answers.count("in")


def test_the_pages(
    challenge: Challenge, lead: Actor, received: ReceivedApplication, scorer: Actor, client_on: Callable[[str], Any]
) -> None:
    client = client_on("strumica.localhost")
    client.force_login(scorer.user)
    page = path(challenge, "evaluation_scorecard", release_id=received.release_id)
    rows = list(criteria_of(challenge))
    assert b"Binsight" in client.get(path(challenge, "evaluation_scores")).content
    assert client.get(page).status_code == 200

    draft = {f"reason_{rows[0].pk}": "Tested in bins like ours", "comment": "", "version": "0"}
    assert client.post(page, draft).status_code == 302
    assert b"Tested in bins like ours" in client.get(page).content
    half = client.post(page, {**draft, "hand_in": "on", "version": "2"})
    assert (half.status_code, b"Give points from 0 to 5" in half.content) == (422, True)
    stale = client.post(page, {**draft, "comment": "From another window", "version": "1"})
    assert (stale.status_code, b"From another window" in stale.content) == (422, True)
    assert b'name="version" value="2"' in stale.content
    full = {f"value_{row.pk}": "3" for row in rows} | {"version": "2", "hand_in": "on"}
    assert client.post(page, full).status_code == 302
    assert b"Take your scorecard back" in client.get(page).content
    assert b"3.00" in client.get(path(challenge, "evaluation_matrix")).content

    reopen = path(challenge, "evaluation_reopen", release_id=received.release_id)
    assert client.post(reopen, {}).status_code == 422
    assert client.post(reopen, {"reason": "Misread"}).status_code == 302
    assert client.post(page, {**full, "version": "4"}).status_code == 302

    boss = client_on("strumica.localhost")
    boss.force_login(lead.user)
    assert b"3.00" not in boss.get(path(challenge, "evaluation_matrix")).content
    assert boss.get(page).status_code == 403
    assert boss.post(path(challenge, "evaluation_close"), {"reason": ""}).status_code == 302
    assert SelectionRound.objects.get().closed_at is not None
    assert b"3.00" in boss.get(path(challenge, "evaluation_matrix")).content


def test_a_hidden_application_has_no_page(
    challenge: Challenge, lead: Actor, scorer: Actor, client_on: Callable[[str], Any]
) -> None:
    tied = make_candidate(challenge, company=make_company(scorer.user, name="Routely"))
    conflicts.derive_conflicts(challenge)
    client = client_on("strumica.localhost")
    client.force_login(scorer.user)

    assert client.get(path(challenge, "evaluation_scorecard", release_id=tied.release_id)).status_code == 404
    assert b"Routely" not in client.get(path(challenge, "evaluation_scores")).content


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("page", "queries"), [("evaluation_scores", 28), ("evaluation_matrix", 26)])
def test_the_pages_ask_as_often_for_three_as_for_one(
    challenge: Challenge,
    lead: Actor,
    client_on: Callable[[str], Any],
    django_assert_num_queries: Callable[[int], Any],
    number: int,
    page: str,
    queries: int,
) -> None:
    found = [make_candidate(challenge) for _number in range(number)]
    people = [make_scorer(challenge, lead) for _number in range(number)]
    for person in people:
        for received in found:
            score(challenge, received, person, 3)
    client = client_on("strumica.localhost")
    client.force_login(people[0].user)
    client.get(path(challenge, page))

    with django_assert_num_queries(queries):
        client.get(path(challenge, page))


def test_a_member_elsewhere_is_a_stranger_here(challenge: Challenge, lead: Actor, haifa: Municipality) -> None:
    elsewhere = acting_as(make_member(haifa, Role.LEAD), haifa)
    stranger = Actor(user=elsewhere.user, municipality=lead.municipality)
    assert seen_by(stranger, challenge) == []
    assert matrix_for(stranger, challenge, round_of(challenge)).rows == []
