"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from tech4muni.core.theme import chosen_theme


def platform(request: HttpRequest) -> dict[str, Any]:
    """Give the platform's name, whether this is the demonstration, the chosen theme, and who acts where."""
    return {
        "platform_name": settings.PLATFORM_NAME,
        "platform_host": settings.PLATFORM_HOST,
        "demonstration": getattr(settings, "DEMONSTRATION", False),
        "theme": chosen_theme(request),
        "municipality": getattr(request, "municipality", None),
        "actor": getattr(request, "actor", None),
    }
