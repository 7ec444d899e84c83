"""All trails are verified every night, and the health page says what was found."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.cache import caches

from tech4muni.audit.verification import schemas_with_trails, verify
from tech4muni.core import clock

logger = logging.getLogger(__name__)

KEY: Final = "audit_trails"


@dataclass(frozen=True, slots=True)
class Verification:
    """When all trails were verified, and the schemas whose trail was not whole."""

    at: datetime
    broken: tuple[str, ...]


def verify_trails() -> Verification:
    """Verify all trails, log what is wrong, and remember it for `last_verification`."""
    trails = [verify(schema) for schema in schemas_with_trails()]
    for trail in trails:
        if trail.fault:
            logger.critical("The trail of %s is broken at entry %s: %s", trail.schema, trail.broken_at, trail.fault)
    found = Verification(clock.now(), tuple(trail.schema for trail in trails if trail.fault))
    caches["shared"].set(KEY, (found.at.isoformat(), found.broken), timeout=None)
    return found


def last_verification() -> Verification | None:
    """Return what the last verification found, None if that is not known."""
    kept = caches["shared"].get(KEY)
    return Verification(datetime.fromisoformat(kept[0]), tuple(kept[1])) if kept else None
