"""Every URL answers each of the cast as the table says, and carries no word of the other municipality."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from programs.models import Municipality
from tests.access.answers import LOGIN, MUNICIPALITY, PUBLIC, Row, Status
from tests.access.apps import MAKERS
from tests.access.table import TABLE
from tests.access.world import CANARIES, CAST, World, make_world
from tests.conftest import HostClient

URLCONFS = {PUBLIC: settings.PUBLIC_SCHEMA_URLCONF, MUNICIPALITY: settings.ROOT_URLCONF}
ADDRESSES = itertools.cycle(range(1, 255))
HOSTS = {PUBLIC: "localhost", MUNICIPALITY: "strumica.localhost"}


def names_of(resolver: Any, spaces: tuple[str, ...] = ()) -> Iterator[str]:
    """Walk a URL configuration and yield each pattern's full name; a pattern without one has the name ``?``."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names_of(pattern, (*spaces, *filter(None, [pattern.namespace])))
        else:
            yield ":".join((*spaces, pattern.name or f"? {pattern.pattern}"))


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One world for all rows: to make it takes longer than to ask, and each question takes back what it changed."""
    with django_db_blocker.unblock(), transaction.atomic():
        strumica, haifa = (Municipality.objects.get(schema_name=name) for name in ("strumica", "haifa"))
        yield make_world(here=strumica, there=haifa, makers=MAKERS)
        transaction.set_rollback(True)


@pytest.mark.parametrize("host", [PUBLIC, MUNICIPALITY])
def test_every_url_is_declared(host: str) -> None:
    declared = sorted(row.name for row in TABLE if row.host == host)

    assert sorted(set(names_of(get_resolver(URLCONFS[host])))) == declared


def seen(response: HttpResponse) -> int | str:
    """Return the status, or LOGIN for a redirect to the log-in page."""
    away = response.headers.get("Location", "")
    return (
        LOGIN
        if response.status_code == 302 and away.startswith(reverse("account_login") + "?")
        else response.status_code
    )


def allowed(status: Status) -> tuple[int | str, ...]:
    return status if isinstance(status, tuple) else (status,)


def body_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace") + str(dict(response.headers))


def ask(client: Client, method: str, path: str) -> Any:
    """Ask and take back whatever the request changed."""
    with transaction.atomic():
        response = getattr(client, method)(path)
        body = body_of(response)
        transaction.set_rollback(True)
    return response, body


@pytest.mark.django_db
@pytest.mark.parametrize("row", TABLE, ids=str)
def test_answers(row: Row, world: World) -> None:
    path = reverse(row.name, urlconf=URLCONFS[row.host], kwargs=row.kwargs(world))
    wrong = []
    for cast in CAST:
        for method, answers in (("get", row.get), ("post", row.post)):
            with transaction.atomic():
                client = HostClient(
                    HOSTS[row.host], REMOTE_ADDR=f"203.0.113.{next(ADDRESSES)}"
                )  # limits count by address
                world.log_in(client, cast, on_municipality=row.host == MUNICIPALITY)
                response, body = ask(client, method, path)
                transaction.set_rollback(True)
            if seen(response) not in allowed(answers[cast]):
                wrong.append(f"{method} as {cast}: {seen(response)}, not {answers[cast]}")
            if CANARIES["haifa"] in body and cast not in ("elsewhere", *may_read_all(row)):
                wrong.append(f"{method} as {cast}: carries a text of the other municipality")

    assert not wrong, "\n".join([path, *wrong])


def may_read_all(row: Row) -> tuple[str, ...]:
    """Coordinators see all municipalities, on the public host only."""
    return ("coordinator", "visitor") if row.host == PUBLIC else ()
