"""Settings of the tenancy benchmark: the product's own, with the sample app in each municipality."""

from bench import plain_settings
from bench.town import APP
from tech4muni.settings import env
from tech4muni.settings.base import *
from tech4muni.settings.base import caches, databases

SECRET_KEY = "bench-only-" + "0" * 50
DATABASES = databases(env.url("DATABASE_URL", ("postgres", "postgresql")))
REDIS_URL = env.url("REDIS_URL", ("redis", "rediss"))
CACHES = caches(REDIS_URL, prefix=DATABASES["default"]["NAME"])
CELERY_BROKER_URL = REDIS_URL
INSTALLED_APPS = [*INSTALLED_APPS, APP]
TENANT_APPS = [*TENANT_APPS, APP]
# Both sides have the middleware that any page has. This one also has what chooses the municipality, and what allauth,
# which the product's users need, insists on.
MIDDLEWARE = [
    "programs.hosts.middleware.HostMiddleware",
    "programs.hosts.middleware.ClosedHostMiddleware",
    *plain_settings.MIDDLEWARE,
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = plain_settings.ROOT_URLCONF
LOGGING = plain_settings.LOGGING
