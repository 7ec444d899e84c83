"""The frame of all pages of a challenge: `{% load challenge_frame %}`; `challenges/frame.html` uses it."""

from typing import Any

from django import template
from django.urls import reverse

from challenges.models import Challenge
from challenges.queries import standings
from challenges.tabs import tabs_for

register = template.Library()


@register.inclusion_tag("challenges/_head.html", takes_context=True)
def challenge_head(context: template.Context, challenge: Challenge) -> dict[str, Any]:
    """The title of a challenge, its rail, and the links to its parts."""
    request = context["request"]
    here = request.resolver_match.view_name if request.resolver_match else ""
    tabs = [
        {
            "label": tab.label,
            "url": reverse(tab.url_name, kwargs={"challenge_id": challenge.public_id}),
            "current": here.startswith(tab.prefix),
        }
        for tab in tabs_for(context["actor"], challenge)
    ]
    [standing] = standings([challenge])
    return {"challenge": challenge, "standing": standing, "tabs": tabs}
