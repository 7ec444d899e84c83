"""The structure of the two documents: what their JSON schemas demand and which defaults they name."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import pairwise
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

# What a complaint about a type calls the JSON types.
TYPES: Final[Mapping[str, str]] = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "text",
}
Parts = tuple[int | str, ...]
Complaint = tuple[Parts, str]


class Structure:
    """One of the two schemas, its references resolved once."""

    def __init__(self, name: str) -> None:
        """Read `schemas/<name>.schema.json`."""
        text = (files("events.timetable") / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")
        schema = json.loads(text)
        self.schema: dict[str, Any] = _resolved(schema, schema["$defs"])
        self._validator = Draft202012Validator(self.schema)

    def complaints(self, document: object) -> list[tuple[str, str]]:
        """Return each place at which the document breaks the schema, and how, in the order of the places."""
        found = {complaint for error in self._validator.iter_errors(document) for complaint in _told(error)}
        return [(path(parts), what) for parts, what in sorted(found, key=_order)]

    def filled(self, document: object) -> dict[str, Any]:
        """Return a copy of a document that keeps the schema, with the defaults of what it leaves out."""
        copy: dict[str, Any] = _filled(document, self.schema)
        return copy


def path(parts: Sequence[int | str]) -> str:
    """Return a place in a document in words, such as `$.requests[3].parties[1]`."""
    return "$" + "".join(_step(part) for part in parts)


def _step(part: int | str) -> str:
    if isinstance(part, str) and part.isidentifier():
        return f".{part}"
    return f"[{json.dumps(part)}]"


def _order(complaint: Complaint) -> tuple[list[tuple[int, str]], str]:
    parts, what = complaint
    return [(part, "") if isinstance(part, int) else (0, part) for part in parts], what


def _resolved(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """Return the schema with what its references name written in their place: several times quicker to check by."""
    if isinstance(schema, list):
        return [_resolved(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    own = {key: _resolved(part, definitions) for key, part in schema.items() if key not in {"$defs", "$ref"}}
    if "$ref" not in schema:
        return own
    named: dict[str, Any] = _resolved(definitions[schema["$ref"].removeprefix("#/$defs/")], definitions)
    return named | own


def _filled(value: Any, schema: Mapping[str, Any]) -> Any:
    """Return a copy of a value that keeps the schema: defaults filled in, whole numbers such as 3.0 as integers."""
    if isinstance(value, dict):
        known = {
            name: part for name, part in schema.get("properties", {}).items() if name in value or "default" in part
        }
        rest = {name: part for name, part in value.items() if name not in known}
        return {name: _field(value, name, part) for name, part in known.items()} | rest
    if isinstance(value, list):
        items = _alternative(schema)["items"]
        return [_filled(part, items) for part in value]
    if isinstance(value, float) and "integer" in _types(schema):
        return int(value)
    return value


def _field(value: Mapping[str, Any], name: str, schema: Mapping[str, Any]) -> Any:
    return _filled(value[name] if name in value else schema["default"], schema)


def _alternative(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a schema says of a value that is not null."""
    one: Mapping[str, Any]
    for one in schema.get("oneOf", ()):
        if one.get("type") != "null":
            return one
    return schema


def _types(schema: Mapping[str, Any]) -> list[str]:
    """Return the JSON types that a schema allows."""
    if "oneOf" in schema:
        return [name for one in schema["oneOf"] for name in _types(one)]
    names = schema.get("type", [])
    return [names] if isinstance(names, str) else names


def _told(error: ValidationError) -> Iterator[Complaint]:
    """Yield the complaints that an error of the library stands for."""
    if error.validator == "oneOf":
        yield from _told_of_alternatives(error)
        return
    parts = tuple(error.absolute_path)
    tell = MESSAGES.get(str(error.validator))
    for what in tell(error) if tell else [error.message]:
        yield parts, what


def _told_of_alternatives(error: ValidationError) -> Iterator[Complaint]:
    """Yield what is wrong with a value that may be null or something else, but is neither."""
    inner = [part for part in error.context if part.schema.get("type") != "null"]
    if any(part.validator == "type" and not part.relative_path for part in inner):
        yield tuple(error.absolute_path), _wrong_type(_types(error.schema), error.instance)
        return
    for part in inner:
        yield from _told(part)


def _wrong_type(names: Sequence[str], value: object) -> str:
    *first, last = sorted((TYPES[name] for name in names), key="null".__eq__)
    wanted = f"{', '.join(first)} or {last}" if first else last
    return f"must be {wanted}, not {_found(value)}."


def _found(value: object) -> str:
    """Return what a value is, in words."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:g}" if abs(value) < 1e15 else "such a number"
    names = {dict: "object", list: "array", str: "string", type(None): "null"}
    return TYPES[names[type(value)]] if type(value) in names else type(value).__name__


def _missing(error: ValidationError) -> list[str]:
    return [f"{_quoted(name)} is missing." for name in error.validator_value if name not in error.instance]


def _unknown(error: ValidationError) -> list[str]:
    known = error.schema.get("properties", {})
    return [f"{_quoted(name)} is not known here." for name in error.instance if name not in known]


def _twice(error: ValidationError) -> list[str]:
    seen: list[str] = sorted(_quoted(part) for part in error.instance)
    return sorted({f"has {one} twice." for one, other in pairwise(seen) if one == other})


def _count(error: ValidationError) -> list[str]:
    """Tell of a list with too few or too many entries."""
    least, most = error.schema.get("minItems", 0), error.schema.get("maxItems")
    if least == most:
        return [f"must have {least} entries, not {len(error.instance)}."]
    if error.validator == "minItems":
        return [f"must have at least {least} {'entry' if least == 1 else 'entries'}."]
    return [f"may have at most {most} entries, not {len(error.instance)}."]


def _quoted(value: object) -> str:
    """Return a value as JSON, shortened if it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:78]}…"


def _one_of(error: ValidationError) -> list[str]:
    return [f"must be one of {', '.join(_quoted(value) for value in error.validator_value)}."]


def _too_short(error: ValidationError) -> list[str]:
    return ["must not be empty." if error.validator_value == 1 else f"needs {error.validator_value} characters."]


MESSAGES: Final[Mapping[str, Callable[[ValidationError], list[str]]]] = {
    "additionalProperties": _unknown,
    "const": lambda error: [f"must be {_quoted(error.validator_value)}."],
    "enum": _one_of,
    "maxItems": _count,
    "maxLength": lambda error: [f"may have at most {error.validator_value} characters, not {len(error.instance)}."],
    "maximum": lambda error: [f"must be at most {error.validator_value}, not {_found(error.instance)}."],
    "minItems": _count,
    "minLength": _too_short,
    "minimum": lambda error: [f"must be at least {error.validator_value}, not {_found(error.instance)}."],
    "pattern": lambda error: [f"must be of the form {error.validator_value}."],
    "required": _missing,
    "type": lambda error: [_wrong_type(_types(error.schema), error.instance)],
    "uniqueItems": _twice,
}
