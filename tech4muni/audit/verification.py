"""Whether a trail is whole: every entry follows the one before, none was changed, and the end is not cut off."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django_tenants.utils import schema_context

from tech4muni.audit.digests import GENESIS, digest_of
from tech4muni.audit.models import Entry, Head

TRIGGERS: Final = frozenset({"audit_entry_chain", "audit_entry_no_change", "audit_entry_no_truncate"})
CHUNK: Final = 2000


@dataclass(frozen=True, slots=True)
class Trail:
    """What was found.

    Args:
        schema: whose trail it is.
        number: of the last entry, 0 for an empty trail.
        digest: of the last entry.
        broken_at: number of the first entry that is not as it was written, None if there is none.
        fault: what is wrong, "" if the trail is whole.
    """

    schema: str
    number: int = 0
    digest: str = GENESIS
    broken_at: int | None = None
    fault: str = ""


class Broken(Exception):
    """A trail is not whole."""

    def __init__(self, number: int | None, fault: str) -> None:
        super().__init__(fault)
        self.number = number
        self.fault = fault


def schemas_with_trails() -> list[str]:
    """Return every schema that has a trail or once had one, the public one first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
            " WHERE relname = 'audit_entry' AND relkind = 'r'"
            " UNION SELECT schema_name FROM public.audit_head"
        )
        return sorted((row[0] for row in cursor.fetchall()), key=lambda name: (name != "public", name))


def verify(schema: str, known: Mapping[int, str] | None = None) -> Trail:
    """Read a trail from its first entry to its last and return what was found.

    Args:
        schema: whose trail to read.
        known: digests of entries that were noted elsewhere, by number; they must not have changed.
    """
    with schema_context(schema):
        head = Head.objects.filter(schema_name=schema).first()
        trail = Trail(schema)
        try:
            _check_triggers(schema)
            for entry in Entry.objects.order_by("number").iterator(CHUNK):
                _check_entry(entry, trail, known or {})
                trail = Trail(schema, entry.number, entry.digest)
                _check_head(head, trail)
            _check_end(trail, head, known or {})
        except Broken as broken:
            return Trail(schema, trail.number, trail.digest, broken.number, broken.fault)
    return trail


def _check_triggers(schema: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE relname = 'audit_entry' AND relnamespace = to_regnamespace(quote_ident(%s)) AND tgenabled = 'O'",
            [schema],
        )
        missing = TRIGGERS - {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT to_regclass(format('%%I.audit_entry', %s))", [schema])
        exists = cursor.fetchone()[0] is not None
    if not exists:
        raise Broken(1, "the whole trail is gone")
    if missing:
        raise Broken(None, f"these triggers are missing or disabled: {', '.join(sorted(missing))}")


def _check_entry(entry: Entry, before: Trail, known: Mapping[int, str]) -> None:
    if entry.number != before.number + 1:
        raise Broken(before.number + 1, "it is missing")
    if entry.previous_digest != before.digest:
        raise Broken(entry.number, "it does not follow the entry before")
    if entry.digest != digest_of(entry):
        raise Broken(entry.number, "its content is not what was written")
    if known.get(entry.number, entry.digest) != entry.digest:
        raise Broken(entry.number, "it is another one than the one that was noted elsewhere")


def _check_head(head: Head | None, trail: Trail) -> None:
    if head is not None and head.number == trail.number and head.digest != trail.digest:
        raise Broken(trail.number, "it is another one than the one at the head")


def _check_end(trail: Trail, head: Head | None, known: Mapping[int, str]) -> None:
    """Compare the last entry with the head, as it was before reading began: entries may have been added since."""
    last = max([head.number if head else 0, *known])
    if trail.number < last:
        raise Broken(trail.number + 1, f"it is missing, and so is all up to entry {last}")
    if trail.number and not Head.objects.filter(schema_name=trail.schema, number__gte=trail.number).exists():
        raise Broken(trail.number, "the head does not know it: it was written past the triggers")
