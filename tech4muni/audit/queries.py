"""What is read of the trail of the active schema."""

from django.db import models
from django.db.models import QuerySet

from tech4muni.audit import verbs
from tech4muni.audit.models import Entry
from tech4muni.audit.naming import target_name


def history_of(target: models.Model | None = None) -> QuerySet[Entry]:
    """Return the entries about a thing, or the whole trail, the last first, with who did it."""
    entries = Entry.objects.select_related("actor").order_by("-number")
    if target is None:
        return entries
    kind, identity = target_name(target)
    return entries.filter(target_type=kind, target_id=identity)


def verbs_in_trail() -> list[tuple[str, str]]:
    """Return the verbs that occur, each with its words in the active language, in the order of the words."""
    codes = Entry.objects.order_by().values_list("verb", flat=True).distinct()
    return sorted(((code, verbs.label(code)) for code in codes), key=lambda pair: pair[1].casefold())


def people_in_trail() -> list[tuple[int, str]]:
    """Return the ids of those who did something, each with their name as it is shown, in the order of the names."""
    last = Entry.objects.filter(actor__isnull=False).order_by("actor_id", "-number").distinct("actor_id")
    people = [(entry.actor_id, entry.who) for entry in last.select_related("actor") if entry.actor_id is not None]
    return sorted(people, key=lambda pair: pair[1].casefold())
