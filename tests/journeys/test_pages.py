"""Every named page in a real browser: axe, the content security policy and no sideways scroll, LTR and RTL."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from programs.models import Municipality
from tests.access.apps import MAKERS
from tests.access.apps import PAGES as APP_PAGES
from tests.access.table import TABLE
from tests.access.world import World, make_world
from tests.browser import Visitor, axe_violations, sideways_scroll

PUBLIC = "localhost"
MUNICIPALITY = "strumica.localhost"
HOSTS = {"public": PUBLIC, "municipality": MUNICIPALITY}
URLCONFS = {"public": settings.PUBLIC_SCHEMA_URLCONF, "municipality": settings.ROOT_URLCONF}


# A world takes longer to make than a page to look at: several pages share one.
BY_APP = [list(APP_PAGES[start : start + 4]) for start in range(0, len(APP_PAGES), 4)]


@dataclass(frozen=True)
class NamedPage:
    """A page, and who looks at it."""

    host: str
    path: str
    cast: str = "nobody"

    def __str__(self) -> str:
        """Name the test."""
        return f"{self.host}{self.path}-{self.cast}"


PAGES = [
    NamedPage(PUBLIC, "/"),
    NamedPage(PUBLIC, "/account/login/"),
    NamedPage(PUBLIC, "/accessibility/"),
    NamedPage(PUBLIC, "/privacy/"),
    NamedPage(PUBLIC, "/nowhere/"),
    NamedPage(MUNICIPALITY, "/visit/over/", "viewer"),
    NamedPage(MUNICIPALITY, "/account/", "viewer"),
    NamedPage(MUNICIPALITY, "/account/password/change/", "viewer"),
    NamedPage(MUNICIPALITY, "/account/sessions/", "viewer"),
    NamedPage(PUBLIC, "/account/password/reset/"),
    NamedPage(MUNICIPALITY, "/account/logout/", "viewer"),
    NamedPage(PUBLIC, "/account/second-factor/", "viewer"),
    NamedPage(PUBLIC, "/account/second-factor/", "lead"),
    NamedPage(MUNICIPALITY, "/", "lead"),
    NamedPage(MUNICIPALITY, "/people/", "lead"),
    NamedPage(MUNICIPALITY, "/people/invite/", "lead"),
    NamedPage(MUNICIPALITY, "/", "viewer"),
    NamedPage(MUNICIPALITY, "/history/", "lead"),
    NamedPage(MUNICIPALITY, "/profile/", "lead"),
    NamedPage(PUBLIC, "/admin/", "coordinator"),
    NamedPage(PUBLIC, "/admin/health/", "coordinator"),
    NamedPage(PUBLIC, "/enter/", "coordinator"),
    NamedPage(PUBLIC, "/admin/programs/municipality/", "coordinator"),
    NamedPage(PUBLIC, "/admin/programs/municipality/export/", "coordinator"),
    NamedPage(PUBLIC, "/admin/programs/municipality/add/", "coordinator"),
    NamedPage(PUBLIC, "/admin/programs/domain/", "coordinator"),
    NamedPage(PUBLIC, "/admin/accounts/user/", "coordinator"),
    NamedPage(PUBLIC, "/admin/programs/membership/", "coordinator"),
    NamedPage(PUBLIC, "/admin/programs/invitation/", "coordinator"),
    NamedPage(PUBLIC, "/admin/programs/visit/", "coordinator"),
    NamedPage(PUBLIC, "/admin/notifications/message/", "coordinator"),
    NamedPage(PUBLIC, "/admin/notifications/message/1/change/", "coordinator"),
    NamedPage(PUBLIC, "/admin/audit/entry/", "coordinator"),
]


@pytest.fixture
def world(transactional_db: None) -> World:
    strumica, haifa = (Municipality.objects.get(schema_name=name) for name in ("strumica", "haifa"))
    return make_world(here=strumica, there=haifa)


@pytest.fixture
def whole_world(transactional_db: None) -> World:
    """The world with what all apps show."""
    strumica, haifa = (Municipality.objects.get(schema_name=name) for name in ("strumica", "haifa"))
    with transaction.atomic():  # as a request has it: rows are locked on the way
        return make_world(here=strumica, there=haifa, makers=MAKERS)


@pytest.mark.parametrize("named", PAGES, ids=str)
def test_page_is_accessible_and_fits(named: NamedPage, world: World, visitor: Callable[..., Visitor]) -> None:
    found = look_at(named, world, visitor)

    assert not found, "\n".join(found)


@pytest.mark.parametrize("pages", BY_APP, ids=lambda pages: f"{pages[0].host}-{pages[0].name}")
def test_pages_of_an_app_are_accessible_and_fit(
    pages: list[Any], whole_world: World, visitor: Callable[..., Visitor]
) -> None:
    found = []
    for page in pages:
        [row] = [row for row in TABLE if (row.host, row.name) == (page.host, page.name)]
        path = reverse(row.name, urlconf=URLCONFS[row.host], kwargs=row.kwargs(whole_world))
        found += [
            f"{path}: {line}" for line in look_at(NamedPage(HOSTS[row.host], path, page.cast), whole_world, visitor)
        ]

    assert not found, "\n".join(found)


def look_at(named: NamedPage, world: World, visitor: Callable[..., Visitor]) -> list[str]:
    """Open a page in two languages and widths, and return all that is wrong."""
    found = []
    for language in ("en-GB", "he"):
        someone = visitor(locale=language, viewport={"width": 1280, "height": 900})
        if named.cast != "nobody":
            user = world.people[named.cast]
            user.language = language.lower()
            user.save(update_fields=["language"])
            someone.log_in(user, named.host)
        page = someone.open(named.host, named.path)
        direction = page.evaluate("document.documentElement.dir")
        found += [] if direction == ("rtl" if language == "he" else "ltr") else [f"{language}: direction {direction}"]
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            found += [f"{language} {width}: {line}" for line in axe_violations(page)]
            found += [f"{language} {width}: scrolls sideways"] if sideways_scroll(page) else []
        found += [f"{language}: {line}" for line in someone.complaints]
    return found
