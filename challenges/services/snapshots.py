"""The whole brief as it is at an instant: what validation compares with, and what a call publishes."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from challenges.enums import SnapshotReason, TextState
from challenges.models import TEXT_FIELDS, Brief, BriefSnapshot, Challenge
from tech4muni.core import clock


def content_of(challenge: Challenge, *, approved_only: bool = False) -> dict[str, Any]:
    """Return a brief as plain values, as JSON has them.

    Args:
        challenge: whose brief.
        approved_only: whether to leave out languages whose text nobody has approved.
    """
    brief = Brief.objects.get(challenge=challenge)
    texts = brief.texts.filter(state=TextState.APPROVED) if approved_only else brief.texts.all()
    content = {
        "texts": {text.language: {name: getattr(text, name) for name in TEXT_FIELDS} for text in texts},
        "figures": list(brief.figures.values("names", "value", "unit", "source")),
        "metrics": [
            {"id": metric.public_id, "names": metric.names, "unit": metric.unit, "aim": metric.aim,
             "baseline_how": metric.baseline_how, "baseline_who": metric.baseline_who}
            for metric in brief.metrics.all()
        ],
        "criteria": [
            {"id": criterion.public_id, "names": criterion.names, "weight": criterion.weight}
            for criterion in brief.criteria.all()
        ],
        "pilot": {"budget": brief.pilot_budget, "currency": brief.currency, "weeks": brief.pilot_weeks},
        "decision_on": brief.decision_on,
        "contact": {"name": brief.contact_name, "email": brief.contact_email},
    }  # fmt: skip
    plain: dict[str, Any] = json.loads(json.dumps(content, cls=DjangoJSONEncoder))
    return plain


def digest_of(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of plain values, 64 hex digits: the same for the same values in any order of keys."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def keep(challenge: Challenge, reason: SnapshotReason) -> BriefSnapshot:
    """Keep the brief as it is now, in the caller's transaction."""
    content = content_of(challenge)
    return BriefSnapshot.objects.create(
        challenge=challenge, reason=reason, taken_at=clock.now(), content=content, digest=digest_of(content)
    )
