"""Entries read as sentences in the reader's language."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from tech4muni.audit import verbs
from tech4muni.audit.verbs import Verb
from tests.notifications.samples import Tags

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ["tech4muni", "programs", "challenges", "validation", "solutions", "events", "pilots"]


class Colour(models.TextChoices):
    RED = "red", _("Lead")


@pytest.fixture(autouse=True)
def _verbs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verbs, "_registry", dict(verbs._registry))
    verbs.register(
        Verb("try.painted", _("{target} painted {colour} by {tool}"), {"colour": Colour}),
        Verb("try.broken", _("Role")),
    )


def said(code: str, target: str = "Wall", **data: Any) -> str:
    return verbs.sentence(code, target, data)


def test_a_sentence_names_the_thing_and_the_values_in_words() -> None:
    assert said("try.painted", colour="red", tool="brush") == (
        "<bdi>Wall</bdi> painted <bdi>Lead</bdi> by <bdi>brush</bdi>"
    )


def test_values_that_are_missing_or_no_longer_known_do_not_break_a_sentence() -> None:
    assert said("try.painted", colour="blue") == "<bdi>Wall</bdi> painted <bdi>blue</bdi> by <bdi>…</bdi>"
    assert said("try.broken", anything=[1]) == "Role"


def test_an_undeclared_verb_shows_as_its_code() -> None:
    assert said("nobody.knows") == "<code>nobody.knows</code> <bdi>Wall</bdi>"
    assert verbs.label("nobody.knows") == "nobody.knows"


@pytest.mark.parametrize("text", ["<b>x</b>", "{tool}", "{0.__class__}", '"><script>', "{", "%s"])
def test_names_and_values_stay_text(text: str) -> None:
    for html in (said("try.painted", text, colour=text, tool=text), said("nobody.knows", text)):
        tags = Tags(html)
        assert set(tags.counts) <= {"bdi", "code"}
        assert text in tags.texts


def test_a_label_is_the_sentence_without_names() -> None:
    assert verbs.label("try.painted") == "… painted … by …"


def test_a_verb_is_declared_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        verbs.register(Verb("try.broken", _("Other")))


@pytest.mark.parametrize("language", ["en-gb", "de", "he", "mk", "sq"])
def test_every_declared_verb_has_a_sentence_that_can_be_said(language: str) -> None:
    with translation.override(language):
        for verb in verbs.registered():
            assert str(verb.sentence)
            assert verbs.sentence(verb.code, "x", {})
            assert verbs.label(verb.code)


def recorded() -> Iterator[tuple[str, str]]:
    """Find every verb that the product's code gives to `record` as a literal."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"record", "_save"} and node.args:
                    for argument in node.args[:2]:
                        if isinstance(argument, ast.Constant) and "." in str(argument.value):
                            yield str(argument.value), path.name


def test_every_verb_that_the_product_records_is_declared() -> None:
    found = set(recorded())
    known = {verb.code for verb in verbs.registered()}

    assert {"municipality.created", "message.held"} <= {code for code, _file in found}
    assert [(code, file) for code, file in sorted(found) if code not in known] == []
