"""docker-compose.yml, read as a container engine reads it."""

import re
from collections.abc import Mapping
from typing import Any, Final, cast

from ruamel.yaml import YAML

from tests.architecture.source import ROOT

VARIABLE: Final = re.compile(r"\$\$|\$\{(\w+)(?:(:-|:\?)((?:[^{}]|\$\{[^{}]*\})*))?\}")


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
        return VARIABLE.sub(lambda match: _value(match, variables), value)
    if isinstance(value, dict):
        return {key: filled(each, variables) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, variables) for each in value]
    return value


def _value(match: re.Match[str], variables: Mapping[str, str]) -> str:
    name, kind, rest = match.groups()
    if name is None:
        return "$"
    if value := variables.get(name, ""):
        return value
    if kind == ":?":
        raise Missing(name)
    return cast(str, filled(rest or "", variables))
