"""Tests: real PostgreSQL, real Valkey, mail kept in memory, quick password hashes."""

from tech4muni.embedded.servers import urls
from tech4muni.settings import env
from tech4muni.settings.base import *
from tech4muni.settings.base import BASE_DIR, CELERY_BROKER_TRANSPORT_OPTIONS, caches, databases

SECRET_KEY = "test-only-" + "0" * 50
database_url, broker_url = urls(BASE_DIR, testing=True)
DATABASES = databases(env.url("DATABASE_URL", ("postgres", "postgresql"), database_url))
REDIS_URL = env.url("REDIS_URL", ("redis", "rediss"), broker_url)
WORKER = env.text("PYTEST_XDIST_WORKER", "main")  # the workers share a server
CACHES = caches(REDIS_URL, prefix=WORKER)
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = CELERY_BROKER_TRANSPORT_OPTIONS | {"global_keyprefix": f"{WORKER}:"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True  # static files straight from their sources
