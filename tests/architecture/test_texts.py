"""What no file may hold, what no template may do, and what the locks must hold."""

import re
import statistics
import tomllib
from collections.abc import Iterator
from typing import Final

import pytest
from packaging.requirements import Requirement

from tests.architecture.source import ROOT, files, modules, templates, texts

# Hosts that may be named: examples, this machine, and names that are no addresses (of XML, of licences).
KNOWN_HOSTS: Final = re.compile(
    r"(.+\.)?example(\.org|\.com)?|(.+\.)?localhost|127\.0\.0\.1|0\.0\.0\.0|www\.w3\.org|json-schema\.org"
    r"|docs\.djangoproject\.com"
)
SOURCED: Final = "tech4muni/home/past/cohorts.json"  # facts, each with the public page that it comes from
LOCKS: Final = ("requirements.lock", "requirements-test.lock", "requirements-uv.lock")


def test_no_file_names_a_foreign_host() -> None:
    found = {
        f"{path}: {host}"
        for path, text in texts().items()
        if not path.startswith("tests/") and path != SOURCED
        for host in re.findall(r"\b(?:https?|wss?|ftp)://(?:[^/\s@'\"]*@)?([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)", text)
        if not KNOWN_HOSTS.fullmatch(host)
    }

    assert found == set()


def test_no_file_names_a_place_on_a_machine() -> None:
    homes = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/[\w.-]+")
    found = {f"{path}: {place}" for path, text in texts().items() for place in homes.findall(text)}

    assert found == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_has_no_addresses_and_a_digest_for_everything(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"\n(?=[a-z0-9])", text.strip()) if not entry.startswith("#")]

    assert "://" not in text
    assert "--index-url" not in text
    assert len(entries) >= 1
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize(("lock", "extra"), [("requirements.lock", ""), ("requirements-test.lock", "test")])
def test_lock_holds_what_the_project_asks_for(lock: str, extra: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [Requirement(line) for line in project["dependencies"] + project["optional-dependencies"].get(extra, [])]
    pins = re.findall(r"^([a-z0-9.-]+)==([^\s;\\]+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE)
    held = dict(pins)

    missing = [str(need) for need in wanted if not need.specifier.contains(held.get(canonical(need.name), "0.dev0"))]
    assert missing == []


def canonical(name: str) -> str:
    """The name as lock files write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_sizes() -> None:
    lengths = sorted((node.end_lineno or 0) - node.lineno + 1 for module in modules() for node in module.functions())
    module_lines = sorted(module.text.count("\n") for module in modules())
    template_lines = sorted(text.count("\n") for text in templates().values())

    assert statistics.median(lengths) <= 8
    assert statistics.quantiles(lengths, n=10)[-1] <= 25
    assert statistics.quantiles(module_lines, n=10)[-1] <= 300
    assert statistics.quantiles(template_lines, n=10)[-1] <= 100


def complaints(pattern: str, paths: Iterator[str]) -> list[str]:
    """The places in files that match a pattern."""
    return [f"{path}: {match.group(0)[:80]}" for path in paths for match in re.finditer(pattern, texts()[path])]


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("script in a page", r"(?i)<script(?![^>]*\bsrc=)[^>]*>"),
        ("style in a page", r"(?i)<style\b|\sstyle\s*="),
        ("handler in a page", r"(?i)<[^>]*\s(?:on[a-z]+|hx-on[:\w-]*)\s*="),
        ("address of a script", r"(?i)javascript:"),
        ("unescaped text", r"\|\s*safe\b|\{%\s*autoescape\s+off"),
    ],
)
def test_no_template_has(what: str, pattern: str) -> None:
    pages = (path for path in templates() if path.endswith(".html") and "/mail/" not in path)

    assert complaints(pattern, pages) == [], what


def test_style_sheets_know_no_left_and_right() -> None:
    physical = (
        r"(?:margin|padding|border)-(?:left|right)\b"
        r"|(?<![\w-])(?:left|right)\s*:"
        r"|(?:float|text-align)\s*:\s*(?:left|right)"
    )
    sheets = (path for path in files() if path.startswith("static/") and path.endswith(".css"))

    assert complaints(physical, sheets) == []


def test_nothing_is_left_for_later() -> None:
    marks = r"(?:#|//|\*|<!--|\{#)\s*(?:TODO|FIXME|XXX)\b"

    assert complaints(marks, iter(texts())) == []


def test_repository_holds_no_foreign_code_and_no_products_of_builds() -> None:
    unwanted = re.compile(
        r"(^|/)(node_modules|vendor(ed)?|third_party)/|\.min\.(js|css)$|\.(mo|pyc|whl|woff2?|ttf)$|(^|/)\.env$"
    )

    assert [path for path in files() if unwanted.search(path)] == []
