"""What the watchers are told: alive, ready, and what is wrong."""

import socket
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext_lazy
from django_tenants.utils import tenant_context
from pytest_django import Settings

from programs.models import Municipality
from programs.timing.running import carry_out_due
from programs.timing.services import schedule
from tech4muni.audit import nightly
from tech4muni.audit.services import record
from tech4muni.core import clock, heartbeat
from tech4muni.core.heartbeat import note_beat
from tech4muni.home import health
from tech4muni.home.health import Health, report
from tech4muni.notifications.enums import MessageState
from tests.audit.helpers import tamper
from tests.factories.messages import make_message
from tests.factories.municipalities import make_municipality

ClientOn = Callable[[str], Client]
NOBODY = "redis://127.0.0.1:1/0"  # port 1: refused at once


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def states(now: datetime | None = None) -> dict[str, str]:
    """What each check says, now or at an instant."""
    with clock.at(now or clock.now()):
        return {result.check.name: result.state for result in report().results}


def finding(name: str) -> health.Finding:
    """What one check found."""
    [found] = [result.finding for result in report().results if result.check.name == name]
    return found


@pytest.mark.parametrize("host", ["localhost", "strumica.localhost", "nowhere.example", "10.1.2.3:8000", "[::1]"])
def test_alive_on_any_host_without_tls_and_without_the_database(host: str, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True

    response = Client(headers={"host": host}).get("/healthz")

    assert response.status_code == 200
    assert response.content == b"ok\n"
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/known-host"])
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_watchers_only_read(path: str, method: str) -> None:
    assert getattr(Client(), method)(path).status_code == 405


@pytest.mark.parametrize(
    ("domain", "status"),
    [
        ("localhost", 200),
        ("strumica.localhost", 200),
        ("Strumica.localhost", 200),
        ("nowhere.localhost", 404),
        ("preparing.localhost", 404),
        ("strumica.localhost:443", 404),
        ("strumica", 404),
        ("", 404),
    ],
)
def test_certificates_are_for_hosts_of_ours(domain: str, status: int, strumica: Municipality) -> None:
    make_municipality("preparing")

    assert Client().get("/known-host", {"domain": domain}).status_code == status


def test_ready_when_all_is_well(db: None) -> None:
    response = Client(headers={"host": "10.1.2.3"}).get("/readyz")

    assert response.status_code == 200
    assert {name: check["state"] for name, check in response.json()["checks"].items()}.items() >= {
        "database": "ok",
        "broker": "ok",
        "cache": "ok",
        "migrations": "ok",
        "municipalities": "ok",
        "outbox": "ok",
        "due": "ok",
    }.items()


def test_ready_speaks_english_whatever_the_thread_spoke_before(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    said = health.Finding(Health.OK, gettext_lazy("Monday"))
    check = health.Check("day", "Day", lambda: said, vital=True)
    monkeypatch.setattr(health, "CHECKS", (check,))

    with translation.override("he"):
        response = Client().get("/readyz")

    assert response.json()["checks"]["day"]["detail"] == "Monday"


def test_broker_out_of_reach(db: None, settings: Settings) -> None:
    settings.CELERY_BROKER_URL = NOBODY

    response = Client().get("/readyz")

    assert response.status_code == 503
    assert response.json()["state"] == "failed"
    assert response.json()["checks"]["broker"]["state"] == "failed"
    assert response.json()["checks"]["database"]["state"] == "ok"


def test_broker_that_never_answers_does_not_hold_us(db: None, settings: Settings, silent_port: int) -> None:
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{silent_port}/0"

    assert states()["broker"] == Health.FAILED


def test_cache_out_of_reach(db: None, settings: Settings) -> None:
    settings.CACHES = {**settings.CACHES, "shared": {**settings.CACHES["shared"], "LOCATION": NOBODY}}

    assert states()["cache"] == Health.FAILED


def test_cache_that_forgets(db: None, settings: Settings) -> None:
    settings.CACHES = {
        **settings.CACHES,
        "shared": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
    }

    assert states()["cache"] == Health.FAILED


def test_database_out_of_reach(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")

    response = Client().get("/readyz")

    assert response.status_code == 503
    checks = response.json()["checks"]
    assert checks["database"]["state"] == "failed"
    assert checks["migrations"]["detail"] == "Not checked, because the database does not answer."
    assert checks["broker"]["state"] == "ok"


def test_database_that_never_answers_does_not_hold_us(
    db: None, monkeypatch: pytest.MonkeyPatch, silent_port: int
) -> None:
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", str(silent_port))

    assert states()["database"] == Health.FAILED


def test_no_secret_leaves_with_a_failure(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "wrong-canary")
    monkeypatch.setitem(connection.settings_dict, "USER", "user-canary")

    body = Client().get("/readyz").content.decode()

    assert "failed" in body
    assert "canary" not in body
    assert connection.settings_dict["NAME"] not in body


def test_public_migration_missing(db: None) -> None:
    MigrationRecorder.Migration.objects.filter(app="notifications", name="0001_initial").delete()

    assert states()["migrations"] == Health.FAILED
    assert finding("migrations").names == ("notifications.0001_initial",)


def test_municipality_behind_is_named_but_the_others_go_on(strumica: Municipality, haifa: Municipality) -> None:
    Municipality.objects.filter(pk=haifa.pk).update(schema_version="00001-000000000000")

    response = Client().get("/readyz")

    assert response.status_code == 200
    assert response.json()["checks"]["municipalities"]["state"] == "degraded"
    assert "haifa" not in response.content.decode()
    assert finding("municipalities").names == ("haifa",)


@pytest.mark.parametrize(("minutes", "expected"), [(0, "ok"), (10, "ok"), (11, "degraded"), (3000, "degraded")])
def test_old_unsent_message_shows(db: None, minutes: int, expected: str) -> None:
    now = clock.now()
    with clock.at(now - timedelta(minutes=minutes)):
        make_message()

    with clock.at(now):
        response = Client().get("/readyz")

    assert response.status_code == 200
    assert states(now)["outbox"] == expected


def test_message_of_tomorrow_is_not_late(db: None) -> None:
    make_message(due_at=clock.now() + timedelta(days=1))

    assert finding("outbox").detail == "Nothing waits."


def test_message_refused_for_good_shows(db: None) -> None:
    make_message(state=MessageState.FAILED)

    assert states()["outbox"] == Health.DEGRADED
    assert finding("outbox").detail == "Messages refused for good: 1."


@pytest.mark.parametrize(("seconds", "expected"), [(0, "ok"), (180, "ok"), (181, "degraded")])
def test_silence_of_beat_shows(db: None, seconds: int, expected: str) -> None:
    now = clock.now()
    with clock.at(now - timedelta(seconds=seconds)):
        note_beat()

    assert states(now)["beat"] == expected


def test_beat_that_never_was_shows(db: None) -> None:
    caches["shared"].delete(heartbeat.KEY)

    response = Client().get("/readyz")

    assert response.status_code == 200
    assert response.json()["state"] == "degraded"
    assert response.json()["checks"]["beat"] == {
        "state": "degraded",
        "detail": "No sign of life yet.",
        "ms": response.json()["checks"]["beat"]["ms"],
    }


def test_every_fault_at_once_is_still_an_answer(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CELERY_BROKER_URL = NOBODY
    settings.CACHES = {**settings.CACHES, "shared": {**settings.CACHES["shared"], "LOCATION": NOBODY}}
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")

    assert set(states().values()) <= {Health.FAILED, Health.DEGRADED}


def test_statement_limit_ends_with_the_check(db: None) -> None:
    report()

    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone()[0] == "0"


def test_broken_trails_are_named_and_verification_must_go_on(strumica: Municipality) -> None:
    caches["shared"].delete(nightly.KEY)
    assert states()["trails"] == Health.OK
    with tenant_context(strumica):
        record("x.tested", actor=None)
    at = nightly.verify_trails().at
    assert states(at + timedelta(days=1))["trails"] == Health.OK
    assert states(at + timedelta(days=3))["trails"] == Health.DEGRADED

    with tenant_context(strumica):
        tamper("UPDATE audit_entry SET reason = 'other'")
    nightly.verify_trails()

    assert states()["trails"] == Health.DEGRADED
    assert finding("trails").names == ("strumica",)
    caches["shared"].delete(nightly.KEY)


def test_due_steps_that_wait_or_fail_are_told(db: None) -> None:
    now = clock.now()
    assert finding("due").detail == "Nothing waits."
    schedule("tests.nothing", key="x", due_at=now)
    assert finding("due").state == Health.OK
    with clock.at(now + timedelta(minutes=11)):
        assert states(now + timedelta(minutes=11))["due"] == Health.DEGRADED
        assert "11" in str(finding("due").detail)
        carry_out_due()
        assert finding("due").detail == "Due steps that fail: 1."
