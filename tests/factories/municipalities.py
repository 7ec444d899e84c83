"""Municipalities."""

from typing import Any

from programs.models import Municipality
from programs.municipalities import create_municipality

FIELDS: dict[str, Any] = {
    "names": {"en-gb": "Bitola", "mk": "Битола"},
    "country": "MK",
    "languages": ["mk", "en-gb"],
    "time_zone": "Europe/Skopje",
    "working_days": [1, 2, 3, 4, 5],
}


def make_municipality(schema_name: str = "bitola", **fields: Any) -> Municipality:
    """Make a municipality that waits for its schema, on `<schema name>.localhost` unless told otherwise."""
    fields.setdefault("host", f"{schema_name.replace('_', '-')}.localhost")
    return create_municipality(actor=None, schema_name=schema_name, **(FIELDS | fields))
