"""What a challenge needs of its call before it leaves the stage of mapping."""

from datetime import timedelta
from typing import Any

import pytest

from challenges.models import Challenge
from challenges.tabs import tabs_for
from programs.criteria import criteria_of
from programs.enums import Role, Stage
from programs.models import Municipality
from solutions.market import gates
from solutions.market.models import Call, CallCity
from tech4muni.core import clock
from tests.factories.challenges import acting_as, make_challenge
from tests.factories.market import make_call, make_question
from tests.factories.people import make_member


def findings(challenge: Challenge) -> tuple[bool, bool, bool]:
    """Whether it is published, has closed, and all is answered."""
    checks = (gates.is_published, gates.has_closed, gates.are_answered)
    published, closed, answered = (check([challenge])[challenge.pk].met for check in checks)
    return published, closed, answered


@pytest.fixture
def challenge(in_strumica: Municipality) -> Challenge:
    return make_challenge(in_strumica, stage=Stage.MAPPING)


def test_the_gate_asks_for_these(db: None) -> None:
    names = [criterion.name for criterion in criteria_of(Stage.MAPPING)]

    assert {"market.published", "market.closed", "market.answered"} <= set(names)


def test_without_a_call(challenge: Challenge) -> None:
    assert findings(challenge) == (False, False, True)


def test_a_call_opens_the_gate_step_by_step(in_strumica: Municipality, challenge: Challenge) -> None:
    call = make_call(in_strumica, challenge)
    assert findings(challenge) == (True, False, True)
    assert "(" not in str(gates.has_closed([challenge])[challenge.pk].note)
    assert "Until" in str(gates.has_closed([challenge])[challenge.pk].note)

    question = make_question(call)
    make_question(call, hidden_at=clock.now())
    make_question(call, answer="Yes")
    assert findings(challenge) == (True, False, False)
    assert gates.are_answered([challenge])[challenge.pk].note == "1 question waits"

    question.answer, question.answered_at = "Yes", clock.now()
    question.save()
    with clock.at(call.closes_at):
        assert findings(challenge) == (True, False, True)
    with clock.at(call.closes_at + timedelta(minutes=15)):
        assert findings(challenge) == (True, True, True)


def test_a_withdrawn_call_opens_nothing(in_strumica: Municipality, challenge: Challenge) -> None:
    call = make_call(in_strumica, challenge)
    call.withdrawn_at = clock.now()
    call.save()

    assert findings(challenge)[:2] == (False, False)


def test_who_joined_a_call_leaves_the_answers_to_its_lead(
    in_strumica: Municipality, haifa: Municipality, challenge: Challenge
) -> None:
    theirs = Call.objects.create(
        municipality=haifa, challenge_id="11111111-1111-4111-8111-111111111111", content={"texts": {}}, digest="0",
        opens_at=clock.now(), closes_at=clock.now() + timedelta(days=1), time_zone="Asia/Jerusalem",
        decision_on=clock.now().date(), published_at=clock.now(),
    )  # fmt: skip
    make_question(theirs)
    CallCity.objects.create(
        call=theirs, municipality=in_strumica, challenge_id=challenge.public_id, joined_at=clock.now()
    )

    assert findings(challenge) == (True, False, True)


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_gate(in_strumica: Municipality, rows: int, django_assert_num_queries: Any) -> None:
    challenges = [make_challenge(in_strumica, stage=Stage.MAPPING) for _number in range(rows)]
    for challenge in challenges:
        make_question(make_call(in_strumica, challenge))

    with django_assert_num_queries(3):
        for check in (gates.is_published, gates.has_closed, gates.are_answered):
            assert len(check(challenges)) == rows


def test_the_call_is_a_part_of_the_challenge_for_all_inside(in_strumica: Municipality, challenge: Challenge) -> None:
    actor = acting_as(make_member(in_strumica, Role.VIEWER), in_strumica)

    assert "market:call_overview" in [tab.url_name for tab in tabs_for(actor, challenge)]
