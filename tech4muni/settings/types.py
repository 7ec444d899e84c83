"""For mypy, which loads settings to know their types, and for commands on files: no server is started or reached."""

from tech4muni.settings.base import *
from tech4muni.settings.base import caches, databases

SECRET_KEY = "types-only-" + "0" * 50
DATABASES = databases("postgres://nobody@127.0.0.1/none")
REDIS_URL = "redis://127.0.0.1"
CACHES = caches(REDIS_URL)
CELERY_BROKER_URL = REDIS_URL
