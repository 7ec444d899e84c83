"""Tech4Muni: municipal innovation programs, from the first workshop to the purchase."""

from tech4muni.celery import app as celery_app

__all__ = ["celery_app"]
