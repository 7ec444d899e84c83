"""The time zones that a person may choose."""

import zoneinfo
from itertools import groupby
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from programs.viewer import UNSET_ZONE

REGIONS: Final = {
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
}  # fmt: skip


def zone_choices() -> list[tuple[Any, Any]]:
    """Return no choice, and then the cities of each region."""
    zones = sorted(zone for zone in zoneinfo.available_timezones() if _region(zone) in REGIONS)
    regions = [(region, [(zone, _city(zone)) for zone in cities]) for region, cities in groupby(zones, _region)]
    return [(UNSET_ZONE, _("As the municipality that I work in")), *regions]


def _region(zone: str) -> str:
    return zone.partition("/")[0]


def _city(zone: str) -> str:
    return zone.partition("/")[2].replace("_", " ").replace("/", ", ")
