"""Settings of the tenancy benchmark's other side: the same page in Django without tenancy."""

from typing import Any

from bench.town import APP
from tech4muni.settings import env

SECRET_KEY = "bench-only-" + "0" * 50
ALLOWED_HOSTS = ["*"]
USE_TZ = True
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **env.database(env.url("DATABASE_URL", ("postgres", "postgresql"))),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
    }
}
INSTALLED_APPS = [
    "django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "django.contrib.messages", APP,
]  # fmt: skip
MIDDLEWARE = [
    "django.middleware.locale.LocaleMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "bench.tenancy_page"
TEMPLATES: list[dict[str, Any]] = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
LOGGING = {"version": 1, "disable_existing_loggers": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
