"""All addresses of the product, found by walking its URL patterns."""

import uuid
from collections.abc import Iterator
from itertools import product
from typing import Any, Final

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

URLCONFS: Final = {"localhost": "tech4muni.urls_public", "strumica.localhost": "tech4muni.urls_tenant"}
# What stands for an argument; the first combination that the pattern takes.
EXAMPLES: Final[tuple[Any, ...]] = (1, "x", uuid.UUID(int=7), "1-x", "0b5d7a")


def all_paths(urlconf: str) -> dict[str, str]:
    """Return a path for each named URL of a URL configuration, by its full name."""
    return {name: example_path(name, arguments, urlconf) for name, arguments in patterns(get_resolver(urlconf))}


def example_path(name: str, arguments: frozenset[str], urlconf: str) -> str:
    """Return a path that the named pattern takes."""
    ordered = sorted(arguments)
    for examples in product(EXAMPLES, repeat=len(ordered)):
        try:
            return reverse(name, urlconf, kwargs=dict(zip(ordered, examples, strict=True)))
        except NoReverseMatch:
            continue
    raise LookupError(f"No example fits the arguments of {name}: {', '.join(sorted(arguments))}")


def patterns(
    resolver: URLResolver, prefix: str = "", outer: frozenset[str] = frozenset()
) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the full name and the arguments of each named pattern under a resolver."""
    outer |= resolver.pattern.regex.groupindex.keys()
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            namespace = f"{entry.namespace}:" if entry.namespace else ""
            yield from patterns(entry, f"{prefix}{namespace}", outer)
        elif isinstance(entry, URLPattern) and entry.name:
            yield f"{prefix}{entry.name}", outer | entry.pattern.regex.groupindex.keys()
