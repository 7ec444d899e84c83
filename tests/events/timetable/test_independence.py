"""The import contract that keeps what checks timetables apart from what makes them names every module."""

import tomllib
from pathlib import Path

from django.conf import settings

from events import timetable

CONTRACT = "What checks timetables shares nothing with what makes them"


def test_each_module_is_on_one_side_of_the_contract() -> None:
    text = (Path(settings.BASE_DIR) / "pyproject.toml").read_text(encoding="utf-8")
    contracts = tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    [contract] = [contract for contract in contracts if contract["name"] == CONTRACT]
    names = {file.stem for folder in timetable.__path__ for file in Path(folder).glob("*.py")} - {"__init__"}
    checks = {name for name in names if name.startswith("check")}

    assert set(contract["source_modules"]) == {f"events.timetable.{name}" for name in checks}
    assert set(contract["forbidden_modules"]) == {f"events.timetable.{name}" for name in names - checks} | {"ortools"}
