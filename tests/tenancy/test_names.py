"""Names of schemas and hosts: the validator and the database agree, on whatever is thrown at them."""

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programs.models import Domain, Municipality
from programs.validators import RESERVED_SCHEMAS
from tests.factories.municipalities import FIELDS

pytestmark = pytest.mark.django_db

BATCH, BATCHES = 500, 10  # 5,000 names of each kind
BATCHED = settings(
    max_examples=BATCHES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)

letters = st.sampled_from("abcxyz0189_")
nearly = st.sampled_from("abcxyz0189_ABZ-. \t\n\r'\"\\;$%éßıſКא٣²\u200b\u202e\x7f\x01")
anything = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
schema_names = st.one_of(
    st.text(letters, min_size=1, max_size=45),
    st.text(nearly, max_size=45),
    st.text(anything, max_size=45),
    st.text(letters, min_size=2, max_size=40).map(lambda text: f"a{text}"),
    st.text(letters, min_size=2, max_size=40).map(lambda text: f"a{text}\n"),
    st.text(letters, max_size=10).map(lambda text: f"pg_{text}"),
    st.sampled_from([*RESERVED_SCHEMAS, "public_", "templates", "pga", "pg", "PUBLIC"]),
)
hosts = st.one_of(
    st.text(st.sampled_from("ab0.-"), max_size=40),
    st.text(st.sampled_from("ab0.-_:/@A \n*"), max_size=30),
    st.text(anything, max_size=30),
    st.integers(1, 70).map(lambda size: f"{'a' * size}.example"),
    st.integers(200, 260).map(lambda size: ("abc." * 100)[: size - 1] + "d"),
)


def check_constraint(name: str) -> str:
    """Return the expression of a check as the database holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint WHERE conname = %s", [name])
        return str(cursor.fetchone()[0])


def allowed_by_database(constraint: str, column: str, values: list[str]) -> dict[str, bool]:
    expression = re.sub(rf"\b{column}\b", "given", check_constraint(constraint)).replace("%", "%%")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT given, ({expression}) FROM unnest(%s::text[]) AS given", [values])
        return dict(cursor.fetchall())


def allowed_by_validator(model: Any, column: str, value: str) -> bool:
    try:
        model._meta.get_field(column).clean(value, None)
    except ValidationError:
        return False
    return True


@BATCHED
@given(st.lists(schema_names, min_size=BATCH, max_size=BATCH))
def test_schema_names(names: list[str]) -> None:
    by_database = allowed_by_database("municipality_schema_name", "schema_name", names)

    assert by_database == {name: allowed_by_validator(Municipality, "schema_name", name) for name in names}
    for name in (name for name, allowed in by_database.items() if allowed):
        assert name.isascii()
        assert 3 <= len(name) <= 41
        assert name not in RESERVED_SCHEMAS


@BATCHED
@given(st.lists(hosts, min_size=BATCH, max_size=BATCH))
def test_hosts(names: list[str]) -> None:
    by_database = allowed_by_database("domain_host_name", "domain", names)

    for name, allowed in by_database.items():
        assert allowed_by_validator(Domain, "domain", name) == (allowed and len(name) <= 253)


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("bitola", True), ("b12", True), ("a" * 41, True), ("select", True), ("b__", True),
        ("bi", False), ("a" * 42, False), ("1bitola", False), ("_bitola", False), ("Bitola", False),
        ("bitola\n", False), ("bit ola", False), ('bit"ola', False), ("битола", False), ("public", False),
        ("template", False), ("pg_bitola", False), ("information_schema", False), ("", False),
    ],
)  # fmt: skip
def test_the_database_itself_refuses(name: str, allowed: bool) -> None:
    assert allowed_by_validator(Municipality, "schema_name", name) == allowed
    municipality = Municipality(schema_name=name, **FIELDS)
    if allowed:
        municipality.save()
        return
    with pytest.raises(DatabaseError, match=r"municipality_schema_name|too long"), transaction.atomic():
        municipality.save()


def test_no_name_holds_a_null() -> None:
    assert not allowed_by_validator(Municipality, "schema_name", "bit\0ola")
    assert not allowed_by_validator(Domain, "domain", "bit\0ola.org")
