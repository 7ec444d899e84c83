"""System checks for settings that would let municipalities mix, cookies travel or tasks get lost.

`manage.py check` runs those that hold everywhere; `manage.py check --deploy` adds those of production.
"""

import importlib.util
from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004

Messages = Iterator[CheckMessage]

BROWSER_COOKIES: Final = ("SESSION", "CSRF", "LANGUAGE")
PUBLIC_ONLY: Final = ("contenttypes", "auth", "sessions", "admin")
TRANSACTION_POOLERS: Final = ("pgbouncer", "pooler", "pgcat", "odyssey")


@register("tech4muni")
def tenancy(app_configs: Any = None, **_options: Any) -> Messages:
    """What keeps one municipality's rows from another's pages."""
    if not getattr(settings, "TENANT_LIMIT_SET_CALLS", False):
        yield Error(
            "TENANT_LIMIT_SET_CALLS is off: every cursor sends its own SET search_path.",
            hint="Set it to True; literal query counts in tests rely on it.",
            id="tech4muni.E001",
        )
    if "django_tenants.routers.TenantSyncRouter" not in settings.DATABASE_ROUTERS:
        yield Error("DATABASE_ROUTERS lacks TenantSyncRouter: every schema would get every table.", id="tech4muni.E002")
    misplaced = [app for app in settings.TENANT_APPS if app.split(".")[-1] in PUBLIC_ONLY]
    if misplaced:
        yield Error(
            f"{', '.join(misplaced)} in TENANT_APPS: content types and permissions would differ by schema.",
            hint="They belong to SHARED_APPS alone.",
            id="tech4muni.E003",
        )
    if settings.CACHES["default"].get("KEY_FUNCTION") != "tech4muni.core.caches.make_key":
        yield Error(
            "The default cache does not put the schema before its keys: municipalities would share values.",
            hint="Set KEY_FUNCTION to tech4muni.core.caches.make_key; what is public goes to the cache `shared`.",
            id="tech4muni.E004",
        )


@register("tech4muni")
def database(app_configs: Any = None, **_options: Any) -> Messages:
    """What keeps a connection in one schema, and its memory bounded."""
    default = settings.DATABASES["default"]
    if default.get("ENGINE") != "django_tenants.postgresql_backend":
        yield Error("The database engine is not django_tenants.postgresql_backend.", id="tech4muni.E005")
    if not default.get("CONN_MAX_AGE"):
        yield Error(
            "CONN_MAX_AGE is 0 or None: a connection per request triples the cost of a page, and one that lives for"
            " ever keeps the memory of every schema it has touched.",
            hint="300 to 600 seconds.",
            id="tech4muni.E006",
        )
    if is_transaction_pooler(str(default["HOST"]), str(default["PORT"])):
        yield Warning(
            "The database address looks like a connection pooler's. With transaction pooling, requests read other"
            " municipalities' rows.",
            hint="Connect to PostgreSQL itself, or make sure that the pooler pools by session, and silence this.",
            id="tech4muni.W001",
        )
    if importlib.util.find_spec("psycopg") is not None:
        yield Warning(
            "psycopg 3 is installed: Django takes it before psycopg2, with which the product is tested.",
            hint="Install from requirements.lock, which has psycopg2 only.",
            id="tech4muni.W002",
        )


def is_transaction_pooler(host: str, port: str) -> bool:
    """Whether an address has PgBouncer's port or a pooler's name in it."""
    return port == "6432" or any(word in host.lower() for word in TRANSACTION_POOLERS)


@register("tech4muni")
def cookies(app_configs: Any = None, **_options: Any) -> Messages:
    """What keeps a cookie on the host that set it."""
    for kind in BROWSER_COOKIES:
        name = getattr(settings, f"{kind}_COOKIE_NAME")
        if getattr(settings, f"{kind}_COOKIE_DOMAIN"):
            yield Error(
                f"{kind}_COOKIE_DOMAIN is set: the cookie would go to every municipality under that domain.",
                id="tech4muni.E007",
            )
        if not name.startswith("__Host-"):
            yield Error(f"{kind}_COOKIE_NAME is {name}: only __Host- cookies stay on their host.", id="tech4muni.E008")
        if not getattr(settings, f"{kind}_COOKIE_SECURE") or getattr(settings, f"{kind}_COOKIE_PATH") != "/":
            yield Error(f"Browsers drop {name} unless it is secure and its path is /.", id="tech4muni.E009")


@register("tech4muni")
def content(app_configs: Any = None, **_options: Any) -> Messages:
    """What keeps foreign scripts off the pages."""
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    unsafe = sorted(
        name
        for name, sources in directives.items()
        if isinstance(sources, list | tuple) and any("unsafe" in source for source in sources)
    )
    if unsafe:
        yield Error(f"The content security policy says unsafe-… for {', '.join(unsafe)}.", id="tech4muni.E010")
    if directives.get("default-src") != ["'none'"]:
        yield Error("The content security policy does not begin with default-src 'none'.", id="tech4muni.E011")


@register("tech4muni")
def tasks(app_configs: Any = None, **_options: Any) -> Messages:
    """What keeps a killed worker's task."""
    if not (settings.CELERY_TASK_ACKS_LATE and settings.CELERY_TASK_REJECT_ON_WORKER_LOST):
        yield Error("Celery acknowledges tasks before they are done: a killed worker loses them.", id="tech4muni.E012")
    if settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"] <= settings.CELERY_TASK_TIME_LIMIT:
        yield Error(
            "Celery's visibility_timeout is not above its task time limit: long tasks run twice at once.",
            id="tech4muni.E013",
        )


@register("tech4muni", deploy=True)
def production(app_configs: Any = None, **_options: Any) -> Messages:
    """What is right for the demonstration and wrong for people's data."""
    if getattr(settings, "DEMONSTRATION", False):
        yield Error("These are the demonstration's settings.", id="tech4muni.E014")
    if not settings.SECOND_FACTOR_REQUIRED:
        yield Error("Coordinators and leads need no second factor.", id="tech4muni.E015")
    if settings.PLATFORM_HOST == "localhost":
        yield Error("PLATFORM_HOST is localhost.", id="tech4muni.E016")
    if settings.EMAIL_BACKEND != "django.core.mail.backends.smtp.EmailBackend":
        yield Error(f"Mail goes to {settings.EMAIL_BACKEND}, not to people.", id="tech4muni.E017")
