"""The demonstration: made through services, once however often it is started, and nowhere but where it is wanted."""

import re
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from typing import Any, ClassVar

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, TestCase, override_settings
from django_tenants.utils import tenant_context

from events.models import Event, Meeting
from programs.cohorts.models import Program, Progress
from programs.enums import Ending, MunicipalityState, Role, Stage
from programs.models import Domain, Invitation, Membership, Municipality, Visit
from programs.schemas.versions import schema_version
from solutions.market.models import Application, Company, PilotEntry, Release
from tech4muni.accounts.models import User
from tech4muni.audit.models import Entry
from tech4muni.home.demonstration.addresses import FOUNDERS
from tech4muni.home.demonstration.cast import COORDINATOR, PASSWORD, TEAM
from tech4muni.home.demonstration.places import places
from tech4muni.home.demonstration.scripts import firms
from tech4muni.notifications.enums import MessageState
from tech4muni.notifications.models import Message

MODELS = (
    User, Municipality, Domain, Membership, Invitation, Visit, Message, Program, Progress, Company, Application,
    Release, Event, Meeting, PilotEntry,
)  # fmt: skip


STAGES = {
    ("late", "strumica", Stage.PILOT, ""),
    ("late", "strumica", Stage.SELECTION, ""),
    ("late", "veles", Stage.PILOT, Ending.FINISHED),
    ("middle", "strumica", Stage.MAPPING, ""),
    ("middle", "gostivar", Stage.MAPPING, ""),
    ("middle", "strumica", Stage.VALIDATION, ""),
    ("middle", "strumica", Stage.CHALLENGE, ""),
    ("ruhr", "gelsenkirchen", Stage.EVENT, ""),
    ("haifa", "haifa", Stage.VALIDATION, ""),
}


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


