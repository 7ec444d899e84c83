"""What a team writes down: who may, what is refused, and what happens when two write at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404
from django.test import Client

from challenges.models import Challenge
from programs.actors import Actor
from programs.enums import Ending, Stage
from programs.models import Municipality
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Forbidden, Refused
from tests.factories.challenges import force_on, make_challenge
from tests.factories.validation import (
    make_assumption,
    make_bottleneck,
    make_direction,
    make_finding,
    make_group,
    make_question,
    make_survey,
    make_talk,
)
from tests.home.pages import text_of
from tests.validation.conftest import url
from validation.enums import QuestionKind
from validation.models import Assumption, Engagement, Finding, StakeholderGroup
from validation.services import records
from validation.services.records import save_record, version_of

NEW = {"text": "Bins overflow", "tested_how": "", "evidence": "", "verdict": "untested"}
ANSWERS: dict[str, type[Exception] | None] = {
    "lead": None, "member": None, "visitor": None, "evaluator": Forbidden, "approver": Forbidden, "viewer": Forbidden,
    "outsider": Http404,
}  # fmt: skip


@pytest.mark.parametrize("who", ANSWERS)
@pytest.mark.parametrize("state", ["validation", "mapping", "ended"])
def test_who_may_write(cast: dict[str, Actor], challenge: Challenge, who: str, state: str) -> None:
    if state == "mapping":
        challenge = force_on(challenge)
    if state == "ended":
        challenge.ended_at, challenge.ending = clock.now(), Ending.WITHDRAWN
    expected = ANSWERS[who] or (Forbidden if state == "ended" else None)

    def write() -> None:
        save_record(Assumption(challenge=challenge), actor=cast[who], values=NEW)

    if expected is None:
        write()
        assert challenge.assumptions.count() == 1
        return
    with pytest.raises(expected):
        write()
    assert not challenge.assumptions.exists()


def test_what_is_written_is_on_the_trail(challenge: Challenge, writer: Actor) -> None:
    made = save_record(Assumption(challenge=challenge), actor=writer, values=NEW)
    save_record(made, actor=writer, values={**NEW, "text": "Bins smell"}, seen=version_of(made))
    records.remove_record(made, actor=writer)
    records.remove_record(made, actor=writer)  # gone already

    verbs = list(Entry.objects.filter(verb__startswith="validation.").order_by("number").values_list("verb", flat=True))
    assert verbs == ["validation.added", "validation.changed", "validation.removed"]
    assert not Assumption.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"verdict": "supported"}, "tested_how"),
        ({"verdict": "mixed", "tested_how": "Count"}, "evidence"),
        ({"verdict": "refuted", "tested_how": " ", "evidence": "x"}, "tested_how"),
    ],
)
def test_a_verdict_needs_how_and_evidence(
    challenge: Challenge, writer: Actor, values: dict[str, str], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        save_record(Assumption(challenge=challenge), actor=writer, values={**NEW, **values})

    assert refused.value.field == field


def talk_values(group: StakeholderGroup, **values: Any) -> dict[str, Any]:
    return {
        "group": group, "kind": "interview", "held_on": clock.now().date(), "people": 6, "notes": "",
        "consent": False, **values,
    }  # fmt: skip


def test_notes_are_kept_with_consent_only(challenge: Challenge, writer: Actor) -> None:
    group = make_group(challenge)
    with pytest.raises(Refused) as refused:
        save_record(Engagement(challenge=challenge), actor=writer, values=talk_values(group, notes="Smell"))
    assert refused.value.field == "consent"

    talk = save_record(
        Engagement(challenge=challenge), actor=writer, values=talk_values(group, notes="Smell", consent=True)
    )
    assert (talk.notes, talk.by) == ("Smell", writer.user)  # type: ignore[union-attr]


def test_a_talk_keeps_opinions_of_as_many_people_as_were_heard(challenge: Challenge, writer: Actor) -> None:
    group, direction = make_group(challenge), make_direction(challenge)
    values = talk_values(group, opinions={direction: (1, 2, 3)})
    talk = save_record(Engagement(challenge=challenge), actor=writer, values=values)
    opinion = direction.opinions.get()
    assert (opinion.want, opinion.indifferent, opinion.reject) == (1, 2, 3)

    save_record(talk, actor=writer, values=talk_values(group, opinions={direction: (0, 0, 0)}))
    assert not direction.opinions.exists()
    with pytest.raises(Refused) as refused:
        save_record(talk, actor=writer, values=talk_values(group, opinions={direction: (3, 3, 3)}))
    assert refused.value.field == f"want_{direction.pk}"


def test_a_talk_is_not_in_the_future_and_not_with_another_challenges_group(
    challenge: Challenge, writer: Actor, in_strumica: Municipality
) -> None:
    group = make_group(challenge)
    other = make_group(make_challenge(in_strumica))
    for values, field in (
        (talk_values(group, held_on=clock.now().date() + timedelta(days=1)), "held_on"),
        (talk_values(other), "group"),
    ):
        with pytest.raises(Refused) as refused:
            save_record(Engagement(challenge=challenge), actor=writer, values=values)
        assert refused.value.field == field


def test_a_finding_rests_on_something_of_its_challenge(
    challenge: Challenge, writer: Actor, in_strumica: Municipality
) -> None:
    foreign = make_assumption(make_challenge(in_strumica))
    nothing: dict[str, Any] = {"text": "Smell", "assumption": None, "engagement": None, "survey": None}
    for values in (nothing, {**nothing, "assumption": foreign}):
        with pytest.raises(Refused) as refused:
            save_record(Finding(challenge=challenge), actor=writer, values=values)
        assert refused.value.field == "assumption"

    values = {**nothing, "survey": make_survey(challenge)}
    assert save_record(Finding(challenge=challenge), actor=writer, values=values).pk


def test_what_others_rest_on_is_not_removed(challenge: Challenge, writer: Actor) -> None:
    group, direction = make_group(challenge), make_direction(challenge)
    talk = make_talk(group)
    make_finding(challenge, engagement=talk)
    make_question(make_survey(challenge), QuestionKind.DIRECTION, direction=direction)

    for row in (group, direction, talk):
        with pytest.raises(Refused):
            records.remove_record(row, actor=writer)
        assert type(row).objects.filter(pk=row.pk).exists()
    assert not Entry.objects.filter(verb="validation.removed").exists()


def test_of_two_who_change_the_same_thing_the_second_is_told(challenge: Challenge, writer: Actor) -> None:
    assumption = make_assumption(challenge)
    seen = version_of(assumption)
    with clock.at(clock.now() + timedelta(seconds=1)):
        save_record(assumption, actor=writer, values={**NEW, "text": "Mine"}, seen=seen)
    with pytest.raises(Conflict):
        save_record(assumption, actor=writer, values={**NEW, "text": "Yours"}, seen=seen)
    assumption.refresh_from_db()
    assert assumption.text == "Mine"

    records.remove_record(assumption, actor=writer)
    with pytest.raises(Conflict):
        save_record(assumption, actor=writer, values=NEW, seen=seen)


def test_the_second_sees_both_texts_and_can_save_again(desk: Client, challenge: Challenge, writer: Actor) -> None:
    assumption = make_assumption(challenge)
    seen = version_of(assumption)
    save_record(assumption, actor=writer, values={**NEW, "text": "Text of a colleague"}, seen=seen)
    page = url("assumption_edit", challenge, assumption)

    answer = desk.post(page, {**NEW, "text": "My own text", "version": seen})

    assert answer.status_code == 422
    body = answer.content.decode()
    assert "Text of a colleague" in body
    assert 'value="My own text"' in body
    again = answer.context["form"]["version"].value()
    assert desk.post(page, {**NEW, "text": "My own text", "version": again}).status_code == 302
    assumption.refresh_from_db()
    assert assumption.text == "My own text"


FORMS: list[tuple[str, dict[str, Any], str]] = [
    ("group_add", {"names_mk": "", "interest": "9", "influence": "2", "target": "30"}, "target"),
    ("direction_add", {"names_en-gb": "Fewer bins"}, "names_en-gb"),
    ("assumption_add", {"text": "Bins overflow", "verdict": "supported"}, "text"),
    ("bottleneck_add", {"step": "Report", "who": "", "waiting_days": "3"}, "step"),
    ("finding_add", {"text": "Smell"}, "text"),
    ("engagement_add", {"notes": "They said", "people": "2"}, "notes"),
]


@pytest.mark.parametrize(("name", "typed", "kept"), FORMS, ids=[name for name, _typed, _kept in FORMS])
def test_bad_input_keeps_what_was_typed(
    desk: Client, challenge: Challenge, name: str, typed: dict[str, Any], kept: str
) -> None:
    answer = desk.post(url(name, challenge), typed)

    assert answer.status_code == 422
    assert typed[kept] in answer.content.decode()
    assert answer.context["form"].errors


def test_everything_can_be_written_through_the_pages(desk: Client, challenge: Challenge) -> None:
    sent = [
        ("group_add", {"names_mk": "Жители", "names_en-gb": "Residents", "interest": 5, "influence": 2, "target": 30}),
        ("direction_add", {"names_mk": "Помалку канти"}),
        ("assumption_add", {"text": "Overflow", "verdict": "mixed", "tested_how": "Count", "evidence": "40 bins"}),
        ("bottleneck_add", {"step": "Report", "who": "Office", "waiting_days": "3.5"}),
    ]
    for name, values in sent:
        assert desk.post(url(name, challenge), values).status_code == 302, name
    group, direction = challenge.groups.get(), challenge.directions.get()
    assert group.names == {"mk": "Жители", "en-gb": "Residents"}
    talk = {
        "group": group.pk, "kind": "focus_group", "held_on": clock.now().date().isoformat(), "people": 8,
        "notes": "Smell", "consent": "on", f"reject_{direction.pk}": 8,
    }  # fmt: skip
    assert desk.post(url("engagement_add", challenge), talk).status_code == 302
    finding = {"text": "Smell", "engagement": challenge.engagements.get().pk}
    assert desk.post(url("finding_add", challenge), finding).status_code == 302

    words = text_of(desk.get(url("overview", challenge)))
    for word in ("Overflow", "Count", "40 bins", "Report", "3.5", "Slowest", "Smell", "Not wanted"):
        assert word in words
    assert "They did not agree" not in text_of(desk.get(url("engagements", challenge)))


def test_removing_asks_first(desk: Client, challenge: Challenge) -> None:
    row = make_bottleneck(challenge)
    page = url("bottleneck_remove", challenge, row)

    assert "Remove: Report" in text_of(desk.get(page))
    assert challenge.bottlenecks.exists()
    assert desk.post(page).status_code == 302
    assert not challenge.bottlenecks.exists()


def test_a_row_of_another_challenge_is_not_found(desk: Client, challenge: Challenge, in_strumica: Municipality) -> None:
    row = make_bottleneck(make_challenge(in_strumica, stage=Stage.VALIDATION))

    assert desk.get(url("bottleneck_edit", challenge, row)).status_code == 404
