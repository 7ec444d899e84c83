"""The demonstration: made through services, once however often it is started, and nowhere but where it is wanted."""

import re
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django_tenants.utils import tenant_context

from programs.enums import MunicipalityState, Role
from programs.models import Domain, Invitation, Membership, Municipality, Visit
from programs.schemas.versions import schema_version
from tech4muni.accounts.models import User
from tech4muni.audit.models import Entry
from tech4muni.home.demonstration.cast import COORDINATOR, PASSWORD, TEAM
from tech4muni.home.demonstration.places import places
from tech4muni.notifications.enums import MessageState
from tech4muni.notifications.models import Message

MODELS = (User, Municipality, Domain, Membership, Invitation, Visit, Message)


@pytest.fixture
def wanted(settings: Any, db: None) -> None:
    """Have the settings of the demonstration."""
    settings.DEMONSTRATION = True
    settings.SECOND_FACTOR_REQUIRED = False


def demo(*arguments: str) -> str:
    """Run the command and return what it says."""
    said = StringIO()
    call_command("demo", *arguments, stdout=said)
    return said.getvalue()


def everything() -> dict[str, list[Any]]:
    """Return all rows that the demonstration may make, and the trails of all municipalities."""
    rows: dict[str, list[Any]] = {model.__name__: list(model.objects.order_by("pk").values()) for model in MODELS}
    rows["platform"] = list(Entry.objects.values_list("number", "digest"))
    for municipality in Municipality.objects.all():
        with tenant_context(municipality):
            rows[municipality.schema_name] = list(Entry.objects.values_list("number", "digest"))
    return rows


def test_twice_is_as_once(wanted: None) -> None:
    first_words = demo()
    first = everything()
    second_words = demo()

    assert "Lead Ana Petrova (demo) in Strumica" in first_words
    assert second_words == ""
    assert everything() == first


def test_what_was_begun_is_finished(wanted: None) -> None:
    demo()
    whole = {name: len(rows) for name, rows in everything().items() if name in {"Invitation", "Membership", "Message"}}
    Visit.objects.all().delete()
    Message.objects.filter(key__startswith="demonstration:").delete()
    half = Membership.objects.get(user__email="viewer@example.org")
    Invitation.objects.filter(email="viewer@example.org").update(accepted_at=None)
    half.delete()

    said = demo()

    assert "Viewer Elena Kostova (demo) in Strumica" in said
    assert {name: len(rows) for name, rows in everything().items() if name in whole} == whole


def test_five_municipalities_are_open_with_their_figures(wanted: None) -> None:
    demo()

    open_ones = Municipality.objects.filter(state=MunicipalityState.ACTIVE)
    assert {municipality.schema_name for municipality in open_ones} == places().keys()
    veles = Municipality.objects.get(schema_name="veles")
    assert (veles.names["mk"], veles.population, veles.schema_version) == ("Велес", 48_463, schema_version())
    assert veles.domains.get().domain == "veles.localhost"


def test_table_keeps_its_sources() -> None:
    fields = places()["haifa"]

    assert fields["names"]["he"] == "חיפה"
    assert fields["working_days"] == [7, 1, 2, 3, 4]
    assert (fields["latitude"], fields["longitude"]) == (Decimal("32.81303"), Decimal("34.99928"))


def test_every_role_can_log_in(wanted: None) -> None:
    demo()

    roles = {membership.role for membership in Membership.objects.filter(municipality__schema_name="strumica")}
    assert roles == set(Role.values)
    for person in (COORDINATOR, *TEAM):
        assert User.objects.get(email=person.email).check_password(PASSWORD)


def test_somebody_works_in_two_municipalities(wanted: None) -> None:
    demo()

    where = Membership.objects.filter(user__email="two.cities@example.org")
    assert sorted(where.values_list("municipality__schema_name", "role")) == [
        ("strumica", "member"),
        ("veles", "viewer"),
    ]


def test_pages_have_something_on_them(wanted: None, client_on: Callable[[str], Client]) -> None:
    demo()
    desk, workspace = client_on("localhost"), client_on("strumica.localhost")
    desk.force_login(User.objects.get(email=COORDINATOR.email))
    workspace.force_login(User.objects.get(email="lead@example.org"))

    for path in ("programs/invitation", "programs/visit", "notifications/message", "audit/entry"):
        assert desk.get(f"/admin/{path}/").context["cl"].result_count
    assert Message.objects.in_states(MessageState.HELD).count() == 1
    assert "Elena Kostova" in workspace.get("/").content.decode()
    assert "Elena Kostova" in workspace.get("/history/").content.decode()


def test_everybody_is_marked_and_cannot_be_reached(wanted: None) -> None:
    demo()

    for user in User.objects.all():
        assert user.name.endswith("(demo)")
        assert user.email.endswith("@example.org")


def test_addresses_are_printed_with_a_log_in_each(wanted: None, settings: Any) -> None:
    demo()
    settings.ADDRESS_FORM = "http://{host}:8000"

    table = demo("--addresses")

    assert re.search(r"^http://localhost:8000/admin/ +coordinator +coordinator@example.org$", table, re.MULTILINE)
    assert re.search(r"^http://strumica.localhost:8000/ +viewer +viewer@example.org$", table, re.MULTILINE)
    assert f"Password of all: {PASSWORD}" in table
    assert "http://veles.localhost:8123/" in demo("--addresses", "--port", "8123")


def test_addresses_make_nothing(wanted: None) -> None:
    demo("--addresses")

    assert not User.objects.exists()


def test_elsewhere_nothing_is_made(db: None) -> None:
    with pytest.raises(CommandError, match="nowhere else"):
        demo()

    assert not User.objects.exists()
