"""Addresses of a pilot's pages: `{% load pilot_desk %}`."""

from typing import Any

from django import template

from pilots.views.desk import Desk

register = template.Library()


@register.simple_tag
def desk_url(desk: Desk, name: str, **more: Any) -> str:
    """The address of a page of the pilot, on the host and for the side where the reader is."""
    return desk.url(name, **more)
