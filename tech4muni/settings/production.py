"""Production: everything from the environment, nothing embedded."""

from tech4muni.settings import env
from tech4muni.settings.base import *
from tech4muni.settings.base import caches, databases

SECRET_KEY = env.secret("SECRET_KEY")
PLATFORM_HOST = env.text("PLATFORM_HOST")
DATABASES = databases(env.url("DATABASE_URL", ("postgres", "postgresql")))
REDIS_URL = env.url("REDIS_URL", ("redis", "rediss"))
CACHES = caches(REDIS_URL)
CELERY_BROKER_URL = REDIS_URL

SECURE_SSL_REDIRECT = env.boolean("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.integer("SECURE_HSTS_SECONDS", default=31_536_000, low=0, high=63_072_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
