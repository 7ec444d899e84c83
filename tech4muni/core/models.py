"""Abstract models that all apps build on."""

import uuid

from django.db import models

from tech4muni.core import clock


class PublicIdModel(models.Model):
    """A row that is named outside of its schema, and in URLs, by a random id instead of its number."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class DatedModel(models.Model):
    """A row that knows when it was made and last changed."""

    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True
