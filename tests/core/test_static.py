"""Rules that every style sheet, script and template keeps."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template

from tech4muni.core.colour import Colour

ROOT = Path(settings.BASE_DIR)
SHEETS = sorted((ROOT / "static").rglob("*.css"))
SCRIPTS = sorted((ROOT / "static").rglob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MAILS = [path for path in TEMPLATES if "mail" in path.name or "mail" in path.parent.name]

PHYSICAL = re.compile(
    r"(?<![-\w])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)(?:-\w+)?|left|right"
    r"|border-(?:top|bottom)-(?:left|right)-radius)\s*:"
    r"|(?:float|clear|text-align)\s*:\s*(?:left|right)"
)
INLINE = re.compile(r"<style|\sstyle\s*=|\son[a-z]+\s*=|\shx-on|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE)
OUTSIDE = re.compile(
    r"(?:(?:src|href|action)\s*=\s*[\"']?|url\(\s*[\"']?|@import\s+[\"']?)(?:https?:)?//", re.IGNORECASE
)
ONE_SIDED = re.compile(r"class=\"[^\"]*(?<![-\w])(?:text|float|p|m)-?(?:left|right|l|r)(?:-\w+)?(?![-\w])")


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("sheet", SHEETS, ids=relative)
def test_style_sheets_know_no_left_and_right(sheet: Path) -> None:
    found = [
        f"{number}: {line.strip()[:120]}"
        for number, line in enumerate(sheet.read_text().splitlines(), 1)
        if PHYSICAL.search(line)
    ]
    assert not found


@pytest.mark.parametrize("line", ["a { margin-left: 0 }", "b{left:0}", "c { text-align: right; }", "d{float :left}"])
def test_the_rule_finds_left_and_right(line: str) -> None:
    assert PHYSICAL.search(line)


@pytest.mark.parametrize("line", ["a { margin-inline: 0 }", "b{inset-inline-start:0}", "c { text-align: start; }"])
def test_the_rule_lets_logical_properties_pass(line: str) -> None:
    assert not PHYSICAL.search(line)


@pytest.mark.parametrize("template", [path for path in TEMPLATES if path not in MAILS], ids=relative)
def test_templates_have_no_inline_style_or_script(template: Path) -> None:
    assert not INLINE.findall(template.read_text())


@pytest.mark.parametrize("path", [*TEMPLATES, *SHEETS, *SCRIPTS], ids=relative)
def test_nothing_is_loaded_from_another_host(path: Path) -> None:
    assert not OUTSIDE.findall(path.read_text())


@pytest.mark.parametrize("template", TEMPLATES, ids=relative)
def test_templates_use_start_and_end_classes(template: Path) -> None:
    assert not ONE_SIDED.findall(template.read_text())


@pytest.mark.parametrize("template", TEMPLATES, ids=relative)
def test_templates_compile_and_stay_short(template: Path) -> None:
    get_template(str(template.relative_to(ROOT / "templates")))

    assert len(template.read_text().splitlines()) <= 120


def dark_blocks() -> list[list[str]]:
    css = (ROOT / "static/css/tokens.css").read_text()
    found = re.findall(r"\{\s*(color-scheme: dark;.*?)\}", css, re.DOTALL)
    return [[line.strip() for line in block.splitlines() if line.strip()] for block in found]


def test_dark_by_choice_and_by_device_are_the_same() -> None:
    chosen, by_device = dark_blocks()

    assert chosen == by_device


def test_light_and_dark_name_the_same_tokens() -> None:
    css = (ROOT / "static/css/tokens.css").read_text()
    light = re.findall(r"^  (--[\w-]+):", css.split("@media screen {")[0], re.MULTILINE)

    assert light == [line.split(":")[0] for line in dark_blocks()[0] if line.startswith("--")]


def tokens(theme: str) -> dict[str, Colour]:
    css = (ROOT / "static/css/tokens.css").read_text()
    light, dark = css.split("@media screen {", 1)
    pairs = re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", light if theme == "light" else dark)
    return {
        name: Colour.parse(value if len(value) == 7 else "#" + "".join(c * 2 for c in value[1:]))
        for name, value in pairs
    }


READ = [(text, ground) for text in ("text", "muted", "alarm", "ok") for ground in ("page", "surface", "sunken")]
READ += [(f"{tone}-text", f"{tone}-bg") for tone in ("todo", "doing", "done", "late", "draft")]
READ += [
    ("on-ok", "ok"),
    ("on-alarm", "alarm"),
    ("on-brand", "brand-solid"),
    ("late-text", "surface"),
    ("text", "brand-soft"),
]
SEEN = [(line, ground) for line in ("line-strong", "alarm", "brand-solid") for ground in ("page", "surface")]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), READ)
def test_words_reach_aa(theme: str, text: str, ground: str) -> None:
    named = tokens(theme)

    assert named[text].contrast(named[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("line", "ground"), SEEN)
def test_edges_of_controls_can_be_seen(theme: str, line: str, ground: str) -> None:
    named = tokens(theme)

    assert named[line].contrast(named[ground]) >= 3


@pytest.mark.parametrize(
    "name",
    [
        "bootstrap/css/bootstrap.min.css",
        "bootstrap/css/bootstrap.rtl.min.css",
        "bootstrap/js/bootstrap.bundle.min.js",
        "django_htmx/htmx-2.min.js",
        "fonts/Rubik[wght].ttf",
        "css/tokens.css",
    ],
)
def test_what_pages_load_is_there(name: str) -> None:
    assert finders.find(name)
