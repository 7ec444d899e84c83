"""Settings that would hurt are named by the system checks."""

import importlib.util
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.checks import run_checks
from pytest_django import Settings

CSP = django_settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]


def found(*, deploy: bool = False) -> set[str]:
    """The ids of our own messages."""
    return {str(message.id) for message in run_checks(tags=["tech4muni"], include_deployment_checks=deploy)}


def test_settings_of_the_house_are_right() -> None:
    assert found() == set()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("TENANT_LIMIT_SET_CALLS", False, "E001"),
        ("DATABASE_ROUTERS", [], "E002"),
        ("TENANT_APPS", ["django.contrib.contenttypes", "pilots"], "E003"),
        ("TENANT_APPS", ["django.contrib.auth", "pilots"], "E003"),
        ("CACHES", {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}, "E004"),
        ("SESSION_COOKIE_DOMAIN", ".localhost", "E007"),
        ("CSRF_COOKIE_DOMAIN", "localhost", "E007"),
        ("LANGUAGE_COOKIE_DOMAIN", "localhost", "E007"),
        ("SESSION_COOKIE_NAME", "sessionid", "E008"),
        ("CSRF_COOKIE_NAME", "csrftoken", "E008"),
        ("LANGUAGE_COOKIE_NAME", "language", "E008"),
        ("SESSION_COOKIE_SECURE", False, "E009"),
        ("LANGUAGE_COOKIE_PATH", "/account/", "E009"),
        ("CONTENT_SECURITY_POLICY", {"DIRECTIVES": {**CSP, "script-src": ["'self'", "'unsafe-inline'"]}}, "E010"),
        ("CONTENT_SECURITY_POLICY", {"DIRECTIVES": {**CSP, "style-src": ("'unsafe-hashes'",)}}, "E010"),
        ("CONTENT_SECURITY_POLICY", {"DIRECTIVES": {"script-src": ["'self'"]}}, "E011"),
        ("CELERY_TASK_ACKS_LATE", False, "E012"),
        ("CELERY_TASK_REJECT_ON_WORKER_LOST", False, "E012"),
        ("CELERY_BROKER_TRANSPORT_OPTIONS", {"visibility_timeout": 600}, "E013"),
    ],
)
def test_wrong_setting_is_named(name: str, value: Any, expected: str, settings: Settings) -> None:
    setattr(settings, name, value)

    assert found() == {f"tech4muni.{expected}"}


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("ENGINE", "django.db.backends.postgresql", "E005"),
        ("CONN_MAX_AGE", 0, "E006"),
        ("CONN_MAX_AGE", None, "E006"),
        ("PORT", "6432", "W001"),
        ("HOST", "eu-1.pooler.example", "W001"),
        ("HOST", "PgBouncer", "W001"),
    ],
)
def test_wrong_database_setting_is_named(key: str, value: Any, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(django_settings.DATABASES["default"], key, value)

    assert found() == {f"tech4muni.{expected}"}


def test_psycopg_3_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object() if name == "psycopg" else find_spec(name))

    assert found() == {"tech4muni.W002"}


def test_demonstration_is_not_for_production(settings: Settings) -> None:
    settings.DEMONSTRATION = True
    settings.SECOND_FACTOR_REQUIRED = False

    assert found() == set()
    assert found(deploy=True) == {f"tech4muni.E0{number}" for number in (14, 15, 16, 17)}
