"""`manage.py demo`: make the demonstration, or print where it is."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tech4muni.home.demonstration.addresses import table
from tech4muni.home.demonstration.load import load


class Command(BaseCommand):
    help = "Make what is missing of the demonstration; with --addresses, print where it is and as whom to log in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--addresses", action="store_true", help="print addresses and log-ins, make nothing")
        parser.add_argument("--port", type=int, help="port of the web in the addresses, if not the settings' one")

    def handle(self, *, addresses: bool, port: int | None, **_: Any) -> None:
        if not getattr(settings, "DEMONSTRATION", False):
            raise CommandError("The demonstration is made where DEMONSTRATION is on, and nowhere else.")
        if addresses:
            self.stdout.write(table(port))
        else:
            load(self.stdout.write)
