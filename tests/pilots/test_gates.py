"""The gate of the last stage, and its tab."""

from typing import Any

import pytest
from django.db import connection

from challenges.services import moves
from challenges.tabs import tabs_for
from pilots import gates
from pilots.enums import PilotState
from pilots.models import Review
from pilots.services import closing
from programs.criteria import criteria_of, findings
from programs.enums import Ending, Stage
from programs.models import Municipality
from tests.factories.challenges import make_challenge
from tests.factories.pilots import make_pilot, read

NAMES = ["pilots.begun", "pilots.reviewed", "pilots.decided", "pilots.ledger"]


def met(challenge: Any) -> dict[str, tuple[bool, str]]:
    rows = findings([challenge])[challenge.pk]
    return {
        finding.criterion.name: (finding.met, str(finding.note)) for finding in rows if finding.criterion.name in NAMES
    }


def test_criteria_are_declared() -> None:
    assert [criterion.name for criterion in criteria_of(Stage.PILOT) if criterion.name in NAMES] == NAMES


def test_without_a_pilot(in_strumica: Municipality) -> None:
    challenge = make_challenge(in_strumica, stage=Stage.PILOT)

    assert met(challenge) == dict.fromkeys(NAMES, (False, ""))


@pytest.mark.parametrize(
    ("state", "reviewed", "decided"),
    [
        (PilotState.PLANNING, (False, "0 of 2"), (False, "0 of 1")),
        (PilotState.RUNNING, (False, "0 of 2"), (False, "0 of 1")),
        (PilotState.REVIEW, (True, "2 of 2"), (False, "0 of 1")),
        (PilotState.DECIDED, (True, "2 of 2"), (True, "1 of 1")),
    ],
)
def test_the_gate_follows_the_pilot(in_strumica: Municipality, state: PilotState, reviewed: Any, decided: Any) -> None:
    table = make_pilot(in_strumica, state=state)

    assert met(table.challenge) == {
        "pilots.begun": (True, "1 pilot"),
        "pilots.reviewed": reviewed,
        "pilots.decided": decided,
        "pilots.ledger": (True, "1 of 1"),
    }


def test_all_pilots_count(in_strumica: Municipality) -> None:
    first = make_pilot(in_strumica, state=PilotState.DECIDED)
    make_pilot(in_strumica, state=PilotState.RUNNING, challenge=first.challenge, lead=first.lead)

    found = met(first.challenge)

    assert found["pilots.begun"] == (True, "2 pilots")
    assert found["pilots.decided"] == (False, "1 of 2")
    assert found["pilots.reviewed"] == (False, "2 of 4")


def test_a_broken_ledger_shuts_the_gate(in_strumica: Municipality) -> None:
    table = make_pilot(in_strumica, state=PilotState.RUNNING)
    read(table, 40)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE pilots_evidence DISABLE TRIGGER pilots_evidence_no_change")
        cursor.execute("UPDATE pilots_evidence SET text = 'better'")

    assert met(table.challenge)["pilots.ledger"] == (False, "0 of 1")


def test_as_many_queries_for_many_challenges(in_strumica: Municipality, django_assert_num_queries: Any) -> None:
    first = make_pilot(in_strumica, state=PilotState.RUNNING)
    others = [make_pilot(in_strumica, lead=first.lead).challenge for _number in range(2)]
    read(first, 40)

    for challenges in ([first.challenge], [first.challenge, *others]):
        with django_assert_num_queries(5):
            for check in (gates.begun, gates.reviewed, gates.decided, gates.whole):
                check(challenges)


def test_a_challenge_finishes_when_its_pilots_are_decided(in_strumica: Municipality) -> None:
    table = make_pilot(in_strumica, state=PilotState.DECIDED)
    Review.objects.filter(side="company").delete()
    with pytest.raises(moves.GateClosed):
        moves.finish(table.challenge, actor=table.city.actor)
    parts = dict.fromkeys(closing.PARTS, "late, but there")
    closing.write_review(table.pilot, seat=table.other, **parts)

    ended = moves.finish(table.challenge, actor=table.city.actor)

    assert ended.ending == Ending.FINISHED


def test_tab(in_strumica: Municipality) -> None:
    table = make_pilot(in_strumica)

    [tab] = [tab for tab in tabs_for(table.city.actor, table.challenge) if tab.url_name == "pilots:list"]
    assert (tab.place, tab.prefix) == (60, "pilots:")
