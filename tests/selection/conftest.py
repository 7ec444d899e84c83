"""Fixtures of the tests of the selection app."""

from pathlib import Path

import pytest

from programs import criteria


@pytest.fixture(autouse=True)
def _own_folder_for_files(settings: object, tmp_path: Path) -> None:
    """Let people's files lie in a folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def _without_gates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the gates of all apps, which the head of a challenge asks: they have query counts of their own."""
    monkeypatch.setattr(criteria, "_criteria", {})
