"""What the mutations of plans have in common."""

import hashlib
import json
import random
from typing import Any

from tests.events.timetable.exhaustive import Every

Document = dict[str, Any]


def one_of(rng: random.Random, items: Any) -> Any:
    """Return one of some items, None if there are none."""
    items = list(items)
    return rng.choice(items) if items else None


def swapped(items: list[Document], rng: random.Random, field: str) -> bool:
    """Swap two items that differ in a field."""
    pairs = [(one, two) for two in range(len(items)) for one in range(two) if items[one][field] != items[two][field]]
    chosen = one_of(rng, pairs)
    if chosen:
        one, two = chosen
        items[one], items[two] = items[two], items[one]
    return bool(chosen)


def span_of(every: Every, meeting: Document) -> int:
    """Return the slots that a meeting takes, as bits."""
    duration: int = every.request[meeting["request"]]["duration"]
    return ((1 << duration) - 1) << every.slots.index(meeting["slot"])


def digest(problem: Document) -> str:
    """Return the digest of a completed problem document."""
    text = json.dumps(problem, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
