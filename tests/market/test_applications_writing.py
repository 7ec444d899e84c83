"""Writing in sections: right types for a draft, all for a submission, and two at once lose nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.http import Http404
from django.utils.translation import override

from programs.cohorts.models import Program
from programs.models import Municipality
from solutions.market import sections
from solutions.market.enums import CompanyRole
from solutions.market.models import Applicant, Application, Call
from solutions.market.queries.content import seen_of
from solutions.market.sections import COMPANY, PROPOSAL, SHARED, SOLUTION, TEAM, missing
from solutions.market.services import submitting, writing
from tech4muni.accounts.models import User
from tech4muni.core.errors import Conflict, Forbidden, Refused
from tests.factories.challenges import make_program
from tests.factories.people import make_user
from tests.market.application_steps import (
    ANSWERS,
    PROPOSED,
    FakeReceiver,
    after,
    client_of,
    draft_for,
    fill,
    joined_by,
    open_call,
    page,
    posted,
)


@pytest.fixture
def draft(call: Call, owner: User) -> Application:
    """A draft in which nothing is written."""
    return draft_for(call, owner=owner)


# -- What is asked


def test_names_are_unique_and_labels_are_words() -> None:
    for section in (*SHARED, PROPOSAL):
        assert len(section.names) == len(section.fields)
        assert all(str(field.label) for field in section.fields)
    assert sections.shared_section("proposal") is None
    assert sections.shared_section("team") is TEAM


def test_a_submission_needs_all_that_is_required_and_no_more() -> None:
    assert [field.name for field in missing(COMPANY, {})] == ["name", "kind", "country", "description"]
    assert [field.name for field in missing(COMPANY, {**ANSWERS["company"], "name": "  "})] == ["name"]
    for section in SHARED:
        required = {
            name: value for name, value in ANSWERS[section.name].items()
            if name not in {"website", "references", "experience"}
        }  # fmt: skip
        assert missing(section, required) == []


@pytest.mark.parametrize(("language", "first"), [("en-gb", "Afghanistan"), ("mk", "Авганистан"), ("de", "Afghanistan")])
def test_countries_stand_in_the_order_of_the_language(language: str, first: str) -> None:
    with override(language):
        found = dict(sections.countries())

        assert next(iter(found.values())) == first
    assert {"MK", "IL", "DE", "XK"} <= found.keys()
    assert not {"EU", "ZZ"} & found.keys()


def test_choices_are_read_as_words() -> None:
    kind, country = COMPANY.fields[1], COMPANY.fields[2]

    assert sections.shown(kind, "scale_up") == "Scale-up"
    assert sections.shown(country, "AL") == "Albania"
    assert sections.shown(SOLUTION.fields[4], 7) == "7"
    assert sections.shown(country, None) == ""


# -- Saving


@pytest.mark.parametrize("section", [section.name for section in SHARED])
def test_a_section_is_saved_and_shown_again(draft: Application, owner: User, section: str) -> None:
    client, path = client_of(owner), page("application_section", draft, section)

    answer = client.post(path, posted(section))

    draft.refresh_from_db()
    assert answer.headers["Location"] == path
    assert draft.answers[section] == ANSWERS[section]
    body = client.get(path).content.decode()
    assert all(str(value) in body for value in ANSWERS[section].values())


def test_save_and_leave(draft: Application, owner: User, call: Call) -> None:
    path = page("application_proposal", draft, call.public_id)

    answer = client_of(owner).post(path, {**PROPOSED, "leave": "1"})

    assert answer.headers["Location"] == page("application", draft)
    assert draft.calls.get().answers == PROPOSED


def test_a_draft_may_be_half_written(draft: Application, owner: User) -> None:
    answer = client_of(owner).post(page("application_section", draft, "company"), {"name": "Bin Sense"})

    draft.refresh_from_db()
    assert answer.status_code == 302
    assert draft.answers["company"] == {"name": "Bin Sense"}


@pytest.mark.parametrize(
    ("section", "field", "value"),
    [
        ("company", "website", "not an address"),
        ("company", "kind", "circus"),
        ("company", "country", "Atlantis"),
        ("company", "name", "x" * 201),
        ("solution", "readiness", "10"),
        ("solution", "readiness", "ready"),
        ("team", "people", "x" * 2001),
    ],
)
def test_wrong_types_are_told_and_what_was_typed_stays(
    draft: Application, owner: User, section: str, field: str, value: str
) -> None:
    answer = client_of(owner).post(
        page("application_section", draft, section), {**posted(section), field: value, "description": "Kept."}
    )

    draft.refresh_from_db()
    assert answer.status_code == 422
    assert draft.answers == {}
    body = answer.content.decode()
    assert "There is a problem" in body or "error-summary" in body
    if section == "company":
        assert "Kept." in body


def test_a_section_that_is_none(draft: Application, owner: User) -> None:
    assert client_of(owner).get(page("application_section", draft, "budget")).status_code == 404


def test_a_call_that_is_not_answered(draft: Application, owner: User, other: Call) -> None:
    assert client_of(owner).get(page("application_proposal", draft, other.public_id)).status_code == 404
    with pytest.raises(Http404):
        writing.save_proposal(draft, other, actor=owner, answers=PROPOSED)


def test_unknown_answers_are_left_out(draft: Application, owner: User) -> None:
    saved = writing.save_section(draft, TEAM, actor=owner, answers={**ANSWERS["team"], "salary": "1"})

    assert saved.answers["team"] == ANSWERS["team"]


# -- Two at once


def test_who_comes_second_sees_both_texts_and_loses_nothing(draft: Application, owner: User) -> None:
    client, path = client_of(owner), page("application_section", draft, "team")
    seen = seen_of({})
    writing.save_section(draft, TEAM, actor=owner, answers={"people": "Boris wrote this.", "experience": "Two."})

    answer = client.post(path, {"people": "Ana wrote this.", "experience": "Two.", "version": seen})

    body = answer.content.decode()
    assert answer.status_code == 409
    assert "Boris wrote this." in body
    assert "Ana wrote this." in body
    again = client.post(
        path, {"people": "Both of us.", "version": seen_of({"people": "Boris wrote this.", "experience": "Two."})}
    )
    draft.refresh_from_db()
    assert again.status_code == 302
    assert draft.answers["team"] == {"people": "Both of us."}


def test_two_who_write_in_different_sections_do_not_meet(draft: Application, owner: User) -> None:
    writing.save_section(draft, TEAM, actor=owner, answers=ANSWERS["team"], seen=seen_of({}))
    writing.save_section(draft, COMPANY, actor=owner, answers=ANSWERS["company"], seen=seen_of({}))

    draft.refresh_from_db()
    assert draft.answers.keys() == {"team", "company"}


def test_the_same_text_twice_is_no_conflict(draft: Application, owner: User) -> None:
    for _time in range(2):
        writing.save_section(draft, TEAM, actor=owner, answers=ANSWERS["team"], seen=seen_of({}))

    draft.refresh_from_db()
    assert draft.version == 2


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_save_at_once_one_does(in_own_connection: Callable[..., Any]) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    owner = make_user()
    draft = draft_for(open_call(strumica, make_program(strumica)), owner=owner)

    def press(number: int) -> str:
        try:
            writing.save_section(draft, TEAM, actor=owner, answers={"people": f"Text {number}"}, seen=seen_of({}))
        except Conflict:
            return "conflict"
        return "saved"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(in_own_connection(press), range(8)))

    assert sorted(answers) == ["conflict"] * 7 + ["saved"]


# -- By itself


def test_it_saves_itself(draft: Application, owner: User) -> None:
    client, path = client_of(owner), page("application_section", draft, "team")
    by_script = {"X-Autosave": "1"}

    first = client.post(path, {**posted("team"), "version": seen_of({})}, headers=by_script)
    mark = first.json()["fields"]["version"]
    second = client.post(path, {"people": "Ana.", "version": mark}, headers=by_script)
    stale = client.post(path, {"people": "Boris.", "version": mark}, headers=by_script)
    wrong = client.post(path, {"people": "x" * 2001, "version": mark}, headers=by_script)

    draft.refresh_from_db()
    assert (first.status_code, second.status_code, stale.status_code, wrong.status_code) == (200, 200, 409, 422)
    assert draft.answers["team"] == {"people": "Ana."}
    assert "People" in wrong.json()["words"]
    assert "data-autosave" in client.get(path).content.decode()


# -- After the deadline


def test_what_is_typed_at_closing_time_stays_on_the_page(
    receiver: FakeReceiver, draft: Application, call: Call, owner: User
) -> None:
    submitting.submit(fill(draft, actor=owner), actor=owner)
    Call.objects.filter(pk=call.pk).update(opens_at="2020-01-01T00:00Z", closes_at="2020-02-01T00:00Z")
    client, path = client_of(owner), page("application_section", draft, "team")

    answer = client.post(path, {"people": "Typed for an hour."})

    assert answer.status_code == 422
    assert "Typed for an hour." in answer.content.decode()
    shown = client.get(path)
    assert shown.status_code == 200
    assert "Ana, engineer" in shown.content.decode()
    assert "<textarea" not in shown.content.decode()


def test_a_draft_can_still_be_written_after_the_deadline(draft: Application, call: Call, owner: User) -> None:
    with after(call):
        writing.save_section(draft, TEAM, actor=owner, answers=ANSWERS["team"])

    draft.refresh_from_db()
    assert draft.answers["team"] == ANSWERS["team"]


def test_a_viewer_reads_and_does_not_write(draft: Application, owner: User) -> None:
    viewer = make_user()
    Applicant.objects.create(application=draft, user=viewer, role=CompanyRole.VIEWER)
    client, path = client_of(viewer), page("application_section", draft, "team")

    assert client.get(path).status_code == 200
    assert client.post(path, posted("team")).status_code == 403
    with pytest.raises(Forbidden):
        writing.save_section(draft, TEAM, actor=viewer, answers=ANSWERS["team"])


# -- Further calls and municipalities


def test_further_calls_of_the_program_are_offered_and_no_others(
    draft: Application, owner: User, call: Call, other: Call, haifa: Municipality
) -> None:
    elsewhere = open_call(haifa, make_program(haifa), "Parking")

    body = client_of(owner).get(page("application_calls", draft)).content.decode()

    assert call.title in body
    assert other.title in body
    assert elsewhere.title not in body


def test_a_further_call_has_questions_of_its_own(draft: Application, owner: User, call: Call, other: Call) -> None:
    client = client_of(owner)
    chosen = {f"call_{row.pk}": [row.cities.get().pk] for row in (call, other)}

    assert client.post(page("application_calls", draft), chosen).status_code == 302

    assert draft.calls.filter(dropped_at__isnull=True).count() == 2
    assert client.get(page("application_proposal", draft, other.public_id)).status_code == 200
    assert "Answer to: Benches" in client.get(page("application", draft)).content.decode()


def test_what_is_left_out_keeps_its_text(draft: Application, owner: User, call: Call, other: Call) -> None:
    everything = {row.pk: {row.cities.get().pk} for row in (call, other)}
    writing.choose_calls(draft, everything, actor=owner)
    writing.save_proposal(draft, other, actor=owner, answers=PROPOSED)

    writing.choose_calls(draft, {**everything, other.pk: set()}, actor=owner)
    assert draft.calls.filter(dropped_at__isnull=True).count() == 1
    writing.choose_calls(draft, everything, actor=owner)

    assert draft.calls.get(call=other).answers == PROPOSED


def test_all_municipalities_of_a_joint_call_are_chosen_at_first(
    draft: Application, owner: User, call: Call, haifa: Municipality
) -> None:
    joined_by(call, haifa)

    body = client_of(owner).get(page("application_calls", draft)).content.decode()

    assert body.count("checked") == 2


def test_something_must_be_chosen(draft: Application, owner: User) -> None:
    answer = client_of(owner).post(page("application_calls", draft), {})

    assert answer.status_code == 422
    assert draft.calls.filter(dropped_at__isnull=True).count() == 1


def test_a_call_that_is_closed_is_not_chosen(
    draft: Application, owner: User, call: Call, strumica: Municipality, program: Program
) -> None:
    late = open_call(strumica, program, "Late")
    Call.objects.filter(pk=late.pk).update(opens_at="2020-01-01T00:00Z", closes_at="2020-02-01T00:00Z")

    with pytest.raises(Refused):
        writing.choose_calls(draft, {late.pk: {late.cities.get().pk}}, actor=owner)
    with pytest.raises(Refused):
        writing.choose_calls(draft, {call.pk: {late.cities.get().pk}}, actor=owner)


def test_the_only_call_is_not_left_out(draft: Application, owner: User, call: Call) -> None:
    answer = client_of(owner).post(page("application_call_drop", draft, call.public_id))

    assert answer.status_code == 422
    assert draft.calls.filter(dropped_at__isnull=True).exists()
