"""Every string of the product, and those of our libraries that lack one, in all five languages."""

import re
import string
from pathlib import Path

import pytest
from babel.messages import Message
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import gettext, ngettext, override

from tech4muni.core.catalogues import (
    catalogue_path,
    compile_catalogue,
    extract_messages,
    save,
    translated_languages,
    untranslated,
    update,
)

LANGUAGES = ["de", "he", "mk", "sq"]
PERCENT = re.compile(r"%(?:\(\w+\))?[sdr]")
TAG = re.compile(r"</?\w+")


def braces(text: str) -> list[str]:
    return sorted(name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None)


def texts_of(message: Message) -> list[tuple[str, str]]:
    """Pair each translation with the source text it stands for."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    _one, many = message.id  # the first form may leave its number out
    return [(many, str(text)) for text in list(message.string or [])[1:]]


def test_four_languages_beside_the_source() -> None:
    assert translated_languages() == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_untranslated(language: str) -> None:
    assert untranslated(update(settings.BASE_DIR, language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_is_up_to_date_with_the_sources(language: str, tmp_path: Path) -> None:
    fresh = tmp_path / "django.po"
    save(update(settings.BASE_DIR, language), fresh)

    assert fresh.read_text() == catalogue_path(language).read_text(), "run manage.py update_catalogues"


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_placeholders_and_tags(language: str) -> None:
    with catalogue_path(language).open("rb") as file:
        catalogue = read_po(file)
    wrong = []
    for message in catalogue:
        for source, text in texts_of(message) if message.id else []:
            if sorted(PERCENT.findall(source)) != sorted(PERCENT.findall(text)) and "python-format" in message.flags:
                wrong.append((source, text))
            if "{" in source and braces(source) != braces(text):
                wrong.append((source, text))
            if sorted(TAG.findall(source)) != sorted(TAG.findall(text)):
                wrong.append((source, text))

    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_compile_and_are_complete(language: str) -> None:
    with catalogue_path(language).open("rb") as file:
        catalogue = read_po(file)

    plurals = [message for message in catalogue if isinstance(message.id, tuple)]

    assert plurals
    assert all(len(message.string or ()) == catalogue.num_plurals for message in plurals)


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogue_speaks(language: str) -> None:
    count = compile_catalogue(language)

    with override(language):
        assert gettext("Municipalities") != "Municipalities"
    assert count > 100


def test_extraction_finds_python_and_templates() -> None:
    catalogue = extract_messages(settings.BASE_DIR)

    assert catalogue.get("North Macedonia") is not None
    assert any(path.startswith("templates/") for message in catalogue for path, _line in message.locations)


def test_a_plural_is_chosen_by_the_language() -> None:
    with override("en-gb"):
        assert ngettext("%(count)d day", "%(count)d days", 1) % {"count": 1} == "1 day"
