"""Instances of the literature become problem documents, and what is wrong with a file is named with its line."""

from typing import Any

import pytest

from events.timetable.dzn import DznError, convert

ENGLISH = """% four firms on a short day
nBusiness = 4;
nMeetings = 3;
nTables = 2;
nTotalSlots = 5;
nMorningSlots = 2;

requested = [|1, 2,1,
|1, 3,2,
|2, 3,3,
|];
nMeetingsBusiness = [2,2,2,0];
meetingsxBusiness = [{1,2,3}, {1,2,4}, {1,3,4}, {1}];
forbidden = [{0}, {0,2..3}, 4..4, {}];
fixed = [0,5,0,];
precedences = [{}, {1}, {1,2}]; /* the last
semicolon may be left out */
"""
CATALAN = """
nEmpreses = 3; nReunions = 2; nTaules = 1; nFrangesTotal = 4; nFrangesMati = 4;
demanades = [|1, 2, 3, |2, 3, 1|];
nReunionsEmpresa = [1, 2, 1, ];
empresesZero = 0;
fixat = [0, 2];
prohibides = [{0,}, {4,0,}, {0,}]
"""


def small(**changes: str | None) -> str:
    """Return a small file with some keys changed or, if None, left out."""
    keys: dict[str, str | None] = {
        "nBusiness": "2",
        "nMeetings": "1",
        "nTables": "1",
        "nTotalSlots": "3",
        "nMorningSlots": "1",
        "requested": "[|1, 2, 3|]",
    }
    return "".join(f"{key} = {value};\n" for key, value in (keys | changes).items() if value is not None)


def request(document: dict[str, Any], number: int) -> dict[str, Any]:
    """Return a request by its place."""
    found: dict[str, Any] = document["requests"][number - 1]
    return found


def test_frame_is_one_block_of_half_hours_with_pool_tables() -> None:
    document = convert(ENGLISH)

    assert document["format"] == "tech4muni.timetable.problem.v1"
    assert [slot["id"] for slot in document["slots"]] == ["s1", "s2", "s3", "s4", "s5"]
    assert {(slot["day"], slot["block"]) for slot in document["slots"]} == {("1", "1")}
    assert document["slots"][0]["start"] == "2000-01-01T00:00:00+00:00"
    assert all(
        one["end"] == other["start"] for one, other in zip(document["slots"], document["slots"][1:], strict=False)
    )
    assert document["tables"] == [{"id": "t1"}, {"id": "t2"}]
    assert document["parties"] == [{"id": "b1"}, {"id": "b2"}, {"id": "b3"}, {"id": "b4"}]


def test_goals_are_the_literatures() -> None:
    document = convert(ENGLISH)

    assert document["goals"] == ["gaps"]
    assert document["gap_spread_limit"] == 2
    assert all(row["required"] and row["value"] == 1 for row in document["requests"])


def test_sessions_become_the_slots_of_the_morning_the_afternoon_and_all() -> None:
    document = convert(ENGLISH)

    assert request(document, 1)["available"] == ["s1", "s2"]
    assert request(document, 2)["available"] == ["s3", "s4", "s5"]
    assert request(document, 3)["available"] is None


def test_forbidden_slots_go_to_the_requests_and_not_to_the_party() -> None:
    document = convert(ENGLISH)

    assert [row["forbidden"] for row in document["requests"]] == [["s2", "s3"], ["s4"], ["s2", "s3", "s4"]]
    assert all(set(party) == {"id"} for party in document["parties"])


def test_fixed_and_precedences() -> None:
    document = convert(ENGLISH)

    assert [row["fixed"] for row in document["requests"]] == [None, "s5", None]
    assert document["precedences"] == [["m1", "m2"], ["m1", "m3"], ["m2", "m3"]]


def test_catalan_keys_say_the_same() -> None:
    document = convert(CATALAN)

    assert [row["parties"] for row in document["requests"]] == [["b1", "b2"], ["b2", "b3"]]
    assert [row["forbidden"] for row in document["requests"]] == [["s4"], ["s4"]]
    assert [row["fixed"] for row in document["requests"]] == [None, "s2"]
    assert request(document, 2)["available"] == ["s1", "s2", "s3", "s4"]
    assert len(document["slots"]) == 4
    assert len(document["tables"]) == 1


