"""Production's settings: what they demand, what they refuse, and that Django's own checks find nothing."""

import logging
import os
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NEEDED = {
    "SECRET_KEY": "K9fB2xPq7LmZ4wTc8RvJ1sHd6NgY3kXa5QeU0iOb-7hVtGzMlWnSrCjDpF",
    "PLATFORM_HOST": "tech4muni.example",
    "DATABASE_URL": "postgres://t4m:canary@db.example/t4m",
    "REDIS_URL": "redis://:canary@valkey.example/0",
    "DEFAULT_FROM_EMAIL": "Tech4Muni <noreply@tech4muni.example>",
    "EMAIL_HOST": "mail.example",
}
OPTIONAL = (
    "BROKER_URL", "EMAIL_HOST_PASSWORD", "EMAIL_HOST_USER", "EMAIL_PORT", "EMAIL_SECURITY", "LOG_FORM", "LOG_LEVEL",
    "S3_BUCKET", "SECRET_KEY_FALLBACKS", "SECURE_HSTS_SECONDS", "SECURE_SSL_REDIRECT", "SENTRY_DSN",
    "TRUSTED_PROXY_COUNT",
)  # fmt: skip


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The least that production needs, and nothing else."""
    for name in OPTIONAL:
        monkeypatch.delenv(name, raising=False)
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    yield
    logging.captureWarnings(False)  # noqa: FBT003  as it was before production's settings were read here


def production(place: str = "production") -> dict[str, Any]:
    """Read the settings of production, or of another place, afresh."""
    return runpy.run_module(f"tech4muni.settings.{place}")


def test_least_is_enough_and_strict() -> None:
    found = production()

    assert found["SECURE_SSL_REDIRECT"] is True
    assert found["SECURE_HSTS_SECONDS"] == 31_536_000
    assert found["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True
    assert found["SECOND_FACTOR_REQUIRED"] is True
    assert found["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["upgrade-insecure-requests"] is True
    assert found["STORAGES"]["staticfiles"]["BACKEND"] == "tech4muni.core.storages.StaticStorage"
    assert found["LOGGING"]["handlers"]["console"]["formatter"] == "json"
    assert found["EMAIL_USE_TLS"] is True
    assert found["EMAIL_USE_SSL"] is False
    assert found["CELERY_BROKER_URL"] == NEEDED["REDIS_URL"]
    assert found.get("DEBUG", False) is False
    assert not found.get("DEMONSTRATION", False)
    assert "SECURE_PROXY_SSL_HEADER" not in found


def test_cookies_and_headers_are_the_same_in_every_place() -> None:
    found = production()
    same = [name for name in found if name.isupper() and ("COOKIE" in name or name == "RESPONSE_HEADERS")]

    assert len(same) > 10
    demonstration = production("dev")
    for name in same:
        assert found[name] == demonstration[name] == getattr(settings, name), name


@pytest.mark.parametrize("name", NEEDED)
@pytest.mark.parametrize("value", [None, "  "])
def test_what_is_needed_is_demanded(name: str, value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(name)
    if value is not None:
        monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match=name):
        production()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("PLATFORM_HOST", "https://tech4muni.example/"),
        ("DATABASE_URL", "sqlite:///db"),
        ("DATABASE_URL", "postgres://t4m:canary@db.example/t4m?pgbouncer=true"),
        ("REDIS_URL", "amqp://broker.example"),
        ("BROKER_URL", "http://valkey.example"),
        ("EMAIL_HOST", "smtp://mail.example"),
        ("EMAIL_PORT", "smtp"),
        ("EMAIL_PORT", "0"),
        ("EMAIL_SECURITY", "ssl"),
        ("SECURE_SSL_REDIRECT", "maybe"),
        ("SECURE_HSTS_SECONDS", "-1"),
        ("TRUSTED_PROXY_COUNT", "many"),
        ("LOG_FORM", "xml"),
        ("LOG_LEVEL", "LOUD"),
        ("SENTRY_DSN", "sentry.example"),
    ],
)
def test_nonsense_is_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match=name) as refusal:
        production()

    assert "canary" not in str(refusal.value)


def test_trial_without_tls_upgrades_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECURE_SSL_REDIRECT", "no")

    directives = production()["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]

    assert directives["upgrade-insecure-requests"] is False


@pytest.mark.parametrize(("security", "flags"), [("none", (False, False)), ("tls", (False, True))])
def test_mail_security(security: str, flags: tuple[bool, bool], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_SECURITY", security)

    found = production()

    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == flags


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a management command as production does, with nothing but the given variables."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=Path(settings.BASE_DIR),
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "tech4muni.settings.production", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_deployment_check_finds_nothing() -> None:
    checked = manage("check", "--deploy", "--fail-level", "WARNING", **NEEDED)

    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


def test_deployment_check_refuses_a_demonstration() -> None:
    checked = manage("check", "--deploy", **{**NEEDED, "DJANGO_SETTINGS_MODULE": "tech4muni.settings.dev"})

    assert checked.returncode != 0
    assert "tech4muni.E014" in checked.stderr


def test_process_without_named_settings_gets_the_strictest() -> None:
    code = "import tech4muni.wsgi, os; print(os.environ['DJANGO_SETTINGS_MODULE'])"
    started = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(settings.BASE_DIR),
        env={"PATH": os.environ["PATH"], **NEEDED},
        capture_output=True,
        text=True,
        check=True,
    )

    assert started.stdout.strip() == "tech4muni.settings.production"
