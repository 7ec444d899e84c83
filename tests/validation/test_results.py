"""What is shown of answers: on the overview, on the page of a survey and in its file, and what is not."""

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from challenges.enums import SnapshotReason
from challenges.models import BriefText, Challenge
from challenges.services.snapshots import keep
from programs.enums import Role, Stage
from programs.models import Municipality
from tech4muni.audit.models import Entry
from tests.factories.challenges import make_challenge
from tests.factories.people import make_member
from tests.factories.validation import (
    close_survey,
    make_assumption,
    make_bottleneck,
    make_closed_survey,
    make_direction,
    make_finding,
    make_group,
    make_question,
    make_survey,
    make_talk,
    open_survey,
    respond,
)
from tests.home.pages import text_of
from tests.validation.conftest import HOST, url
from validation.enums import QuestionKind
from validation.models import BriefChange, Survey
from validation.queries.counts import acceptance, coverage
from validation.queries.results import results

Shown = tuple[tuple[int | None, ...], int | None]


def shown(challenge: Challenge) -> dict[str, Shown]:
    """What the overview shows of the only direction, by group."""
    [item] = acceptance([challenge])[challenge.pk]
    return {each.name: (tuple(cell.value for cell in each.row.cells), each.row.total.value) for each in item.rows}


def test_talks_and_surveys_are_put_together(challenge: Challenge, in_strumica: Municipality) -> None:
    residents = make_group(challenge, names={"en-gb": "Residents"})
    drivers = make_group(challenge, names={"en-gb": "Drivers"})
    direction = make_direction(challenge)
    make_talk(residents, people=8, opinions={direction: (3, 2, 3)})
    make_closed_survey(challenge, in_strumica, direction, {residents: (8, 6, 26), drivers: (1, 1, 2), None: (0, 0, 7)})

    assert shown(challenge) == {
        "Residents": ((11, 8, 29), 48),
        "Drivers": ((None, None, None), None),
        "People who named no group": ((0, 0, 7), 7),
    }
    [item] = acceptance([challenge])[challenge.pk]
    assert item.rejected_by == ["Residents", "People who named no group"]


def test_a_small_part_of_a_survey_is_hidden_also_behind_many_talks(
    challenge: Challenge, in_strumica: Municipality
) -> None:
    """The team knows its talks: 20 + 1 would tell what one person answered."""
    group = make_group(challenge, names={"en-gb": "Residents"})
    direction = make_direction(challenge)
    make_talk(group, people=60, opinions={direction: (20, 20, 20)})
    make_closed_survey(challenge, in_strumica, direction, {group: (1, 2, 9)})

    assert shown(challenge)["Residents"] == ((None, None, 29), 72)


def test_answers_count_once_the_survey_is_closed(challenge: Challenge, in_strumica: Municipality) -> None:
    group = make_group(challenge, names={"en-gb": "Residents"})
    direction = make_direction(challenge)
    survey = make_survey(challenge)
    make_question(survey, QuestionKind.DIRECTION, direction=direction)
    open_survey(survey, in_strumica)
    respond(survey, times=12, group=group, q1="reject")
    assert shown(challenge) == {"Residents": ((None, None, None), None)}
    [covered] = coverage([challenge])[challenge.pk]
    assert covered.reached.people == 12

    close_survey(survey, in_strumica)
    assert shown(challenge)["Residents"] == ((0, 0, 12), 12)


def test_one_challenge_knows_nothing_of_another(challenge: Challenge, in_strumica: Municipality) -> None:
    other = make_challenge(in_strumica, stage=Stage.VALIDATION)
    for each in (challenge, other):
        group, direction = make_group(each, names={"en-gb": "Residents"}), make_direction(each)
        make_talk(group, people=7, opinions={direction: (7, 0, 0)})
    make_talk(other.groups.get(), people=9)

    assert [found[0].reached.people for found in coverage([challenge, other]).values()] == [7, 16]
    assert shown(challenge) == shown(other) == {"Residents": ((7, 0, 0), 7)}


