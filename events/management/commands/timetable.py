"""`manage.py timetable`: plan, check, convert, repair and explain timetables in files; needs no database."""

import os
import sys
from argparse import ArgumentTypeError
from collections import Counter
from collections.abc import Callable
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import override

from events.files import UnwritableError, Writer
from events.planning_run import GIVEN_UP, plan_and_watch
from events.reasons import demand_sentence, meeting_words, move_sentence, sentence
from events.timetable.check import check
from events.timetable.documents import (
    InvalidDocumentError,
    complete,
    complete_plan,
    load,
    plan_document,
    problem_document,
    read_problem,
)
from events.timetable.dzn import DznError, convert
from events.timetable.plan import Demand, Move, Place, Progress, Reason, Status, Timetable, Why
from events.timetable.problem import Problem
from events.timetable.repair import read_changes, read_plan, repaired
from tech4muni.core.catalogues import catalogue_path, compile_catalogue

OK, BROKEN, INVALID, INFEASIBLE, UNKNOWN = range(5)
NOBODY_READS: Final = 141  # what a shell says of a program whose reader went away
# What would end a line or command a terminal, in names of other people's making.
CONTROLS: Final = dict.fromkeys([*range(32), *range(127, 160), 0x2028, 0x2029], " ")
DAY: Final = 86_400
EXIT: Final = {Status.SOLVED: OK, Status.INFEASIBLE: INFEASIBLE, Status.UNKNOWN: UNKNOWN}


class Command(BaseCommand):
    help = (
        "Plan, check, convert, repair and explain timetables in JSON files; see docs/timetable.md. Ends with 0 if all "
        "is well, 1 if a check found something, 2 for bad input, 3 if no plan exists, 4 if none was found in time."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="solve|check|convert|repair|explain")
        solve = actions.add_parser("solve", help="Make the best plan for a problem.")
        solve.add_argument("problem", type=Path)
        _add_search(solve)
        checked = actions.add_parser("check", help="Say which rules a plan breaks, without trusting who made it.")
        checked.add_argument("problem", type=Path)
        checked.add_argument("plan", type=Path)
        converted = actions.add_parser("convert", help="Make a problem of a MiniZinc instance of the literature.")
        converted.add_argument("instance", type=Path)
        converted.add_argument("--out", required=True, help="File for the problem, - for standard output.")
        repair = actions.add_parser("repair", help="Plan again after changes, moving as little as possible.")
        for name in ("problem", "plan", "changes"):
            repair.add_argument(name, type=Path)
        repair.add_argument("--problem-out", help="File for the changed problem, against which to check the plan.")
        _add_search(repair)
        explain = actions.add_parser("explain", help="Say in words what is not held, what moves, what conflicts.")
        explain.add_argument("problem", type=Path)
        explain.add_argument("plan", type=Path)
        explain.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="en-gb")

    def handle(self, *, action: str, **options: Any) -> None:
        actions: dict[str, Callable[..., int]] = {
            "solve": self._solve,
            "check": self._check,
            "convert": self._convert,
            "repair": self._repair,
            "explain": self._explain,
        }
        _write_all_letters()
        try:
            code = actions[action](**options)
            self.stdout.flush()
        except UnwritableError as error:
            self.stderr.write(str(error))
            code = INVALID
        except _Bad as error:
            for place, what in error.complaints:
                self.stderr.write(f"{error.file}: {place}: {what}".translate(CONTROLS))
            code = INVALID
        except KeyboardInterrupt:
            code = GIVEN_UP
        except BrokenPipeError:
            os._exit(NOBODY_READS)  # else Python complains when it flushes at its end
        if code:
            sys.exit(code)

    def _solve(self, problem: Path, **options: Any) -> int:
        return self._plan(_read(problem, read_problem), **options)

    def _repair(self, problem: Path, plan: Path, changes: Path, problem_out: str | None, **options: Any) -> int:
        asked = _read(problem, read_problem)
        meetings = _read(plan, lambda document: read_plan(asked, document))
        day = _read(changes, lambda document: read_changes(asked, document))
        changed = repaired(asked, meetings, day)
        if problem_out == options["out"]:
            raise UnwritableError("--out and --problem-out name the same place.")
        Writer(options["out"], self.stdout)  # refused before anything is written
        if problem_out:
            Writer(problem_out, self.stdout).write(problem_document(changed))
        return self._plan(changed, **options)

    def _plan(self, problem: Problem, out: str, limit: float, seed: int, workers: int, **_options: Any) -> int:
        writer = Writer(out, self.stdout)
        found = plan_and_watch(
            problem, limit=limit, seed=seed, workers=workers, tell=self._tell, stopping=self._tell_of_stop
        )
        writer.write(plan_document(found))
        self._summarise(found, problem, self.stderr if out == "-" else self.stdout)
        return EXIT[found.status]

    def _tell(self, progress: Progress) -> None:
        best, bound = (("-" if value is None else value) for value in (progress.best, progress.bound))
        self.stderr.write(f"{progress.goal}: best {best}, bound {bound}, {progress.seconds:.1f} s")

    def _tell_of_stop(self) -> None:
        self.stderr.write("Stopping; the best plan so far is kept. Ctrl-C again gives it up.")

    def _summarise(self, found: Timetable, problem: Problem, to: Any) -> None:
        certificate = found.certificate
        to.write(f"{found.status} after {certificate.seconds:.1f} s")
        for level in certificate.goals:
            far = "proven" if level.optimal else f"not proven, bound {'-' if level.bound is None else level.bound}"
            to.write(f"{level.goal}: {level.value} ({far})")
        if found.status == Status.SOLVED:
            to.write(f"{len(found.meetings)} of {len(problem.requests)} requests are held.")
        for why, count in sorted(Counter(reason.why for reason in found.not_held).items()):
            to.write(f"not held, {why}: {count}")
        if found.moves:
            to.write(f"{len(found.moves)} published meetings change.")
        with override("en-gb"):
            for demand in found.conflict:
                to.write(f"in conflict: {demand_sentence(demand, problem)}")

    def _check(self, problem: Path, plan: Path, **_options: Any) -> int:
        if self._broken(_read(problem, complete), _read(plan, complete_plan)):
            return BROKEN
        self.stdout.write("The plan keeps every rule, and its figures are right.")
        return OK

    def _broken(self, problem: dict[str, Any], plan: dict[str, Any]) -> bool:
        """Name each rule that a plan breaks; return whether there is any."""
        broken = check(problem, plan)
        for one in broken:
            self.stdout.write(f"{one.path}: {one.rule}: {one.message}".translate(CONTROLS))
        return bool(broken)

    def _convert(self, instance: Path, out: str, **_options: Any) -> int:
        writer = Writer(out, self.stdout)
        try:
            document = convert(instance.read_text(encoding="utf-8"))
        except UnicodeDecodeError as error:
            raise _Bad(instance, [("$", "is not in UTF-8.")]) from error
        except OSError as error:
            raise _Bad(instance, [("$", f"cannot be read: {error.strerror or error}.")]) from error
        except DznError as error:
            raise _Bad(instance, [("$", str(error))]) from error
        writer.write(document)
        return OK

    def _explain(self, problem: Path, plan: Path, language: str, **_options: Any) -> int:
        document = _read(plan, complete_plan)
        if self._broken(_read(problem, complete), document):
            return BROKEN
        asked = _read(problem, read_problem)
        if language != settings.LANGUAGE_CODE and not catalogue_path(language).with_suffix(".mo").exists():
            compile_catalogue(language)  # a fresh checkout
        with override(language):
            for one in document["not_held"]:
                self.stdout.write(f"{meeting_words(one['request'], asked)}: {sentence(_reason(one), asked)}")
            for one in document["moves"]:
                move = Move(one["request"], Place(**one["from"]), Place(**one["to"]) if one["to"] else None)
                self.stdout.write(move_sentence(move, asked))
            for one in document["conflict"]:
                self.stdout.write(demand_sentence(Demand(one["kind"], one.get("request")), asked))
        return OK


