"""JSON files are loaded, and refused if they are none."""

import json
from pathlib import Path

import pytest

from events.timetable import documents
from events.timetable.documents import InvalidDocumentError
from tests.events.timetable.builders import document


def test_a_file_is_loaded(tmp_path: Path) -> None:
    file = tmp_path / "problem.json"
    file.write_text(json.dumps(document("ab")), encoding="utf-8-sig")

    assert documents.load(file) == document("ab")
    assert documents.load(str(file)) == document("ab")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (b"", "is not JSON: Expecting value, line 1, column 1."),
        (b'{\n "a": }', "is not JSON: Expecting value, line 2, column 7."),
        (b'{"a": {"b": 1, "c": 2, "b": 3}}', 'is not a document: an object has the key "b" twice.'),
        (b"[NaN]", "is not a document: NaN is not a number."),
        (b"[-Infinity]", "is not a document: -Infinity is not a number."),
        (b"[1e999]", "is not a document: 1e999 is too large."),
        (b'"\xff"', "is not in UTF-8."),
        (b"[" * 1_000_000, "has too many objects or lists within each other."),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_what_is_no_json_is_refused(tmp_path: Path, text: bytes, what: str) -> None:
    file = tmp_path / "problem.json"
    file.write_bytes(text)

    with pytest.raises(InvalidDocumentError) as caught:
        documents.load(file)

    assert caught.value.complaints == (("$", what),)


@pytest.mark.parametrize(("name", "why"), [("none.json", "No such file or directory"), (".", "Is a directory")])
def test_what_cannot_be_read_is_refused(tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(InvalidDocumentError) as caught:
        documents.load(tmp_path / name)

    assert caught.value.complaints == (("$", f"the file {tmp_path / name} cannot be read: {why}."),)


def test_a_number_with_thousands_of_digits_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "problem.json"
    file.write_text("9" * 10_000)

    with pytest.raises(InvalidDocumentError, match=r"^\$: is not a document: "):
        documents.load(file)
