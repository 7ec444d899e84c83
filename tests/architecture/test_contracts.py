"""The import contracts speak of every app."""

import tomllib
from typing import Any

from django.conf import settings

from tests.architecture.source import PACKAGES, ROOT

CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"]
APPS = {app for app in settings.INSTALLED_APPS if app.split(".")[0] in PACKAGES}
PARTS = {"programs.people", "programs.cohorts", "programs.timing"}  # parts of an app that have layers of their own


def test_every_app_has_its_place_in_the_order() -> None:
    [order] = [contract["layers"] for contract in CONTRACTS if contract["name"] == "Apps import downwards only"]

    assert set(order) >= APPS


def test_every_app_but_the_kernel_has_layers_inside() -> None:
    [containers] = [contract["containers"] for contract in CONTRACTS if "containers" in contract]

    assert set(containers) == (APPS - {"tech4muni.core"}) | PARTS


def test_modules_without_django_are_under_contract() -> None:
    free = {
        module
        for contract in CONTRACTS
        if contract["type"] == "forbidden" and "django" in contract["forbidden_modules"]
        for module in contract["source_modules"]
    }
    expected = {"tech4muni.embedded", "tech4muni.launcher.environment"}
    if (ROOT / "events" / "timetable").exists():
        expected.add("events.timetable")

    assert free == expected
