"""What must be true before a challenge leaves market mapping."""

from typing import Any

import pytest
from django.urls import set_urlconf

from challenges.models import Challenge
from challenges.tabs import tabs_for
from programs import criteria
from programs.criteria import Finding, findings
from programs.enums import Stage
from programs.models import Municipality
from solutions.market.enums import ReleaseState
from solutions.selection.enums import LeadKind
from tests.factories.challenges import make_challenge
from tests.factories.selection import close_call, make_lead, make_received
from tests.selection.casts import make_actor

OWN = ("selection.market_searched", "selection.all_screened", "selection.some_invited")


@pytest.fixture(autouse=True)
def _on_a_municipalitys_host() -> Any:
    set_urlconf("tech4muni.urls_tenant")
    yield
    set_urlconf(None)


@pytest.fixture
def challenge(in_strumica: Municipality) -> Challenge:
    return make_challenge(in_strumica, stage=Stage.MAPPING)


def finding(challenge: Challenge, name: str) -> Finding:
    """How one of our criteria stands."""
    [found] = [each for each in findings([challenge])[challenge.pk] if each.criterion.name == f"selection.{name}"]
    return found


@pytest.mark.parametrize(
    ("kinds", "sources", "met"),
    [
        (["scouted"] * 5, ["Fair"] * 5, False),
        (["scouted"] * 5, ["Fair"] * 4 + ["List"], True),
        (["scouted"] * 4 + ["suggested"], [""] * 5, True),
        (["scouted"] * 3 + ["suggested"], ["Fair", "List", "", ""], False),
        ([], [], False),
    ],
)
def test_the_market_is_searched(challenge: Challenge, kinds: list[str], sources: list[str], met: bool) -> None:
    for kind, source in zip(kinds, sources, strict=True):
        make_lead(challenge, kind=LeadKind(kind), source=source)

    found = finding(challenge, "market_searched")

    assert found.met == met
    assert str(found.note).startswith(f"{len(kinds)} of 5")
    assert found.url == f"/challenges/{challenge.public_id}/market-map/"


def test_applications_count_among_the_solutions(challenge: Challenge) -> None:
    for _number in range(4):
        make_received(challenge)
    make_lead(challenge)

    assert finding(challenge, "market_searched").met


@pytest.mark.parametrize(
    ("states", "met", "note"),
    [
        (["submitted"], False, "0 of 1"),
        (["submitted", "under_review"], False, "1 of 2"),
        (["under_review", "ineligible", "more_info_requested"], True, "3 of 3"),
        (["withdrawn", "shortlisted"], True, "1 of 1"),
    ],
)
def test_every_application_is_screened(challenge: Challenge, states: list[str], met: bool, note: str) -> None:
    for state in states:
        make_received(challenge, state=state)
    close_call(challenge)

    found = finding(challenge, "all_screened")

    assert (found.met, found.note) == (met, note)


def test_nothing_is_screened_while_the_call_is_open(challenge: Challenge) -> None:
    assert finding(challenge, "all_screened").note == "There is no call yet."
    make_received(challenge, state="under_review")

    found = finding(challenge, "all_screened")

    assert not found.met
    assert "1 received" in str(found.note)


@pytest.mark.parametrize("state", ReleaseState)
def test_somebody_is_invited(challenge: Challenge, state: str) -> None:
    make_received(challenge, state=state)

    assert finding(challenge, "some_invited").met == (state in {"invited", "selected", "reserve"})


@pytest.mark.parametrize("number", [1, 3])
def test_the_gate_asks_as_often_for_many(
    in_strumica: Municipality, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    own = {name: each for name, each in criteria._criteria.items() if name in OWN}
    monkeypatch.setattr(criteria, "_criteria", own)
    rows = [make_challenge(in_strumica, stage=Stage.MAPPING) for _number in range(number)]
    for row in rows:
        make_received(row)

    with django_assert_num_queries(4):
        found = findings(rows)

    for row in rows:
        assert [each.criterion.name for each in found[row.pk]] == list(OWN)


def test_the_tabs(in_strumica: Municipality, challenge: Challenge) -> None:
    labels = [str(tab.label) for tab in tabs_for(make_actor("viewer", in_strumica), challenge)]

    assert labels.index("Market map") < labels.index("Applications")
