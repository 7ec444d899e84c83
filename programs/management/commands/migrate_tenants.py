"""`manage.py migrate_tenants`: bring the municipalities' schemas to the version of the code."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from programs.schemas.migrating import Outcome, migrate_tenants
from programs.schemas.versions import schema_version


class Command(BaseCommand):
    help = (
        "Bring all municipalities' schemas to the version of the code, after `migrate_schemas --shared`. "
        "Goes on past a schema that fails, names it and exits with 1; run it again to resume."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--schema", action="append", default=[], dest="schemas", help="Only this one; repeatable.")
        parser.add_argument("--workers", type=int, default=2, choices=range(1, 17), metavar="1-16")
        parser.add_argument("--lock-timeout", type=float, default=5, metavar="SECONDS")
        parser.add_argument("--verify", action="store_true", help="Trust no recorded version, read every schema.")

    def handle(self, *, verbosity: int, **options: Any) -> None:
        chosen = {name: options[name] for name in ("schemas", "workers", "lock_timeout", "verify")}
        outcomes = []
        for outcome in migrate_tenants(**chosen):
            outcomes.append(outcome)
            if verbosity > 1 or outcome.error:
                self._report(outcome)
        failed = sorted(outcome.schema for outcome in outcomes if outcome.error)
        self.stdout.write(f"Version {schema_version()}: {len(outcomes) - len(failed)} migrated, {len(failed)} failed.")
        if failed:
            raise CommandError(f"Not migrated: {', '.join(failed)}. Mend what is wrong and run the command again.")

    def _report(self, outcome: Outcome) -> None:
        said = f"failed: {outcome.error}" if outcome.error else f"{outcome.steps} migrations"
        self.stdout.write(f"{outcome.schema}: {said} ({outcome.milliseconds} ms)")
