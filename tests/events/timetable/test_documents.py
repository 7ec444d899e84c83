"""Problem documents are completed, refused with the place and the fault, and read and written without loss."""

import json
from collections.abc import Callable
from hashlib import sha256
from itertools import pairwise
from time import perf_counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.timetable import documents
from events.timetable.documents import InvalidDocumentError
from events.timetable.problem import Goal, Request
from tests.events.timetable.builders import delegate, document, party, placed, request, slot, table

REQUIRED = ("format", "slots", "tables", "parties", "requests")


def complaints(broken: object) -> tuple[tuple[str, str], ...]:
    """Return what is wrong with a problem document."""
    with pytest.raises(InvalidDocumentError) as caught:
        documents.complete(broken)
    return caught.value.complaints


# What is written in place of a part of `document("ab")` (or in addition), and the complaint about it.
STRUCTURE: list[tuple[dict[str, Any], str, str]] = [
    ({"format": "v2"}, "$.format", 'must be "tech4muni.timetable.problem.v1".'),
    ({"colour": "red"}, "$", '"colour" is not known here.'),
    ({"title": 7}, "$.title", "must be text, not 7."),
    ({"title": "x" * 201}, "$.title", "may have at most 200 characters, not 201."),
    ({"slots": []}, "$.slots", "must have at least 1 entry."),
    ({"slots": "s0"}, "$.slots", "must be a list, not text."),
    ({"slots": [{}]}, "$.slots[0]", '"start" is missing.'),
    ({"slots": [slot(0, day=7) | {"day": None}]}, "$.slots[0].day", "must be text, not null."),
    ({"tables": [{"id": ""}]}, "$.tables[0].id", "must not be empty."),
    ({"tables": [table(0, available="s0")]}, "$.tables[0].available", "must be a list or null, not text."),
    ({"tables": [table(0, available=["s0", "s0"])]}, "$.tables[0].available", 'has "s0" twice.'),
    ({"tables": [table(0, available=[True])]}, "$.tables[0].available[0]", "must be text, not true."),
    ({"parties": {}}, "$.parties", "must be a list, not an object."),
    ({"parties": [party("a", minimum=-1)]}, "$.parties[0].minimum", "must be at least 0, not -1."),
    ({"parties": [party("a", minimum=1.5)]}, "$.parties[0].minimum", "must be a whole number, not 1.5."),
    ({"parties": [party("a", maximum=1001)]}, "$.parties[0].maximum", "must be at most 1000, not 1001."),
    ({"parties": [party("a", maximum="x")]}, "$.parties[0].maximum", "must be a whole number or null, not text."),
    ({"parties": [party("a", longest_run=0)]}, "$.parties[0].longest_run", "must be at least 1, not 0."),
    ({"parties": [party("a", table=[])]}, "$.parties[0].table", "must be text or null, not a list."),
    ({"parties": [party("a", table="")]}, "$.parties[0].table", "must not be empty."),
    (
        {"parties": [party("a", delegates=[delegate("d", always=1)])]},
        "$.parties[0].delegates[0].always",
        "must be true or false, not 1.",
    ),
    ({"requests": [{"id": "ab", "value": 1}]}, "$.requests[0]", '"parties" is missing.'),
    ({"requests": [request("ab", value=10**30)]}, "$.requests[0].value", "must be at most 1000000, not such a number."),
    ({"requests": [request("ab", parties="a")]}, "$.requests[0].parties", "must have 2 entries, not 1."),
    ({"requests": [request("ab", parties="abc")]}, "$.requests[0].parties", "must have 2 entries, not 3."),
    ({"requests": [request("ab", parties="aa")]}, "$.requests[0].parties", 'has "a" twice.'),
    ({"requests": [request("ab", choices=["must"])]}, "$.requests[0].choices", "must have 2 entries, not 1."),
    (
        {"requests": [request("ab", choices=["must", "wish"])]},
        "$.requests[0].choices[1]",
        'must be one of "must", "want".',
    ),
    ({"requests": [request("ab") | {"fixed ": "s0"}]}, "$.requests[0]", '"fixed " is not known here.'),
    ({"precedences": [["ab"]]}, "$.precedences[0]", "must have 2 entries, not 1."),
    ({"locked": [{"request": "ab"}]}, "$.locked[0]", '"slot" is missing.'),
    ({"released": ["ab", "ab"]}, "$.released", 'has "ab" twice.'),
    ({"gap_spread_limit": "2"}, "$.gap_spread_limit", "must be a whole number or null, not text."),
    ({"goals": []}, "$.goals", "must have at least 1 entry."),
    (
        {"goals": ["value", "fun"]},
        "$.goals[1]",
        'must be one of "disturbed", "below_minimum", "value", "gaps", "longest_wait", "spread", "moves".',
    ),
    ({"title": "half \ud83d"}, "$.title", "has half a character (a lone surrogate)."),
    ({"tables": [table(0), {"id": "\udc00"}]}, "$.tables[1].id", "has half a character (a lone surrogate)."),
]


