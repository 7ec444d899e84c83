#!/usr/bin/env python
"""Run Django's management commands for Tech4Muni."""

import os
import sys


def main() -> None:
    """Run the command named on the command line, with development settings unless told otherwise.

    What works on files alone gets settings that start no servers.
    """
    settings = "types" if sys.argv[1:2] == ["timetable"] else "dev"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"tech4muni.settings.{settings}")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
