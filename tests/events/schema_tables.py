"""Draws the tables of docs/timetable-documents.md from the schemas: `python -m tests.events.schema_tables`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "timetable-documents.md"
SCHEMAS: Final = ROOT / "events" / "timetable" / "schemas"
INTRODUCTION: Final = """\
# The timetable's documents

Made from the JSON schemas in [docs/timetable](timetable/problem.schema.json) by `tests/events/schema_tables.py`. What
they are for is in [timetable.md](timetable.md). A field without a default must be there.
"""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


def page() -> str:
    """Return the page: a section per schema, a table per object."""
    return INTRODUCTION + "".join(_section(name) for name in ("problem", "plan", "changes"))


def _section(name: str) -> str:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    objects = [(schema["title"], schema), *_objects(schema)]
    tables = "".join(_table(title, part, schema) for title, part in objects)
    return f"\n## {schema['title']}\n\n{schema['description']}\n{tables}"


def _objects(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects within a schema with the path at which they stand."""

    def walk(path: str, part: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        if isinstance(part, dict):
            inner = part.get("items", part)
            if isinstance(inner, dict) and "properties" in inner and path:
                yield path, inner
            for name, field in inner.get("properties", {}).items() if isinstance(inner, dict) else ():
                yield from walk(f"{path}.{name}".lstrip("."), field)

    yield from walk("", schema)
    for name, part in schema["$defs"].items():
        yield from walk(name, part)


def _table(title: str, part: dict[str, Any], schema: dict[str, Any]) -> str:
    required = part.get("required", ())
    rows = [
        f"| `{name}` | {_type(field, schema)} | {_default(name, field, required)} | {_words(field, schema)} |"
        for name, field in part["properties"].items()
    ]
    return "\n".join(
        [f"\n### {title}\n", "| field | type | default | meaning |", "| --- | --- | --- | --- |", *rows, ""]
    )


def _default(name: str, field: dict[str, Any], required: Any) -> str:
    if "default" in field:
        return f"`{json.dumps(field['default'])}`"
    return "" if name in required else "left out"


def _words(field: dict[str, Any], schema: dict[str, Any]) -> str:
    """Return a field's own description, else that of its items or, of what is no object, of the type that it names."""
    named = schema["$defs"][field["$ref"].rsplit("/", 1)[1]] if "$ref" in field else {}
    inner = {} if "properties" in named else named
    words: str = next(
        (one["description"] for one in (field, field.get("items", {}), inner) if "description" in one), ""
    )
    return words.replace("|", "\\|")


def _type(field: dict[str, Any], schema: dict[str, Any]) -> str:
    if "$ref" in field:
        name = field["$ref"].rsplit("/", 1)[1]
        inner = schema["$defs"][name]
        return name if "properties" in inner else _type(inner, schema)
    if "oneOf" in field:
        return " or ".join(_type(one, schema) for one in field["oneOf"])
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    kind = field["type"]
    if kind == "array":
        return f"list of {_type(field['items'], schema)}"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


if __name__ == "__main__":
    main()
