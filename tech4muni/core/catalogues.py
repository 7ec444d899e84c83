"""Message catalogues without GNU gettext: extract, update, compile (Babel does the work).

A catalogue holds the product's own messages and, for each language, those of our libraries that the library itself
does not have in that language (allauth has no Macedonian or Albanian, Django's Macedonian is not complete).
"""

import io
import os
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PYTHON_PACKAGES: Final = ("tech4muni", "programs", "challenges", "validation", "solutions", "events", "pilots")
# Libraries whose words a person can meet: the folder of their catalogues, and where in the library the words come from.
LIBRARIES: Final = (
    ("django", "conf/locale", ""),
    ("django", "contrib/admin/locale", ""),
    ("django", "contrib/auth/locale", ""),
    ("allauth", "locale", r"(account|mfa|usersessions|core|decorators)\b.*\.py"),
    ("import_export", "locale", ""),
    ("django_filters", "locale", ""),
    ("django_tables2", "locale", ""),
)


def translated_languages() -> list[str]:
    """Return the codes of the languages that have a catalogue: all but the source's."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def catalogue_path(language: str) -> Path:
    """Return the path of a language's catalogue (.po)."""
    return Path(settings.LOCALE_PATHS[0]) / to_locale(language) / "LC_MESSAGES" / "django.po"


def extract_messages(root: Path) -> Catalog:
    """Return the product's own messages, from its Python modules and its templates."""
    catalogue = Catalog(fuzzy=False)
    for path in _sources(root):
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # Django turns a template into something like Python; its indentation means nothing.
            text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
        found = extract("python", io.BytesIO(text.encode()), KEYWORDS, ("Translators:",), {"encoding": "utf-8"})
        for _line, ids, comments, context in found:
            catalogue.add(ids, locations=[(str(path.relative_to(root)), 0)], auto_comments=comments, context=context)
    return catalogue


def library_gaps(language: str) -> Iterator[Message]:
    """Yield the messages of our libraries that have no translation of their own in `language`."""
    for package, folder, where in LIBRARIES:
        spec = find_spec(package)
        base = Path((spec.submodule_search_locations or [""])[0] if spec else "") / folder
        own = base / to_locale(language) / "LC_MESSAGES" / "django.po"
        done = _read(own) if own.exists() else Catalog()
        for message in _read(base / "de" / "LC_MESSAGES" / "django.po"):
            used = not where or any(re.match(where, path) for path, _line in message.locations)
            known = done.get(message.id, message.context)
            if message.id and used and not (known and _is_complete(known)):
                yield Message(message.id, locations=[(package, 0)], context=message.context)


def update(root: Path, language: str) -> Catalog:
    """Return a language's catalogue with every message that it must have; translations there are kept."""
    wanted = extract_messages(root)
    for message in library_gaps(language):
        wanted.add(message.id, locations=message.locations, context=message.context)
    path = catalogue_path(language)
    catalogue = _read(path) if path.exists() else _empty(language)
    catalogue.update(wanted, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def save(catalogue: Catalog, path: Path) -> None:
    """Write a catalogue as .po: sorted, without line numbers or dates, so that two people's changes merge."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=120, include_lineno=False, sort_output=True, omit_header=False)
    text = re.sub(r'^"(POT-Creation|PO-Revision)-Date:.*\n', "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8")


def compile_catalogue(language: str) -> int:
    """Write the .mo beside a language's .po, whole or not at all, and return how many messages it holds."""
    path = catalogue_path(language)
    catalogue = _read(path)
    draft = path.with_suffix(f".{os.getpid()}.mo")
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    draft.replace(path.with_suffix(".mo"))
    return len(catalogue)


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the messages of a catalogue that lack a translation or are marked fuzzy."""
    return [str(message.id) for message in catalogue if message.id and (message.fuzzy or not _is_complete(message))]


def _empty(language: str) -> Catalog:
    """Return a catalogue with Django's plural forms: its catalogues and ours are merged when they agree on them."""
    [django] = find_spec("django").submodule_search_locations  # type: ignore[union-attr, misc]
    plural = _read(Path(django) / "conf/locale" / to_locale(language) / "LC_MESSAGES/django.po").plural_forms
    header = f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Plural-Forms: {plural}\\n"\n'
    catalogue = read_po(io.BytesIO(header.encode()), locale=to_locale(language))
    catalogue.project, catalogue.fuzzy = "Tech4Muni", False
    catalogue.header_comment = f"# Tech4Muni in {catalogue.locale.english_name if catalogue.locale else language}."
    return catalogue


def _is_complete(message: Message) -> bool:
    texts = message.string if isinstance(message.string, (tuple, list)) else [message.string]
    return all(texts)


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def _sources(root: Path) -> Iterator[Path]:
    for package in PYTHON_PACKAGES:
        yield from sorted(path for path in (root / package).rglob("*.py") if "migrations" not in path.parts)
    yield from sorted(path for path in (root / "templates").rglob("*") if path.suffix in {".html", ".txt"})
