"""The evidence ledger: appended, chained, corrected by new entries, countersigned, and read alone for the KPIs."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django_tenants.utils import tenant_context

from pilots.chain import GENESIS
from pilots.enums import EvidenceKind, PilotState, Standing
from pilots.files import MAX_BYTES
from pilots.models import Countersignature, Evidence
from pilots.queries.figures import figures_of
from pilots.queries.ledger import export, verify, verify_all
from pilots.services import ledger
from pilots.verify_export import verify_document
from programs.models import Municipality
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Forbidden, Refused
from tech4muni.core.office import MAX_MEMBERS
from tests.factories.files import of_a_later_version, office
from tests.factories.pilots import Table, make_pilot, read

PDF = b"%PDF-1.7\n..."
PNG = b"\x89PNG\r\n\x1a\n...."
JPG = b"\xff\xd8\xff\xe0...."


@pytest.fixture
def table(in_strumica: Municipality) -> Table:
    return make_pilot(in_strumica, state=PilotState.RUNNING)


def note(table: Table, text: str = "Seen", seat: Any = None) -> Evidence:
    day = clock.now().date()
    return ledger.add_note(table.pilot, seat=seat or table.city, text=text, observed_on=day)


def test_entries_follow_one_another(table: Table) -> None:
    rows = [read(table, "40.5"), note(table, seat=table.other), read(table, 30, seat=table.other)]

    assert [row.number for row in rows] == [1, 2, 3]
    assert [row.previous_digest for row in rows] == [GENESIS, rows[0].digest, rows[1].digest]
    assert [row.side for row in rows] == ["city", "company", "company"]
    verdict = verify(table.pilot)
    assert (verdict.whole, verdict.length, verdict.digest) == (True, 3, rows[2].digest)
    noted = Entry.objects.filter(verb="evidence.added").order_by("number")
    assert [(line.data["number"], line.data["digest"], line.actor_id) for line in noted] == [
        (1, rows[0].digest, table.lead.pk),
        (2, rows[1].digest, table.founder.pk),
        (3, rows[2].digest, table.founder.pk),
    ]


@pytest.mark.parametrize("value", ["0", "-0", "0.0005", "1234567890123.999", "-12.5", "1e2", "33.33333"])
def test_digests_hold_for_what_the_database_keeps(table: Table, value: str) -> None:
    read(table, value)

    assert verify(table.pilot).whole


@pytest.mark.parametrize("text", ["a\0b", "\ud800 lone", "Ѓорѓи ✓ שלום", "line\r\nline", '"\\'])
def test_digests_hold_for_any_text(table: Table, text: str) -> None:
    note(table, text)

    assert verify(table.pilot).whole


@pytest.mark.parametrize("state", [PilotState.PLANNING, PilotState.DECIDED])
def test_a_ledger_is_open_from_the_start_to_the_decision(in_strumica: Municipality, state: PilotState) -> None:
    table = make_pilot(in_strumica, state=state)

    with pytest.raises(Forbidden):
        note(table)


def test_nothing_is_observed_tomorrow(table: Table) -> None:
    with pytest.raises(Refused) as refused:
        read(table, 1, day=clock.now().date() + timedelta(days=2))

    assert refused.value.field == "observed_on"


def test_a_kpi_of_another_pilot_is_not_read_here(table: Table, in_strumica: Municipality) -> None:
    other = make_pilot(in_strumica)
    values: dict[str, Any] = {"value": Decimal(1), "observed_on": clock.now().date()}

    with pytest.raises(type(other.kpi).DoesNotExist):
        ledger.add_reading(table.pilot, seat=table.city, kpi=other.kpi, **values)


def test_the_latest_reading_that_nobody_corrected_counts(table: Table) -> None:
    today = clock.now().date()
    old, wrong = read(table, 45, day=today - timedelta(days=7)), read(table, 12, day=today)
    assert [(figure.value, figure.readings) for figure in figures_of(table.pilot)] == [(Decimal(12), 2)]

    fixed = ledger.correct(wrong, seat=table.city, text="A digit was lost", observed_on=today, value=Decimal(120))
    [figure] = figures_of(table.pilot)
    assert (figure.value, figure.readings, figure.standing) == (Decimal(120), 2, Standing.BROKEN)

    ledger.correct(fixed, seat=table.city, text="Not measured at all", observed_on=today)
    [figure] = figures_of(table.pilot)
    assert (figure.reading, figure.value, figure.readings) == (old, Decimal(45), 1)
    assert verify(table.pilot).whole


def test_a_later_entry_about_an_earlier_day_does_not_count(table: Table) -> None:
    today = clock.now().date()
    read(table, 30, day=today)
    read(table, 55, day=today - timedelta(days=3))

    assert [figure.value for figure in figures_of(table.pilot)] == [Decimal(30)]


def test_corrections(table: Table) -> None:
    first = note(table, "Wrong")
    today = clock.now().date()

    with pytest.raises(Forbidden):
        ledger.correct(first, seat=table.other, text="I know better", observed_on=today)
    with pytest.raises(Refused):
        ledger.correct(first, seat=table.city, text=" ", observed_on=today)
    second = ledger.correct(first, seat=table.city, text="Right", observed_on=today, value=Decimal(5))
    assert (second.kind, second.corrects, second.kpi, second.value) == (EvidenceKind.CORRECTION, first, None, None)
    with pytest.raises(Conflict):
        ledger.correct(first, seat=table.city, text="Right again", observed_on=today)


def test_the_other_side_countersigns_once(table: Table) -> None:
    entry = note(table)

    with pytest.raises(Forbidden):
        ledger.countersign(entry, seat=table.city)
    ledger.countersign(entry, seat=table.other)
    with pytest.raises(Conflict):
        ledger.countersign(entry, seat=table.other)

    line = Entry.objects.get(verb="evidence.countersigned")
    assert (line.actor_id, line.data["digest"]) == (table.founder.pk, entry.digest)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF), ("a.PNG", PNG), ("a.jpg", JPG), ("a.jpeg", JPG), ("a.csv", "день,שלום\n1,2\n".encode()),
        ("a.xlsx", office("xl/")),
    ],
)  # fmt: skip
def test_files_are_kept_as_they_are(table: Table, name: str, content: bytes) -> None:
    upload = SimpleUploadedFile(name, content)

    entry = ledger.add_file(table.pilot, seat=table.other, file=upload, text="See", observed_on=clock.now().date())

    entry.refresh_from_db()
    assert (entry.file_name, entry.file_size, entry.file_sha256) == (
        name, len(content), hashlib.sha256(content).hexdigest(),
    )  # fmt: skip
    assert (entry.file.name or "").startswith("municipalities/strumica/evidence/")
    with entry.file.open("rb") as stored:
        assert stored.read() == content
    assert verify(table.pilot).whole


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"MZ"), ("a", PDF), ("a.html", b"<script>"), ("a.svg", b"<svg>"), ("a.pdf", PNG), ("a.png", JPG),
        ("a.jpg", b"<script>"), ("a.pdf", b""), ("a.csv", b"a\0b"), ("a.xlsx", PDF), ("a.xlsx", b"PK\x03\x04broken"),
        ("a.xlsx", office("evil/")), ("a.xlsx", office("xl/", extra="xl/vbaProject.bin")),
        ("a.xlsx", of_a_later_version(office("xl/"))), ("a.xlsx", office("xl/", members=MAX_MEMBERS)),
        ("a.pdf.exe", PDF), ("a.pdf", PDF + b"0" * MAX_BYTES),
    ],
)  # fmt: skip
def test_other_files_are_refused(table: Table, name: str, content: bytes) -> None:
    upload = SimpleUploadedFile(name, content)

    with pytest.raises(Refused) as refused:
        ledger.add_file(table.pilot, seat=table.city, file=upload, text="See", observed_on=clock.now().date())

    assert refused.value.field == "file"
    assert not Evidence.objects.exists()


def test_export_is_whole(table: Table) -> None:
    first = read(table, "40.125")
    ledger.countersign(first, seat=table.other)
    note(table, "שלום")

    document = export(table.pilot)

    assert verify_document(document).whole
    assert document["head"] == {"number": 2, "digest": verify(table.pilot).digest}
    assert document["entries"][0]["value"] == "40.125"
    assert document["entries"][0]["countersigned"]["by"] == str(table.founder.public_id)
    assert document["entries"][1]["countersigned"] is None
    assert document["kpis"][0]["target"] == "30.000"


# -- The database


def refuses(step: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            step()
    except IntegrityError as error:
        return "append-only" in str(error) or "does not follow" in str(error)
    return False


def settle() -> None:
    """Let the deferred checks of keys run now, as a commit would."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def empty(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")


