"""From host to municipality: exact, cached, never stale, and safe while a body is streamed."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.test import Client, RequestFactory
from django_tenants.utils import tenant_context
from redis.exceptions import ConnectionError as CacheDown

from programs.hosts import cache
from programs.hosts.cache import GENERATION, municipality_on
from programs.hosts.middleware import HostMiddleware
from programs.models import Municipality
from programs.municipalities import add_host, change_host, edit_municipality, resume, suspend
from tech4muni.audit.models import Entry
from tech4muni.audit.services import record
from tests.factories.municipalities import make_municipality

ClientOn = Callable[[str], Client]
CountQueries = Callable[[int], Any]


@pytest.fixture
def asking(client_on: ClientOn) -> Callable[[str], int]:
    """Return a function that asks a host for its first page and returns the status."""
    return lambda host: client_on(host).get("/").status_code


def test_a_known_host_is_looked_up_once(
    strumica: Municipality, asking: Callable[[str], int], django_assert_num_queries: CountQueries
) -> None:
    with django_assert_num_queries(1):
        assert asking("strumica.localhost") == 302
    with django_assert_num_queries(0):
        assert asking("strumica.localhost") == 302


def test_a_warm_page_adds_one_statement_to_its_own(
    strumica: Municipality, django_assert_num_queries: CountQueries
) -> None:
    def page(_request: HttpRequest) -> HttpResponseBase:
        return FileResponse([str(Entry.objects.count()).encode()])

    ask = HostMiddleware(page)
    ask(RequestFactory().get("/", headers={"host": "strumica.localhost"}))

    with django_assert_num_queries(2) as captured:
        ask(RequestFactory().get("/", headers={"host": "strumica.localhost"}))
    assert captured[0]["sql"].startswith("SET search_path")


def test_an_unknown_host_needs_no_database_the_second_time(
    strumica: Municipality, asking: Callable[[str], int], django_assert_num_queries: CountQueries
) -> None:
    with django_assert_num_queries(1):
        assert asking("nowhere.localhost") == 404
    with django_assert_num_queries(0):
        assert asking("nowhere.localhost") == 404


def test_what_cannot_be_a_host_needs_no_database_at_all(db: None, django_assert_num_queries: CountQueries) -> None:
    with django_assert_num_queries(0):
        for host in ("-x.localhost", "x..localhost", "x_y.localhost", "localhost.", "[::1]", "a" * 64, "a." * 127):
            assert municipality_on(host) is None


def test_inventing_hosts_does_not_fill_the_cache(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "UNKNOWN_SLOTS", 4)
    valkey = caches["shared"]._cache.get_client(write=True)  # type: ignore[attr-defined]
    ours = "*" + caches["shared"].make_key("hosts:")
    for key in valkey.scan_iter(f"{ours}*"):
        valkey.delete(key)

    for number in range(40):
        assert municipality_on(f"h{number}.example.org") is None

    assert 2 <= len(list(valkey.scan_iter(f"{ours}*"))) <= 1 + 4  # the generation and the slots


def test_two_unknown_hosts_in_one_slot_are_not_taken_for_each_other(strumica: Municipality) -> None:
    slots: dict[str, str] = {}
    number = 0
    while (slot := cache._unknown_key(host := f"h{number}.example.org")) not in slots:
        slots[slot], number = host, number + 1
    other = slots[slot]

    assert municipality_on(other) is None
    add_host(strumica, actor=None, host=host)
    caches["shared"].delete(GENERATION)
    assert municipality_on(other) is None
    assert municipality_on(host) == strumica


def test_each_request_has_a_municipality_of_its_own(strumica: Municipality) -> None:
    first, second = municipality_on("strumica.localhost"), municipality_on("strumica.localhost")
    assert first is not None
    assert second is not None
    first.names["en-gb"] = "Somewhere"
    first.languages.append("de")

    third = municipality_on("strumica.localhost")
    assert second == third == strumica
    assert third is not None
    assert (third.names, third.languages) == (second.names, second.languages) == (strumica.names, strumica.languages)


def test_the_remembered_municipality_equals_the_row(strumica: Municipality) -> None:
    municipality_on("strumica.localhost")
    remembered = municipality_on("strumica.localhost")

    assert remembered is not None
    for field in Municipality._meta.concrete_fields:
        assert field.value_from_object(remembered) == field.value_from_object(strumica)


CHANGES: dict[str, Callable[[Municipality], object]] = {
    "suspended": lambda here: suspend(here, actor=None, reason="Closed"),
    "edited": lambda here: edit_municipality(here, actor=None, changes={"population": 7}),
    "host changed": lambda here: change_host(here.domains.get(), actor=None, host="other.localhost"),
    "saved by hand": lambda here: here.save(),
    "host deleted by hand": lambda here: here.domains.get().delete(),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen_by_the_next_request(change: str) -> None:
    municipality = make_municipality()
    before = municipality_on("bitola.localhost")
    assert before == municipality
    Municipality.objects.filter(pk=municipality.pk).update(state="active")
    municipality = Municipality.objects.get(pk=municipality.pk)
    generation = caches["shared"].get(GENERATION)

    CHANGES[change](municipality)

    assert caches["shared"].get(GENERATION) != generation
    fresh = Municipality.objects.filter(domains__domain="bitola.localhost").first()
    seen = municipality_on("bitola.localhost")
    assert seen == fresh
    if seen and fresh:
        assert (seen.state, seen.population) == (fresh.state, fresh.population)


@pytest.mark.django_db(transaction=True)
def test_a_new_host_is_known_at_once_where_it_was_unknown(strumica: Municipality, asking: Callable[[str], int]) -> None:
    assert asking("new.localhost") == 404

    added = add_host(strumica, actor=None, host="new.localhost")

    assert asking("new.localhost") == 302
    added.delete()
    assert asking("new.localhost") == 404


@pytest.mark.django_db(transaction=True)
def test_a_reader_that_read_before_the_change_and_wrote_after_it_is_not_believed(
    strumica: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = cache._read

    def read_while_somebody_suspends(host: str) -> cache.Row:
        row = read(host)
        suspend(strumica, actor=None, reason="Meanwhile")
        return row

    monkeypatch.setattr(cache, "_read", read_while_somebody_suspends)
    late = municipality_on("strumica.localhost")
    monkeypatch.undo()

    assert late is not None
    assert late.state == "active"
    seen = municipality_on("strumica.localhost")
    assert seen is not None
    assert seen.state == "suspended"
    resume(strumica, actor=None)


def test_while_a_change_is_not_committed_nothing_is_remembered(
    strumica: Municipality, django_assert_num_queries: CountQueries
) -> None:
    municipality_on("strumica.localhost")
    strumica.save()  # in the test's transaction, which never commits

    for _ in range(2):
        with django_assert_num_queries(1):
            assert municipality_on("strumica.localhost") == strumica


def test_entries_of_another_release_are_not_read(strumica: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_columns", lambda: ("id", "schema_name"))
    municipality_on("strumica.localhost")
    monkeypatch.undo()

    seen = municipality_on("strumica.localhost")

    assert seen is not None
    assert seen.names == strumica.names


def test_without_the_cache_the_database_answers_and_the_log_says_so(
    strumica: Municipality,
    asking: Callable[[str], int],
    settings: Any,
    caplog: pytest.LogCaptureFixture,
    django_assert_num_queries: CountQueries,
) -> None:
    nobody_listens = {**settings.CACHES["shared"], "LOCATION": "redis://127.0.0.1:9/0"}
    settings.CACHES = {**settings.CACHES, "shared": nobody_listens}
    with pytest.raises(CacheDown):
        caches["shared"].get(GENERATION)

    with django_assert_num_queries(3):  # the look-ups, and back to the public schema in between
        assert asking("strumica.localhost") == 302
        assert asking("strumica.localhost") == 302
    strumica.save()

    assert "The cache does not answer" in caplog.text
    assert "The cache was not told" in caplog.text


def test_a_municipality_being_prepared_cannot_be_told_from_an_unknown_host(client_on: ClientOn, db: None) -> None:
    make_municipality()

    prepared, unknown = client_on("bitola.localhost").get("/"), client_on("nowhere.localhost").get("/")

    assert prepared.status_code == unknown.status_code == 404
    assert prepared.content.decode().replace("bitola", "nowhere") == unknown.content.decode()


def test_a_suspended_municipality_shows_a_plain_page_on_every_path(strumica: Municipality, client_on: ClientOn) -> None:
    suspend(strumica, actor=None, reason="Contract ended")

    for path in ("/", "/account/login/", "/nothing/here/"):
        response = client_on("strumica.localhost").get(path, headers={"accept-language": "en-gb"})
        assert response.status_code == 503
        assert "Strumica" in response.content.decode()
    assert client_on("strumica.localhost").post("/account/login/").status_code == 503


@pytest.mark.parametrize("host", ["nowhere.localhost", "strumica.localhost"])
def test_closed_hosts_have_the_headers_and_the_language_of_every_page(
    strumica: Municipality, client_on: ClientOn, host: str
) -> None:
    suspend(strumica, actor=None, reason="Contract ended")

    response = client_on(host).get("/", headers={"accept-language": "he"})

    assert response["Content-Language"] == "he"
    for header in ("Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy"):
        assert header in response


def streamed(parts: Callable[[], Iterator[bytes]]) -> HttpResponseBase:
    view = HostMiddleware(lambda _request: StreamingHttpResponse(parts()))
    return view(RequestFactory().get("/", headers={"host": "strumica.localhost"}))


def test_a_streamed_body_reads_its_own_municipality_and_leaves_nothing_behind(
    strumica: Municipality, haifa: Municipality
) -> None:
    for municipality, times in ((strumica, 2), (haifa, 5)):
        with tenant_context(municipality):
            for _ in range(times):
                record("thing.done", actor=None)

    def parts() -> Iterator[bytes]:
        for _ in range(3):
            yield f"{connection.schema_name}:{Entry.objects.count()} ".encode()  # type: ignore[attr-defined]

    response = streamed(parts)
    assert isinstance(response, StreamingHttpResponse)
    body = iter(response)
    assert next(body) == b"strumica:2 "
    assert connection.schema_name == "public"  # type: ignore[attr-defined]
    with tenant_context(haifa):
        assert next(body) == b"strumica:2 "
        assert Entry.objects.count() == 5
    assert next(body) == b"strumica:2 "
    assert list(body) == []


def test_a_streamed_body_that_breaks_off_leaves_nothing_behind(strumica: Municipality) -> None:
    def parts() -> Iterator[bytes]:
        yield b"first"
        raise RuntimeError("broken")

    body = iter(streamed(parts))
    assert next(body) == b"first"
    with pytest.raises(RuntimeError, match="broken"):
        next(body)

    assert connection.schema_name == "public"  # type: ignore[attr-defined]


def test_a_file_is_left_to_the_server(strumica: Municipality, tmp_path: Any) -> None:
    path = tmp_path / "minutes.txt"
    path.write_bytes(b"minutes")
    view = HostMiddleware(lambda _request: FileResponse(path.open("rb")))

    response = view(RequestFactory().get("/", headers={"host": "strumica.localhost"}))

    assert isinstance(response, FileResponse)
    assert response.file_to_stream is not None
    assert b"".join(response) == b"minutes"
    response.close()
