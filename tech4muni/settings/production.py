"""Production: everything from the environment, nothing embedded. The variables are in deploy/example.env."""

import logging

from tech4muni.settings import env, files, sentry
from tech4muni.settings.base import *
from tech4muni.settings.base import CONTENT_SECURITY_POLICY, caches, databases
from tech4muni.settings.logs import logging_config

SECRET_KEY = env.secret("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
PLATFORM_HOST = env.host("PLATFORM_HOST")
DATABASES = databases(env.url("DATABASE_URL", ("postgres", "postgresql")))
REDIS_URL = env.url("REDIS_URL", ("redis", "rediss"))
CACHES = caches(REDIS_URL)
CELERY_BROKER_URL = env.url("BROKER_URL", ("redis", "rediss"), REDIS_URL)

# -- TLS ends at the proxy. gunicorn believes X-Forwarded-Proto from the addresses in TRUSTED_PROXY_ADDRESSES only
# (deploy/gunicorn.conf.py) and tells Django, so SECURE_PROXY_SSL_HEADER, which believes everybody, stays unset.
SECURE_SSL_REDIRECT = env.boolean("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = env.integer("SECURE_HSTS_SECONDS", default=31_536_000, low=0, high=63_072_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {**CONTENT_SECURITY_POLICY["DIRECTIVES"], "upgrade-insecure-requests": SECURE_SSL_REDIRECT}
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXY_COUNT", default=1, low=0, high=5)

# -- Files
STORAGES = files.production_storages()

# -- Mail
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL")
EMAIL_HOST = env.host("EMAIL_HOST")
EMAIL_PORT = env.integer("EMAIL_PORT", default=587, low=1, high=65535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_SECURITY = env.choice("EMAIL_SECURITY", ("starttls", "tls", "none"), default="starttls")
EMAIL_USE_TLS = EMAIL_SECURITY == "starttls"
EMAIL_USE_SSL = EMAIL_SECURITY == "tls"

# -- Watching
logging.captureWarnings(True)  # noqa: FBT003  a warning is a line of the log, too
LOGGING = logging_config(
    form=env.choice("LOG_FORM", ("json", "text"), default="json"),
    level=env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), default="INFO"),
)
sentry.start(
    env.url("SENTRY_DSN", ("https", "http"), ""),
    environment=env.text("SENTRY_ENVIRONMENT", "production"),
    release=env.text("RELEASE", "unknown"),
)
