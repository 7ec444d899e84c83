"""The coordinator prepares the program in the admin: brand, program, windows, participations, joint challenge."""

from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.timezone import localtime

from programs.cohorts.models import Brand
from programs.enums import Stage
from programs.models import Municipality
from tech4muni.core import clock
from tests.journeys.program.browsing import PORTAL
from tests.journeys.program.world import World

ZONE: Final = "Europe/Skopje"
DAYS: Final = dict(zip(Stage, ((0, 35), (35, 85), (85, 150), (150, 190), (190, 240), (240, 340)), strict=True))
"""Days from now on which each stage begins and ends."""
NAMES: Final = {"names_en-gb": "Tech4Muni 2027", "names_mk": "Tech4Muni 2027 (МК)", "names_he": "Tech4Muni 2027 (IL)"}
SHARED: Final = {"names_en-gb": "Air that people can trust", "names_mk": "Воздух на кој можеме да му веруваме"}


def prepare(world: World) -> None:
    """Make the program of three municipalities, two of which share a challenge."""
    browsing = world.browsing
    browsing.as_(world.coordinator, PORTAL, "/admin/programs/brand/add/")
    browsing.send("Save", {"name": "Tech4Muni", "sender_name": "Tech4Muni"})
    browsing.go("/admin/programs/program/add/")
    values = {"brand": Brand.objects.get().pk, "country": "MK", "languages": ["en-gb", "mk", "he"], "time_zone": ZONE}
    browsing.send("Save", {**NAMES, **values, "funder": "EU"})
    browsing.go(f"/admin/programs/program/{world.program.pk}/change/")
    browsing.send("Save", _windows())
    for municipality in world.cities.values():
        _let_take_part(world, municipality)
    browsing.go("/admin/programs/jointchallenge/add/")
    lead = world.cities["strumica"]
    browsing.send("Save", {**SHARED, "program": world.program.pk, "lead": lead.pk})
    assert world.program.windows.count() == len(Stage)
    assert world.joint.lead == lead


def _windows() -> dict[str, Any]:
    """Name when the stages begin and end; the first one turns by itself."""
    now, values = localtime(clock.now(), ZoneInfo(ZONE)), {}
    for stage, days in DAYS.items():
        for part, day in zip(("opens", "closes"), days, strict=True):
            values[f"{stage.value}_{part}"] = f"{now + timedelta(days=day):%Y-%m-%dT%H:%M}"
    return {**values, f"{Stage.CHALLENGE.value}_by_itself": True}


def _let_take_part(world: World, municipality: Municipality) -> None:
    world.browsing.go("/admin/programs/participation/add/")
    taking_part = {"program": world.program.pk, "municipality": municipality.pk, "coordinator": world.coordinator.pk}
    world.browsing.send("Save", taking_part)
