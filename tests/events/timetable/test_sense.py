"""Problem documents that keep the schema and make no sense are refused with the place and the fault."""

from typing import Any

import pytest

from events.timetable import documents
from events.timetable.documents import InvalidDocumentError
from tests.events.timetable.builders import HOUR, START, delegate, document, party, placed, request, slot, table


def complaints(broken: object) -> tuple[tuple[str, str], ...]:
    """Return what is wrong with a problem document."""
    with pytest.raises(InvalidDocumentError) as caught:
        documents.complete(broken)
    return caught.value.complaints


def timed(start: str, end: str) -> list[dict[str, Any]]:
    """Return one slot of this time."""
    return [slot(0, start=start, end=end)]


SENSE: list[tuple[dict[str, Any], str, str]] = [
    ({"slots": [slot(0), slot(1, id="s0")]}, "$.slots[1].id", '"s0" is already at $.slots[0].'),
    ({"tables": [table(3), table(3)]}, "$.tables[1].id", '"t3" is already at $.tables[0].'),
    ({"parties": [party("a"), party("b"), party("a")]}, "$.parties[2].id", '"a" is already at $.parties[0].'),
    ({"requests": [request("ab"), request("ab")]}, "$.requests[1].id", '"ab" is already at $.requests[0].'),
    (
        {"parties": [party("a", delegates=[delegate("d")]), party("b", delegates=[delegate("e"), delegate("d")])]},
        "$.parties[1].delegates[1].id",
        'the delegate "d" is already at $.parties[0].delegates[0].',
    ),
    ({"tables": [table(0, available=["s0", "s9"])]}, "$.tables[0].available[1]", 'there is no slot "s9".'),
    ({"parties": [party("a", available=["s9"]), party("b")]}, "$.parties[0].available[0]", 'there is no slot "s9".'),
    ({"parties": [party("a"), party("b", forbidden=["s9"])]}, "$.parties[1].forbidden[0]", 'there is no slot "s9".'),
    (
        {"parties": [party("a", delegates=[delegate("d", available=["s9"])]), party("b")]},
        "$.parties[0].delegates[0].available[0]",
        'there is no slot "s9".',
    ),
    ({"requests": [request("ab", available=["s9"])]}, "$.requests[0].available[0]", 'there is no slot "s9".'),
    ({"requests": [request("ab", forbidden=["s9"])]}, "$.requests[0].forbidden[0]", 'there is no slot "s9".'),
    ({"requests": [request("ab", fixed="s9")]}, "$.requests[0].fixed", 'there is no slot "s9".'),
    ({"locked": [placed("ab", 9)]}, "$.locked[0].slot", 'there is no slot "s9".'),
    ({"published": [placed("ab", 9)]}, "$.published[0].slot", 'there is no slot "s9".'),
    ({"parties": [party("a", table="t9"), party("b")]}, "$.parties[0].table", 'there is no table "t9".'),
    ({"locked": [placed("ab", 0, 9)]}, "$.locked[0].table", 'there is no table "t9".'),
    ({"published": [placed("ab", 0, 9)]}, "$.published[0].table", 'there is no table "t9".'),
    ({"requests": [request("az")]}, "$.requests[0].parties[1]", 'there is no party "z".'),
    ({"precedences": [["ab", "xy"]]}, "$.precedences[0][1]", 'there is no request "xy".'),
    ({"precedences": [["xy", "ab"]]}, "$.precedences[0][0]", 'there is no request "xy".'),
    ({"locked": [placed("xy", 0)]}, "$.locked[0].request", 'there is no request "xy".'),
    ({"published": [placed("xy", 0)]}, "$.published[0].request", 'there is no request "xy".'),
    ({"released": ["xy"]}, "$.released[0]", '"xy" is not in `published`.'),
    ({"released": ["ab"]}, "$.released[0]", '"ab" is not in `published`.'),
    (
        {
            "parties": [party("a"), party("b"), party("c", delegates=[delegate("d")])],
            "requests": [request("ab", delegates=["d"])],
        },
        "$.requests[0].delegates[0]",
        'neither party has a delegate "d".',
    ),
    (
        {"slots": timed("nine", "2026-05-12T10:00Z")},
        "$.slots[0].start",
        "must be an instant such as 2026-05-12T09:00:00+02:00.",
    ),
    (
        {"slots": timed("2026-05-12T09:00Z", "2026-05-12T10:00")},
        "$.slots[0].end",
        "must say its offset from UTC, as in 2026-05-12T09:00:00+02:00.",
    ),
    (
        {"slots": timed("2026-05-12T10:00+02:00", "2026-05-12T09:00+01:00")},
        "$.slots[0].end",
        "must be later than the start.",
    ),
    (
        {"slots": timed("2026-05-12T10:00+02:00", "2026-05-12T10:00+03:00")},
        "$.slots[0].end",
        "must be later than the start.",
    ),
    (
        {"slots": [slot(1), slot(0)]},
        "$.slots[1].start",
        "is earlier than the start of the slot before; slots stand in the order of time.",
    ),
    (
        {"slots": [slot(0, end=(START + 1.5 * HOUR).isoformat()), slot(1)]},
        "$.slots[1].start",
        "is earlier than the end of the slot before; slots may not overlap.",
    ),
    (
        {"slots": [slot(0), slot(1, block=1), slot(2)]},
        "$.slots[2].block",
        'the slots of block "block0" do not stand together.',
    ),
    ({"slots": [slot(0), slot(1, day=1)]}, "$.slots[1].day", 'block "block0" began on "day0"; a block is of one day.'),
    ({"parties": [party("a", side="x"), party("b", side="x")]}, "$.requests[0].parties", 'both are of the side "x".'),
    (
        {"parties": [party("a", minimum=3, maximum=2), party("b")]},
        "$.parties[0].minimum",
        "3 is more than the maximum, 2.",
    ),
    (
        {"slots": [slot(0), slot(1, block=1)], "requests": [request("ab", duration=2)]},
        "$.requests[0].duration",
        "2 slots are more than the longest block has, 1.",
    ),
    (
        {"parties": [party("a"), party("b", longest_run=1)], "requests": [request("ab", duration=2)]},
        "$.requests[0].duration",
        '2 slots are more than the longest run of "b", 1.',
    ),
    ({"precedences": [["ab", "ab"]]}, "$.precedences[0]", '"ab" cannot be before itself.'),
    ({"precedences": [["ab", "ac"], ["ab", "ac"]]}, "$.precedences[1]", "is the same as $.precedences[0]."),
    ({"locked": [placed("ab", 0), placed("ab", 1)]}, "$.locked[1].request", '"ab" is already at $.locked[0].'),
    ({"published": [placed("ab", 0), placed("ab", 0)]}, "$.published[1].request", '"ab" is already at $.published[0].'),
    (
        {"requests": [request("ab", fixed="s1")], "locked": [placed("ab", 0)]},
        "$.locked[0].slot",
        'the request is fixed to begin at "s1".',
    ),
    (
        {"parties": [party("a"), party("b", table="t1"), party("c")], "locked": [placed("ab", 0, 0)]},
        "$.locked[0].table",
        'the request may not use the table "t0".',
    ),
    (
        {"parties": [party("a", table="t0"), party("b", table="t1"), party("c")], "locked": [placed("ab", 0, 1)]},
        "$.locked[0].table",
        'the request may not use the table "t1".',
    ),
    (
        {"parties": [party("a"), party("b"), party("c", table="t1")], "locked": [placed("ab", 0, 1)]},
        "$.locked[0].table",
        'the request may not use the table "t1".',
    ),
]


