"""`manage.py provision`: make municipalities and their schemas."""

import argparse
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from programs.enums import MunicipalityState
from programs.models import Municipality
from programs.municipalities import create_municipality
from programs.schemas.provisioning import provision

ABOUT = ("host", "names", "country", "languages", "time_zone", "working_days")


class Command(BaseCommand):
    help = (
        "Make a municipality, if it is new, and its schema, if it has none: "
        "provision strumica --host strumica.example.org --name en-gb=Strumica --name mk=Струмица "
        "--country MK --languages mk,en-gb --time-zone Europe/Skopje --working-days 1,2,3,4,5. "
        "Without a schema name, all municipalities that wait are provided for."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("schema", nargs="?", help="Schema name; for a new municipality the other options, too.")
        parser.add_argument("--host")
        parser.add_argument("--name", action="append", dest="names", type=_pair, metavar="LANGUAGE=NAME")
        parser.add_argument("--country")
        parser.add_argument("--languages", type=lambda text: text.split(","))
        parser.add_argument("--time-zone")
        parser.add_argument("--working-days", type=_numbers, help="1 is Monday.")

    def handle(self, schema: str | None = None, **options: Any) -> None:
        if schema is None:
            waiting = list(Municipality.objects.filter(state=MunicipalityState.PREPARING))
        else:
            waiting = [Municipality.objects.filter(schema_name=schema).first() or self._create(schema, options)]
        for municipality in waiting:
            done = provision(municipality)
            self.stdout.write(f"{municipality.schema_name}: {'provisioned' if done else 'has its schema already'}")

    def _create(self, schema: str, options: dict[str, Any]) -> Municipality:
        missing = [name for name in ABOUT if not options[name]]
        if missing:
            raise CommandError(f"There is no municipality {schema}; to make it, give: {', '.join(missing)}.")
        fields = {name: options[name] for name in ABOUT}
        fields["names"] = dict(fields["names"])
        try:
            return create_municipality(actor=None, schema_name=schema, **fields)
        except ValidationError as error:
            wrong = "; ".join(f"{field}: {' '.join(messages)}" for field, messages in error.message_dict.items())
            raise CommandError(wrong) from error


def _pair(text: str) -> tuple[str, str]:
    language, equals, name = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"Write LANGUAGE=NAME, not {text!r}.")
    return language, name


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]