@pytest.fixture
def survey(challenge: Challenge, in_strumica: Municipality) -> Survey:
    """A closed one that 12 answered."""
    made = make_survey(challenge)
    make_question(made, QuestionKind.SINGLE)
    make_question(made, QuestionKind.MULTIPLE)
    make_question(made, QuestionKind.SCALE)
    make_question(made, QuestionKind.TEXT)
    make_question(made, QuestionKind.TEXT)
    open_survey(made, in_strumica)
    for number in range(12):
        said: dict[str, Any] = {"q5": f"few {number}"} if number < 4 else {}
        said |= {"q1": 0 if number < 9 else number - 9, "q2": [0, 1] if number < 6 else [0]}
        respond(made, q3=5 if number < 6 else 1, q4=f"=words {number}", **said)
    return close_survey(made, in_strumica)


def test_results_of_each_kind(survey: Survey) -> None:
    single, multiple, scale, texts, few = results(survey)

    assert [(label, cell.value) for label, cell in single.rows] == [
        ("A en-gb", 10),
        ("B en-gb", None),
        ("C en-gb", None),
    ]
    assert single.total.value == 12
    assert [cell.value for _label, cell in multiple.rows] == [12, 6, 0]
    assert ([cell.value for _label, cell in scale.rows], scale.mean) == ([6, 0, 0, 0, 6], 3.0)
    assert sorted(texts.texts) == sorted(f"=words {number}" for number in range(12))
    assert list(texts.texts) != [f"=words {number}" for number in range(12)]
    assert (few.texts, few.total.value) == ((), None)


def test_an_answer_that_nearly_all_chose_tells_nothing_of_the_others(
    challenge: Challenge, in_strumica: Municipality
) -> None:
    made = make_survey(challenge)
    make_question(made, QuestionKind.MULTIPLE)
    make_question(made, QuestionKind.SCALE)
    open_survey(made, in_strumica)
    respond(made, times=10, q1=[0], q2=4)
    respond(made, times=2, q1=[1], q2=1)
    multiple, scale = results(close_survey(made, in_strumica))

    assert [cell.value for _label, cell in multiple.rows] == [None, None, 0]
    assert scale.mean is None


def file_of(desk: Client, challenge: Challenge, survey: Survey) -> list[list[str]]:
    answer = desk.get(url("survey_csv", challenge, survey))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))


def test_the_file_says_what_the_page_says_and_runs_nothing(desk: Client, challenge: Challenge, survey: Survey) -> None:
    heading, *rows = file_of(desk, challenge, survey)

    assert heading == ["Number", "Question", "Group", "Answer", "People"]
    assert ["1", "Question 1 in en-gb", "", "A en-gb", "10"] in rows
    assert ["1", "Question 1 in en-gb", "", "B en-gb", "fewer than 5"] in rows
    assert ["4", "Question 4 in en-gb", "", "'=words 3", ""] in rows
    assert not any("few" in row[3] for row in rows)
    assert Entry.objects.filter(verb="survey.exported").count() == 1


def test_a_direction_in_the_file_is_by_group(desk: Client, challenge: Challenge, in_strumica: Municipality) -> None:
    group = make_group(challenge, names={"en-gb": "Residents"})
    made = make_closed_survey(challenge, in_strumica, make_direction(challenge), {group: (2, 1, 20)})

    _heading, *rows = file_of(desk, challenge, made)

    assert [row[2:] for row in rows[:4]] == [
        ["Residents", "Want it", "fewer than 5"],
        ["Residents", "Indifferent", "fewer than 5"],
        ["Residents", "Reject it", "20"],
        ["Residents", "All", "23"],
    ]


