"""What the commands say while they work."""

import os
from pathlib import Path

import pytest

from tech4muni.launcher.console import say, step
from tech4muni.launcher.single import RunsAlreadyError, only_one


def test_a_step_shows_what_is_done_and_how_long_it_took(capsys: pytest.CaptureFixture[str]) -> None:
    with step("Sweeping the floor"):
        assert capsys.readouterr().out == "  Sweeping the floor .."
    assert capsys.readouterr().out == " 0.0 s\n"


@pytest.mark.parametrize(("error", "outcome"), [(ValueError, "failed"), (KeyboardInterrupt, "stopped")])
def test_a_step_that_does_not_end_well_says_so(
    error: type[BaseException], outcome: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(error), step("Sweeping the floor"):
        raise error
    assert capsys.readouterr().out == f"  Sweeping the floor .. {outcome}\n"


def test_what_is_said_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    say("Good morning")
    say()
    assert capsys.readouterr().out == "Good morning\n\n"


def test_a_second_one_is_told_who_is_at_it(tmp_path: Path) -> None:
    file = tmp_path / "demo.lock"
    with only_one(file, "bin/demo"):
        refusal = pytest.raises(RunsAlreadyError, match=rf"bin/demo runs already .*\(process {os.getpid()}\)")
        with refusal, only_one(file, "bin/demo"):
            pass
    with only_one(file, "bin/demo"):
        assert file.read_text() == str(os.getpid())
