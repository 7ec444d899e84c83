"""Where the demonstration is, and as whom to log in."""

from collections.abc import Iterator
from typing import Final

from django.conf import settings

from programs.models import Domain
from tech4muni.core.hosts import address
from tech4muni.home.demonstration.cast import COORDINATOR, PASSWORD, TEAM
from tech4muni.home.demonstration.scripts import firms

HEADINGS: Final = ("Address", "Log in as", "E-mail")
FOUNDERS: Final = ("binsight", "kuehlwege")
"""Whose companies have most to show: a pilot that runs, and an event that is ahead."""


def table(port: int | None = None) -> str:
    """Return the addresses with their log-ins as text, in columns.

    Args:
        port: of the web, if it is another one than the settings say.
    """
    rows = [HEADINGS, *_rows(port)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = ["   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "   ".join("-" * width for width in widths))
    return "\n".join([*lines, "", f"Password of all: {PASSWORD}"])


def _rows(port: int | None) -> Iterator[tuple[str, str, str]]:
    yield _url(settings.PLATFORM_HOST, "/", port), "anybody", ""
    yield _url(settings.PLATFORM_HOST, "/admin/", port), "coordinator", COORDINATOR.email
    for founder in FOUNDERS:
        yield _url(settings.PLATFORM_HOST, "/", port), "founder", firms()[founder].email
    hosts = dict(Domain.objects.filter(is_primary=True).values_list("tenant__schema_name", "domain"))
    for person in TEAM:
        for schema, role in person.places:
            if schema in hosts:
                yield _url(hosts[schema], "/", port), role.value, person.email


def _url(host: str, path: str, port: int | None) -> str:
    return address(host, path) if port is None else f"http://{host}:{port}{path}"
