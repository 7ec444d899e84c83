"""Which municipality a host belongs to, out of the cache that all processes share.

An entry counts only in the generation that it was read in, and every change of a municipality or host begins a new
one after its commit. A reader that read old rows late therefore writes an entry that nobody takes. While a change is
being made the generation says so, and everybody asks the database: even a process that is killed between the commit
and the new generation leaves nothing stale behind.
"""

import logging
import re
import uuid
import zlib
from functools import cache
from hashlib import blake2b
from typing import Any, Final

from django.core.cache import caches
from django.db import transaction
from redis.exceptions import RedisError

from programs.models import Municipality
from programs.validators import HOST_NAME

logger = logging.getLogger(__name__)

GENERATION: Final = "hosts:generation"
CHANGING: Final = "changing"
LIFETIME: Final = 30  # seconds: how old an entry may get where a change could not reach the cache
HOLD: Final = 2 * LIFETIME  # seconds: when a change that was never finished is forgotten; entries are gone by then
UNKNOWN_SLOTS: Final = 1024  # unknown hosts share this many keys, so that inventing hosts does not fill the cache
LONGEST: Final = 253

Row = tuple[Any, ...]  # the municipality's columns, () for a host that is nobody's
Entry = tuple[str, str, tuple[str, ...], Row]  # generation, host, names of the columns, row


def municipality_on(host: str) -> Municipality | None:
    """Return a municipality of its own, never a shared one, whose host is exactly `host`; None for an unknown host.

    Args:
        host: small letters, no port.
    """
    if len(host) > LONGEST or not re.fullmatch(HOST_NAME, host):
        return None
    generation, row = _recall(host)
    if row is None:
        row = _read(host)
        _remember(generation, host, row)
    return Municipality.from_db("default", _columns(), row) if row else None


def changed(**_signal: Any) -> None:
    """Make every process forget what it knows of hosts: now, and again once the running transaction is committed."""
    _begin(CHANGING, HOLD)
    transaction.on_commit(lambda: _begin(uuid.uuid4().hex, None))


@cache
def _columns() -> tuple[str, ...]:
    return tuple(field.attname for field in Municipality._meta.concrete_fields)


def _read(host: str) -> Row:
    rows = Municipality.objects.filter(domains__domain=host).order_by().values_list(*_columns())
    return rows.first() or ()


def _recall(host: str) -> tuple[str, Row | None]:
    """Return the generation ("" if nothing may be remembered now) and the row, None if it is not remembered."""
    shared = caches["shared"]
    try:
        found: dict[str, Any] = shared.get_many((GENERATION, _key(host)))
        generation: str | None = found.get(GENERATION)
        if generation is None:
            shared.add(GENERATION, uuid.uuid4().hex, None)
            return shared.get(GENERATION, ""), None
        entry: Entry | None = found.get(_key(host)) or shared.get(_unknown_key(host))
    except RedisError as error:
        logger.warning("The cache does not answer, so the database is asked for the host %s: %s", host, error)
        return "", None
    if generation == CHANGING:
        return "", None
    if entry and entry[:3] == (generation, host, _columns()):
        return generation, entry[3]
    return generation, None


def _remember(generation: str, host: str, row: Row) -> None:
    if not generation or generation == CHANGING:
        return
    entry: Entry = (generation, host, _columns(), row)
    try:
        caches["shared"].set(_key(host) if row else _unknown_key(host), entry, LIFETIME)
    except RedisError as error:
        logger.warning("The cache did not take the municipality of %s: %s", host, error)


def _begin(generation: str, timeout: int | None) -> None:
    try:
        caches["shared"].set(GENERATION, generation, timeout)
    except RedisError:
        logger.exception("The cache was not told of a change of hosts: it may be up to %s seconds behind.", LIFETIME)


def _key(host: str) -> str:
    return f"hosts:known:{blake2b(host.encode(), digest_size=16).hexdigest()}"


def _unknown_key(host: str) -> str:
    return f"hosts:unknown:{zlib.crc32(host.encode()) % UNKNOWN_SLOTS}"
