"""The gate of validation, and the verdict: who gives it, and what a rejection ends."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import Http404
from django.test import Client

from challenges.enums import SnapshotReason
from challenges.models import BriefText, Challenge
from challenges.services import moves
from challenges.services.snapshots import keep
from programs.actors import Actor
from programs.cohorts.models import Progress
from programs.criteria import criteria_of, findings
from programs.enums import Ending, Role, Stage
from programs.models import Municipality
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.core.errors import Forbidden, Refused
from tests.factories.challenges import acting_as, fill_brief, force_on, make_challenge
from tests.factories.people import make_member
from tests.factories.validation import (
    make_assumption,
    make_direction,
    make_finding,
    make_group,
    make_question,
    make_survey,
    make_talk,
    open_survey,
)
from tests.home.pages import text_of
from tests.validation.conftest import HOST, url
from validation.enums import ChallengeVerdict, SurveyState
from validation.models import Verdict
from validation.services.verdicts import explain_change, give_verdict

ANSWERS: dict[str, type[Exception] | None] = {
    "lead": None, "visitor": None, "member": Forbidden, "evaluator": Forbidden, "approver": Forbidden,
    "viewer": Forbidden, "outsider": Http404,
}  # fmt: skip


@pytest.mark.parametrize("who", ANSWERS)
@pytest.mark.parametrize("state", ["validation", "mapping", "ended"])
def test_who_gives_the_verdict(cast: dict[str, Actor], challenge: Challenge, who: str, state: str) -> None:
    if state == "mapping":
        challenge = force_on(challenge)
    if state == "ended":
        challenge.ended_at, challenge.ending = clock.now(), Ending.WITHDRAWN
    expected = ANSWERS[who] or (Forbidden if state != "validation" else None)

    def judge() -> None:
        give_verdict(challenge, actor=cast[who], verdict=ChallengeVerdict.VALIDATED, rationale="40 talks")

    if expected is None:
        judge()
        assert Verdict.objects.get().by == cast[who].user
        return
    with pytest.raises(expected):
        judge()
    assert not Verdict.objects.exists()


def test_a_verdict_needs_a_reason_and_can_be_changed(challenge: Challenge, lead: Actor) -> None:
    with pytest.raises(Refused) as refused:
        give_verdict(challenge, actor=lead, verdict=ChallengeVerdict.VALIDATED, rationale=" ")
    assert refused.value.field == "rationale"

    give_verdict(challenge, actor=lead, verdict=ChallengeVerdict.VALIDATED, rationale="40 talks")
    give_verdict(challenge, actor=lead, verdict=ChallengeVerdict.REFRAMED, rationale="It is the smell")
    assert Verdict.objects.get().verdict == ChallengeVerdict.REFRAMED
    assert [entry.data["verdict"] for entry in Entry.objects.filter(verb="verdict.given").order_by("number")] == [
        "validated", "reframed",
    ]  # fmt: skip


def test_rejected_ends_the_challenge_and_leaves_all_to_read(
    client_on: Callable[[str], Client], challenge: Challenge, lead: Actor, in_strumica: Municipality
) -> None:
    survey = make_survey(challenge)
    make_question(survey)
    open_survey(survey, in_strumica)
    make_finding(challenge, text="Nobody minds")
    assert lead.user is not None
    desk = client_on(HOST)
    desk.force_login(lead.user)
    page = url("reject", challenge)
    assert "“Not wanted” is a result" in text_of(desk.get(page))
    assert desk.post(page, {"rationale": ""}).status_code == 422

    assert desk.post(page, {"rationale": "32 of 40 reject it"}).status_code == 302

    challenge.refresh_from_db()
    survey.refresh_from_db()
    assert (challenge.ending, survey.state) == (Ending.REJECTED, SurveyState.CLOSED)
    assert Progress.objects.get(challenge_id=challenge.public_id).ending == Ending.REJECTED
    assert challenge.moves.get(number=3).reason == "32 of 40 reject it"
    words = text_of(desk.get(url("overview", challenge)))
    assert "Rejected" in words
    assert "32 of 40 reject it" in words
    assert "Nobody minds" in words
    assert "Add a finding" not in words
    assert desk.get(url("finding_add", challenge)).status_code == 403
    assert desk.get(page).status_code == 403


def test_the_form_offers_verdicts_with_which_it_goes_on(
    client_on: Callable[[str], Client], challenge: Challenge, lead: Actor
) -> None:
    assert lead.user is not None
    desk = client_on(HOST)
    desk.force_login(lead.user)
    page = url("verdict", challenge)

    answer = desk.post(page, {"verdict": "rejected", "rationale": "My own words"})
    assert answer.status_code == 422
    assert "My own words" in answer.content.decode()
    assert desk.post(page, {"verdict": "validated", "rationale": "40 talks"}).status_code == 302
    assert "40 talks" in text_of(desk.get(url("overview", challenge)))


def met(*challenges: Challenge) -> dict[int, dict[str, bool]]:
    """Which criteria of the gate of validation are met, those of other apps left out."""
    return {
        key: {
            found.criterion.name.removeprefix("validation."): found.met
            for found in gate
            if found.criterion.name.startswith("validation.")
        }
        for key, gate in findings(challenges).items()
    }


def test_the_gate_opens_step_by_step(challenge: Challenge, lead: Actor, writer: Actor) -> None:
    fill_brief(challenge)
    keep(challenge, SnapshotReason.VALIDATION)

    def missing() -> set[str]:
        return {name for name, is_met in met(challenge)[challenge.pk].items() if not is_met}

    assert missing() == {"groups", "reached", "assumptions", "acceptance", "verdict"}
    group, direction = make_group(challenge, target=6), make_direction(challenge)
    assert missing() == {"reached", "assumptions", "acceptance", "verdict"}
    make_talk(group, people=4, opinions={direction: (1, 1, 2)})
    assert "acceptance" in missing()
    make_talk(group, people=2, opinions={direction: (0, 1, 1)})
    assumption = make_assumption(challenge)
    assert missing() == {"assumptions", "verdict"}
    assumption.delete()
    finding = make_finding(challenge, assumption=make_assumption(challenge, tested=True))
    assert missing() == {"verdict"}

    give_verdict(challenge, actor=lead, verdict=ChallengeVerdict.REFRAMED, rationale="It is the smell")
    assert missing() == {"verdict"}  # nothing changed
    BriefText.objects.filter(brief__challenge=challenge).update(problem="Smell")
    assert missing() == {"changes"}
    explain_change(challenge, actor=writer, field="problem", findings=[finding])
    assert missing() == set()

    brief = challenge.brief
    brief.refresh_from_db(fields=["version"])
    brief.reopen()
    brief.save(update_fields=["state"])
    assert missing() == {"brief"}
    with pytest.raises(moves.GateClosed):
        moves.move_on(challenge, actor=lead, seen=Stage.VALIDATION)
    brief.submit()
    brief.approve()
    brief.save(update_fields=["state"])
    assert moves.move_on(challenge, actor=lead, seen=Stage.VALIDATION).stage == Stage.MAPPING


def test_the_gate_says_what_is_not_wanted(challenge: Challenge) -> None:
    direction = make_direction(challenge, names={"en-gb": "Fewer bins"})
    make_talk(make_group(challenge), people=9, opinions={direction: (0, 0, 9)})

    notes = {found.criterion.name: str(found.note) for found in findings([challenge])[challenge.pk]}
    assert notes["validation.acceptance"] == "Not wanted: Fewer bins"
    assert notes["validation.reached"] == "0 of 1 groups"


@pytest.mark.parametrize("number", [1, 3])
def test_the_gate_asks_as_often_for_many_as_for_one(
    in_strumica: Municipality, django_assert_num_queries: Any, number: int
) -> None:
    lead = acting_as(make_member(in_strumica, Role.LEAD), in_strumica)
    challenges = [make_challenge(in_strumica, stage=Stage.VALIDATION, actor=lead) for _number in range(number)]
    for challenge in challenges:
        keep(challenge, SnapshotReason.VALIDATION)
        make_direction(challenge)
        make_talk(make_group(challenge))
        give_verdict(challenge, actor=lead, verdict=ChallengeVerdict.REFRAMED, rationale="Smell")
    own = [each for each in criteria_of(Stage.VALIDATION) if each.name.startswith("validation.")]

    with django_assert_num_queries(17):
        for criterion in own:
            assert set(criterion.check(challenges)) == {challenge.pk for challenge in challenges}
