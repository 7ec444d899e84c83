"""Checking an export without this product."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pilots.chain import COVERED, GENESIS, check, digest_of
from pilots.verify_export import main, verify_document

ROOT = Path(__file__).parents[2]


def entry(number: int, previous: str, **changes: Any) -> dict[str, Any]:
    made = {
        "pilot": "p", "number": number, "kind": "note", "side": "city", "by": "u", "by_label": "Ана", "at": "2026",
        "observed_on": "2026-11-01", "text": f"note {number} ✓", "kpi": None, "value": None, "method": "",
        "corrects": None, "file_name": "", "file_size": None, "file_sha256": "", "previous_digest": previous,
        **changes,
    }  # fmt: skip
    return {**made, "digest": digest_of(made)}


def chain(length: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for number in range(1, length + 1):
        rows.append(entry(number, rows[-1]["digest"] if rows else GENESIS))
    return rows


def document(rows: list[dict[str, Any]]) -> dict[str, Any]:
    head = {"number": len(rows), "digest": rows[-1]["digest"] if rows else GENESIS}
    return {"format": "tech4muni-ledger-1", "head": head, "entries": rows}


def test_digest_is_what_the_documentation_says() -> None:
    [row] = chain(1)
    content = {name: row[name] for name in COVERED}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    assert row["digest"] == hashlib.sha256(text.encode("utf-8")).hexdigest()


@pytest.mark.parametrize("length", [0, 1, 5])
def test_whole_chain(length: int) -> None:
    rows = chain(length)

    verdict = check(rows)

    assert (verdict.whole, verdict.length, verdict.fault) == (True, length, "")
    assert verdict.digest == (rows[-1]["digest"] if rows else GENESIS)


@pytest.mark.parametrize("name", sorted(set(COVERED) - {"number", "previous_digest"}))
def test_any_change_is_found(name: str) -> None:
    rows = chain(4)
    rows[2][name] = "something else"

    verdict = check(rows)

    assert (verdict.whole, verdict.broken_at, verdict.length) == (False, 3, 2)
    assert verdict.fault == "its content is not what was written"


def test_a_missing_entry_is_found() -> None:
    rows = chain(4)
    del rows[1]

    assert (check(rows).broken_at, check(rows).fault) == (2, "an entry is missing")


def test_an_entry_that_was_written_anew_is_found_by_the_next_one() -> None:
    rows = chain(4)
    rows[1] = entry(2, rows[0]["digest"], text="another text")

    assert (check(rows).broken_at, check(rows).fault) == (3, "it does not follow the entry before")


def test_an_end_that_is_cut_off_is_found_by_the_head() -> None:
    whole = document(chain(4))
    whole["entries"] = whole["entries"][:3]

    verdict = verify_document(whole)

    assert (verdict.whole, verdict.broken_at, verdict.fault) == (False, 4, "the end is cut off")


@pytest.mark.parametrize("wrong", [None, [], {}, {"format": "other"}, {"format": "tech4muni-ledger-1"}])
def test_what_is_no_export(wrong: Any) -> None:
    with pytest.raises(ValueError, match="no exported ledger"):
        verify_document(wrong)


def test_main(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole, broken = tmp_path / "whole.json", tmp_path / "broken.json"
    rows = chain(3)
    whole.write_text(json.dumps(document(rows)), encoding="utf-8")
    rows[1]["value"] = "1.000"
    broken.write_text(json.dumps(document(rows)), encoding="utf-8")

    assert [main([str(whole)]), main([str(broken)]), main([]), main([str(tmp_path / "no.json")])] == [0, 1, 2, 2]
    said = capsys.readouterr().out
    assert "whole: 3 entries" in said
    assert "broken at entry 2" in said


def test_it_runs_where_there_is_no_django(tmp_path: Path) -> None:
    path = tmp_path / "whole.json"
    path.write_text(json.dumps(document(chain(2))), encoding="utf-8")
    code = (
        "import sys; sys.modules['django'] = None\n"
        f"import runpy; sys.argv = ['verify', {str(path)!r}]\n"
        "runpy.run_module('pilots.verify_export', run_name='__main__')"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("whole: 2 entries")
