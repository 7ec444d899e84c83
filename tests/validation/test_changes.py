"""What validation changed: word by word, each change with a finding."""

from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from challenges.enums import SnapshotReason
from challenges.models import BriefText, Challenge
from challenges.services.snapshots import keep
from programs.actors import Actor
from programs.models import Municipality
from tech4muni.core.errors import Forbidden, Refused
from tests.factories.challenges import make_challenge
from tests.factories.validation import make_finding
from tests.home.pages import text_of
from tests.validation.conftest import url
from validation.models import BriefChange
from validation.queries.changes import ADDED, GONE, KEPT, changes, compare, differences
from validation.services.verdicts import explain_change

words = st.lists(st.sampled_from(["bins", "smell", "are", "full", "\n", "Канти", "ריח", "<b>"]), max_size=12).map(
    " ".join
)


@given(words, words)
def test_both_texts_can_be_read_from_the_pieces(before: str, now: str) -> None:
    pieces = compare(before, now)

    assert "".join(piece.text for piece in pieces if piece.kind in (KEPT, GONE)) == before
    assert "".join(piece.text for piece in pieces if piece.kind in (KEPT, ADDED)) == now
    assert all(piece.text for piece in pieces)


def test_whole_words_are_marked() -> None:
    pieces = [(piece.kind, piece.text) for piece in compare("Bins are full", "Bins are fullest now")]

    assert pieces == [(KEPT, "Bins are "), (GONE, "full"), (ADDED, "fullest now")]


@pytest.mark.parametrize(
    ("before", "now", "changed"),
    [
        ({"mk": {"problem": "A"}}, {"mk": {"problem": "A"}}, []),
        ({"mk": {"problem": "A\r\nB"}}, {"mk": {"problem": "A\nB "}}, []),
        ({"mk": {"problem": "A"}}, {"mk": {"problem": "B"}}, ["problem"]),
        ({"mk": {"problem": "A"}}, {"mk": {"problem": ""}}, ["problem"]),
        ({"mk": {"problem": ""}}, {"mk": {"problem": "B"}}, ["problem"]),
        ({"mk": {"problem": "A"}}, {"mk": {"problem": "A"}, "sq": {"problem": "translated"}}, []),
        ({"mk": {"problem": "A"}, "sq": {"problem": ""}}, {"mk": {"problem": "A"}, "sq": {"problem": "T"}}, []),
        ({"mk": {"problem": "A"}, "sq": {"problem": "T"}}, {"mk": {"problem": "A"}}, ["problem"]),
    ],
)
def test_what_counts_as_a_change(before: Any, now: Any, changed: list[str]) -> None:
    assert list(differences(before, now)) == changed


@pytest.fixture
def changed(challenge: Challenge) -> Challenge:
    """A challenge whose problem is another one than before validation."""
    texts = BriefText.objects.filter(brief__challenge=challenge)
    texts.update(problem="Bins overflow in summer", outcome="Same")
    keep(challenge, SnapshotReason.VALIDATION)
    texts.update(problem="Bins smell in summer")
    return challenge


def test_a_change_is_shown_with_its_findings(desk: Client, changed: Challenge) -> None:
    finding = make_finding(changed, text="People mind <the> smell")
    page = url("changes", changed)
    body = desk.get(page).content.decode()
    assert "<del>overflow</del><ins>smell</ins>" in body
    assert "No finding yet" in body

    form = url("change_explain", changed, "problem")
    assert desk.post(form, {}).status_code == 422
    assert desk.post(form, {"findings": [finding.pk]}).status_code == 302
    assert "People mind <the> smell" in text_of(desk.get(page))
    assert desk.get(url("change_explain", changed, "outcome")).status_code == 404


def test_findings_take_the_place_of_those_before(changed: Challenge, writer: Actor, in_strumica: Municipality) -> None:
    first, second = make_finding(changed), make_finding(changed)
    explain_change(changed, actor=writer, field="problem", findings=[first])
    explain_change(changed, actor=writer, field="problem", findings=[second])
    explain_change(changed, actor=writer, field="problem", findings=[second])
    assert [each.finding for each in BriefChange.objects.all()] == [second]
    [change] = changes([changed])[changed.pk]
    assert (change.field, change.is_explained) == ("problem", True)

    foreign = make_finding(make_challenge(in_strumica))
    for field, findings in (("outcome", [first]), ("problem", [foreign])):
        with pytest.raises(Refused):
            explain_change(changed, actor=writer, field=field, findings=findings)


def test_who_may_explain(changed: Challenge, cast: dict[str, Actor]) -> None:
    with pytest.raises(Forbidden):
        explain_change(changed, actor=cast["approver"], field="problem", findings=[])


def test_the_last_time_it_entered_counts(changed: Challenge) -> None:
    keep(changed, SnapshotReason.VALIDATION)

    assert changes([changed])[changed.pk] == []


def test_without_a_kept_brief_nothing_is_compared(desk: Client, in_strumica: Municipality) -> None:
    challenge = make_challenge(in_strumica)
    assert changes([challenge])[challenge.pk] == []
    assert "kept as it is when the challenge enters validation" in text_of(desk.get(url("changes", challenge)))
