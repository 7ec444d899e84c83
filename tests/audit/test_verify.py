"""`manage.py verify_audit` names the first entry that is not as it was written."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django_tenants.utils import tenant_context

from programs.models import Municipality
from tech4muni.audit.digests import digest_of
from tech4muni.audit.models import Entry, Head
from tech4muni.audit.services import record
from tech4muni.audit.verification import schemas_with_trails, verify
from tests.audit.helpers import tamper

ATTACKS = [
    ("UPDATE audit_entry SET reason = 'other' WHERE number = 3", 3, "content"),
    ("UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE number = 2", 2, "content"),
    ("""UPDATE audit_entry SET data = '{"n": 3.0000001}' WHERE number = 4""", 4, "content"),
    ("UPDATE audit_entry SET actor_id = 7 WHERE number = 1", 1, "content"),
    ("UPDATE audit_entry SET previous_digest = repeat('1', 64) WHERE number = 4", 4, "follow"),
    ("UPDATE audit_entry SET digest = repeat('1', 64) WHERE number = 5", 5, "content"),
    ("UPDATE audit_entry SET number = 9 WHERE number = 5", 5, "missing"),
    ("DELETE FROM audit_entry WHERE number = 1", 1, "missing"),
    ("DELETE FROM audit_entry WHERE number = 3", 3, "missing"),
    ("DELETE FROM audit_entry WHERE number = 5", 5, "missing"),
    ("DELETE FROM audit_entry WHERE number > 2", 3, "all up to entry 5"),
    ("DELETE FROM audit_entry", 1, "all up to entry 5"),
    ("DELETE FROM public.audit_head", 5, "past the triggers"),
    ("UPDATE public.audit_head SET number = 4", 4, "head"),
    ("UPDATE public.audit_head SET digest = repeat('1', 64)", 5, "head"),
    ("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_no_change", None, "disabled: audit_entry_no_change"),
    ("DROP TRIGGER audit_entry_no_truncate ON audit_entry", None, "audit_entry_no_truncate"),
    ("DROP TABLE audit_entry", 1, "gone"),
]


def verified(*arguments: str) -> str:
    out = io.StringIO()
    call_command("verify_audit", *arguments, stdout=out, no_color=True)
    return out.getvalue()


def make_trail(entries: int = 5) -> None:
    for number in range(1, entries + 1):
        record("x.tested", actor=None, data={"n": number})


def test_whole_trails_are_listed_with_their_heads(strumica: Municipality, haifa: Municipality) -> None:
    make_trail(3)
    with tenant_context(strumica):
        make_trail(2)

    lines = verified().splitlines()

    head = Entry.objects.get(number=3).digest
    assert lines[0] == f"public: whole, 3 entries, head {head}"
    assert lines[1].startswith("haifa: whole, 0 entries")
    assert lines[2].startswith("strumica: whole, 2 entries")
    assert verified("--schema", "strumica").splitlines() == lines[2:]


@pytest.mark.parametrize(("attack", "number", "fault"), ATTACKS)
@pytest.mark.parametrize("where", ["public", "strumica"])
def test_every_attack_is_found_and_named(
    strumica: Municipality, haifa: Municipality, where: str, attack: str, number: int | None, fault: str
) -> None:
    make_trail()
    for municipality in (strumica, haifa):
        with tenant_context(municipality):
            make_trail()
    schema = strumica if where == "strumica" else Municipality(schema_name="public")
    with tenant_context(schema):
        tamper(scoped(attack, where))

    trail = verify(where)

    assert trail.broken_at == number
    assert fault in trail.fault
    assert verify("haifa").fault == ""
    with pytest.raises(CommandError, match=f"Not whole: {where}"):
        verified()


def scoped(attack: str, schema: str) -> str:
    """Aim an attack on the heads at one schema's head."""
    if "public.audit_head" not in attack:
        return attack
    return f"{attack} WHERE schema_name = '{schema}'"


def test_an_attacker_who_writes_the_whole_chain_anew_is_found_with_what_was_noted_elsewhere(
    db: None, tmp_path: Path
) -> None:
    known = tmp_path / "heads.jsonl"
    make_trail()
    verified("--known", str(known))
    assert json.loads(known.read_text()) == {
        "schema": "public",
        "number": 5,
        "digest": Head.objects.get(schema_name="public").digest,
    }

    previous = Entry.objects.get(number=1).digest
    for entry in Entry.objects.filter(number__gt=1).order_by("number"):
        entry.previous_digest, entry.reason = previous, "forged"
        previous = digest_of(entry)
        tamper(
            "UPDATE audit_entry SET previous_digest = %s, reason = 'forged', digest = %s WHERE number = %s",
            entry.previous_digest,
            previous,
            entry.number,
        )
    tamper("UPDATE public.audit_head SET digest = %s", previous)

    assert verify("public").fault == ""
    with pytest.raises(CommandError, match="public"):
        verified("--known", str(known))
    assert len(known.read_text().splitlines()) == 1


def test_heads_are_noted_once_and_only_when_all_is_whole(db: None, tmp_path: Path) -> None:
    known = tmp_path / "heads.jsonl"
    make_trail(2)
    verified("--known", str(known))
    verified("--known", str(known))
    make_trail(1)
    verified("--known", str(known))

    assert [json.loads(line)["number"] for line in known.read_text().splitlines()] == [2, 3]


def test_a_trail_cut_off_with_its_head_is_found_with_what_was_noted_elsewhere(db: None, tmp_path: Path) -> None:
    known = tmp_path / "heads.jsonl"
    make_trail(3)
    verified("--known", str(known))
    tamper("DELETE FROM audit_entry WHERE number = 3")
    tamper("UPDATE public.audit_head SET number = 2, digest = %s", Entry.objects.get(number=2).digest)

    assert verify("public").fault == ""
    with pytest.raises(CommandError, match="public"):
        verified("--known", str(known))


def test_an_unknown_schema_is_an_error(db: None) -> None:
    with pytest.raises(CommandError, match="no trail in nowhere"):
        verified("--schema", "nowhere")


def test_a_trail_without_a_head_goes_on_where_it_ended(db: None) -> None:
    """A municipality that moves here from another server brings its entries, not its head."""
    make_trail(3)
    tamper("DELETE FROM public.audit_head")

    make_trail(1)

    assert verify("public").fault == ""
    assert Head.objects.get(schema_name="public").number == 4


def test_all_schemas_with_a_trail_are_known(strumica: Municipality, haifa: Municipality) -> None:
    assert schemas_with_trails() == ["public", "haifa", "strumica"]
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA haifa CASCADE")
    assert schemas_with_trails() == ["public", "strumica"]