def test_keys_that_may_be_left_out() -> None:
    document = convert(small(nMeetings=None, nMorningSlots=None))

    assert document["requests"] == [
        {
            "id": "m1",
            "parties": ["b1", "b2"],
            "value": 1,
            "available": None,
            "forbidden": [],
            "fixed": None,
            "required": True,
        }
    ]
    assert document["precedences"] == []


@pytest.mark.parametrize("none", ["[]", "[||]", "[| |]"])
def test_no_meetings(none: str) -> None:
    assert convert(small(nMeetings="0", requested=none))["requests"] == []


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("nBusiness", None, "nBusiness (or nEmpreses) is missing."),
        ("requested", None, "requested (or demanades) is missing."),
        ("nTables", "[1]", "Line 3: nTables: must be a whole number from 0 to 5000."),
        ("nTotalSlots", "0", "Line 4: nTotalSlots: must be a whole number from 1 to 1000."),
        ("nTotalSlots", "1234567890", "Line 4: 1234567890… is too large a number."),
        ("nMorningSlots", "4", "Line 5: nMorningSlots: must be a whole number from 0 to 3."),
        ("nMeetings", "2", "Line 2: nMeetings: the requested meetings give 1."),
        ("requested", "7", "Line 6: requested: must be a table: [| participant, participant, session | … |]."),
        ("requested", "[|1, 2|]", "Line 6: requested: row 1 has 2 numbers, not 3."),
        ("requested", "[|1, 3, 3|]", "Line 6: requested: row 1: there is no participant 3."),
        ("requested", "[|1, 1, 3|]", "Line 6: requested: row 1: participant 1 would meet itself."),
        ("requested", "[|1, 2, 4|]", "Line 6: requested: row 1: the session is 4, not 1, 2 or 3."),
        ("requested", "[|1, 2 3|]", "Line 6: “|]” is missing before “3”."),
        ("nMeetingsBusiness", "[1, 2]", "Line 7: nMeetingsBusiness: the requested meetings give 1 as item 2."),
        ("nMeetingsBusiness", "[1]", "Line 7: nMeetingsBusiness: the requested meetings give 2 numbers."),
        ("meetingsxBusiness", "[{1,2}, {1}]", "Line 7: meetingsxBusiness: item 2 does not fit the requested meetings."),
        ("empresesZero", "1", "Line 7: empresesZero: the requested meetings give 0."),
        ("forbidden", "[{0}]", "Line 7: forbidden: must be a list of 2 sets."),
        ("forbidden", "[{0}, 1]", "Line 7: forbidden: item 2 is no set."),
        ("forbidden", "[{0}, {4}]", "Line 7: forbidden: item 2: 4 is not from 1 to 3."),
        ("forbidden", "[{0}, {-1}]", "Line 7: forbidden: item 2: -1 is not from 1 to 3."),
        ("forbidden", "[{0}, 1..999999999]", "Line 7: 1..999999999 is too long a range."),
        ("fixed", "[4]", "Line 7: fixed: item 1 is no whole number from 0 to 3."),
        ("fixed", "[1, 1]", "Line 7: fixed: must be a list of 1 numbers."),
        ("precedences", "[{1}]", "Line 7: precedences: meeting 1 would come before itself."),
        ("precedences", "[{2}]", "Line 7: precedences: item 1: 2 is not from 1 to 1."),
        ("nRooms", "3", "Line 7: nRooms: this key is not known."),
        ("nTaules", "1", "Line 7: nTaules: the same is already on line 3."),
        ("fixed", "[1}", "Line 7: “]” is missing before “}”."),
        ("fixed", "[0", "Line 7: “]” is missing before “;”."),
        ("fixed", '["a"]', "Line 7: '\"' does not belong here."),
        ("fixed", "", "Line 7: a number is missing before “;”."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(key: str, value: str | None, said: str) -> None:
    with pytest.raises(DznError) as caught:
        convert(small(**{key: value}))

    assert str(caught.value) == said


def test_a_morning_must_be_known_only_if_a_meeting_names_a_session() -> None:
    with pytest.raises(DznError, match="nMorningSlots"):
        convert(small(nMorningSlots=None, requested="[|1, 2, 1|]"))


@pytest.mark.parametrize("text", ["nBusiness", "nBusiness =", "= 3;", "nBusiness = 3 nTables = 2;", "/* no end"])
def test_what_is_no_data_is_refused(text: str) -> None:
    with pytest.raises(DznError, match="Line 1"):
        convert(text)
