"""A change of the schema over all municipalities: the same everywhere, resumable, past broken ones."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django_tenants.utils import schema_exists, tenant_context

from programs.enums import SchemaJobState
from programs.models import Municipality
from programs.queries import schemas_behind
from programs.schemas.locks import own_connection
from programs.schemas.migrating import Outcome, migrate_tenants
from programs.schemas.models import SchemaJob, SchemaTemplate
from programs.schemas.provisioning import applied_migrations, provision
from programs.schemas.scratch import SCRATCH
from programs.schemas.template import prepare_template
from programs.schemas.versions import schema_version
from tests.factories.municipalities import make_municipality
from tests.processes import PATIENCE, kill_where_it_waits
from tests.tenancy.sample import APP, BY_PYTHON, CHANGES, FIRST, NAME_STREETS, SampleApp, sample_app
from tests.tenancy.scripts import tables_of

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = ["aa1", "aa2", "aa3", "aa4"]
CHANGE_1, CHANGE_2 = "0001_change", "0002_change"


@pytest.fixture
def sample(transactional_db: None, tmp_path: Path) -> Iterator[SampleApp]:
    """An app with one migration, and four municipalities that have it."""
    with sample_app(tmp_path) as app:
        for name in NAMES:
            provision(make_municipality(name))
        yield app


def run(*schemas: str, **options: Any) -> dict[str, Outcome]:
    return {outcome.schema: outcome for outcome in migrate_tenants(schemas or NAMES, **options)}


def freshly_made() -> list[str]:
    """The schema that a new municipality of this release gets."""
    provision(make_municipality("fresh"))
    return tables_of("fresh")


def execute(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def test_all_municipalities_get_what_a_new_one_gets(sample: SampleApp) -> None:
    sample.write(2, CHANGES)
    assert set(NAMES) <= set(schemas_behind())

    outcomes = run()

    assert {name: (outcome.steps, outcome.error) for name, outcome in outcomes.items()} == dict.fromkeys(NAMES, (1, ""))
    fresh = freshly_made()
    for name in NAMES:
        assert tables_of(name) == fresh
        assert applied_migrations(name) == applied_migrations("fresh")
    assert not set(NAMES) & set(schemas_behind())
    assert set(SchemaJob.objects.values_list("state", "target")) == {(SchemaJobState.DONE, schema_version())}


def test_nothing_to_do_is_done_at_once(sample: SampleApp, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert run() == {}


def test_rows_survive_and_several_releases_are_caught_up(sample: SampleApp) -> None:
    execute("INSERT INTO aa1.sample_town_street (name) VALUES ('High street')")
    sample.write(2, CHANGES)
    run("aa2")
    sample.write(3, 'migrations.RemoveField("House", "colour"),')

    outcomes = run()

    assert {name: outcome.steps for name, outcome in outcomes.items()} == {"aa1": 2, "aa2": 1, "aa3": 2, "aa4": 2}
    assert execute("SELECT name, length FROM aa1.sample_town_street") == [("High street", None)]
    fresh = freshly_made()
    assert all(tables_of(name) == fresh for name in NAMES)


def test_without_the_template_of_then_its_migrations_are_replayed(sample: SampleApp) -> None:
    SchemaTemplate.objects.all().delete()
    sample.write(2, CHANGES)

    run()

    fresh = freshly_made()
    assert all(tables_of(name) == fresh for name in NAMES)


def test_python_in_a_migration_works_on_each_municipality(sample: SampleApp) -> None:
    execute("INSERT INTO aa1.sample_town_street (name) VALUES ('High street')")
    sample.write(2, BY_PYTHON, code=NAME_STREETS)
    sample.write(3, CHANGES)

    outcomes = run()

    assert not any(outcome.error for outcome in outcomes.values())
    assert execute("SELECT name FROM aa1.sample_town_street ORDER BY 1") == [("HIGH STREET",), ("MAIN STREET",)]
    assert execute("SELECT name FROM aa2.sample_town_street") == [("MAIN STREET",)]
    fresh = freshly_made()
    assert all(tables_of(name) == fresh for name in NAMES)


def test_rows_that_a_migration_makes_are_in_new_municipalities_too(sample: SampleApp) -> None:
    sample.write(2, BY_PYTHON, code=NAME_STREETS)

    freshly_made()

    assert execute("SELECT id, name FROM fresh.sample_town_street") == [(1, "MAIN STREET")]
    execute("INSERT INTO fresh.sample_town_street (name) VALUES ('next')")
    assert execute("SELECT id FROM fresh.sample_town_street WHERE name = 'next'") == [(2,)]


def test_a_migration_outside_of_transactions_works(sample: SampleApp) -> None:
    sample.write(
        2,
        'AddIndexConcurrently("House", models.Index(fields=["number"], name="house_by_number")),',
        code="from django.contrib.postgres.operations import AddIndexConcurrently\n",
        more="    atomic = False\n",
    )

    assert not any(outcome.error for outcome in run().values())
    fresh = freshly_made()
    assert all(tables_of(name) == fresh for name in NAMES)


def test_what_fails_anywhere_fails_before_it_touches_a_municipality(sample: SampleApp) -> None:
    sample.write(2, 'migrations.RunSQL("SELECT 1 / 0"),')

    outcomes = run()

    assert {outcome.error.strip() for outcome in outcomes.values()} == {"DataError: division by zero"}
    assert set(SchemaJob.objects.values_list("state", flat=True)) == {SchemaJobState.FAILED}


def test_a_broken_municipality_is_named_and_the_others_go_on(sample: SampleApp, caplog: Any) -> None:
    execute("ALTER TABLE aa2.sample_town_street ADD length integer")
    sample.write(2, CHANGES)
    before = tables_of("aa2")
    said = StringIO()

    with pytest.raises(CommandError, match=r"Not migrated: aa2\.") as failed:
        call_command("migrate_tenants", schemas=NAMES, stdout=said)

    assert failed.value.returncode == 1
    assert "aa2: failed: ProgrammingError" in said.getvalue()
    assert "3 migrated, 1 failed" in said.getvalue()
    assert tables_of("aa2") == before
    assert set(schemas_behind()) & set(NAMES) == {"aa2"}
    job = SchemaJob.objects.get(municipality__schema_name="aa2")
    assert job.state == SchemaJobState.FAILED
    assert "already exists" in job.error

    execute("ALTER TABLE aa2.sample_town_street DROP length")
    call_command("migrate_tenants", schemas=NAMES, stdout=said)
    assert tables_of("aa2") == tables_of("aa1")
    job.refresh_from_db()
    assert (job.state, job.error) == (SchemaJobState.DONE, "")


def test_what_a_municipality_lacks_is_not_taken_from_the_public_schema(sample: SampleApp) -> None:
    sample.write(2, """migrations.RunSQL("ALTER TABLE audit_entry ADD stray integer"),""")
    execute("ALTER TABLE aa3.audit_entry RENAME TO lost")

    outcomes = run()

    assert outcomes["aa3"].error == "BrokenSchema: It lacks audit_entry."
    stray = execute("SELECT table_schema FROM information_schema.columns WHERE column_name = 'stray' ORDER BY 1")
    assert stray == [("aa1",), ("aa2",), ("aa4",)]


def test_a_municipality_without_schema_is_named(sample: SampleApp) -> None:
    sample.write(2, CHANGES)
    execute("DROP SCHEMA aa4 CASCADE")

    outcomes = run()

    assert [name for name, outcome in outcomes.items() if outcome.error] == ["aa4"]
    assert not schema_exists("aa4")


def test_a_busy_municipality_is_left_for_the_next_run(sample: SampleApp) -> None:
    sample.write(2, CHANGES)
    with own_connection() as other, other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("LOCK TABLE aa1.sample_town_street IN ACCESS SHARE MODE")
        outcomes = run(lock_timeout=0.05)
        cursor.execute("ROLLBACK")

    assert [name for name, outcome in outcomes.items() if outcome.error] == ["aa1"]
    assert "lock timeout" in outcomes["aa1"].error
    assert list(run()) == ["aa1"]
    assert tables_of("aa1") == tables_of("aa2")


def test_two_runs_at_once_change_everything_once(sample: SampleApp) -> None:
    sample.write(2, CHANGES)

    def one(_number: int) -> dict[str, Outcome]:
        try:
            return run()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        first, second = sorted(pool.map(one, range(2)), key=len)

    assert (first, set(second)) == ({}, set(NAMES))
    assert not any(outcome.error for outcome in second.values())


def test_killed_half_way_and_resumed_it_ends_equal(sample: SampleApp) -> None:
    sample.write(
        2,
        CHANGES
        + """migrations.RunSQL(
            "DO $$ BEGIN IF current_schema() = 'aa3' THEN PERFORM pg_advisory_xact_lock(77); END IF; END $$"
        ),""",
    )
    arguments = [f"--schema={name}" for name in NAMES]
    with own_connection() as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(77)")
        running = sample.manage("migrate_tenants", "--workers=1", f"--lock-timeout={PATIENCE}", *arguments)
        kill_where_it_waits(running, 77)

    states = dict(SchemaJob.objects.values_list("municipality__schema_name", "state"))
    assert (states["aa2"], states["aa3"]) == (SchemaJobState.DONE, SchemaJobState.RUNNING)
    assert set(schemas_behind()) & set(NAMES) == {"aa3", "aa4"}
    assert "length" not in "".join(tables_of("aa3"))

    resumed = sample.manage("migrate_tenants", *arguments)
    assert "2 migrated, 0 failed" in resumed.communicate(timeout=PATIENCE)[0]
    assert resumed.returncode == 0
    fresh = freshly_made()
    assert all(tables_of(name) == fresh for name in NAMES)


def test_a_recorded_version_is_trusted_unless_told_otherwise(sample: SampleApp) -> None:
    sample.write(2, CHANGES)
    Municipality.objects.filter(schema_name="aa1").update(schema_version=schema_version())

    assert "aa1" not in run()
    assert run("aa1", verify=True)["aa1"].steps == 1
    assert run("aa1", verify=True)["aa1"].steps == 0


def test_a_later_release_is_left_alone(sample: SampleApp) -> None:
    sample.write(2, CHANGES)
    run()
    later = schema_version()
    sample.remove(2)
    run("aa1", verify=True)

    assert set(Municipality.objects.filter(schema_name__in=NAMES).values_list("schema_version", flat=True)) == {later}


def test_a_municipality_migrated_by_django_is_recognised(sample: SampleApp) -> None:
    by_django = make_municipality("by_django")
    by_django.create_schema(check_if_exists=True, verbosity=0)
    provision(by_django)
    sample.write(2, CHANGES)

    assert run("by_django")["by_django"].error == ""
    assert tables_of("by_django") == freshly_made()


def test_a_squashed_migration_is_recorded_where_its_parts_are(sample: SampleApp) -> None:
    second = 'migrations.AddField("Street", "length", models.IntegerField(null=True)),'
    sample.write(2, second)
    run("aa1", "aa2")
    squashed = sample.write(
        3, FIRST + second, more=f'    replaces = [("{APP}", "{CHANGE_1}"), ("{APP}", "{CHANGE_2}")]\n'
    )
    file = sample.migrations / f"{squashed}.py"
    file.write_text(file.read_text().replace(f"[('{APP}', '{CHANGE_2}')]", "[]"))
    sample.write(4, 'migrations.RemoveField("House", "number"),')
    sample.write(5, BY_PYTHON, code=NAME_STREETS)

    outcomes = run()

    assert {name: outcome.error for name, outcome in outcomes.items()} == dict.fromkeys(NAMES, "")
    fresh = freshly_made()
    for name in NAMES:
        assert tables_of(name) == fresh
        assert (APP, squashed) in applied_migrations(name)


def test_the_municipalities_of_a_country_at_once(sample: SampleApp, strumica: Municipality) -> None:
    sample.write(2, CHANGES)

    outcomes = list(migrate_tenants(workers=4))

    assert {outcome.schema for outcome in outcomes} == {*NAMES, "strumica", "haifa"}
    assert not any(outcome.error for outcome in outcomes)
    with tenant_context(strumica):
        assert execute("SELECT street_count()") == [(0,)]


def test_the_scratch_schema_is_apart_from_the_product(sample: SampleApp) -> None:
    SchemaTemplate.objects.all().delete()
    prepare_template()
    sample.write(2, CHANGES)
    run()

    assert not schema_exists(SCRATCH)
    assert execute("SELECT to_regproc('public.street_count')") == [(None,)]
