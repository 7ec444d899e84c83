"""What brings the demonstration's database and files up to date."""

import pytest
from django.core.management import get_commands

from tech4muni.launcher import prepare


def test_all_commands_exist() -> None:
    assert {command for _text, command, _arguments in prepare.COMMANDS} <= set(get_commands())


def test_tables_come_before_what_is_put_into_them() -> None:
    order = [command for _text, command, _arguments in prepare.COMMANDS]
    assert order.index("migrate_schemas") < order.index("prepare_template") < order.index("migrate_tenants")


def test_a_failing_command_ends_it_and_shows_everything(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = (
        ("Looking around", "check", ("--tag", "no-such-tag")),
        ("Never reached", "compile_catalogues", ()),
    )
    monkeypatch.setattr(prepare, "COMMANDS", commands)
    assert prepare.main() == 1
    said = capsys.readouterr().out
    assert "Looking around .. failed" in said
    assert 'no system check with the "no-such-tag" tag' in said
    assert "Never reached" not in said


def test_commands_that_succeed_are_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(prepare, "COMMANDS", (("Compiling the translations", "compile_catalogues", ()),))
    assert prepare.main() == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("  Compiling the translations ..")
