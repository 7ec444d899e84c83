"""The languages of the product, each in its own words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.translation import get_language, get_language_info, override

# Django calls en-gb "British English"; it is our only English.
OWN_NAMES: Final = {"en-gb": "English"}


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """A language to choose: its code, its own name for itself, whether it is the active one."""

    code: str
    name: str
    current: bool


def language_choices() -> list[LanguageChoice]:
    """List the languages of the product in the order of the settings."""
    active = get_language()
    return [LanguageChoice(code, own_name(code), code == active) for code, _name in settings.LANGUAGES]


def own_name(code: str) -> str:
    """The language's name for itself, such as `Shqip`."""
    if code in OWN_NAMES:
        return OWN_NAMES[code]
    name: str = get_language_info(code)["name_local"]
    return name[:1].upper() + name[1:]


def in_each_language(say: Callable[[], str]) -> dict[str, str]:
    """Return what `say` returns in each language of the product, for sentences that are kept in a row."""
    sentences = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            sentences[code] = str(say())
    return sentences
