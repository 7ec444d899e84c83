"""The history panel: what was done to a thing, or in a whole municipality."""

from typing import Any

from django import template
from django.db import models

from tech4muni.audit.queries import history_of
from tech4muni.core import dates

register = template.Library()


@register.inclusion_tag("audit/_history.html")
def history(target: models.Model | None = None, limit: int = 10) -> dict[str, Any]:
    """The last entries about a thing, or of the whole trail of this schema, the newest first.

    The page that includes it has decided that its reader may read the trail.

    Args:
        target: the thing; the whole trail if None.
        limit: how many entries at most.
    """
    return {"entries": history_of(target)[:limit], "city": dates.zone_city(dates.viewer_zone())}


@register.inclusion_tag("audit/_entries.html")
def history_entries(entries: Any) -> dict[str, Any]:
    """The given entries, as a page that has chosen them itself shows them."""
    return {"entries": entries}
