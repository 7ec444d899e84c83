"""The schema of a new municipality: made from one script, all or nothing, once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from threading import Barrier
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client
from django_tenants.utils import schema_exists, tenant_context

from programs.enums import MunicipalityState, SchemaJobState
from programs.models import Municipality
from programs.queries import schemas_behind
from programs.schemas.models import SchemaJob, SchemaTemplate
from programs.schemas.provisioning import ForeignSchema, provision
from programs.schemas.template import current_template, prepare_template
from programs.schemas.versions import schema_version
from programs.tasks import provision_municipality, provision_waiting
from tech4muni.audit.models import Entry
from tech4muni.audit.services import record
from tests.factories.municipalities import make_municipality
from tests.tenancy.scripts import tables_of

ClientOn = Callable[[str], Client]
CountQueries = Callable[[int], Any]


def break_template() -> None:
    """Let the script fail at its very end."""
    template = current_template()
    SchemaTemplate.objects.filter(pk=template.pk).update(script=template.script + "SELECT 1 / 0;\n")


def applied(schema: str) -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT app, name FROM "{schema}".django_migrations')
        return set(cursor.fetchall())


def test_provision_makes_the_schema_and_opens_the_municipality(db: None, client_on: ClientOn) -> None:
    municipality = make_municipality()

    assert provision(municipality) is True

    municipality.refresh_from_db()
    assert municipality.state == MunicipalityState.ACTIVE
    assert municipality.schema_version == schema_version()
    assert Entry.objects.latest("number").verb == "municipality.opened"
    assert municipality.schema_job.state == SchemaJobState.DONE
    assert client_on("bitola.localhost").get("/").status_code == 302
    with tenant_context(municipality):
        assert Entry.objects.count() == 0
        assert record("thing.done", actor=None).number == 1


def test_provision_again_does_nothing(db: None) -> None:
    municipality = make_municipality()
    provision(municipality)

    assert provision(municipality) is False
    assert Entry.objects.filter(verb="municipality.opened").count() == 1


@pytest.mark.parametrize("name", ["select", "order", "user_", "a" * 41])
def test_any_allowed_name_will_do(db: None, name: str) -> None:
    municipality = make_municipality(name, host="bitola.localhost")

    assert provision(municipality) is True
    with tenant_context(municipality):
        record("thing.done", actor=None)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            Entry.objects.update(verb="thing.undone")


@pytest.mark.django_db(transaction=True)
def test_the_script_and_django_make_the_same_schema() -> None:
    by_script, by_django = make_municipality("by_script"), make_municipality("by_django")
    provision(by_script)
    by_django.create_schema(check_if_exists=True, verbosity=0)

    made = {name: tables_of(name) for name in ("by_script", "by_django")}

    assert any("CREATE TRIGGER audit_entry_no_change" in line for line in made["by_script"])
    assert made["by_script"] == made["by_django"]
    ours = {name for name in applied("by_django") if name in current_template().applied}
    assert applied("by_script") == ours == current_template().applied


def test_a_script_that_fails_leaves_nothing_and_says_what_it_was(db: None, client_on: ClientOn) -> None:
    municipality = make_municipality()
    good = current_template().script
    break_template()

    with pytest.raises(DatabaseError, match="division by zero"), transaction.atomic():
        provision(municipality)
    with pytest.raises(DatabaseError, match="division by zero"):
        provision(municipality)

    municipality.refresh_from_db()
    assert municipality.state == MunicipalityState.PREPARING
    assert not schema_exists("bitola")
    assert client_on("bitola.localhost").get("/").status_code == 404
    job = SchemaJob.objects.get(municipality=municipality)
    assert (job.state, job.target) == (SchemaJobState.FAILED, schema_version())
    assert "division by zero" in job.error

    SchemaTemplate.objects.update(script=good)
    assert provision(municipality) is True
    municipality.schema_job.refresh_from_db()
    assert (municipality.schema_job.state, municipality.schema_job.error) == (SchemaJobState.DONE, "")


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_make_one_template_and_one_schema() -> None:
    SchemaTemplate.objects.all().delete()
    municipality = make_municipality()
    start = Barrier(8)

    def race(_number: int) -> bool:
        start.wait()
        try:
            return provision(municipality)
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(8) as racers:
        outcomes = sorted(racers.map(race, range(8)))

    assert outcomes == [False] * 7 + [True]
    assert SchemaTemplate.objects.count() == 1
    assert Entry.objects.filter(verb="municipality.opened").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_schema_that_was_moved_here_is_taken_as_it_is() -> None:
    elsewhere, moved = make_municipality("elsewhere"), make_municipality("moved")
    provision(elsewhere)
    with tenant_context(elsewhere):
        record("thing.done", actor=None)
    with connection.cursor() as cursor:
        cursor.execute("ALTER SCHEMA elsewhere RENAME TO moved")

    assert provision(moved) is True

    moved.refresh_from_db()
    assert moved.schema_version == schema_version()
    with tenant_context(moved):
        assert Entry.objects.get().verb == "thing.done"


def test_a_moved_schema_of_an_older_version_lets_nobody_in_yet(db: None, client_on: ClientOn) -> None:
    municipality = make_municipality()
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA bitola")
        cursor.execute("CREATE TABLE bitola.django_migrations (app text, name text)")
        cursor.execute("INSERT INTO bitola.django_migrations VALUES ('audit', '0001_initial')")

    provision(municipality)

    assert schemas_behind() == ["bitola"]
    response = client_on("bitola.localhost").get("/")
    assert response.status_code == 503
    assert response["Retry-After"]


def test_a_schema_that_is_not_ours_is_left_alone(db: None) -> None:
    municipality = make_municipality()
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA bitola")
        cursor.execute("CREATE TABLE bitola.somebody_elses (id int)")

    with pytest.raises(ForeignSchema, match="bitola"):
        provision(municipality)

    municipality.refresh_from_db()
    assert municipality.state == MunicipalityState.PREPARING


def test_an_empty_schema_is_filled(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA bitola")

    assert provision(make_municipality()) is True


def test_schemas_behind_takes_one_query(
    strumica: Municipality, haifa: Municipality, django_assert_num_queries: CountQueries
) -> None:
    make_municipality()  # has no schema that could be behind
    assert schemas_behind() == []

    Municipality.objects.filter(pk=strumica.pk).update(schema_version="00001-000000000000")
    Municipality.objects.filter(pk=haifa.pk).update(schema_version="99999-000000000000")  # of a later release
    with django_assert_num_queries(1):
        assert schemas_behind() == ["strumica"]


@pytest.mark.django_db(transaction=True)
def test_prepare_template_is_made_once_per_release() -> None:
    SchemaTemplate.objects.all().delete()
    said = StringIO()

    call_command("prepare_template", stdout=said)
    first = SchemaTemplate.objects.get()
    call_command("prepare_template", stdout=said)

    assert SchemaTemplate.objects.get() == prepare_template() == first
    assert schema_version() in said.getvalue()
    assert "_template_schema_" in first.script
    assert "\\restrict" not in first.script


ABOUT = [
    "--host=bitola.localhost", "--name=en-gb=Bitola", "--name=mk=Битола", "--country=MK", "--languages=mk,en-gb",
    "--time-zone=Europe/Skopje", "--working-days=1,2,3,4,5",
]  # fmt: skip


def run_provision(*arguments: str) -> str:
    said = StringIO()
    call_command("provision", *arguments, stdout=said)
    return said.getvalue()


def test_the_command_makes_a_municipality_and_then_finds_it(db: None) -> None:
    assert run_provision("bitola", *ABOUT) == "bitola: provisioned\n"
    assert run_provision("bitola") == "bitola: has its schema already\n"

    made = Municipality.objects.get(schema_name="bitola")
    assert made.names == {"en-gb": "Bitola", "mk": "Битола"}
    assert (made.languages, made.working_days) == (["mk", "en-gb"], [1, 2, 3, 4, 5])


def test_the_command_provides_for_all_that_wait(db: None) -> None:
    make_municipality("bitola")
    make_municipality("ohrid")

    assert run_provision() == "bitola: provisioned\nohrid: provisioned\n"
    assert run_provision() == ""


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["bitola"], "host, names, country"),
        (["Bitola", *ABOUT], "schema_name"),
        (["bitola", *ABOUT, "--host=strumica.localhost"], "host"),
        (["bitola", *ABOUT, "--name=Bitola"], "LANGUAGE=NAME"),
    ],
)
def test_the_command_says_what_is_wrong(db: None, arguments: list[str], complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        run_provision(*arguments)

    assert Municipality.objects.count() == 2


def test_the_task_may_run_twice_and_for_nobody(db: None) -> None:
    municipality = make_municipality()

    provision_municipality(municipality.pk)
    provision_municipality(municipality.pk)
    provision_municipality(municipality.pk + 1000)

    assert Entry.objects.filter(verb="municipality.opened").count() == 1


def test_creating_sends_the_task_once_it_is_committed(
    db: None, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[tuple[Any, ...]] = []
    monkeypatch.setattr("tech4muni.core.later._send", lambda *task: sent.append(task))

    with django_capture_on_commit_callbacks(execute=True):
        municipality = make_municipality()
        assert sent == []

    assert sent == [("programs.tasks.provision_municipality", (municipality.pk,))]


def test_the_sweep_goes_on_past_one_that_fails(db: None) -> None:
    broken, fine = make_municipality("broken"), make_municipality("fine")
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA broken")
        cursor.execute("CREATE TABLE broken.somebody_elses (id int)")

    for _ in range(2):
        provision_waiting()

    broken.refresh_from_db()
    fine.refresh_from_db()
    assert (broken.state, fine.state) == (MunicipalityState.PREPARING, MunicipalityState.ACTIVE)
    assert broken.schema_job.state == SchemaJobState.FAILED
