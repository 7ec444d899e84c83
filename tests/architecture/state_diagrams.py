"""Draws the states of models out of their transitions: `python -m tests.architecture.state_diagrams`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import django
from django.apps import apps
from django.conf import settings
from django.utils import translation
from django_fsm import FSMField

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "states.md"
HEAD: Final = """# States

Made from the code by `python -m tests.architecture.state_diagrams`; a test says so if it is not up to date. An arrow is
a transition; only services take them.
"""


def page() -> str:
    """Return the whole page."""
    parts = [HEAD]
    for model, field in sorted(stateful(), key=lambda pair: str(pair[0]._meta.label)):
        parts.append(f"\n## {model._meta.label}\n\n{(model.__doc__ or '').splitlines()[0]}\n\n{diagram(model, field)}")
    return "".join(parts)


def stateful() -> Iterator[tuple[Any, Any]]:
    """Yield the models with a state field, and the field."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, FSMField):
                yield model, field


def diagram(model: Any, field: Any) -> str:
    """Return the states and transitions of one field as Mermaid."""
    lines = [f"    [*] --> {field.default}"]
    steps = {(found.source, found.target, found.name) for found in field.get_all_transitions(model)}
    lines += [f"    {source} --> {target}: {name.replace('_', ' ')}" for source, target, name in sorted(steps)]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```", ""])


if __name__ == "__main__":
    if not settings.configured:
        django.setup()
    with translation.override("en-gb"):
        PAGE.write_text(page(), encoding="utf-8")
