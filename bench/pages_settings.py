"""Settings of the benchmark of pages: production's, with mail as files and a queue of each database's own."""

from tech4muni.settings import env
from tech4muni.settings.base import caches
from tech4muni.settings.production import *
from tech4muni.settings.production import DATABASES, REDIS_URL

CACHES = caches(REDIS_URL, prefix=DATABASES["default"]["NAME"])
CELERY_TASK_DEFAULT_QUEUE = DATABASES["default"]["NAME"]
CELERY_TASK_ROUTES = {}
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = env.text("EMAIL_FILE_PATH")
