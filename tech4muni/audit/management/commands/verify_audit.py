"""`manage.py verify_audit`: read every trail and say whether it is whole."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tech4muni.audit.verification import Trail, schemas_with_trails, verify

Known = dict[str, dict[int, str]]


class Command(BaseCommand):
    help = "Verify the audit trails of the public schema and of every municipality; fails if one is not whole."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--schema", action="append", help="only this schema (may be given several times)")
        parser.add_argument(
            "--known",
            type=Path,
            help="a file, kept on another machine, that notes the heads of whole trails: compared first, then added to",
        )

    def handle(self, *, schema: list[str] | None, known: Path | None, **_: Any) -> None:
        existing = schemas_with_trails()
        if unknown := set(schema or ()) - set(existing):
            raise CommandError(f"There is no trail in {', '.join(sorted(unknown))}.")
        noted = read_known(known)
        names = schema or [*existing, *sorted(noted.keys() - set(existing))]
        trails = [self._report(verify(name, noted.get(name))) for name in names]
        if broken := [trail.schema for trail in trails if trail.fault]:
            raise CommandError(f"Not whole: {', '.join(broken)}.")
        note(known, trails, noted)

    def _report(self, trail: Trail) -> Trail:
        if not trail.fault:
            self.stdout.write(f"{trail.schema}: whole, {trail.number} entries, head {trail.digest}")
        else:
            where = "" if trail.broken_at is None else f" at entry {trail.broken_at}"
            self.stdout.write(self.style.ERROR(f"{trail.schema}: BROKEN{where}: {trail.fault}"))
        return trail


def read_known(path: Path | None) -> Known:
    """Read the heads that were noted: a line of JSON each; no file yet means none."""
    noted: Known = defaultdict(dict)
    for line in path.read_text().splitlines() if path and path.exists() else ():
        head = json.loads(line)
        noted[head["schema"]][head["number"]] = head["digest"]
    return noted


def note(path: Path | None, trails: list[Trail], noted: Known) -> None:
    """Add the heads that are new to the file."""
    new = [trail for trail in trails if trail.number and trail.number not in noted.get(trail.schema, {})]
    if path and new:
        with path.open("a") as file:
            for trail in new:
                file.write(json.dumps({"schema": trail.schema, "number": trail.number, "digest": trail.digest}) + "\n")
