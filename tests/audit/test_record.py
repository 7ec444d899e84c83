"""Writing to a trail: in the transaction, in the right schema, chained, and as it was given."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext_lazy as _
from django_tenants.utils import tenant_context
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from programs.models import Municipality
from tech4muni.audit.digests import GENESIS, digest_of
from tech4muni.audit.models import Entry, Head
from tech4muni.audit.services import record
from tech4muni.audit.verification import verify
from tech4muni.core import clock
from tech4muni.core.context import CallContext, entered
from tests.factories.people import make_user


def test_an_entry_says_who_did_what_to_which_thing_when_and_from_where(db: None) -> None:
    dana, target = make_user(name="Dana"), make_user(name="Zoran")
    at = datetime(2026, 11, 22, 14, 5, 6, 789012, tzinfo=UTC)

    with clock.at(at), entered(CallContext(request_id="abcdef12", host="localhost:8000")):
        record("user.renamed", actor=dana, target=target, reason="Asked for it.", data={"before": "Z"})

    entry = Entry.objects.get()
    assert (entry.number, entry.previous_digest, entry.digest) == (1, GENESIS, digest_of(entry))
    assert (entry.at, entry.verb, entry.reason, entry.data) == (at, "user.renamed", "Asked for it.", {"before": "Z"})
    assert (entry.actor, entry.actor_label) == (dana, "Dana")
    assert (entry.target_type, entry.target_id) == ("accounts.user", str(target.public_id))
    assert entry.target_label == "Zoran"
    assert (entry.request_id, entry.host) == ("abcdef12", "localhost:8000")


def test_the_platform_itself_can_act_on_nothing_in_particular(db: None) -> None:
    entry = record("platform.started", actor=None)

    assert (entry.actor, entry.target_type, entry.target_label) == (None, "", "")
    assert entry.who == "The platform"


def test_each_schema_has_its_own_trail(strumica: Municipality, haifa: Municipality) -> None:
    record("public.tested", actor=None)
    for municipality in (strumica, haifa, strumica):
        with tenant_context(municipality):
            record("municipality.tested", actor=None)

    assert list(Head.objects.order_by("schema_name").values_list("schema_name", "number")) == [
        ("haifa", 1),
        ("public", 1),
        ("strumica", 2),
    ]
    for schema in ("public", "strumica", "haifa"):
        assert verify(schema).fault == ""


def test_an_entry_goes_when_its_transaction_does(db: None) -> None:
    def fail_afterwards() -> None:
        with transaction.atomic():
            record("x.tested", actor=None)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_afterwards()
    record("y.tested", actor=None)

    assert [entry.verb for entry in Entry.objects.all()] == ["y.tested"]
    assert verify("public").fault == ""


def test_what_is_too_long_or_cannot_be_stored_does_not_stop_the_work(db: None) -> None:
    user = make_user(name="Ñ" * 150)
    with entered(CallContext(host="h" * 400)):
        record("x.tested", actor=user, reason="a\0b\ud800c" + "x" * 600, data={"te\0xt": "\0", "nested": ["\ud83d"]})

    entry = Entry.objects.get()
    assert entry.reason.startswith("a\ufffdb\ufffdc")
    assert (len(entry.reason), entry.reason[-1], len(entry.host)) == (500, "…", 253)
    assert entry.data == {"te\ufffdxt": "\ufffd", "nested": ["\ufffd"]}
    assert verify("public").fault == ""


def test_the_values_that_services_give_become_json(db: None) -> None:
    given_at = datetime(2026, 3, 29, 3, 30, tzinfo=timezone(timedelta(hours=2)))
    record(
        "x.tested", actor=None, reason=_("Viewer"), data={"at": given_at, "price": Decimal("3.50"), "role": _("Lead")}
    )

    entry = Entry.objects.get()
    assert entry.data == {"at": "2026-03-29T03:30:00+02:00", "price": "3.50", "role": "Lead"}
    assert entry.reason == "Viewer"


numbers = st.one_of(
    st.floats(),
    st.integers(),
    st.sampled_from([1.0, -0.0, 1e16, 1e22, 1e300, 5e-324, 0.1 + 0.2, 1e-7, 2**63, float("nan"), float("-inf")]),
)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, st.text(), st.sampled_from(["é", "e\u0301", "\0", "\ud800", "😀"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=8,
)


class RoundTrip(TestCase):
    """Hypothesis with a transaction round each example."""

    @settings(max_examples=150, deadline=None)
    @given(
        data=st.dictionaries(st.text(max_size=8), values, max_size=4),
        reason=st.text(max_size=600),
        at=st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1)),  # noqa: DTZ001
        offset=st.integers(-14, 14),
    )
    def test_a_digest_holds_for_what_is_read_back(
        self, data: dict[str, Any], reason: str, at: datetime, offset: int
    ) -> None:
        with clock.at(at.replace(tzinfo=timezone(timedelta(hours=offset)))):
            written = record("x.tested", actor=None, reason=reason, data=data)

        read = Entry.objects.get(pk=written.pk)
        assert read.digest == digest_of(read)
        assert digest_of(written) == digest_of(read)


def test_many_writers_at_once_keep_every_chain_whole(
    transactional_db: None, in_own_connection: Callable[[Any], Any]
) -> None:
    strumica, haifa = (Municipality.objects.get(schema_name=name) for name in ("strumica", "haifa"))

    @in_own_connection
    def write(number: int) -> None:
        for _round in range(10):
            with tenant_context((strumica, haifa)[number % 2]), transaction.atomic():
                record("x.tested", actor=None, data={"writer": number})

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))

    for municipality in (strumica, haifa):
        trail = verify(municipality.schema_name)
        assert (trail.fault, trail.number) == ("", 30)


def test_a_writer_waits_for_its_own_trail_only(transactional_db: None, in_own_connection: Callable[[Any], Any]) -> None:
    strumica, haifa = (Municipality.objects.get(schema_name=name) for name in ("strumica", "haifa"))

    @in_own_connection
    def write_elsewhere(_number: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '10s'")  # fail instead of waiting for each other
        with tenant_context(haifa):
            record("x.tested", actor=None)

    with tenant_context(strumica), transaction.atomic(), ThreadPoolExecutor(1) as pool:
        record("x.tested", actor=None)
        list(pool.map(write_elsewhere, [1]))

    assert verify("haifa").number == verify("strumica").number == 1


FORGED = (
    "INSERT INTO {0}audit_entry (at, actor_label, verb, target_type, target_id, target_label, reason, data, request_id,"
    " host, digest, number, previous_digest) SELECT at, '', '', '', '', '', '', '{{}}', '', '', 'x', "
)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {0}audit_entry SET reason = 'other'",
        "DELETE FROM {0}audit_entry",
        "TRUNCATE {0}audit_entry",
        FORGED + "number + 2, digest FROM {0}audit_entry",
        FORGED + "number + 1, previous_digest FROM {0}audit_entry",
        "UPDATE public.audit_head SET digest = 'x'",
        "UPDATE public.audit_head SET number = number - 1",
        "UPDATE public.audit_head SET schema_name = schema_name || '_', number = number + 1",
        "DELETE FROM public.audit_head",
        "TRUNCATE public.audit_head",
    ],
)
@pytest.mark.parametrize("schema", ["public", "strumica"])
def test_the_database_refuses_to_change_a_trail_even_to_its_owner(
    strumica: Municipality, statement: str, schema: str
) -> None:
    record("x.tested", actor=None)
    with tenant_context(strumica):
        record("x.tested", actor=None)
    before = list(Entry.objects.values()), list(Head.objects.values())

    with pytest.raises(DatabaseError, match="audit trail"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(f"{schema}."))

    assert (list(Entry.objects.values()), list(Head.objects.values())) == before
