"""The history of a municipality: everybody inside reads all of it, nobody else anything."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_tenants.utils import tenant_context

from programs.models import Municipality
from tech4muni.accounts.models import User
from tech4muni.audit.services import record
from tech4muni.home import views
from tests.access.world import CANARIES, CAST, World, make_world

ClientOn = Callable[[str], Client]
INSIDE = {"viewer", "evaluator", "approver", "member", "lead", "visitor"}


@pytest.fixture
def world(strumica: Municipality, haifa: Municipality) -> World:
    return make_world(here=strumica, there=haifa)


@pytest.fixture
def reader(strumica: Municipality, world: World, client_on: ClientOn) -> Client:
    client = client_on("strumica.localhost")
    client.force_login(world.people["viewer"])
    return client


def write(municipality: Municipality, verb: str = "x.tested", actor: User | None = None, **values: Any) -> None:
    with tenant_context(municipality):
        record(verb, actor=actor, **values)


def read(client: Client, **query: Any) -> str:
    response = client.get("/history/", query)
    assert response.status_code == 200
    return response.content.decode()


def test_its_address() -> None:
    assert reverse("history", urlconf="tech4muni.urls_tenant") == "/history/"


@pytest.mark.parametrize("cast", CAST)
def test_who_reads_the_history(world: World, client_on: ClientOn, cast: str) -> None:
    client = client_on("strumica.localhost")
    world.log_in(client, cast, on_municipality=True)

    response = client.get("/history/")

    expected = 200 if cast in INSIDE else 302 if cast in {"nobody", "deactivated"} else 404
    assert response.status_code == expected
    assert (CANARIES["strumica"] in response.content.decode()) == (cast in INSIDE)


def test_it_is_this_municipalitys_own(world: World, reader: Client) -> None:
    page = read(reader)

    assert CANARIES["strumica"] in page
    assert CANARIES["haifa"] not in page


def test_it_is_read_only(reader: Client) -> None:
    assert reader.post("/history/").status_code == 405


def test_it_can_be_narrowed_to_a_verb_and_a_person(strumica: Municipality, world: World, reader: Client) -> None:
    lead, member = world.people["lead"], world.people["member"]
    write(strumica, "host.added", lead, reason="one", data={"host": "a"})
    write(strumica, "host.removed", lead, reason="two", data={"host": "a"})
    write(strumica, "host.added", member, reason="three", data={"host": "b"})

    def reasons(**query: Any) -> list[str]:
        page = read(reader, **query)
        return [reason for reason in ("one", "two", "three") if f">{reason}<" in page]

    assert reasons() == ["one", "two", "three"]
    assert reasons(verb="host.added") == ["one", "three"]
    assert reasons(who=lead.pk) == ["one", "two"]
    assert reasons(verb="host.added", who=lead.pk) == ["one"]
    assert "Nothing fits" in read(reader, verb="host.removed", who=member.pk)


@pytest.mark.parametrize("query", [{"verb": "no.such"}, {"who": "x"}, {"who": "99999999999999999999"}])
def test_a_choice_that_there_is_not_is_explained_and_everything_is_shown(
    world: World, reader: Client, query: dict[str, str]
) -> None:
    response = reader.get("/history/", query)

    assert response.status_code == 422
    assert "error-summary" in response.content.decode()
    assert CANARIES["strumica"] in response.content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "x", "999", "1 OR 1"])
def test_a_page_that_there_is_not_is_the_first_or_the_last(reader: Client, page: str) -> None:
    assert CANARIES["strumica"] in read(reader, page=page)


def test_it_is_paged_and_pages_keep_the_choice(
    strumica: Municipality, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "ENTRIES_PER_PAGE", 2)
    for number in range(5):
        write(strumica, "host.added", reason=f"reason-{number}", data={"host": "a"})

    first, last = read(reader, verb="host.added"), read(reader, verb="host.added", page=3)

    assert [number for number in range(5) if f"reason-{number}" in first] == [3, 4]
    assert [number for number in range(5) if f"reason-{number}" in last] == [0]
    assert "verb=host.added&amp;page=2" in first


def test_visits_of_coordinators_are_in_it(strumica: Municipality, world: World, reader: Client) -> None:
    coordinator = world.people["coordinator"]
    write(strumica, "visit.entered", coordinator, target=world.visit, reason="Help with the brief")

    page = read(reader)

    assert "Help with the brief" in page
    assert str(coordinator) in page


def test_a_municipality_without_history_is_told_what_will_be_here(strumica: Municipality, client_on: ClientOn) -> None:
    from tests.factories.people import make_member

    client = client_on("strumica.localhost")
    client.force_login(make_member(strumica))

    assert "Nothing is on record yet" in read(client)


@pytest.mark.parametrize("rows", [1, 3])
def test_its_queries_do_not_grow(
    strumica: Municipality, world: World, reader: Client, django_assert_num_queries: Any, rows: int
) -> None:
    for role in ("lead", "member", "approver")[:rows]:
        write(strumica, f"x.{role}", world.people[role])
    read(reader)

    with django_assert_num_queries(9):
        read(reader)
