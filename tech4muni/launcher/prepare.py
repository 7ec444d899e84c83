"""`python -m tech4muni.launcher.prepare`: bring the demonstration's database and files up to date.

One process for all the commands, since starting Django takes longer than most of them.
"""

import io
import sys
import traceback

import django
from django.core.management import call_command

from tech4muni.launcher.console import say, step

# What is shown, the management command, its arguments: each may run any number of times without harm.
COMMANDS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Compiling the translations", "compile_catalogues", ()),
    ("Making the platform's tables", "migrate_schemas", ("--shared",)),
    ("Preparing the municipalities' tables", "prepare_template", ()),
    ("Bringing the municipalities' tables up to date", "migrate_tenants", ()),
    ("Making the demonstration", "demo", ()),
    ("Collecting the static files", "collectstatic", ("--noinput",)),
)


def main() -> int:
    """Run the commands in order; return 1 if one fails, having shown what it said."""
    django.setup()
    for text, command, arguments in COMMANDS:
        output = io.StringIO()
        try:
            with step(text):
                call_command(command, *arguments, verbosity=0, stdout=output, stderr=output)
        except Exception:  # noqa: BLE001  whatever went wrong, a person has to see it
            say(output.getvalue())
            say(traceback.format_exc())
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
