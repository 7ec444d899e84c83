"""The company in its pilot on the platform's host: it works there, and sees nothing else of any municipality."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django_tenants.utils import tenant_context

from pilots.enums import PilotOutcome, PilotState
from pilots.models import Evidence
from pilots.services import ledger
from programs.models import Municipality
from solutions.market.enums import CompanyRole
from solutions.market.models import CompanyMember
from tech4muni.accounts.models import User
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tests.factories.people import make_coordinator, make_user
from tests.factories.pilots import Table, make_pilot, read, write_plan

ClientOn = Callable[[str], Client]


def make(municipality: Municipality, state: PilotState = PilotState.RUNNING, **fields: Any) -> Table:
    with tenant_context(municipality):
        table = make_pilot(municipality, state=state, **fields)
    assert table.entry
    return table


def page_of(table: Table, name: str, **more: Any) -> str:
    return table.at_company(name, **more)


@pytest.fixture
def table(strumica: Municipality) -> Table:
    return make(strumica, title="Bins of Strumica")


@pytest.fixture
def ask(client_on: ClientOn) -> Callable[..., Any]:
    def get(user: User, path: str, **data: Any) -> Any:
        client = client_on("localhost")
        client.force_login(user)
        return client.post(path, data) if data else client.get(path)

    return get


def add_colleague(table: Table, role: CompanyRole) -> User:
    user = make_user()
    CompanyMember.objects.create(company=table.company, user=user, role=role)
    return user


def test_the_company_finds_its_pilots(table: Table, ask: Any, strumica: Municipality) -> None:
    make(strumica, title="Somebody else’s")

    body = ask(table.founder, "/pilots/").content.decode()

    assert "Bins of Strumica" in body
    assert "Somebody else’s" not in body
    assert page_of(table, "pilot") in body


def test_the_company_works_in_its_pilot(table: Table, ask: Any, strumica: Municipality) -> None:
    day = clock.now().date().isoformat()
    path = page_of(table, "add_evidence", kind="reading")

    with tenant_context(strumica):
        kpi = table.kpi
    answer = ask(table.founder, path, kpi=kpi.pk, value="33.5", observed_on=day, method="Counted")

    assert (answer.status_code, answer["Location"]) == (302, page_of(table, "ledger"))
    with tenant_context(strumica):
        entry = Evidence.objects.get()
        assert (entry.side, entry.by, str(entry.value)) == ("company", table.founder, "33.500")
        assert Entry.objects.get(verb="evidence.added").actor == table.founder
    assert not Entry.objects.filter(verb="evidence.added").exists()  # not in the public trail
    assert "33.5" in ask(table.founder, page_of(table, "kpis")).content.decode()


def test_the_schema_is_left_again(table: Table, ask: Any) -> None:
    ask(table.founder, page_of(table, "pilot"))

    assert connection.schema_name == "public"  # type: ignore[attr-defined]


PAGES = ("pilot", "kpis", "ledger", "export", "reviews")
FORMS = ("plan", "add_kpi", "add_milestone", "review", "decide")
BUTTONS = ("agree", "start", "begin_review")


@pytest.mark.parametrize("name", [*PAGES, *FORMS, *BUTTONS])
def test_nobody_else_learns_that_there_is_a_pilot(
    table: Table, ask: Any, strumica: Municipality, haifa: Municipality, name: str
) -> None:
    rival, elsewhere = make(strumica), make(haifa)
    ended = add_colleague(table, CompanyRole.EDITOR)
    CompanyMember.objects.filter(user=ended).update(ended_at=clock.now())
    others = [rival.founder, elsewhere.founder, ended, make_user(), table.lead, make_coordinator()]

    statuses = {ask(user, page_of(table, name)).status_code for user in others}
    statuses |= {ask(user, page_of(table, name), version="1").status_code for user in others}

    assert statuses == {404}


def test_of_a_municipality_nothing_but_the_own_pilot_is_there(
    table: Table, ask: Any, strumica: Municipality, haifa: Municipality
) -> None:
    rival, elsewhere = make(strumica, title="A rival’s secret"), make(haifa, title="A secret of Haifa")
    with tenant_context(strumica):
        read(rival, 7)
        upload = SimpleUploadedFile("secret.csv", b"a,b\n")
        day = clock.now().date()
        ledger.add_file(rival.pilot, seat=rival.other, file=upload, text="x", observed_on=day)
        foreign_kpi, foreign_milestone = rival.kpi, rival.milestones[1]

    assert ask(table.founder, page_of(rival, "pilot")).status_code == 404
    assert ask(table.founder, page_of(elsewhere, "pilot")).status_code == 404
    for path in (
        page_of(table, "kpi", kpi_id=foreign_kpi.public_id),
        page_of(table, "milestone", milestone_id=foreign_milestone.public_id),
        page_of(table, "send_back", milestone_id=foreign_milestone.public_id),
        page_of(table, "file", number=2),
        page_of(table, "correct", number=1),
    ):
        assert ask(table.founder, path).status_code in {403, 404}, path
        assert ask(table.founder, path, x="y").status_code in {403, 404, 405}, path
    for name in PAGES:
        body = ask(table.founder, page_of(table, name)).content.decode()
        assert "secret" not in body
    path = page_of(table, "add_evidence", kind="reading")
    sent = {"kpi": foreign_kpi.pk, "value": "1", "observed_on": day.isoformat(), "method": "x"}
    assert ask(table.founder, path, **sent).status_code == 422


def test_the_municipalitys_host_stays_shut(table: Table, client_on: ClientOn) -> None:
    client = client_on("strumica.localhost")
    client.force_login(table.founder)

    for path in (table.at_city("pilot"), table.at_city("ledger"), f"/challenges/{table.challenge.public_id}/pilots/"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("role", "form"), [(CompanyRole.OWNER, 200), (CompanyRole.EDITOR, 200), (CompanyRole.VIEWER, 403)]
)
def test_viewers_of_the_company_only_read(table: Table, ask: Any, role: CompanyRole, form: int) -> None:
    colleague = add_colleague(table, role)

    assert {ask(colleague, page_of(table, name)).status_code for name in PAGES} == {200}
    assert ask(colleague, page_of(table, "add_evidence", kind="note")).status_code == form


def test_a_municipality_that_is_shut_shuts_its_pilots(table: Table, ask: Any, strumica: Municipality) -> None:
    Municipality.objects.filter(pk=strumica.pk).update(state="suspended")

    assert ask(table.founder, page_of(table, "pilot")).status_code == 404
    assert "Bins of Strumica" not in ask(table.founder, "/pilots/").content.decode()


def test_files_are_handed_out_to_both_sides_alone(
    table: Table, ask: Any, client_on: ClientOn, strumica: Municipality
) -> None:
    path = page_of(table, "add_evidence", kind="file")
    upload = SimpleUploadedFile("counts.csv", b"day,trips\n1,40\n", "text/html")
    ask(table.founder, path, file=upload, text="Counts", observed_on=clock.now().date().isoformat())

    answers = [ask(table.founder, page_of(table, "file", number=1))]
    client = client_on("strumica.localhost")
    client.force_login(table.lead)
    answers.append(client.get(table.at_city("file", number=1)))

    for answer in answers:
        assert b"".join(answer.streaming_content) == b"day,trips\n1,40\n"
        assert answer["Content-Type"] == "text/csv"
        assert answer["Content-Disposition"] == 'attachment; filename="counts.csv"'
        assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")
    assert ask(make_user(), page_of(table, "file", number=1)).status_code == 404
    assert ask(table.founder, page_of(table, "file", number=9)).status_code == 404


def test_a_wrong_file_keeps_what_was_typed(table: Table, ask: Any) -> None:
    path = page_of(table, "add_evidence", kind="file")
    upload = SimpleUploadedFile("counts.csv", b"day\0trips")

    answer = ask(table.founder, path, file=upload, text="Counts of March", observed_on="2026-01-02")

    assert answer.status_code == 422
    assert "Counts of March" in answer.content.decode()


def test_both_sides_agree_across_the_hosts(strumica: Municipality, ask: Any, client_on: ClientOn, table: Table) -> None:
    planned = make(strumica, PilotState.PLANNING)
    Municipality.objects.filter(pk=strumica.pk).update(logo="municipalities/strumica/logo.png")
    with tenant_context(strumica):
        write_plan(planned)
        version = planned.fresh().version

    assert ask(planned.founder, page_of(planned, "agree"), version=version).status_code == 302
    client = client_on("strumica.localhost")
    client.force_login(planned.lead)
    for name in ("agree", "start"):
        client.post(planned.at_city(name), {"version": version})

    with tenant_context(strumica):
        assert planned.fresh().state == PilotState.RUNNING
        agreed = Entry.objects.filter(verb="pilot.agreed").order_by("-number")[:2]
        assert [(line.actor, line.data["side"]) for line in agreed] == [
            (planned.lead, "city"), (planned.founder, "company"),
        ]  # fmt: skip


def test_who_is_not_logged_in_is_led_to_log_in(table: Table, client_on: ClientOn) -> None:
    for path in ("/pilots/", page_of(table, "pilot")):
        answer = client_on("localhost").get(path)
        assert (answer.status_code, answer["Location"]) == (302, f"/account/login/?next={path}")


@pytest.mark.parametrize("path", [f"/pilots/{UUID(int=7)}/", "/pilots/1/", f"/results/{UUID(int=7)}/"])
def test_what_is_not_there(client_on: ClientOn, table: Table, path: str) -> None:
    client = client_on("localhost")
    client.force_login(table.founder)

    assert client.get(path).status_code == 404


def test_a_result_is_public_when_it_is_decided(strumica: Municipality, client_on: ClientOn) -> None:
    table = make(strumica, PilotState.REVIEW, title="Bins")
    path = f"/results/{table.entry.public_id}/"
    assert client_on("localhost").get(path).status_code == 404

    ended = make(strumica, PilotState.DECIDED, title="Lamps", outcome=PilotOutcome.STOP, text="LESSON")

    body = client_on("localhost").get(f"/results/{ended.entry.public_id}/").content.decode()
    for words in ("Lamps", "Stop it", "because LESSON", "although LESSON", "differently LESSON", ended.company.name):
        assert words in body
    assert "purchase" not in body
    assert "route LESSON" not in body
