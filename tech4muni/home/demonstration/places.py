"""The municipalities of the demonstration, read from the table beside this module."""

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.conf import settings

TABLE: Final = Path(__file__).with_name("municipalities.csv")


def places() -> dict[str, dict[str, Any]]:
    """Return the fields of each municipality by its schema's name, as `create_municipality` takes them."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["schema_name"]: _fields(row) for row in csv.DictReader(file)}


def _fields(row: dict[str, str]) -> dict[str, Any]:
    return {
        "names": {code: row[code] for code, _name in settings.LANGUAGES},
        "country": row["country"],
        "languages": row["languages"].split(),
        "time_zone": row["time_zone"],
        "working_days": [int(day) for day in row["working_days"].split()],
        "colour": row["colour"],
        "population": int(row["population"]),
        "latitude": Decimal(row["latitude"]),
        "longitude": Decimal(row["longitude"]),
    }
