"""The file of past editions, as plain values."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from programs.enums import Country

FILE: Final = Path(__file__).with_name("cohorts.json")
COUNTRIES: Final = {
    "Australia": Country.AUSTRALIA, "Brazil": Country.BRAZIL, "Canada": Country.CANADA, "France": Country.FRANCE,
    "Germany": Country.GERMANY, "Ireland": Country.IRELAND, "Mexico": Country.MEXICO,
    "Netherlands": Country.NETHERLANDS, "New Zealand": Country.NEW_ZEALAND, "Nigeria": Country.NIGERIA,
    "North Macedonia": Country.NORTH_MACEDONIA, "Poland": Country.POLAND, "South Africa": Country.SOUTH_AFRICA,
    "Spain": Country.SPAIN, "United Kingdom": Country.UNITED_KINGDOM, "United States": Country.UNITED_STATES,
}  # fmt: skip
ZONES: Final = {
    Country.AUSTRALIA: "Australia/Melbourne", Country.BRAZIL: "America/Recife", Country.CANADA: "America/Toronto",
    Country.FRANCE: "Europe/Paris", Country.GERMANY: "Europe/Berlin", Country.IRELAND: "Europe/Dublin",
    Country.MEXICO: "America/Mexico_City", Country.NETHERLANDS: "Europe/Amsterdam",
    Country.NEW_ZEALAND: "Pacific/Auckland", Country.NIGERIA: "Africa/Lagos",
    Country.NORTH_MACEDONIA: "Europe/Skopje", Country.POLAND: "Europe/Warsaw",
    Country.SOUTH_AFRICA: "Africa/Johannesburg", Country.SPAIN: "Europe/Madrid",
    Country.UNITED_KINGDOM: "Europe/London", Country.UNITED_STATES: "America/New_York",
}  # fmt: skip
GROUP: Final = "consortium"


class Unreadable(ValueError):
    """The file is not what it should be; the message says where."""


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality of a past edition."""

    key: str
    name: str
    country: Country
    kind: str
    population: int | None
    latitude: float | None
    longitude: float | None

    @property
    def schema_name(self) -> str:
        """A name for its schema: the key without its country, such as `san_francisco`."""
        return re.sub(r"[^a-z0-9]+", "_", self.key.partition("-")[2].lower()).strip("_")[:41]

    @property
    def is_group(self) -> bool:
        """Whether several municipalities stand behind it."""
        return self.kind == GROUP


@dataclass(frozen=True)
class Edition:
    """A past edition of a program."""

    record: dict[str, Any]

    @property
    def key(self) -> str:
        """Its id in the file."""
        return str(self.record["id"])

    @property
    def name(self) -> str:
        """Its name with its year, where that is known."""
        year = self.record.get("year")
        return f"{self.record['name']} {year}" if year else str(self.record["name"])

    @cached_property
    def places(self) -> list[Place]:
        """Its municipalities."""
        return [_place(record) for record in self.record["municipalities"]]

    @property
    def cities(self) -> list[Place]:
        """Those that stand for themselves; where there are none, the group as a whole."""
        return [place for place in self.places if not place.is_group] or self.places

    @property
    def country(self) -> Country:
        """Its country; of an international edition, that of its first municipality."""
        return COUNTRIES.get(self.record["country"]) or self.cities[0].country

    def cities_of(self, challenge: dict[str, Any]) -> list[Place]:
        """Return the municipalities that a challenge is of: several where a group stands behind it."""
        own = [place for place in self.places if place.key == challenge["municipality_id"]]
        if not own:
            raise Unreadable(
                f"{challenge['id']} names the municipality {challenge['municipality_id']}, which is not there."
            )
        return self.cities if own[0].is_group else own


def editions(path: Path = FILE) -> dict[str, Edition]:
    """Return the editions of a file by their id; raises Unreadable if it is not such a file."""
    try:
        records = json.loads(path.read_text(encoding="utf-8"))["programs"]
        found = {record["id"]: Edition(record) for record in records}
        for edition in found.values():
            for challenge in edition.record["challenges"]:
                edition.cities_of(challenge)
    except (OSError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise Unreadable(f"{path.name} is no file of past editions: {error}") from error
    return found


def _place(record: dict[str, Any]) -> Place:
    country = COUNTRIES.get(record["country"])
    if country is None:
        raise Unreadable(f"{record['id']} is in {record['country']}, a country that the product does not know.")
    return Place(
        record["id"],
        record["name"],
        country,
        record["type"],
        record.get("population"),
        record.get("lat"),
        record.get("lon"),
    )
