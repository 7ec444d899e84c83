"""The gate of the selection: computed from the records, in as many queries for many challenges as for one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from challenges.models import Challenge
from challenges.services import moves
from programs.actors import Actor
from programs.criteria import criteria_of, findings
from programs.enums import Role, Stage
from programs.models import Municipality
from solutions.selection.enums import DecisionOutcome, Place
from solutions.selection.services import conflicts, decisions, scoring
from tests.factories.challenges import acting_as
from tests.factories.evaluation import (
    freeze,
    make_candidate,
    make_lead,
    make_published,
    make_scorer,
    score,
    write_decision,
)
from tests.factories.people import make_member
from tests.selection.test_evaluation_criteria import path

NAMES = ("criteria_frozen", "panel_ready", "scoring_closed", "decided", "answered")


@pytest.fixture
def lead(strumica: Municipality) -> Actor:
    return make_lead(strumica)


def met(challenge: Challenge) -> list[str]:
    """Which criteria of the gate are met."""
    found = [finding for finding in findings([challenge])[challenge.pk] if finding.met]
    names = [finding.criterion.name.removeprefix("selection.") for finding in found]
    return [name for name in names if name in NAMES]


def note_of(challenge: Challenge, name: str) -> str:
    [finding] = [f for f in findings([challenge])[challenge.pk] if f.criterion.name == f"selection.{name}"]
    return str(finding.note)


def test_the_gate_opens_step_by_step(in_strumica: Municipality, lead: Actor) -> None:
    challenge = make_published(in_strumica)
    received = make_candidate(challenge)
    assert met(challenge) == []
    with pytest.raises(moves.GateClosed):
        moves.move_on(challenge, actor=lead, seen=Stage.SELECTION)

    freeze(challenge, lead)
    assert met(challenge) == ["criteria_frozen"]
    first = make_scorer(challenge, lead)
    second = make_scorer(challenge, lead, declared=False)
    assert (met(challenge), note_of(challenge, "panel_ready")) == (
        ["criteria_frozen"], "1 of 2 have declared their conflicts",
    )  # fmt: skip
    conflicts.declare(challenge, actor=second, reasons={})
    assert met(challenge) == ["criteria_frozen", "panel_ready"]
    for scorer in (first, second):
        score(challenge, received, scorer, 4)
    assert note_of(challenge, "scoring_closed") == "Scorecards handed in: 2"
    scoring.close(challenge, actor=lead)
    assert met(challenge) == ["criteria_frozen", "panel_ready", "scoring_closed"]

    decision = write_decision(challenge, lead, DecisionOutcome.SELECTED, {received.release_id: Place.SELECTED})
    decisions.propose(decision, actor=lead, version=decision.version)
    assert note_of(challenge, "decided") == "Waits for approval"
    decisions.approve(decision, actor=acting_as(make_member(in_strumica, Role.APPROVER), in_strumica))
    assert met(challenge) == list(NAMES)


def test_no_award_leads_to_no_pilot(in_strumica: Municipality, lead: Actor) -> None:
    challenge = make_published(in_strumica)
    received = make_candidate(challenge)
    freeze(challenge, lead)
    score(challenge, received, make_scorer(challenge, lead), 1)
    scoring.close(challenge, actor=lead)
    decision = write_decision(challenge, lead, DecisionOutcome.NO_AWARD, {})
    decisions.propose(decision, actor=lead, version=decision.version)
    decisions.approve(decision, actor=make_lead(in_strumica))

    assert "decided" not in met(challenge)
    assert "End the challenge" in note_of(challenge, "decided")


def test_each_criterion_leads_to_its_page(in_strumica: Municipality) -> None:
    challenge = make_published(in_strumica)
    for criterion in criteria_of(Stage.SELECTION):
        assert reverse(criterion.url_name, urlconf="tech4muni.urls_tenant", args=[challenge.public_id])


@pytest.mark.parametrize("number", [1, 3])
def test_as_many_queries_for_three_as_for_one(
    in_strumica: Municipality, lead: Actor, django_assert_num_queries: Callable[[int], Any], number: int
) -> None:
    challenges = [make_published(in_strumica) for _number in range(number)]
    for challenge in challenges:
        make_candidate(challenge)
        freeze(challenge, lead)
        make_scorer(challenge, lead)

    own = [criterion for criterion in criteria_of(Stage.SELECTION) if criterion.name.startswith("selection.")]
    with django_assert_num_queries(8):
        for criterion in own:
            criterion.check(challenges)


def test_the_overview_says_what_is_to_be_done_at_any_stage(
    in_strumica: Municipality, lead: Actor, client_on: Callable[[str], Any]
) -> None:
    challenge = make_published(in_strumica, stage=Stage.MAPPING)
    client = client_on("strumica.localhost")
    client.force_login(lead.user)

    shown = client.get(path(challenge, "evaluation")).content

    for words in (b"Freeze the criteria", b"Name the panel and declare conflicts", b"Answer all applicants"):
        assert words in shown
