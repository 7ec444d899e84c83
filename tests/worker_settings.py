"""Settings of the worker and beat processes that tests start: the test database, a real mail server, a hasty broker."""

from tech4muni.settings import env
from tech4muni.settings.test import *
from tech4muni.settings.test import CELERY_BEAT_SCHEDULE, CELERY_BROKER_TRANSPORT_OPTIONS

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = env.integer("TEST_SMTP_PORT", default=1, low=1, high=65535)

# Redelivery and beat as in production, only sooner.
CELERY_BROKER_TRANSPORT_OPTIONS = CELERY_BROKER_TRANSPORT_OPTIONS | {
    "visibility_timeout": 2,
    "unacked_restore_interval": 1,
}
HASTY = ("core.beat", "notifications.deliver_due")
CELERY_BEAT_SCHEDULE = {name: CELERY_BEAT_SCHEDULE[name] | {"schedule": 1} for name in HASTY}
