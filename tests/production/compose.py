"""docker-compose.yml, read as a container engine reads it."""

from collections.abc import Mapping
from typing import Any, cast

from ruamel.yaml import YAML

from tests.architecture.source import ROOT


class Missing(Exception):
    """A variable that must be set is not."""


def example_variables() -> dict[str, str]:
    """Return the lines of deploy/example.env."""
    lines = (ROOT / "deploy" / "example.env").read_text(encoding="utf-8").splitlines()
    return {line.partition("=")[0]: line.partition("=")[2] for line in lines if line and not line.startswith("#")}


def compose() -> dict[str, Any]:
    """Return the file as it is written."""
    return cast("dict[str, Any]", YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text(encoding="utf-8")))


def service(name: str, variables: Mapping[str, str]) -> dict[str, Any]:
    """Return a service with its variables filled in."""
    return cast("dict[str, Any]", filled(compose()["services"][name], variables))


def filled(value: Any, variables: Mapping[str, str]) -> Any:
    """Fill variables in all texts of a value."""
    if isinstance(value, str):
        return _fill(value, variables)
    if isinstance(value, dict):
        return {key: filled(each, variables) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, variables) for each in value]
    return value


def _fill(text: str, variables: Mapping[str, str]) -> str:
    """Fill `$$`, `${NAME}`, `${NAME:-other}` and `${NAME:?complaint}`, one in another, as the engine does."""
    before, dollar, rest = text.partition("$")
    if not dollar:
        return before
    if rest.startswith("$"):
        return f"{before}${_fill(rest[1:], variables)}"
    inside, after = _braces(rest)
    return before + _value(inside, variables) + _fill(after, variables)


def _braces(text: str) -> tuple[str, str]:
    """Return what stands between the braces that `text` begins with, and what comes after them."""
    depth = 0
    for place, character in enumerate(text):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0:
            return text[1:place], text[place + 1 :]
    raise ValueError(f"A brace is missing in {text!r}")


def _value(inside: str, variables: Mapping[str, str]) -> str:
    name, colon, rest = inside.partition(":")
    if value := variables.get(name, ""):
        return value
    if colon and rest.startswith("?"):
        raise Missing(name)
    return _fill(rest.removeprefix("-"), variables)
