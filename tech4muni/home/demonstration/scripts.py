"""What the challenges of the demonstration say, read from the files beside this module; all of it is invented."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tech4muni.home.demonstration.cast import MARK

HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Script:
    """A challenge as its team will write it.

    Args:
        key: its name in the file.
        parts: what the file says of it, by part; only what the team gets to is there.
    """

    key: str
    parts: dict[str, Any]

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """The texts of the brief, by language."""
        texts: dict[str, dict[str, str]] = self.parts["texts"]
        return texts

    def title(self, *languages: str) -> str:
        """The title in the first of these languages that it is written in."""
        return next(self.texts[language]["title"] for language in languages if language in self.texts)


@dataclass(frozen=True, slots=True)
class Firm:
    """A company that applies."""

    key: str
    name: str
    country: str
    solution: dict[str, Any]

    @property
    def email(self) -> str:
        """The address of its founder."""
        return f"{self.key}@example.org"

    @property
    def founder(self) -> str:
        """The name of its founder."""
        return f"Founder of {self.name}"


def scripts() -> dict[str, Script]:
    """Return all challenges by key."""
    found = json.loads((HERE / "challenges.json").read_text(encoding="utf-8"))
    return {key: Script(key, parts) for key, parts in found.items()}


def survey_texts() -> dict[str, dict[str, str]]:
    """Return what residents are asked, by part and language."""
    texts: dict[str, dict[str, str]] = json.loads((HERE / "survey.json").read_text(encoding="utf-8"))
    return texts


def firms() -> dict[str, Firm]:
    """Return all companies by key; their names say that they belong to the demonstration."""
    with (HERE / "companies.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: _firm(row) for row in csv.DictReader(file)}


def _firm(row: dict[str, str]) -> Firm:
    solution: dict[str, Any] = {
        "name": row["solution"], "purpose": row["purpose"], "mechanism": row["mechanism"], "sectors": row["sectors"],
        "readiness": int(row["readiness"]), "references": row["references"],
    }  # fmt: skip
    return Firm(row["key"], f"{row['name']} ({MARK})", row["country"], solution)
