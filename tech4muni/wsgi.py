"""WSGI entry point. django-tenants keeps the tenant on the thread's connection, so there is no ASGI one."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tech4muni.settings.production")

application = get_wsgi_application()
