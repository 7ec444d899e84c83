"""The hash chain: each entry's digest covers its own content and the digest of the one before."""

import hashlib
import json
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from django.core.serializers.json import DjangoJSONEncoder

if TYPE_CHECKING:
    from tech4muni.audit.models import Entry

GENESIS: Final = "0" * 64
COVERED: Final = (
    "number", "actor_id", "actor_label", "verb", "target_type", "target_id", "target_label", "reason", "data",
    "request_id", "host", "previous_digest",
)  # fmt: skip


def digest_of(entry: "Entry") -> str:
    """Return the SHA-256 (64 hex digits) over the entry's canonical JSON: sorted keys, no blanks, UTC microseconds."""
    content = {name: getattr(entry, name) for name in COVERED}
    content["at"] = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def storable_text(value: object) -> str:
    """Return a value's text without what PostgreSQL cannot store: NUL and lone surrogates become U+FFFD."""
    text = "".join([*str(value)]).replace("\0", "\ufffd")
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def storable_data(value: Any) -> Any:
    """Return JSON data as PostgreSQL gives it back, so that a digest made now holds for what is read later.

    PostgreSQL's jsonb keeps numbers as exact decimals: 1e16 comes back as a whole number and -0.0 as 0.0, so whole
    floats become whole numbers; what is no number (NaN, infinity) becomes text.
    """
    return _plain(json.loads(json.dumps(value, cls=DjangoJSONEncoder)))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {storable_text(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, float):
        return _plain_number(value)
    return value


def _plain_number(value: float) -> float | int | str:
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    return int(value) if value.is_integer() else value