@pytest.mark.parametrize(("change", "place", "what"), STRUCTURE, ids=lambda value: ascii(value)[:60])
def test_structure_is_refused_with_place_and_fault(change: dict[str, Any], place: str, what: str) -> None:
    assert (place, what) in complaints(document("ab") | change)


@pytest.mark.parametrize(("value", "what"), [([], "a list"), (None, "null"), ("x", "text"), (3.5, "3.5")])
def test_a_document_is_an_object(value: object, what: str) -> None:
    assert complaints(value) == (("$", f"must be an object, not {what}."),)


@pytest.mark.parametrize("name", REQUIRED)
def test_each_field_that_is_missing_is_named(name: str) -> None:
    whole = document("ab")
    del whole[name]

    assert complaints(whole) == (("$", f'"{name}" is missing.'),)


def test_complaints_come_in_order_and_at_most_fifty() -> None:
    many = document("ab", tables=[{"id": number} for number in range(100)])

    found = complaints(many)

    assert [place for place, _what in found] == [f"$.tables[{number}].id" for number in range(50)]
    senseless = document("ab", slots=100, parties=[party("a", available=[f"x{number}" for number in range(60)])])
    assert len(complaints(senseless)) == 50


def test_the_error_reads_line_by_line() -> None:
    error = InvalidDocumentError([("$.slots", "is short."), ("$.tables", "is long.")])

    assert str(error) == "$.slots: is short.\n$.tables: is long."


def test_defaults_are_filled_in() -> None:
    whole = documents.complete(document("ab", slots=1, tables=1, parties=[party("a", delegates=[delegate("d")])]))

    assert whole["requests"][0] == {
        "id": "ab",
        "parties": ["a", "b"],
        "value": 1,
        "choices": None,
        "duration": 1,
        "available": None,
        "forbidden": [],
        "fixed": None,
        "required": False,
        "delegates": [],
    }
    assert whole["parties"][0]["delegates"] == [{"id": "d", "available": None, "always": True}]
    assert whole["parties"][1]["maximum_per_day"] is None
    assert whole["tables"] == [{"id": "t0", "available": None}]
    assert whole["goals"] == [goal.value for goal in Goal]
    assert whole["locked"] == whole["published"] == whole["released"] == whole["precedences"] == []


def test_the_problem_class_has_the_defaults_of_the_schema() -> None:
    problem = documents.read_problem(document("ab"))

    assert problem.requests == (Request("ab", ("a", "b"), 1),)
    assert problem.goals == tuple(Goal)


def test_instants_have_one_form() -> None:
    whole = documents.complete(document("ab", slots=[slot(0, start="2026-05-12T09:00Z", end="20260512T120000.5+0200")]))

    assert whole["slots"][0]["start"] == "2026-05-12T09:00:00+00:00"
    assert whole["slots"][0]["end"] == "2026-05-12T12:00:00.500000+02:00"


def test_whole_numbers_have_one_form() -> None:
    whole = documents.complete(document(request("ab", value=3.0)))  # type: ignore[arg-type]

    assert json.dumps(whole["requests"][0]["value"]) == "3"


def test_the_given_document_stays_as_it_is() -> None:
    given_document = document("ab", parties=[party("a", available=["s1", "s0"])])
    before = json.dumps(given_document)

    documents.complete(given_document)["parties"][1]["forbidden"].append("s0")

    assert json.dumps(given_document) == before
    assert documents.complete(given_document)["parties"][1]["forbidden"] == []


SLOTS = [f"s{number}" for number in range(6)]
SOME = st.none() | st.lists(st.sampled_from(SLOTS), unique=True)
FEW = st.lists(st.sampled_from(SLOTS), unique=True, max_size=3)
NAMES = "abcde"
TEXT = st.text(st.characters(codec="utf-8"), max_size=10)


