"""`manage.py import_cohort`: take past editions of programs over from a file of public facts."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tech4muni.home.past.reading import FILE, Unreadable, editions
from tech4muni.home.past.services import import_edition


class Command(BaseCommand):
    help = (
        "Make programs, municipalities, challenges, companies and results of past editions; what is there stays as it "
        "is. Without ids, list the editions."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ids", nargs="*", help="ids of editions, such as tech4muni-mk-2019")
        parser.add_argument("--all", action="store_true", help="import all editions of the file")
        parser.add_argument("--file", type=Path, default=FILE, help="another file than the one of the product")

    def handle(self, *, ids: list[str], all: bool, file: Path, **_: Any) -> None:  # noqa: A002
        try:
            found = editions(file)
        except Unreadable as error:
            raise CommandError(str(error)) from error
        unknown = sorted(set(ids) - set(found))
        if unknown:
            raise CommandError(f"No such edition in {file.name}: {', '.join(unknown)}")
        if not ids and not all:
            for edition in found.values():
                self.stdout.write(f"{edition.key:36} {edition.name}, {len(edition.record['challenges'])} challenges")
            return
        for key in found if all else ids:
            import_edition(found[key], self.stdout.write)
