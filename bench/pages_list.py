"""The pages that are measured, with who asks for them and the rows by which they are known to show what they should."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Final, cast

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import tenant_context

from bench.pages_cohort import COORDINATOR
from challenges.models import Challenge
from events.models import Timetable
from pilots.models import Pilot
from programs.cohorts.models import Progress
from programs.models import Municipality
from solutions.market.models import Application, Call
from solutions.selection.models import ReceivedApplication
from tech4muni.accounts.models import User
from tech4muni.accounts.sessions import bind

PUBLIC: Final = "localhost"
CITY: Final = "city-0.localhost"
LEAD, EVALUATOR = "p0-0@example.org", "p0-2@example.org"


@dataclass(frozen=True, slots=True)
class Page:
    """A page to measure.

    Args:
        name: in the table.
        path: its address on `host`.
        row: what stands in its HTML once per row.
        rows: how many there are, on this page and on its other pages.
        host: on which it is.
        email: of who asks; nobody in particular if empty.
        length: the module and the name of what says how many rows a page has; "" if it shows all.
    """

    name: str
    path: str
    row: str
    rows: int
    host: str = CITY
    email: str = LEAD
    length: tuple[str, str] | None = None

    @property
    def per_page(self) -> int:
        """How many rows it shows at most."""
        if self.length is None:
            return self.rows
        found: int = getattr(_owner(self.length[0]), self.length[1])
        return found

    def show(self, rows: int) -> None:
        """Let it have so many rows at most from now on."""
        if self.length is not None:
            setattr(_owner(self.length[0]), self.length[1], rows)

    def check(self, response: HttpResponse) -> None:
        """Raise RuntimeError unless the answer is this page with all its rows."""
        found = len(re.findall(self.row, response.content.decode()))
        wanted = min(self.rows, self.per_page)
        if response.status_code != 200 or found != wanted:
            raise RuntimeError(f"{self.name}: status {response.status_code}, {found} rows instead of {wanted}")


def _owner(name: str) -> object:
    """Return a module, or a class in one: `module:Class`."""
    module, _colon, inside = name.partition(":")
    return getattr(import_module(module), inside) if inside else import_module(module)


def pages() -> list[Page]:
    """Return all pages of the cohort in this database."""
    city = Municipality.objects.get(schema_name="city_0")
    with tenant_context(city):
        return [*_inside(), *_outside()]


def _inside() -> Iterator[Page]:
    """The pages of the first municipality; its schema is active."""
    busiest = Challenge.objects.order_by("pk")[0]
    applications = ReceivedApplication.objects.filter(challenge=busiest).count()
    pilot = Pilot.objects.select_related("challenge").order_by("pk")[0]
    yield Page(
        "home of a municipality", "/", r'id="challenge-\d+"', Challenge.objects.count(),
        length=("tech4muni.home.views", "CHALLENGES_SHOWN"),
    )  # fmt: skip
    yield Page(
        "challenge page", _path("challenges:challenge", busiest.public_id), "Its gate was met", busiest.moves.count()
    )
    yield Page(
        "application list", _path("selection:applications", busiest.public_id), 'name="chosen"', applications,
        length=("solutions.selection.views.applications", "PER_PAGE"),
    )  # fmt: skip
    yield Page(
        "score matrix", _path("selection:evaluation_matrix", busiest.public_id), r'<th scope="row"><bdi>',
        applications, email=EVALUATOR, length=("solutions.selection.views.scoring", "PER_PAGE"),
    )  # fmt: skip
    yield Page(
        "KPIs of a pilot", _path("pilots:kpis", pilot.challenge.public_id, pilot.public_id), "bar bullet",
        pilot.kpis.count(),
    )  # fmt: skip


def _outside() -> Iterator[Page]:
    """The pages of the platform's own host."""
    timetable = Timetable.objects.select_related("event").get()
    yield Page(
        "cockpit", "/admin/programs/progress/", "enter/\\?municipality=", Progress.objects.count(), PUBLIC, COORDINATOR,
        length=("tech4muni.home.admin.cockpit:ProgressAdmin", "list_per_page"),
    )  # fmt: skip
    yield Page(
        "all applications", "/admin/market/application/", "T4M-", Application.objects.count(), PUBLIC, COORDINATOR,
        length=("tech4muni.home.admin.market:ApplicationAdmin", "list_per_page"),
    )  # fmt: skip
    yield Page(
        "portal list", "/calls/", 'call-card"', Call.objects.count(), PUBLIC, "",
        length=("solutions.market.views.calls", "PER_PAGE"),
    )  # fmt: skip
    yield Page("portal's first page", "/", 'class="tile place"', Municipality.objects.count(), PUBLIC, "")
    path = reverse("events:timetable", "tech4muni.urls_public", [timetable.event.public_id, timetable.number])
    yield Page("timetable", path, "<td><bdi>", timetable.meetings.count(), PUBLIC, COORDINATOR)


def _path(name: str, *args: object) -> str:
    return reverse(name, "tech4muni.urls_tenant", args)


class Visitor(Client):
    """Somebody with a browser on one host, over HTTPS as the cookies demand."""

    def __init__(self, host: str, email: str) -> None:
        super().__init__(headers={"host": host})
        if email:
            self.force_login(User.objects.get(email=email))
            session = self.session
            bind(session, host=host, now=timezone.now())
            session.save()

    def ask(self, path: str) -> HttpResponse:
        """Return the answer to a request for a page."""
        return cast(HttpResponse, self.get(path, secure=True))
