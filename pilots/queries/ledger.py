"""The ledger as plain values: what digests cover, what is exported, and whether a chain is whole."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from pilots.chain import GENESIS, Verdict, check
from pilots.models import Evidence, Pilot
from pilots.verify_export import FORMAT
from tech4muni.core import clock


def ledger_of(pilot: Pilot) -> QuerySet[Evidence]:
    """Return the entries of a pilot, the first one first, with all that its pages and its digests need."""
    return _with_all(Evidence.objects.filter(pilot=pilot))


def verify(pilot: Pilot) -> Verdict:
    """Read a pilot's ledger from its first entry to its last and return what was found; one query."""
    return check(plain(entry) for entry in ledger_of(pilot).iterator(500))


def verify_all(pilots: Sequence[Pilot]) -> dict[int, Verdict]:
    """Return what checking each ledger found, by primary key of the pilot; one query for all."""
    entries: dict[int, list[Evidence]] = {pilot.pk: [] for pilot in pilots}
    for entry in _with_all(Evidence.objects.filter(pilot__in=entries)):
        entries[entry.pilot_id].append(entry)
    return {pk: check(map(plain, rows)) for pk, rows in entries.items()}


def plain(entry: Evidence) -> dict[str, Any]:
    """Return an entry as its digest covers it, with the digest."""
    return {
        "pilot": str(entry.pilot.public_id),
        "number": entry.number,
        "kind": entry.kind,
        "side": entry.side,
        "by": str(entry.by.public_id),
        "by_label": entry.by_label,
        "at": instant(entry.at),
        "observed_on": entry.observed_on.isoformat(),
        "text": entry.text,
        "kpi": str(entry.kpi.public_id) if entry.kpi else None,
        "value": None if entry.value is None else exact(entry.value),
        "method": entry.method,
        "corrects": entry.corrects.number if entry.corrects else None,
        "file_name": entry.file_name,
        "file_size": entry.file_size,
        "file_sha256": entry.file_sha256,
        "previous_digest": entry.previous_digest,
        "digest": entry.digest,
    }


def export(pilot: Pilot) -> dict[str, Any]:
    """Return the whole ledger as a document that can be checked without this product."""
    rows = list(ledger_of(pilot))
    return {
        "format": FORMAT,
        "pilot": {"id": str(pilot.public_id), "title": pilot.title, "company": pilot.company_name},
        "kpis": [
            {"id": str(kpi.public_id), "names": kpi.names, "unit": kpi.unit, "aim": kpi.aim,
             **{name: None if getattr(kpi, name) is None else exact(getattr(kpi, name))
                for name in ("baseline", "target", "threshold")}}
            for kpi in pilot.kpis.all()
        ],
        "exported_at": instant(clock.now()),
        "head": {"number": rows[-1].number, "digest": rows[-1].digest} if rows else {"number": 0, "digest": GENESIS},
        "entries": [{**plain(row), "countersigned": _countersigned(row)} for row in rows],
    }  # fmt: skip


def unsigned_count(pilot: Pilot) -> int:
    """Return how many entries the other side has not countersigned."""
    return pilot.evidence.filter(countersignature__isnull=True).count()


def exact(value: Decimal) -> str:
    """Return a value as digests cover it: three places, and no zero that is negative."""
    return f"{value + 0:.3f}"


def instant(moment: datetime) -> str:
    """Return an instant as digests cover it: UTC with microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _countersigned(entry: Evidence) -> dict[str, str] | None:
    signature = getattr(entry, "countersignature", None)
    if signature is None:
        return None
    return {"side": signature.side, "by": str(signature.by.public_id), "at": instant(signature.at)}


def _with_all(rows: QuerySet[Evidence]) -> QuerySet[Evidence]:
    return rows.select_related(
        "pilot", "by", "kpi", "corrects", "correction", "countersignature", "countersignature__by"
    ).order_by("pilot_id", "number")