@override_settings(DEMONSTRATION=True, SECOND_FACTOR_REQUIRED=False, ADDRESS_FORM="http://{host}:8000")
class DemonstrationTest(TestCase):
    """All of these look at one demonstration, since it takes a while to make."""

    said: ClassVar[str]
    client_on: Callable[[str], Client]

    @classmethod
    def setUpTestData(cls) -> None:
        """Make it."""
        cls.said = demo()

    @pytest.fixture(autouse=True)
    def _clients(self, client_on: Callable[[str], Client]) -> None:
        self.client_on = client_on

    def page(self, host: str, path: str, email: str = "") -> str:
        """Return a page as somebody sees it."""
        client = self.client_on(host)
        if email:
            client.force_login(User.objects.get(email=email))
        answer = client.get(path, HTTP_ACCEPT_LANGUAGE="en-gb")
        assert answer.status_code == 200
        return answer.content.decode()

    def test_twice_is_as_once(self) -> None:
        first = everything()

        assert "Lead Ana Petrova (demo) in Strumica" in self.said
        assert demo() == ""
        assert everything() == first

    def test_what_was_begun_is_finished(self) -> None:
        wanted = ("Invitation", "Membership", "Message")
        whole = {name: len(rows) for name, rows in everything().items() if name in wanted}
        Visit.objects.all().delete()
        Message.objects.filter(key__startswith="demonstration:").delete()
        half = Membership.objects.get(user__email="viewer@example.org")
        Invitation.objects.filter(email="viewer@example.org").update(accepted_at=None)
        half.delete()

        said = demo()

        assert "Viewer Elena Kostova (demo) in Strumica" in said
        assert {name: len(rows) for name, rows in everything().items() if name in whole} == whole

    def test_five_municipalities_are_open_with_their_figures(self) -> None:
        open_ones = Municipality.objects.filter(state=MunicipalityState.ACTIVE, domains__domain__endswith=".localhost")

        assert places().keys() <= {municipality.schema_name for municipality in open_ones}
        veles = Municipality.objects.get(schema_name="veles")
        assert (veles.names["mk"], veles.population, veles.schema_version) == ("Велес", 48_463, schema_version())
        assert veles.domains.get().domain == "veles.localhost"

    def test_challenges_are_at_every_stage(self) -> None:
        mine = Progress.objects.filter(program__import_key__startswith="demonstration:")
        rows = mine.values_list("program__import_key", "municipality__schema_name", "stage", "ending")

        assert {(str(key).partition(":")[2], *row) for key, *row in rows} == STAGES
        assert {stage for _program, _city, stage, _ending in STAGES} == set(Stage)
        past = Progress.objects.filter(program__import_key="tech4muni-mk-2019")
        assert past.exists()
        assert not past.filter(ended_at=None).exists()

    def test_every_role_can_log_in(self) -> None:
        roles = {membership.role for membership in Membership.objects.filter(municipality__schema_name="strumica")}

        assert roles == set(Role.values)
        for person in (COORDINATOR, *TEAM):
            assert User.objects.get(email=person.email).check_password(PASSWORD)

    def test_somebody_works_in_two_municipalities(self) -> None:
        where = Membership.objects.filter(user__email="two.cities@example.org")

        assert sorted(where.values_list("municipality__schema_name", "role")) == [
            ("strumica", "member"),
            ("veles", "viewer"),
        ]

    def test_pages_have_something_on_them(self) -> None:
        desk = self.client_on("localhost")
        desk.force_login(User.objects.get(email=COORDINATOR.email))

        for path in ("programs/invitation", "programs/visit", "notifications/message", "audit/entry"):
            assert desk.get(f"/admin/{path}/").context["cl"].result_count
        assert Message.objects.in_states(MessageState.HELD).count() == 1
        home = self.page("strumica.localhost", "/", "lead@example.org")
        assert "Elena Kostova" in home
        assert "Bins that overflow" in home
        assert "Elena Kostova" in self.page("strumica.localhost", "/history/", "lead@example.org")

    def test_founders_have_something_to_do(self) -> None:
        assert "Air that people can trust" in self.page("localhost", "/calls/")
        for email in (firms()[key].email for key in FOUNDERS):
            assert User.objects.get(email=email).check_password(PASSWORD)
        assert "T4M-" in self.page("localhost", "/applications/", "binsight@example.org")
        assert "Matchmaking-Tage (demo)" in self.page("localhost", "/events/mine/", "kuehlwege@example.org")

    def test_everybody_is_marked_and_cannot_be_reached(self) -> None:
        for user in User.objects.all():
            assert user.name.endswith("(demo)"), user
            assert user.email.endswith("@example.org")
        for company in Company.objects.filter(members__isnull=False):
            assert company.name.endswith("(demo)"), company
        for program in Program.objects.filter(import_key__startswith="demonstration:"):
            assert "(demo)" in str(program)
        addresses = Message.objects.values_list("email", flat=True)
        assert all(address.endswith("@example.org") for address in addresses)

    def test_addresses_are_printed_with_a_log_in_each(self) -> None:
        table = demo("--addresses")

        assert re.search(r"^http://localhost:8000/admin/ +coordinator +coordinator@example.org$", table, re.MULTILINE)
        assert re.search(r"^http://localhost:8000/ +founder +binsight@example.org$", table, re.MULTILINE)
        assert re.search(r"^http://strumica.localhost:8000/ +viewer +viewer@example.org$", table, re.MULTILINE)
        assert f"Password of all: {PASSWORD}" in table
        assert "http://veles.localhost:8123/" in demo("--addresses", "--port", "8123")


def test_table_keeps_its_sources() -> None:
    fields = places()["haifa"]

    assert fields["names"]["he"] == "חיפה"
    assert fields["working_days"] == [7, 1, 2, 3, 4]
    assert (fields["latitude"], fields["longitude"]) == (Decimal("32.81303"), Decimal("34.99928"))


@override_settings(DEMONSTRATION=True)
def test_addresses_make_nothing(db: None) -> None:
    demo("--addresses")

    assert not User.objects.exists()


def test_elsewhere_nothing_is_made(db: None) -> None:
    with pytest.raises(CommandError, match="nowhere else"):
        demo()

    assert not User.objects.exists()
