"""One line of JSON per record, with municipality and request, without secrets."""

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, path, resolve

from programs.models import Municipality
from tech4muni.core.context import CallContext, entered
from tech4muni.core.logs import SECRET_ARGUMENTS, JsonFormatter, PathFilter, loggable_path
from tests.factories.people import make_member

ClientOn = Callable[[str], Client]

# Arguments that are written to the log as they are: numbers, ids and names of pages.
PLAIN_ARGUMENTS = {
    "app_label", "colour", "content_type_id", "field", "kind", "language", "number", "object_id", "pk", "public_id",
    "section", "step", "url",
}  # fmt: skip

urlpatterns = [path("reset/<uidb36>-<key>/", lambda *_args, **_secrets: HttpResponse())]


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, object]]]]:
    """What is written to the log during the test, each line read as JSON."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(PathFilter())
    logging.root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.root.removeHandler(handler)


def test_record_is_one_line_with_its_context(lines: Callable[[], list[dict[str, object]]]) -> None:
    with entered(CallContext(request_id="request-0001")):
        logging.getLogger("some.place").warning("Two\nlines of %s", "Струмица")

    [line] = lines()
    assert line.pop("time")
    assert line == {
        "level": "WARNING",
        "logger": "some.place",
        "message": "Two\nlines of Струмица",
        "schema": "public",
        "request_id": "request-0001",
    }


def test_record_names_the_municipality(in_strumica: Municipality, lines: Callable[[], list[dict[str, object]]]) -> None:
    logging.getLogger("some.place").info("inside")

    assert [line["schema"] for line in lines()] == ["strumica"]


def test_exception_stays_in_its_line(lines: Callable[[], list[dict[str, object]]]) -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        logging.getLogger("some.place").exception("It broke.", stack_info=True)

    [line] = lines()
    assert "ValueError: broken" in str(line["exception"])
    assert "test_logs.py" in str(line["stack"])


def test_extras_are_by_allow_list(lines: Callable[[], list[dict[str, object]]]) -> None:
    logging.getLogger("some.place").info("x", extra={"task": "send", "email": "dana@example.org"})

    [line] = lines()
    assert line["task"] == "send"
    assert "email" not in line


def test_each_request_leaves_a_line(
    strumica: Municipality, client_on: ClientOn, lines: Callable[[], list[dict[str, object]]]
) -> None:
    client = client_on("strumica.localhost")
    client.force_login(make_member(strumica))

    response = client.get("/?token=canary", headers={"X-Request-ID": "given-0001"})

    [line] = [line for line in lines() if line["logger"] == "tech4muni.access"]
    assert isinstance(line.pop("ms"), int)
    assert line.pop("time")
    assert line == {
        "level": "INFO",
        "logger": "tech4muni.access",
        "message": "GET / 200",
        "schema": "strumica",
        "request_id": "given-0001",
        "method": "GET",
        "path": "/",
        "status": 200,
    }
    assert response["X-Request-ID"] == "given-0001"


def test_watchers_leave_no_line(lines: Callable[[], list[dict[str, object]]]) -> None:
    Client().get("/healthz")

    assert lines() == []


def test_not_found_leaves_no_secret(
    strumica: Municipality, client_on: ClientOn, lines: Callable[[], list[dict[str, object]]]
) -> None:
    client_on("nowhere.localhost").get("/invitation/canary/", {"token": "canary"})
    client_on("localhost").get("/invitation/canary/", {"token": "canary"})

    written = [str(line) for line in lines()]
    assert len(written) >= 4
    assert not [line for line in written if "canary" in line]


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/", "/"), ("/one", "/one"), ("/one/", "/one/"), ("/one/two", "/one/…"), ("/static/a/b.css", "/static/a/b.css")],
)
def test_path_without_page_is_cut(path: str, expected: str) -> None:
    assert loggable_path(RequestFactory().get(path)) == expected


def test_secret_argument_is_cut_from_a_path() -> None:
    request: HttpRequest = RequestFactory().get("/reset/1-canary/")
    request.resolver_match = resolve("/reset/1-canary/", __name__)

    assert loggable_path(request) == "/reset/…-…/"


@pytest.mark.parametrize("urlconf", ["tech4muni.urls_public", "tech4muni.urls_tenant"])
def test_every_argument_of_a_url_is_known_as_secret_or_plain(urlconf: str) -> None:
    found = set(arguments(get_resolver(urlconf)))

    plain = {name for name in found if name in PLAIN_ARGUMENTS or name.endswith("_id")}  # an id opens nothing
    assert found - SECRET_ARGUMENTS - plain == set()


def arguments(resolver: URLResolver) -> Iterator[str]:
    """The names of all arguments in a tree of URL patterns."""
    yield from resolver.pattern.regex.groupindex
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield from entry.pattern.regex.groupindex
        else:
            yield from arguments(entry)
