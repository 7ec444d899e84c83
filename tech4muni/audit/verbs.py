"""What was done, in words: each app declares its own verbs in its `verbs` module."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Any, Final

from django.db.models import Choices
from django.utils.functional import Promise
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

GAP: Final = "…"
_registry: Final[dict[str, "Verb"]] = {}


@dataclass(frozen=True, slots=True)
class Verb:
    """A kind of audit entry.

    Args:
        code: as it is stored, `noun.past_participle`.
        sentence: what was done, without who did it, so that it needs no gender: "Role of {target} changed to {role}".
            `{target}` is the thing's label, every other name a key of the entry's data.
        words: for data keys that hold the value of an enumeration, that enumeration.
    """

    code: str
    sentence: Promise
    words: Mapping[str, type[Choices]] = field(default_factory=dict)


def register(*verbs: Verb) -> None:
    """Make verbs known; raises ValueError if one is declared twice with different words."""
    for verb in verbs:
        if _registry.setdefault(verb.code, verb) != verb:
            raise ValueError(f"The verb {verb.code} is declared twice.")


def registered() -> list[Verb]:
    """Return all verbs by code."""
    return [_registry[code] for code in sorted(_registry)]


def sentence(code: str, target_label: str, data: Mapping[str, Any]) -> SafeString:
    """Say in the active language, as HTML, what an entry records; a verb that nobody declares shows as its code."""
    verb = _registry.get(code)
    if verb is None:
        return format_html("<code>{}</code> <bdi>{}</bdi>", code, target_label)
    values = {name: verb.words[name](value).label for name, value in data.items() if _is_word(verb, name, value)}
    known = {**data, **values, "target": target_label}
    parts = (
        format_html("{}<bdi>{}</bdi>", text, known.get(name, GAP)) if name is not None else escape(text)
        for text, name in _parts(verb)
    )
    return mark_safe("".join(parts))  # noqa: S308  every part is escaped


def label(code: str) -> str:
    """Return the sentence without names, for lists of verbs; the code itself if nobody declares it."""
    verb = _registry.get(code)
    if verb is None:
        return code
    return "".join(text + ("" if name is None else GAP) for text, name in _parts(verb))


def _parts(verb: Verb) -> list[tuple[str, str | None]]:
    """Split a sentence into texts, each with the name that follows it."""
    return [(text, name) for text, name, _spec, _conversion in Formatter().parse(str(verb.sentence))]


def _is_word(verb: Verb, name: str, value: object) -> bool:
    return name in verb.words and value in verb.words[name].values
