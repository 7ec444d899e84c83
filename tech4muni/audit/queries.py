"""What is read of the trail of the active schema."""

from django.db import models
from django.db.models import QuerySet

from tech4muni.audit.models import Entry
from tech4muni.audit.naming import target_name


def history_of(target: models.Model | None = None) -> QuerySet[Entry]:
    """Return the entries about a thing, or the whole trail, the last first, with who did it."""
    entries = Entry.objects.select_related("actor").order_by("-number")
    if target is None:
        return entries
    kind, identity = target_name(target)
    return entries.filter(target_type=kind, target_id=identity)
