"""The hash chain: each entry's digest covers its own content and the digest of the one before."""

import hashlib
import json
from typing import Final

from django.core.serializers.json import DjangoJSONEncoder

from tech4muni.audit.models import Entry

GENESIS: Final = "0" * 64
COVERED: Final = (
    "number", "actor_id", "actor_label", "verb", "target_type", "target_id", "target_label", "reason", "request_id",
    "host", "previous_digest",
)  # fmt: skip


def digest_of(entry: Entry) -> str:
    """Return the SHA-256 (64 hex digits) over the entry's canonical JSON: sorted keys, no blanks, UTC microseconds."""
    content = {name: getattr(entry, name) for name in COVERED}
    content["at"] = entry.at.isoformat(timespec="microseconds")
    content["data"] = entry.data
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, cls=DjangoJSONEncoder)
    return hashlib.sha256(text.encode()).hexdigest()
