"""Several processes at once: one is killed, one sees what another one changed."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django_tenants.utils import schema_exists, tenant_context

from programs.enums import MunicipalityState
from programs.hosts.cache import municipality_on
from programs.models import Domain, Municipality
from programs.municipalities import add_host, change_host, edit_municipality, resume, suspend
from programs.schemas.locks import own_connection
from programs.schemas.models import SchemaTemplate
from programs.schemas.provisioning import provision
from programs.schemas.scratch import SCRATCH
from programs.schemas.template import current_template
from programs.tasks import provision_waiting
from tech4muni.audit.models import Entry
from tech4muni.audit.services import record
from tests.factories.municipalities import make_municipality
from tests.processes import Process, kill_where_it_waits, python

pytestmark = pytest.mark.django_db(transaction=True)

# Answers, for each host that it is told, with the status of its first page; obeys `suspend` and `resume`.
WEB = """
import sys
import django
django.setup()
from django.test import Client
from programs.models import Municipality
from programs.municipalities import resume, suspend
for line in sys.stdin:
    command, _, name = line.strip().partition(" ")
    if command == "get":
        print("=>", Client(headers={"host": name}).get("/", secure=True).status_code, flush=True)
    elif command == "suspend":
        suspend(Municipality.objects.get(schema_name=name), actor=None, reason="Closed")
        print("=> done", flush=True)
    else:
        resume(Municipality.objects.get(schema_name=name), actor=None)
        print("=> done", flush=True)
"""


@contextmanager
def waiting_in_the_middle(lock: int) -> Iterator[None]:
    """Let provisioning wait for a lock that we hold, half-way through its script."""
    template = current_template()
    statements = template.script.split(";\n\n")
    half = len(statements) // 2
    halves = [*statements[:half], f"SELECT pg_advisory_xact_lock({lock})", *statements[half:]]
    same = SchemaTemplate.objects.filter(pk=template.pk)
    with own_connection() as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [lock])
        same.update(script=";\n\n".join(halves))
        try:
            yield
        finally:
            same.update(script=template.script)


@pytest.mark.parametrize("arguments", [["provision", "bitola"], ["shell", "-c"]], ids=["command", "task"])
def test_provisioning_killed_half_way_leaves_nothing_and_can_be_repeated(arguments: list[str]) -> None:
    municipality = make_municipality()
    if arguments[0] == "shell":
        arguments = [*arguments, f"from programs import tasks; tasks.provision_municipality({municipality.pk})"]

    with waiting_in_the_middle(78):
        kill_where_it_waits(python("manage.py", *arguments), 78)

    municipality.refresh_from_db()
    assert municipality.state == MunicipalityState.PREPARING
    assert not schema_exists("bitola")
    assert not Entry.objects.filter(verb="municipality.opened").exists()

    provision_waiting()
    municipality.refresh_from_db()
    assert municipality.state == MunicipalityState.ACTIVE
    with tenant_context(municipality):
        assert record("thing.done", actor=None).number == 1


def test_the_template_can_be_prepared_after_a_process_was_killed_over_it() -> None:
    usual = current_template().script
    name = connection.settings_dict["NAME"]
    with own_connection(NAME=f"{name}_schema_template") as left, left.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {SCRATCH}")
        cursor.execute(f"CREATE TABLE {SCRATCH}.half_done (id int); CREATE TABLE public.half_done (id int)")
    SchemaTemplate.objects.all().delete()

    preparing = python("manage.py", "prepare_template")

    assert "Schema version" in preparing.communicate()[0]
    assert preparing.returncode == 0
    assert current_template().script == usual
    assert provision(make_municipality()) is True


@contextmanager
def another_web_process() -> Iterator[Process]:
    process = python("-c", WEB)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def tell(process: Process, command: str) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{command}\n")
    answers = (line.partition("=> ") for line in process.stdout)  # between lines of the log
    return next(answer.strip() for _log, found, answer in answers if found)


def test_the_very_next_request_of_another_process_sees_a_change(strumica: Municipality) -> None:
    with another_web_process() as web:
        assert tell(web, "get strumica.localhost") == "302"
        assert tell(web, "get new.localhost") == "404"

        suspend(strumica, actor=None, reason="Closed")
        assert tell(web, "get strumica.localhost") == "503"
        resume(strumica, actor=None)
        assert tell(web, "get strumica.localhost") == "302"

        added = add_host(strumica, actor=None, host="new.localhost")
        assert tell(web, "get new.localhost") == "302"
        changed = change_host(added, actor=None, host="newer.localhost")
        assert [tell(web, f"get {host}.localhost") for host in ("new", "newer")] == ["404", "302"]
        changed.delete()
        assert tell(web, "get newer.localhost") == "404"


def test_we_see_what_another_process_changes(strumica: Municipality) -> None:
    states = []
    with another_web_process() as web:
        for command in ("get strumica.localhost", "suspend strumica", "resume strumica"):
            tell(web, command)
            seen = municipality_on("strumica.localhost")
            assert seen is not None
            states.append(seen.state)

    assert states == [MunicipalityState.ACTIVE, MunicipalityState.SUSPENDED, MunicipalityState.ACTIVE]


def test_a_process_killed_between_commit_and_cache_leaves_nothing_stale(strumica: Municipality) -> None:
    """The generation says `changing` from before the commit on, so everybody asks the database."""
    killed = """
import os, signal, django
django.setup()
from programs.hosts import cache
from programs.models import Municipality
from programs.municipalities import edit_municipality
begin = cache._begin
cache._begin = lambda generation, timeout: (
    begin(generation, timeout) if generation == cache.CHANGING else os.kill(os.getpid(), signal.SIGKILL)
)
edit_municipality(Municipality.objects.get(schema_name="strumica"), actor=None, changes={"population": 54321})
"""
    municipality_on("strumica.localhost")

    python("-c", killed).communicate()

    assert Municipality.objects.get(pk=strumica.pk).population == 54321
    seen = municipality_on("strumica.localhost")
    assert seen is not None
    assert seen.population == 54321
    edit_municipality(strumica, actor=None, changes={"population": None})
    assert Domain.objects.filter(tenant=strumica).count() == 1
