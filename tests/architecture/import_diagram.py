"""Draws which app imports which into docs/architecture.md: `python -m tests.architecture.import_diagram`.

An arrow that follows from others is left out: what home → pilots → programs says needs no home → programs.
"""

import tomllib
from pathlib import Path
from typing import Final

import grimp

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "architecture.md"
BEGIN: Final = "<!-- made by tests/architecture/import_diagram.py -->\n```mermaid\n"
END: Final = "```\n<!-- end -->"


def main() -> None:
    """Put the diagram into the page."""
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_diagram(page), encoding="utf-8")


def with_diagram(page: str) -> str:
    """Return the page with the diagram between its two marks."""
    before, _begin, rest = page.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    return f"{before}{BEGIN}{diagram()}{END}{after}"


def diagram() -> str:
    """Return the imports between apps as Mermaid's text, the top of the house first."""
    apps = apps_from_the_top()
    arrows = without_implied(imports(apps))
    lines = [f"    {node(app)}[{app.removeprefix('tech4muni.')}]" for app in apps]
    lines += [f"    {node(upper)} --> {node(lower)}" for upper in apps for lower in apps if (upper, lower) in arrows]
    return "\n".join(["graph TD", *lines, ""])


def apps_from_the_top() -> list[str]:
    """Return the apps as the first import contract orders them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    return [layer for layer in contracts[0]["layers"] if "urls" not in layer]


def imports(apps: list[str]) -> set[tuple[str, str]]:
    """Return the pairs of apps of which the first imports the second."""
    graph = grimp.build_graph(*sorted({app.split(".")[0] for app in apps}), exclude_type_checking_imports=True)
    return {
        (upper, lower)
        for upper in apps
        for lower in apps
        if upper != lower and graph.direct_import_exists(importer=upper, imported=lower, as_packages=True)
    }


def without_implied(arrows: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return the arrows less those that others lead round to."""
    return {(upper, lower) for upper, lower in arrows if lower not in reached_in_steps(upper, arrows)}


def reached_in_steps(start: str, arrows: set[tuple[str, str]]) -> set[str]:
    """Return the apps that two or more arrows, one after another, lead to."""
    reached: set[str] = set()
    edge = {lower for upper, lower in arrows if upper == start}
    while edge:
        edge = {lower for upper, lower in arrows if upper in edge} - reached
        reached |= edge
    return reached


def node(app: str) -> str:
    """Return a name that Mermaid takes."""
    return app.replace(".", "_")


if __name__ == "__main__":
    main()