@st.composite
def parties(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw parties with any of their fields."""
    drawn: list[dict[str, Any]] = []
    for name in NAMES:
        ids = draw(st.lists(st.sampled_from("xyz"), unique=True))
        delegates = [
            draw(
                st.fixed_dictionaries(
                    {"id": st.just(name + one)}, optional={"available": SOME, "always": st.booleans()}
                )
            )
            for one in ids
        ]
        optional: dict[str, Any] = {
            "name": TEXT,
            "available": SOME,
            "forbidden": FEW,
            "minimum": st.integers(0, 3),
            "maximum": st.none() | st.integers(3, 9),
            "maximum_per_day": st.none() | st.integers(0, 9),
            "longest_run": st.none() | st.integers(2, 9),
            "table": st.none() | st.sampled_from(["t0", "t1"]),
            "delegates": st.just(delegates),
        }
        drawn.append(draw(st.fixed_dictionaries({"id": st.just(name)}, optional=optional)))
    return drawn


@st.composite
def problems(draw: st.DrawFn) -> dict[str, Any]:
    """Draw problem documents that make sense, with any of their fields."""
    sides = draw(parties())
    ids = {side["id"]: [one["id"] for one in side.get("delegates", [])] for side in sides}
    pairs = draw(st.lists(st.lists(st.sampled_from(NAMES), min_size=2, max_size=2, unique=True), max_size=6))
    wanted: list[dict[str, Any]] = []
    for number, pair in enumerate(pairs):
        of_both = [name for side in pair for name in ids[side]]
        optional: dict[str, Any] = {
            "choices": st.none() | st.lists(st.sampled_from(["must", "want"]), min_size=2, max_size=2),
            "duration": st.integers(1, 2),
            "available": SOME,
            "forbidden": FEW,
            "fixed": st.none() | st.sampled_from(SLOTS),
            "required": st.booleans(),
            "delegates": st.lists(st.sampled_from(of_both), unique=True) if of_both else st.just([]),
        }
        fixed: dict[str, Any] = {"id": st.just(f"r{number}"), "parties": st.just(pair), "value": st.integers(0, 9)}
        wanted.append(draw(st.fixed_dictionaries(fixed, optional=optional)))
    names: list[str] = [one["id"] for one in wanted]
    published = draw(st.lists(st.sampled_from(names), unique=True)) if names else []
    released = draw(st.lists(st.sampled_from(published), unique=True)) if published else []
    rest: dict[str, Any] = {
        "title": TEXT,
        "published": st.just([placed(name, 0) for name in published]),
        "gap_spread_limit": st.none() | st.integers(0, 3),
        "precedences": st.just([list(pair) for pair in pairwise(names)]),
        "goals": st.lists(st.sampled_from([goal.value for goal in Goal]), min_size=1, unique=True),
    }
    extra: dict[str, Any] = draw(st.fixed_dictionaries({}, optional=rest))
    if "published" in extra:
        extra["released"] = released
    tables = [table(number, available=draw(SOME)) for number in range(2)]
    return document(*wanted, slots=6, blocks=3, days=2, tables=tables, parties=sides, **extra)


quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(problems())
def test_a_problem_is_read_and_written_without_loss(drawn: dict[str, Any]) -> None:
    whole = documents.complete(drawn)

    assert documents.complete(whole) == whole
    assert documents.problem_document(documents.read_problem(drawn)) == whole
    assert documents.read_problem(whole) == documents.read_problem(drawn)
    assert json.loads(json.dumps(whole)) == whole


def shuffled(value: Any, draw: Callable[..., Any]) -> Any:
    """Return a value with the keys of its objects, and the entries of its sets, in another order."""
    if isinstance(value, dict):
        keys = draw(st.permutations(list(value)))
        changed = {key: shuffled(value[key], draw) for key in keys}
        for name in {"available", "forbidden", "released"} & changed.keys():
            changed[name] = changed[name] and draw(st.permutations(changed[name]))
        if "parties" in changed and "delegates" in changed:
            changed["delegates"] = draw(st.permutations(changed["delegates"]))
        return changed
    if not isinstance(value, list):
        return value
    return [shuffled(one, draw) for one in value]


@quick
@given(problems(), st.data())
def test_the_digest_is_of_the_problem_and_not_of_its_writing(drawn: dict[str, Any], data: st.DataObject) -> None:
    mark = documents.digest(documents.complete(drawn))

    assert documents.digest(documents.complete(shuffled(drawn, data.draw))) == mark
    assert documents.digest(documents.problem_document(documents.read_problem(drawn))) == mark
    assert documents.digest(documents.complete(drawn | {"title": drawn.get("title", "") + "!"})) != mark


def test_the_digest_is_of_sorted_json_without_blanks() -> None:
    text = '{"b":[null,true],"é":1}'

    assert documents.digest({"é": 1, "b": [None, True]}) == f"sha256:{sha256(text.encode()).hexdigest()}"


def test_a_large_event_is_read_quickly() -> None:
    sides = [party(f"p{number}", available=SLOTS, side="xy"[number % 2]) for number in range(360)]
    wanted = [
        request(f"r{number}", parties=[f"p{number % 360}", f"p{(number * 7 + 1) % 360 // 2 * 2 + (number + 1) % 2}"])
        for number in range(4000)
    ]
    large = document(*wanted, slots=6, parties=sides)
    begin = perf_counter()

    documents.read_problem(large)

    assert perf_counter() - begin < 10
