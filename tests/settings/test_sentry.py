"""Reports of errors name the municipality and the request, and no person."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import sentry_sdk
from django.test import Client
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from programs.models import Municipality
from tech4muni.core.context import CallContext, entered
from tech4muni.settings import sentry
from tests.factories.people import make_member

ClientOn = Callable[[str], Client]

# Not literal, since a report shows lines of the code that it comes from, and these would be among them.
CANARY = uuid.UUID(int=7).hex
ADDRESS = f"{CANARY}@example.org"


class Kept(Transport):
    """Keeps what would be sent."""

    def __init__(self, options: dict[str, Any] | None = None) -> None:
        super().__init__(options)
        self.events: list[dict[str, Any]] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        """Keep a report."""
        if event := envelope.get_event():
            self.events.append(dict(event))


@pytest.fixture
def reports() -> Any:
    """What is reported inside the test; the client is told all that production's is."""
    transport = Kept()
    options = sentry.options("https://key@sentry.example/1", environment="test", release="1")
    client = sentry_sdk.Client(**{**options, "transport": transport})
    with sentry_sdk.isolation_scope() as scope:
        scope.set_client(client)
        yield transport.events
        client.close()


def test_report_of_a_broken_page(
    strumica: Municipality,
    client_on: ClientOn,
    reports: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def breaks(*_: object) -> None:
        raise ValueError(f"Key (email)=({ADDRESS}) already exists.")

    monkeypatch.setattr("programs.middleware.actor_for", breaks)
    client = client_on("strumica.localhost")
    client.raise_request_exception = False
    client.force_login(make_member(strumica, email=ADDRESS, name=CANARY))

    client.get(f"/?token={CANARY}", headers={"X-Request-ID": "given-0001", "User-Agent": CANARY})

    assert [report["tags"]["schema"] for report in reports] == ["strumica"]
    [report] = reports
    assert report["tags"]["request_id"] == "given-0001"
    [error] = report["exception"]["values"]
    assert error["value"] == "Key (email)=([address]) already exists."
    assert CANARY not in json.dumps(report, default=str)


def test_report_of_a_log_record(in_strumica: Municipality, reports: list[dict[str, Any]]) -> None:
    with entered(CallContext(request_id="task-0001")):
        sentry_sdk.capture_message(f"Mail to {ADDRESS} was refused.", level="error")

    [report] = reports
    assert report["tags"] == {"schema": "strumica", "request_id": "task-0001"}
    assert CANARY not in json.dumps(report, default=str)


@pytest.mark.parametrize("part", sentry.PERSONAL)
def test_personal_parts_are_dropped(part: str) -> None:
    event = {part: {"canary": 1}, "exception": {"values": [{"value": None}]}}

    assert part not in sentry.without_people(event, {})


def test_path_of_a_page_that_has_no_pattern_is_dropped() -> None:
    event = {"transaction": "/invitation/canary/", "transaction_info": {"source": "url"}}

    assert "canary" not in json.dumps(sentry.without_people(event, {}))


def test_nothing_starts_without_an_address() -> None:
    sentry.start("", environment="test", release="1")

    assert not sentry_sdk.get_client().is_active()
