"""The documents say what is there."""

import re
from pathlib import Path

import pytest

from tests.architecture import import_diagram, state_diagrams
from tests.architecture.source import ROOT, files, texts

PAGES = [path for path in files() if path.endswith(".md")]


def test_diagram_is_the_codes() -> None:
    page = import_diagram.PAGE.read_text(encoding="utf-8")

    assert import_diagram.with_diagram(page) == page, "Run: python -m tests.architecture.import_diagram"


def test_states_are_the_codes() -> None:
    assert state_diagrams.PAGE.read_text(encoding="utf-8") == state_diagrams.page(), (
        "Run: python -m tests.architecture.state_diagrams"
    )


def test_implied_arrows_are_left_out() -> None:
    arrows = {("a", "b"), ("b", "c"), ("a", "c"), ("c", "d"), ("a", "d"), ("b", "e")}

    assert import_diagram.without_implied(arrows) == {("a", "b"), ("b", "c"), ("c", "d"), ("b", "e")}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    targets = re.findall(r"\]\(([^)#:\s]+)\)", texts()[page])

    assert [target for target in targets if not (ROOT / Path(page).parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_paths_that_are_named_exist(page: str) -> None:
    named = re.findall(r"`((?:bench|bin|deploy|docs|tests|tech4muni|programs)/[\w./-]+)`", texts()[page])

    assert [path for path in named if not (ROOT / path).exists()] == []
