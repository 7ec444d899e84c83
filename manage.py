#!/usr/bin/env python
"""Run Django's management commands for Tech4Muni."""

import os
import sys


def main() -> None:
    """Run the command named on the command line, with development settings unless told otherwise."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tech4muni.settings.dev")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
