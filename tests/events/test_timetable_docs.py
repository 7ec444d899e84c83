"""The pages about the timetable say what is so."""

import json
import re

from events.timetable.documents import complete, load, plan_document, read_problem
from events.timetable.repair import read_changes
from events.timetable.solve import solve
from tests.events import schema_tables
from tests.events.schema_tables import PAGE, ROOT

TIMETABLE = ROOT / "docs" / "timetable.md"
EXAMPLE = ROOT / "docs" / "timetable" / "example.json"


def test_tables_are_those_of_the_schemas() -> None:
    assert PAGE.read_text(encoding="utf-8") == schema_tables.page(), "Run: python -m tests.events.schema_tables"


def test_documents_beside_the_pages_are_the_schemas() -> None:
    for schema in schema_tables.SCHEMAS.glob("*.json"):
        assert (ROOT / "docs" / "timetable" / schema.name).resolve() == schema


def test_example_has_the_plan_of_the_page() -> None:
    problem = read_problem(load(EXAMPLE))
    plan = plan_document(solve(problem, workers=1))
    shown = re.findall(r"^\| (\d\d:\d\d) \| (T\d) \| (.+) \|$", TIMETABLE.read_text(encoding="utf-8"), re.MULTILINE)

    assert [(meeting["slot"], meeting["table"], meeting["request"]) for meeting in plan["meetings"]] == shown
    assert plan["certificate"]["figures"]["value"] == 34
    assert all(goal["status"] == "optimal" for goal in plan["certificate"]["goals"])
    assert [(one["request"], one["reason"]) for one in plan["not_held"]] == [("Strumica and Solar Roofs", "side_full")]


def test_changes_of_the_page_fit_the_example() -> None:
    text = re.search(r"```json\n(.+?)```", TIMETABLE.read_text(encoding="utf-8"), re.DOTALL)
    assert text

    day = read_changes(read_problem(complete(load(EXAMPLE))), json.loads(text.group(1)))

    assert [change.kind.value for change in day.changes] == ["no_show", "late", "lost_table", "cancelled"]