@pytest.mark.parametrize(("change", "place", "what"), SENSE, ids=lambda value: ascii(value)[:60])
def test_nonsense_is_refused_with_place_and_fault(change: dict[str, Any], place: str, what: str) -> None:
    assert (place, what) in complaints(document("ab", "ac") | change)


@pytest.mark.parametrize(
    "change",
    [
        {"parties": [party("a", table="t1"), party("b", table="t0"), party("c")], "locked": [placed("ab", 0, 1)]},
        {"parties": [party("a"), party("b", table="t0"), party("c")], "locked": [placed("ab", 0, 0)]},
        {"parties": [party("a"), party("b"), party("c", table="t1")], "locked": [placed("ab", 0, 0)]},
        {"requests": [request("ab", fixed="s1")], "locked": [placed("ab", 1)]},
        {"published": [placed("ab", 0, 0)], "released": ["ab"]},
        {"parties": [party("a", side="x"), party("b", side="y"), party("c", side="")]},
        {"precedences": [["ab", "ac"]]},
        {"parties": [party("a"), party("b"), party("c")], "requests": []},
        {"tables": []},
    ],
    ids=ascii,
)
def test_sensible_documents_pass(change: dict[str, Any]) -> None:
    documents.complete(document("ab", "ac") | change)


def test_a_circle_of_precedences_is_told() -> None:
    wanted = document("ab", "ac", "bc", precedences=[["ab", "ac"], ["ac", "bc"], ["bc", "ab"]])

    [(place, what)] = complaints(wanted)

    assert place == "$.precedences"
    assert what.startswith("go round in a circle: ")
    assert any(f'"{one}" before "{other}"' in what for one, other in wanted["precedences"])
    assert not any(f'"{other}" before "{one}"' in what for one, other in wanted["precedences"])
