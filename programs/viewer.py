"""In which language and on which clock a page is shown."""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Final
from urllib.parse import unquote
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from programs.http import ActorRequest
from programs.models import Municipality
from tech4muni.accounts.language import choose_language

# What a person's record says who never chose a time zone.
UNSET_ZONE: Final = "UTC"


class ViewerMiddleware:
    """Activate the person's language and time zone, or the municipality's where the person chose none.

    Runs after Django's LocaleMiddleware, which knows the cookie and the browser's wishes, and after the actor is
    known.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: ActorRequest) -> HttpResponseBase:
        """Answer in the viewer's language and zone; a page differs by cookie."""
        language = viewer_language(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        with timezone.override(ZoneInfo(viewer_zone(request))):
            response = self.get_response(request)
        patch_vary_headers(response, ["Cookie"])
        return response


def viewer_language(request: ActorRequest) -> str:
    """The signed-in person's language, else the host's cookie, else what browser and municipality both speak.

    On a visit the cookie comes first: it is the only place where a choice is kept then.
    """
    chosen_here = request.actor.visit is not None and settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    if request.actor.user is not None and not chosen_here:
        return request.actor.user.language
    if request.municipality is None or settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return translation.get_language_from_request(request)
    return common_language(request.headers.get("Accept-Language", ""), request.municipality)


@require_POST
def switch_language(request: ActorRequest) -> HttpResponseBase:
    """Switch the language: for good for somebody signed in, on this host only for others and on a visit."""
    return set_language(request) if request.actor.visit else choose_language(request)


def common_language(wishes: str, municipality: Municipality) -> str:
    """The browser's first wish (Accept-Language) that the municipality speaks, else the municipality's first one."""
    spoken: list[str] = municipality.languages
    for wish, _weight in parse_accept_lang_header(wishes):
        with suppress(LookupError):
            language = translation.get_supported_language_variant(wish)
            if language in spoken:
                return language
    return spoken[0]


def viewer_zone(request: ActorRequest) -> str:
    """The signed-in person's time zone, else the device's (static/js/app.js), else the municipality's, else UTC."""
    user, municipality = request.actor.user, request.municipality
    if user is not None and user.time_zone != UNSET_ZONE:
        return user.time_zone
    device = unquote(request.COOKIES.get(settings.ZONE_COOKIE_NAME, ""))
    if device in known_zones():
        return device
    return municipality.time_zone if municipality is not None else UNSET_ZONE


@cache
def known_zones() -> frozenset[str]:
    """The IANA names of all time zones."""
    return frozenset(available_timezones())
