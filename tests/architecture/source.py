"""The product's own files, read as text and as syntax trees."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings

ROOT: Final = Path(settings.BASE_DIR)
PACKAGES: Final = ("tech4muni", "programs", "challenges", "validation", "solutions", "events", "pilots")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """A Python module of the product."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return parse(self.text)

    @property
    def parts(self) -> tuple[str, ...]:
        """Its dotted name in parts, such as ("programs", "services")."""
        return Path(self.path).with_suffix("").parts

    def layer(self, names: frozenset[str]) -> str:
        """The name of the layer that it belongs to, "" if to none of these."""
        return next((part for part in self.parts if part in names), "")

    def functions(self) -> Iterator[Function]:
        """All its functions and methods."""
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """All calls in it, each with the last part of the name that is called."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield last_name(node.func), node


@cache
def parse(text: str) -> ast.Module:
    """Return the syntax tree of a module's text."""
    return ast.parse(text)


def last_name(node: ast.AST) -> str:
    """Return `c` for `a.b.c`, "" for what has no name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for an attribute of names, "" for anything else."""
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else ""
    return node.id if isinstance(node, ast.Name) else ""


@cache
def files() -> tuple[str, ...]:
    """Return the paths of all files of the repository, committed or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(sorted(path for path in listed.split("\0") if path and (ROOT / path).is_file()))


@cache
def modules() -> tuple[Module, ...]:
    """Return the product's modules, without migrations and tests."""
    return tuple(
        Module(path, (ROOT / path).read_text(encoding="utf-8"))
        for path in files()
        if path.endswith(".py") and path.split("/")[0] in PACKAGES and "/migrations/" not in path
    )


@cache
def templates() -> dict[str, str]:
    """Return the product's templates by their path."""
    return {path: (ROOT / path).read_text(encoding="utf-8") for path in files() if path.startswith("templates/")}


@cache
def texts() -> dict[str, str]:
    """Return all files that are text, by their path."""
    found = {}
    for path in files():
        try:
            found[path] = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found
