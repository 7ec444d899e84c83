"""The hash chain of a ledger over plain values: it needs nothing but Python, so that anybody can check an export."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

GENESIS: Final = "0" * 64
COVERED: Final = (
    "pilot", "number", "kind", "side", "by", "by_label", "at", "observed_on", "text", "kpi", "value", "method",
    "corrects", "file_name", "file_size", "file_sha256", "previous_digest",
)  # fmt: skip
"""The values of an entry that its digest covers; all are text but the numbers and None for what is not there."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking a ledger found.

    Args:
        length: how many entries hold, from the first one on.
        digest: of the last of them.
        broken_at: number of the first entry that does not hold, None if all do.
        fault: what is wrong, "" if nothing is.
    """

    length: int
    digest: str
    broken_at: int | None = None
    fault: str = ""

    @property
    def whole(self) -> bool:
        """Whether every entry is as it was written and follows the one before."""
        return self.broken_at is None


def digest_of(entry: Mapping[str, Any]) -> str:
    """Return the SHA-256 (64 hex digits) over canonical JSON of what is covered: sorted keys, no blanks, UTF-8."""
    content = {name: entry[name] for name in COVERED}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def check(entries: Iterable[Mapping[str, Any]]) -> Verdict:
    """Read a ledger from its first entry to its last and return what was found."""
    length, digest = 0, GENESIS
    for entry in entries:
        fault = _fault(entry, length, digest)
        if fault:
            return Verdict(length, digest, length + 1, fault)
        length, digest = length + 1, entry["digest"]
    return Verdict(length, digest)


def _fault(entry: Mapping[str, Any], length: int, digest: str) -> str:
    if entry["number"] != length + 1:
        return "an entry is missing"
    if entry["previous_digest"] != digest:
        return "it does not follow the entry before"
    if entry["digest"] != digest_of(entry):
        return "its content is not what was written"
    return ""
