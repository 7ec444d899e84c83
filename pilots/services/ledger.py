"""The evidence ledger: entries are appended, one after the other, and never changed."""

import uuid
from datetime import UTC, date
from decimal import Decimal
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pilots.chain import GENESIS, digest_of
from pilots.enums import EvidenceKind
from pilots.files import check_file, sha256_of
from pilots.models import Countersignature, Evidence, Kpi, Pilot
from pilots.permissions import Seat, may_correct, may_countersign, may_file
from pilots.queries.ledger import plain
from pilots.queries.pilots import entry_of, today_in
from pilots.services.common import locked, put_on_record
from tech4muni.audit.digests import storable_text
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused

PLACES: Final = Decimal("0.001")


@transaction.atomic
def add_reading(
    pilot: Pilot, *, seat: Seat, kpi: Kpi, value: Decimal, observed_on: date, method: str = "", text: str = ""
) -> Evidence:
    """Enter what a KPI was measured to be."""
    now = _open(pilot, seat)
    own = Kpi.objects.get(pk=kpi.pk, pilot=now)
    values = {"kpi": own, "value": value, "method": method, "text": text}
    return _append(now, seat, EvidenceKind.READING, observed_on, **values)


@transaction.atomic
def add_note(pilot: Pilot, *, seat: Seat, text: str, observed_on: date) -> Evidence:
    """Enter something that was observed."""
    now = _open(pilot, seat)
    return _append(now, seat, EvidenceKind.NOTE, observed_on, text=_wanted(text))


@transaction.atomic
def add_file(pilot: Pilot, *, seat: Seat, file: UploadedFile[Any], text: str, observed_on: date) -> Evidence:
    """Enter a file, as it is, with what it shows; raises Refused for a file that the ledger does not take."""
    now = _open(pilot, seat)
    ending = check_file(file)
    name = storable_text(file.name)[-150:]
    digest, size = sha256_of(file), file.size
    file.name = f"{uuid.uuid4().hex}{ending}"
    values = {"file": file, "file_name": name, "file_size": size, "file_sha256": digest, "text": _wanted(text)}
    return _append(now, seat, EvidenceKind.FILE, observed_on, **values)


@transaction.atomic
def correct(entry: Evidence, *, seat: Seat, text: str, observed_on: date, value: Decimal | None = None) -> Evidence:
    """Correct an entry of one's own side by a new one that says why; the old one stays, and counts no more.

    Args:
        entry: what is wrong.
        seat: of the side that made it.
        text: what was wrong, and what is right.
        observed_on: the day that the corrected entry is about.
        value: of the KPI, if the entry was a reading; None takes the reading back.

    Raises Conflict if somebody has corrected it already.
    """
    now = locked(entry.pilot)
    old = Evidence.objects.select_related("kpi").get(pk=entry.pk, pilot=now)
    old.pilot = now
    may_correct(seat, old).enforce()
    if Evidence.objects.filter(corrects=old).exists():
        raise Conflict(_("This entry was corrected already: correct the correction."))
    kept = value if old.kpi_id else None
    values = {"corrects": old, "kpi": old.kpi, "value": kept, "method": old.method, "text": _wanted(text)}
    return _append(now, seat, EvidenceKind.CORRECTION, observed_on, **values)


@transaction.atomic
def countersign(entry: Evidence, *, seat: Seat) -> Countersignature:
    """Take an entry of the other side as it is; raises Conflict if somebody did already."""
    now = locked(entry.pilot)
    row = Evidence.objects.get(pk=entry.pk, pilot=now)
    row.pilot = now
    may_countersign(seat, row).enforce()
    if Countersignature.objects.filter(evidence=row).exists():
        raise Conflict(_("This entry is countersigned already."))
    signature = Countersignature.objects.create(evidence=row, side=seat.side, by=seat.person, at=clock.now())
    data = {"number": row.number, "digest": row.digest, "side": seat.side.value}
    put_on_record("evidence.countersigned", now, seat, data=data)
    return signature


def _open(pilot: Pilot, seat: Seat) -> Pilot:
    now = locked(pilot)
    may_file(seat, now).enforce()
    return now


def _append(pilot: Pilot, seat: Seat, kind: EvidenceKind, observed_on: date, **values: Any) -> Evidence:
    """Append to a locked pilot's ledger; its row's lock lets one at a time in, and the database checks the chain."""
    if observed_on > today_in(entry_of(pilot).municipality):
        raise Refused(_("Choose a day that has come already."), field="observed_on")
    last = pilot.evidence.order_by("-number").only("number", "digest").first()
    for name in ("text", "method"):
        values[name] = storable_text(values.get(name, ""))
    if values.get("value") is not None:
        values["value"] = values["value"].quantize(PLACES)  # as the database keeps it
    entry = Evidence(
        pilot=pilot,
        number=last.number + 1 if last else 1,
        kind=kind,
        side=seat.side,
        by=seat.person,
        by_label=storable_text(seat.person)[:200],
        at=clock.now().astimezone(UTC),
        observed_on=observed_on,
        previous_digest=last.digest if last else GENESIS,
        **values,
    )
    entry.digest = digest_of(plain(entry))
    entry.save(force_insert=True)
    data = {"number": entry.number, "kind": kind.value, "digest": entry.digest}
    put_on_record("evidence.added", pilot, seat, data=data)
    return entry


def _wanted(text: str) -> str:
    if not text.strip():
        raise Refused(_("Say what it shows."), field="text")
    return text.strip()
