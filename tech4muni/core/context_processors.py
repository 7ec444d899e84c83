"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def platform(request: HttpRequest) -> dict[str, Any]:
    """Give the platform's name and whether this is the demonstration."""
    return {
        "platform_name": "Tech4Muni",
        "platform_host": settings.PLATFORM_HOST,
        "demonstration": getattr(settings, "DEMONSTRATION", False),
        "municipality": getattr(request, "municipality", None),
        "actor": getattr(request, "actor", None),
    }