def _write_all_letters() -> None:
    """Spell out the letters that a terminal cannot take, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


class _Bad(Exception):
    """A file that cannot be used, with its complaints."""

    def __init__(self, file: Path, complaints: Any) -> None:
        super().__init__(file)
        self.file = file
        self.complaints = complaints


def _read(file: Path, reader: Callable[[object], Any]) -> Any:
    try:
        return reader(load(file))
    except InvalidDocumentError as error:
        raise _Bad(file, error.complaints) from error


def _reason(one: dict[str, Any]) -> Reason:
    return Reason(
        one["request"],
        Why(one["reason"]),
        one.get("party"),
        one.get("slot"),
        tuple(one.get("slots", ())),
        tuple(one.get("meetings", ())),
    )


def _add_search(parser: CommandParser) -> None:
    parser.add_argument("--out", required=True, help="File for the plan, - for standard output.")
    parser.add_argument("--limit", type=_seconds, default=60.0, metavar="SECONDS")
    parser.add_argument("--seed", type=partial(_whole, least=0, most=2**31 - 1), default=0)
    parser.add_argument("--workers", type=partial(_whole, least=1, most=64), default=2, metavar="1-64")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= DAY:
        raise ArgumentTypeError(f"{text} is no number of seconds above 0, a day at most")
    return seconds


def _whole(text: str, *, least: int, most: int) -> int:
    if not text.isdecimal() or not least <= int(text) <= most:
        raise ArgumentTypeError(f"{text} is no whole number from {least} to {most}")
    return int(text)