def test_the_database_refuses_changes(table: Table) -> None:
    entry = note(table)
    ledger.countersign(entry, seat=table.other)
    rows, signatures = Evidence.objects.filter(pk=entry.pk), Countersignature.objects.all()

    assert refuses(lambda: rows.update(text="Something else"))
    assert refuses(lambda: rows._raw_delete(rows.db))
    assert refuses(lambda: signatures.update(side="city"))
    assert refuses(lambda: signatures._raw_delete(signatures.db))
    settle()
    assert refuses(partial(empty, "pilots_evidence"))
    assert refuses(partial(empty, "pilots_countersignature"))
    assert verify(table.pilot).whole


@pytest.mark.parametrize(
    ("number", "previous"), [(1, "last"), (2, "0" * 64), (3, "last"), (2, "f" * 64), (1, "0" * 64), (0, "last")]
)
def test_the_database_refuses_what_does_not_follow(table: Table, number: int, previous: str) -> None:
    last = note(table)
    forged = Evidence.objects.get(pk=last.pk)
    forged.pk, forged.number, forged.digest = None, number, "a" * 64
    forged.public_id = table.pilot.public_id
    forged.previous_digest = last.digest if previous == "last" else previous

    assert refuses(lambda: forged.save(force_insert=True))


def test_the_first_entry_follows_nothing(table: Table, in_strumica: Municipality) -> None:
    other = make_pilot(in_strumica, state=PilotState.RUNNING)
    note(table)

    assert note(other).number == 1
    verdicts = verify_all([table.pilot, other.pilot])
    assert [verdict.length for verdict in verdicts.values()] == [1, 1]


def test_what_was_changed_behind_the_triggers_is_found(table: Table) -> None:
    for value in (50, 45, 40):
        read(table, value)
    settle()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE pilots_evidence DISABLE TRIGGER pilots_evidence_no_change")
        cursor.execute("UPDATE pilots_evidence SET value = 20 WHERE number = 2")

    verdict = verify(table.pilot)

    assert (verdict.whole, verdict.broken_at, verdict.length) == (False, 2, 1)


@pytest.mark.django_db(transaction=True)
def test_many_writers_make_one_chain(strumica: Municipality, in_own_connection: Any) -> None:
    with tenant_context(strumica):
        table = make_pilot(strumica, state=PilotState.RUNNING)

    def write(number: int) -> int:
        with tenant_context(strumica):
            seat = table.city if number % 2 else table.other
            return note(table, f"note {number}", seat=seat).number

    with ThreadPoolExecutor(8) as pool:
        numbers = sorted(pool.map(in_own_connection(write), range(16)))

    assert numbers == list(range(1, 17))
    with tenant_context(strumica):
        verdict = verify(table.pilot)
    assert (verdict.whole, verdict.length) == (True, 16)