def test_an_open_survey_has_no_results_yet(desk: Client, challenge: Challenge, in_strumica: Municipality) -> None:
    made = make_survey(challenge)
    make_question(made, QuestionKind.SCALE)
    open_survey(made, in_strumica)
    respond(made, times=9, q1=3)

    words = text_of(desk.get(url("survey_results", challenge, made)))
    assert "Results are shown once the survey is closed" in words
    assert "Question 1" not in words
    assert desk.get(url("survey_csv", challenge, made)).status_code == 403


def test_the_pages_say_it_when_a_group_does_not_want_it(
    desk: Client, challenge: Challenge, in_strumica: Municipality
) -> None:
    group = make_group(challenge, names={"en-gb": "Residents", "mk": "Жители"}, target=20)
    direction = make_direction(challenge, names={"en-gb": "Fewer bins", "mk": "Помалку"})
    made = make_closed_survey(challenge, in_strumica, direction, {group: (1, 2, 20)})

    for page in (url("overview", challenge), url("survey_results", challenge, made)):
        words = text_of(desk.get(page))
        assert "Not wanted The majority rejects it: Residents" in words
        assert "fewer than 5" in words
    assert "Target reached" in text_of(desk.get(url("overview", challenge)))


@pytest.mark.parametrize("few", [0, 1, 3])
def test_no_page_tells_how_many_of_fewer_than_five(
    client_on: Callable[[str], Client], challenge: Challenge, in_strumica: Municipality, few: int
) -> None:
    """Whatever the small numbers are, a viewer sees the same."""
    viewer = client_on(HOST)
    viewer.force_login(make_member(in_strumica, Role.VIEWER))
    group = make_group(challenge, names={"en-gb": "Residents"})
    direction = make_direction(challenge, names={"en-gb": "Fewer bins"})
    made = make_closed_survey(challenge, in_strumica, direction, {group: (few, 3 - few, 20), None: (0, few, 0)})

    words = text_of(viewer.get(url("overview", challenge))).split("What people want")[1].split("Surveys")[0]
    assert "Residents fewer than 5 fewer than 5 20 23" in words
    rows = file_of(viewer, challenge, made)
    assert ["Residents", "All", "23"] in [row[2:] for row in rows]


def fill(challenge: Challenge, in_strumica: Municipality, number: int) -> Survey:
    """Put so many of each thing into a challenge."""
    texts = BriefText.objects.filter(brief__challenge=challenge)
    texts.update(problem="Before", outcome="Before", tried="Before")
    keep(challenge, SnapshotReason.VALIDATION)
    texts.update(**dict.fromkeys(("problem", "outcome", "tried")[:number], "Now"))
    direction, survey = None, None
    for _row in range(number):
        group, direction = make_group(challenge, names={"en-gb": "Residents"}), make_direction(challenge)
        talk = make_talk(group, people=6, opinions={direction: (1, 2, 3)}, by=make_member(in_strumica))
        finding = make_finding(challenge, assumption=make_assumption(challenge, tested=True), engagement=talk)
        BriefChange.objects.create(challenge=challenge, field="problem", finding=finding)
        make_bottleneck(challenge)
    assert direction is not None
    for _row in range(number):
        survey = make_survey(challenge)
        for _question in range(number):
            make_question(survey)
        make_question(survey, QuestionKind.DIRECTION, direction=direction)
        open_survey(survey, in_strumica)
        respond(survey, times=2 * number, q1=1, group=challenge.groups.first())
        close_survey(survey, in_strumica)
    assert survey is not None
    return survey


COUNTS = {"overview": 34, "engagements": 23, "survey": 25, "survey_results": 29, "changes": 25}


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("name", COUNTS)
def test_pages_ask_as_often_for_many_as_for_one(
    desk: Client,
    challenge: Challenge,
    in_strumica: Municipality,
    django_assert_num_queries: Any,
    name: str,
    number: int,
) -> None:
    survey = fill(challenge, in_strumica, number)
    page = url(name, challenge, survey) if name.startswith("survey") else url(name, challenge)
    desk.get(page)

    with django_assert_num_queries(COUNTS[name]):
        assert desk.get(page).status_code == 200
