"""The Celery application: tasks get primitives and enter a municipality by themselves."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tech4muni.settings.dev")

app = Celery("tech4muni")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
