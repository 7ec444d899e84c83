"""`manage.py timetable`: what it writes, says and ends with."""

import errno
import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils.translation import override

from bench.timetable_event import SIZES, event
from events import planning_run
from events.management.commands.timetable import CONTROLS
from events.reasons import sentence
from events.timetable.documents import PLAN_FORMAT, PROBLEM_FORMAT, complete, digest, read_problem
from events.timetable.plan import Figures, Progress, Reason, Status, Timetable, Why
from events.timetable.problem import Goal, Problem
from events.timetable.search import Stop
from events.timetable.solve import solve
from tests.events.timetable import builders

Document = dict[str, Any]
DZN = "nBusiness = 2; nMeetings = 1; nTables = 1; nTotalSlots = 2; requested = [| 1, 2, 3 |];"
CHANGES = "tech4muni.timetable.changes.v1"
LIMIT = 60  # seconds for a search that is to be ended long before
# Servers that nobody can reach.
CLOSED = {
    "DJANGO_SETTINGS_MODULE": "tech4muni.settings.dev",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


class Outcome:
    """How a command ended, and what it said."""

    def __init__(self, *arguments: object) -> None:
        out, err = io.StringIO(), io.StringIO()
        self.code: Any = 0
        try:
            call_command("timetable", *map(str, arguments), stdout=out, stderr=err, no_color=True)
        except SystemExit as ended:
            self.code = ended.code
        self.out, self.err = out.getvalue(), err.getvalue()


def write(folder: Path, name: str, document: object) -> Path:
    file = folder / name
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


@pytest.fixture
def problem(tmp_path: Path) -> Path:
    """Three requests of one party for two slots."""
    return write(tmp_path, "problem.json", builders.document("ab", "ac", "ad", slots=2, tables=1))


@pytest.fixture
def impossible(tmp_path: Path) -> Path:
    """Two required meetings of one party in one slot."""
    both = [builders.request("ab", required=True), builders.request("ac", required=True)]
    return write(tmp_path, "impossible.json", builders.document(*both, slots=1))


@pytest.fixture
def plan(problem: Path, tmp_path: Path) -> Path:
    file = tmp_path / "plan.json"
    assert Outcome("solve", problem, "--out", file, "--workers", 1).code == 0
    return file


def edit(file: Path, change: Callable[[Document], object]) -> Path:
    document = json.loads(file.read_text())
    change(document)
    return write(file.parent, "edited.json", document)


# -- solve


def test_solve_writes_a_plan_that_check_finds_right(problem: Path, tmp_path: Path) -> None:
    solved = Outcome("solve", problem, "--out", tmp_path / "plan.json", "--seed", 7, "--workers", 1, "--limit", 20)
    written = json.loads((tmp_path / "plan.json").read_text())
    checked = Outcome("check", problem, tmp_path / "plan.json")

    assert solved.code == 0
    assert written["format"] == PLAN_FORMAT
    assert written["certificate"]["digest"] == digest(complete(json.loads(problem.read_text())))
    assert {name: written["certificate"][name] for name in ("seed", "workers", "limit")} == {
        "seed": 7, "workers": 1, "limit": 20
    }  # fmt: skip
    assert (checked.code, checked.out) == (0, "The plan keeps every rule, and its figures are right.\n")


def test_solve_says_what_came_of_it(problem: Path, tmp_path: Path) -> None:
    said = Outcome("solve", problem, "--out", tmp_path / "plan.json", "--workers", 1)
    lines = said.out.splitlines()

    assert lines[0].startswith("solved after ")
    assert "value: 2 (proven)" in lines
    assert "2 of 3 requests are held." in lines
    assert any(line.startswith("not held, ") and line.endswith(": 1") for line in lines)


def test_solve_tells_its_progress_on_standard_error_only(problem: Path, tmp_path: Path) -> None:
    said = Outcome("solve", problem, "--out", tmp_path / "plan.json", "--workers", 1)
    lines = [line.rpartition(",")[0] for line in said.err.splitlines()]

    assert "value: best 2, bound 2" in lines
    assert all(line != after for line, after in pairwise(lines))
    assert "best" not in said.out


def test_a_dash_writes_the_plan_to_standard_output_and_the_summary_to_standard_error(problem: Path) -> None:
    said = Outcome("solve", problem, "--out", "-", "--workers", 1)

    assert json.loads(said.out)["status"] == "solved"
    assert "2 of 3 requests are held." in said.err


def test_without_any_plan_the_conflict_is_named(impossible: Path, tmp_path: Path) -> None:
    said = Outcome("solve", impossible, "--out", tmp_path / "plan.json", "--workers", 1)

    assert said.code == 3
    assert len(json.loads((tmp_path / "plan.json").read_text())["conflict"]) == 2
    assert said.out.count("in conflict: ") == 2
    assert Outcome("check", impossible, tmp_path / "plan.json").code == 0


def test_no_plan_in_time_is_no_success(problem: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_short(asked: Problem, **options: Any) -> Timetable:
        found = solve(asked, **options)
        nothing = replace(found.certificate, goals=(), figures=Figures(requests=3))
        return Timetable(Status.UNKNOWN, nothing)

    monkeypatch.setattr(planning_run, "solve", too_short)

    said = Outcome("solve", problem, "--out", tmp_path / "plan.json", "--workers", 1)

    assert said.code == 4
    assert said.out.startswith("unknown after ")
    assert json.loads((tmp_path / "plan.json").read_text())["status"] == "unknown"
    assert Outcome("check", problem, tmp_path / "plan.json").code == 0


def test_a_lock_that_cannot_be_kept_is_named(tmp_path: Path) -> None:
    small = builders.document(
        "ab", "cd", slots=2, parties=[{"id": "a", "name": "Ada", "forbidden": ["s0"]}],
        locked=[builders.placed("ab", 0), builders.placed("cd", 1)],
    )  # fmt: skip
    asked = write(tmp_path, "locked.json", small)

    said = Outcome("solve", asked, "--out", tmp_path / "plan.json", "--workers", 1)

    assert said.code == 3
    assert json.loads((tmp_path / "plan.json").read_text())["conflict"] == [{"kind": "locked", "request": "ab"}]
    assert [line for line in said.out.splitlines() if line.startswith("in conflict")] == [
        "in conflict: \u2068Ada\u2069 – \u2068b\u2069: is locked in its place."
    ]


# -- Ctrl-C


def press(at: Callable[[], bool]) -> threading.Thread:
    """Press Ctrl-C once something is true."""

    def wait() -> None:
        while not at():
            threading.Event().wait(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread


@pytest.fixture
def hearing() -> Iterator[None]:
    """Hear Ctrl-C, and let programs hear it, also where the tests were started deaf to it, as in the background."""
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, heard)


@pytest.fixture
def endless(hearing: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A search that lasts until it is stopped, and longer if it is `stubborn`."""
    state: dict[str, Any] = {"begun": False, "stop": None, "stubborn": False, "over": threading.Event()}

    def search(asked: Problem, *, stop: Stop, progress: Any, **options: Any) -> Any:
        state["stop"] = stop
        progress(Progress(Goal.VALUE, 1, 3, 0.1))
        state["begun"] = True
        while not stop or (state["stubborn"] and not state["over"].is_set()):
            state["over"].wait(0.01)
        return solve(asked, progress=progress, **options)

    monkeypatch.setattr(planning_run, "solve", search)
    yield state
    state["stubborn"] = False
    state["over"].set()


def test_ctrl_c_keeps_the_plan_so_far(endless: dict[str, Any], problem: Path, tmp_path: Path) -> None:
    press(lambda: endless["begun"])

    said = Outcome("solve", problem, "--out", tmp_path / "plan.json", "--workers", 1)

    assert said.code == 0
    assert json.loads((tmp_path / "plan.json").read_text())["status"] == "solved"
    assert "Stopping; the best plan so far is kept. Ctrl-C again gives it up." in said.err


class ExitedError(Exception):
    """The process would have ended."""


def test_ctrl_c_twice_ends_at_once(
    endless: dict[str, Any], problem: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave(code: int) -> None:
        raise ExitedError(code)

    monkeypatch.setattr(os, "_exit", leave)
    endless["stubborn"] = True
    press(lambda: endless["begun"])
    press(lambda: bool(endless["stop"]))

    with pytest.raises(ExitedError, match="130"):
        Outcome("solve", problem, "--out", tmp_path / "plan.json")

    assert [file.name for file in tmp_path.iterdir()] == ["problem.json"]


def test_what_breaks_the_search_is_not_hidden(problem: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: Any, **_options: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(planning_run, "solve", broken)

    with pytest.raises(ZeroDivisionError):
        Outcome("solve", problem, "--out", tmp_path / "plan.json")


def test_the_engine_heeds_a_stop_that_is_set_later() -> None:
    stop = Stop()
    seen: list[Progress] = []

    def progress(one: Progress) -> None:
        seen.append(one)
        stop.set()

    found = solve(
        builders.problem("ab", "ac", "ad", "bc", "bd", "cd", slots=4), workers=1, progress=progress, stop=stop
    )

    assert not found.certificate.goals or not all(level.optimal for level in found.certificate.goals)


# -- --out


@pytest.mark.parametrize("action", ["solve", "convert"])
def test_what_cannot_be_written_is_refused_before_the_work(action: str, problem: Path, tmp_path: Path) -> None:
    (tmp_path / "a.dzn").write_text(DZN)
    source = problem if action == "solve" else tmp_path / "a.dzn"
    os.mkfifo(tmp_path / "pipe")

    for out, why in [(tmp_path / "none" / "x.json", "No such file"), (tmp_path, "no ordinary file")]:
        said = Outcome(action, source, "--out", out)
        assert (said.code, said.out) == (2, "")
        assert why in said.err
        assert said.err.count("\n") == 1

    assert Outcome(action, source, "--out", tmp_path / "pipe").code == 2
    assert (tmp_path / "pipe").is_fifo()


def test_a_plan_replaces_the_one_before_as_a_whole(plan: Path, problem: Path, tmp_path: Path) -> None:
    plan.write_text("old")
    link = tmp_path / "link.json"
    link.symlink_to(plan)

    assert Outcome("solve", problem, "--out", link, "--workers", 1).code == 0

    assert link.is_symlink()
    assert json.loads(plan.read_text())["status"] == "solved"
    assert {file.name for file in tmp_path.iterdir()} == {"problem.json", "plan.json", "link.json"}


def test_the_old_plan_stays_if_the_new_one_cannot_be_written(
    plan: Path, problem: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: Path, _target: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "replace", full)
    plan.write_text("old")

    said = Outcome("solve", problem, "--out", plan, "--workers", 1)

    assert said.code == 2
    assert said.err.splitlines()[-1] == f"{plan} cannot be written: No space left on device."
    assert plan.read_text() == "old"
    assert {file.name for file in plan.parent.iterdir()} == {"problem.json", "plan.json"}


def test_a_plan_has_the_rights_that_new_files_have(problem: Path, tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        Outcome("solve", problem, "--out", tmp_path / "plan.json", "--workers", 1)
    finally:
        os.umask(before)

    assert (tmp_path / "plan.json").stat().st_mode & 0o777 == 0o600


# -- check


def test_check_names_each_broken_rule_on_a_line(plan: Path, problem: Path) -> None:
    wrong = edit(plan, lambda found: found["certificate"]["figures"].update(value=7, gaps=3))

    said = Outcome("check", problem, wrong)

    assert said.code == 1
    assert all(line.startswith("$.certificate.figures") for line in said.out.splitlines())
    assert said.out


@pytest.mark.parametrize("action", ["check", "explain"])
def test_a_plan_of_another_problem_is_not_right(action: str, plan: Path, problem: Path) -> None:
    other = edit(problem, lambda asked: asked["requests"][0].update(value=3))

    said = Outcome(action, other, plan)

    assert said.code == 1
    assert "$.certificate.digest" in said.out


# -- bad input


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("solve", "none.json", "--out", "x.json"), "none.json: $: the file none.json cannot be read: No such file"),
        (("solve", "plan.json", "--out", "x.json"), f'plan.json: $.format: must be "{PROBLEM_FORMAT}".'),
        (("check", "problem.json", "problem.json"), f'problem.json: $.format: must be "{PLAN_FORMAT}".'),
        (("check", "problem.json", "text.json"), "text.json: $: is not JSON: Expecting value, line 1, column 1."),
        (("solve", "unknown.json", "--out", "x.json"), "unknown.json: $.requests[0].parties[1]: "),
        (("convert", "text.json", "--out", "x.json"), "text.json: $: "),
        (("convert", "none.dzn", "--out", "x.json"), "none.dzn: $: cannot be read: No such file or directory."),
        (("convert", "bytes.dzn", "--out", "x.json"), "bytes.dzn: $: is not in UTF-8."),
        (("repair", "problem.json", "plan.json", "plan.json", "--out", "x.json"), f'$.format: must be "{CHANGES}".'),
        (("explain", "plan.json", "plan.json"), f'plan.json: $.format: must be "{PROBLEM_FORMAT}".'),
    ],
)  # fmt: skip
def test_bad_input_is_named_with_its_place(
    arguments: tuple[str, ...], complaint: str, plan: Path, problem: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = plan.parent
    monkeypatch.chdir(folder)
    (folder / "text.json").write_text("no document")
    (folder / "bytes.dzn").write_bytes(b"\xff")
    document = json.loads(problem.read_text())
    document["requests"][0]["parties"][1] = "nobody\nelse"
    write(folder, "unknown.json", document)

    said = Outcome(*arguments)

    assert said.code == 2
    assert any(complaint in line for line in said.err.splitlines())
    assert all(": $" in line for line in said.err.splitlines())
    assert said.out == ""
    assert not (folder / "x.json").exists()


@pytest.mark.parametrize(
    ("option", "value"),
    [("--limit", value) for value in ("0", "-1", "nan", "inf", "soon", "86401")]
    + [("--seed", value) for value in ("-1", "1.5", "x", str(2**31))]
    + [("--workers", value) for value in ("0", "65", "two")],
)
def test_options_that_make_no_sense_are_refused(option: str, value: str, problem: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=option):
        Outcome("solve", problem, "--out", tmp_path / "plan.json", f"{option}={value}")

    assert not (tmp_path / "plan.json").exists()


# -- convert


def test_convert_makes_a_problem_that_can_be_solved(tmp_path: Path) -> None:
    (tmp_path / "a.dzn").write_text(DZN)

    assert Outcome("convert", tmp_path / "a.dzn", "--out", tmp_path / "problem.json").code == 0
    assert Outcome("solve", tmp_path / "problem.json", "--out", tmp_path / "plan.json", "--workers", 1).code == 0
    assert Outcome("check", tmp_path / "problem.json", tmp_path / "plan.json").code == 0


# -- repair


def test_repair_plans_again_and_says_what_moves(plan: Path, problem: Path, tmp_path: Path) -> None:
    [held, *_rest] = json.loads(plan.read_text())["meetings"]
    cancelled = {"kind": "cancelled", "request": held["request"]}
    changes = write(tmp_path, "changes.json", {"format": CHANGES, "changes": [cancelled]})
    changed, repaired = tmp_path / "changed.json", tmp_path / "repaired.json"

    said = Outcome(
        "repair", problem, plan, changes, "--out", repaired, "--problem-out", changed, "--workers", 1
    )  # fmt: skip

    assert said.code == 0
    assert held["request"] not in {one["id"] for one in json.loads(changed.read_text())["requests"]}
    assert "2 of 2 requests are held." in said.out
    assert Outcome("check", changed, repaired).code == 0


def test_repair_writes_nothing_if_it_cannot_write_the_plan(plan: Path, problem: Path, tmp_path: Path) -> None:
    changes = write(tmp_path, "changes.json", {"format": CHANGES, "changes": []})

    said = Outcome("repair", problem, plan, changes, "--out", tmp_path, "--problem-out", tmp_path / "changed.json")

    assert said.code == 2
    assert not (tmp_path / "changed.json").exists()


def test_repair_refuses_one_place_for_both_documents(plan: Path, problem: Path, tmp_path: Path) -> None:
    changes = write(tmp_path, "changes.json", {"format": CHANGES, "changes": []})
    for place in ("-", tmp_path / "one.json"):
        said = Outcome("repair", problem, plan, changes, "--out", place, "--problem-out", place)

        assert said.code == 2
        assert said.out == ""
    assert not (tmp_path / "one.json").exists()


def test_repair_moves_as_little_as_it_can(tmp_path: Path) -> None:
    names = [one + other for one in "abc" for other in "xyz"]
    problem, plan = write(tmp_path, "problem.json", builders.document(*names, tables=4)), tmp_path / "plan.json"
    assert Outcome("solve", problem, "--out", plan, "--workers", 1).code == 0
    held = json.loads(plan.read_text())["meetings"]
    [lost] = [one for one in held if one["request"] == "by"]
    away = {"kind": "no_show", "party": "a"}
    gone = {"kind": "lost_table", "table": lost["table"], "slot": lost["slot"]}
    changes = write(tmp_path, "changes.json", {"format": CHANGES, "changes": [away, gone]})
    changed, repaired = tmp_path / "changed.json", tmp_path / "repaired.json"

    said = Outcome("repair", problem, plan, changes, "--out", repaired, "--problem-out", changed, "--workers", 1)

    after = {one["request"]: one["slot"] for one in json.loads(repaired.read_text())["meetings"]}
    assert after == {one["request"]: one["slot"] for one in held if one["request"][0] != "a"}
    assert "disturbed: 3 (proven)" in said.out.splitlines()
    assert Outcome("check", changed, repaired).code == 0


def test_repair_refuses_the_plan_of_another_problem(plan: Path, problem: Path, tmp_path: Path) -> None:
    changes = write(tmp_path, "changes.json", {"format": CHANGES, "changes": []})
    other = edit(problem, lambda asked: asked["requests"][0].update(value=3))

    said = Outcome("repair", other, plan, changes, "--out", tmp_path / "repaired.json")

    assert (said.code, said.out) == (2, "")
    assert said.err == f"{plan}: $.certificate.digest: is that of another problem.\n"
    assert not (tmp_path / "repaired.json").exists()


def test_repair_names_what_the_changes_name_in_vain(plan: Path, problem: Path, tmp_path: Path) -> None:
    strange = [{"kind": "no_show", "party": "nobody"}, {"kind": "lost_table", "table": "t9"}]
    changes = write(tmp_path, "changes.json", {"format": CHANGES, "changes": strange, "now": "s9"})

    said = Outcome("repair", problem, plan, changes, "--out", tmp_path / "repaired.json")

    assert said.code == 2
    assert set(said.err.splitlines()) == {
        f"{changes}: $.now: the problem has no slot 's9'.",
        f"{changes}: $.changes[0].party: the problem has no party 'nobody'.",
        f"{changes}: $.changes[1].table: the problem has no table 't9'.",
    }


# -- explain


@pytest.mark.parametrize("language", ["en-gb", "de", "he", "mk", "sq"])
def test_explain_says_why_in_five_languages(language: str, plan: Path, problem: Path) -> None:
    said = Outcome("explain", problem, plan, "--language", language)
    [one] = json.loads(plan.read_text())["not_held"]
    reason = Reason(one["request"], Why(one["reason"]), one.get("party"), one.get("slot"), meetings=one["meetings"])
    with override(language):
        expected = sentence(reason, read_problem(json.loads(problem.read_text())))

    assert (said.code, said.err) == (0, "")
    assert said.out == "\u2068{}\u2069 – \u2068{}\u2069: {}\n".format(*one["request"], expected)


def test_explain_names_moves(plan: Path, problem: Path) -> None:
    published = [{**builders.placed("ab", 0), "table": "t0"}, {**builders.placed("ac", 1), "table": "t0"}]
    asked = edit(
        problem, lambda found: found.update(published=published, released=["ab", "ac"], goals=["gaps", "value"])
    )
    asked = edit(asked, lambda found: found["requests"][0].update(forbidden=["s0"]))
    assert Outcome("solve", asked, "--out", plan, "--workers", 1).code == 0

    said = Outcome("explain", asked, plan)

    moves = json.loads(plan.read_text())["moves"]
    assert moves
    assert len(said.out.splitlines()) == len(moves) + len(json.loads(plan.read_text())["not_held"])


def test_explain_names_a_conflict(impossible: Path, tmp_path: Path) -> None:
    Outcome("solve", impossible, "--out", tmp_path / "plan.json", "--workers", 1)

    said = Outcome("explain", impossible, tmp_path / "plan.json")

    assert said.code == 0
    assert len(said.out.splitlines()) == 2


def test_explain_refuses_a_plan_that_is_not_right(plan: Path, problem: Path) -> None:
    wrong = edit(plan, lambda found: found["not_held"][0].update(request="nobody"))

    said = Outcome("explain", problem, wrong)

    assert said.code == 1
    assert "$.not_held" in said.out


def test_what_commands_a_terminal_is_not_written() -> None:
    assert "a\x1b[2J\nb".translate(CONTROLS) == "a [2J b"


# -- As a program of its own


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, settings.BASE_DIR / "manage.py", "timetable", *arguments]
    return subprocess.run(
        [str(part) for part in command],
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_no_server_is_started_or_needed(plan: Path, problem: Path, tmp_path: Path) -> None:
    done = run("check", problem, plan, T4M_STATE_DIR=str(tmp_path / "state"))

    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "state").exists()


def test_development_settings_do_not_reach_for_servers_that_are_named(plan: Path, problem: Path) -> None:
    done = run("check", problem, plan, **CLOSED)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.usefixtures("hearing")
def test_ctrl_c_ends_a_long_search_with_the_plan_so_far(tmp_path: Path) -> None:
    [size] = [size for size in SIZES if size.name == "100x30"]
    problem, out = write(tmp_path, "problem.json", event(size, "full", seed=1)), tmp_path / "plan.json"
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "timetable", "solve", str(problem)]
    with subprocess.Popen(
        [*command, "--out", str(out), "--limit", str(LIMIT)],
        env=os.environ | CLOSED,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        assert "best" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        said, told = process.communicate(timeout=LIMIT)

    assert process.returncode in {0, 4}
    assert "Stopping; the best plan so far is kept." in told
    assert "Traceback" not in told
    assert said.startswith(("solved after ", "unknown after "))
    assert Outcome("check", problem, out).code == 0


def test_options_that_make_no_sense_end_a_program_with_2(problem: Path, tmp_path: Path) -> None:
    done = run("solve", problem, "--out", tmp_path / "plan.json", "--limit", "soon")

    assert done.returncode == 2
    assert "--limit: soon is no number of seconds above 0" in done.stderr
    assert "Traceback" not in done.stderr


def test_letters_that_the_terminal_lacks_are_spelled_out(plan: Path, problem: Path) -> None:
    done = run("explain", problem, plan, "--language", "he", PYTHONIOENCODING="ascii")

    assert (done.returncode, done.stderr) == (0, "")
    assert "\\u2068" in done.stdout
