"""Light or dark: the person's choice, kept in a cookie of this host; without one the device decides."""

from enum import StrEnum
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

YEAR: Final = 365 * 24 * 3600


class Theme(StrEnum):
    """What a person may choose."""

    LIGHT = "light"
    DARK = "dark"


THEMES: Final = frozenset(Theme)


def chosen_theme(request: HttpRequest) -> str:
    """The theme chosen on this host, "" where the device decides; nonsense in the cookie counts as no choice."""
    value = request.COOKIES.get(settings.THEME_COOKIE_NAME, "")
    return value if value in THEMES else ""


def keep_theme(response: HttpResponse, theme: str) -> None:
    """Remember a choice for a year; anything but a theme forgets the choice."""
    if theme not in THEMES:
        response.delete_cookie(settings.THEME_COOKIE_NAME)
        return
    response.set_cookie(settings.THEME_COOKIE_NAME, theme, max_age=YEAR, secure=True, httponly=True, samesite="Lax")
