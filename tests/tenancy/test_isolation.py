"""No request, thread or rollback ends up in another municipality."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django_tenants.utils import tenant_context

from programs.hosts.middleware import HostMiddleware
from programs.models import Municipality
from tech4muni.audit.models import Entry
from tech4muni.audit.services import record


class Broken(Exception):
    pass


def verbs() -> list[str]:
    return list(Entry.objects.order_by("number").values_list("verb", flat=True))


def search_path() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        return str(cursor.fetchone()[0])


def test_a_savepoint_that_rolls_back_leaves_us_where_we_are(strumica: Municipality, haifa: Municipality) -> None:
    """With TENANT_LIMIT_SET_CALLS, older versions of django-tenants believed in a path that the rollback had undone."""
    with tenant_context(strumica):
        record("before.rollback", actor=None)
        with suppress(Broken), transaction.atomic():
            with tenant_context(haifa):
                record("in.haifa", actor=None)
            raise Broken
        record("after.rollback", actor=None)
        assert verbs() == ["before.rollback", "after.rollback"]
    with tenant_context(haifa):
        assert verbs() == []


def test_a_switch_inside_a_savepoint_that_rolls_back_is_undone_for_good(
    strumica: Municipality, haifa: Municipality
) -> None:
    with tenant_context(haifa):
        assert verbs() == []
        with suppress(Broken), transaction.atomic(), tenant_context(strumica):
            assert verbs() == []
            raise Broken
        record("in.haifa", actor=None)
    with tenant_context(strumica):
        assert verbs() == []
    with tenant_context(haifa):
        assert verbs() == ["in.haifa"]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_rolls_back_leaves_us_where_we_are(strumica: Municipality, haifa: Municipality) -> None:
    with tenant_context(strumica):
        with suppress(Broken), transaction.atomic():
            record("undone", actor=None)
            raise Broken
        record("done", actor=None)
        assert verbs() == ["done"]
    assert verbs() == []
    with tenant_context(haifa):
        assert verbs() == []


@pytest.fixture
def marked(strumica: Municipality, haifa: Municipality) -> tuple[str, ...]:
    """Both municipalities, each with one entry that names it."""
    for municipality in (strumica, haifa):
        with tenant_context(municipality):
            record(f"in.{municipality.schema_name}", actor=None)
    return (strumica.schema_name, haifa.schema_name)


def show(request: HttpRequest) -> HttpResponse:
    """Answer with what there is here, or break."""
    if request.path == "/broken/":
        raise Broken
    with transaction.atomic():
        found = verbs()
    return HttpResponse(",".join(found))


def ask(host: str, path: str = "/") -> Any:
    try:
        response = HostMiddleware(show)(RequestFactory().get(path, headers={"host": host}))
    except Broken:
        return ""
    return getattr(response, "content", b"").decode()


@pytest.mark.django_db(transaction=True)
def test_one_thread_after_another_request(marked: tuple[str, ...]) -> None:
    for _ in range(3):
        for schema in marked:
            assert ask(f"{schema}.localhost") == f"in.{schema}"
            assert search_path() == "public"
            assert ask(f"{schema}.localhost", "/broken/") == ""
            assert search_path() == "public"


@pytest.mark.django_db(transaction=True)
def test_many_threads_at_once(marked: tuple[str, ...]) -> None:
    def work(number: int) -> set[tuple[str, str]]:
        try:
            seen = set()
            for turn in range(25):
                schema = marked[(number + turn) % 2]
                if turn % 5 == 0:
                    ask(f"{schema}.localhost", "/broken/")
                seen.add((schema, ask(f"{schema}.localhost")))
            return seen
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        seen = set().union(*threads.map(work, range(8)))

    assert seen == {(schema, f"in.{schema}") for schema in marked}


@pytest.mark.django_db(transaction=True)
def test_a_new_thread_begins_in_the_public_schema(marked: tuple[str, ...], strumica: Municipality) -> None:
    def where() -> str:
        try:
            return search_path()
        finally:
            connections.close_all()

    with tenant_context(strumica), ThreadPoolExecutor(1) as thread:
        assert thread.submit(where).result() == "public"
        assert search_path() == "strumica, public"
