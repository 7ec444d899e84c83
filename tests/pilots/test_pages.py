"""The pages on the municipality's host: how many queries they make, and that what was typed is kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django_tenants.utils import tenant_context

from pilots.enums import MilestoneState, PilotOutcome, PilotSide, PilotState
from pilots.models import Milestone, Pilot
from pilots.services import plan
from programs.enums import Stage
from programs.models import Municipality
from tech4muni.core import clock
from tests.factories.challenges import make_challenge
from tests.factories.pilots import Table, add_milestone, make_pilot, make_selected, read

ClientOn = Callable[[str], Client]
LIST, MINE, RESULTS = 16, 5, 3
CITY = {"kpis": 15, "ledger": 17, "pilot": 17}
COMPANY = {"kpis": 10, "ledger": 12, "pilot": 12}


@pytest.fixture
def table(strumica: Municipality) -> Table:
    with tenant_context(strumica):
        return make_pilot(strumica, state=PilotState.RUNNING)


@pytest.fixture
def planned(strumica: Municipality) -> Table:
    with tenant_context(strumica):
        return make_pilot(strumica)


def city(client_on: ClientOn, table: Table) -> Client:
    client = client_on("strumica.localhost")
    client.force_login(table.lead)
    return client


def company(client_on: ClientOn, table: Table) -> Client:
    client = client_on("localhost")
    client.force_login(table.founder)
    return client


def queries(client: Client, path: str, expected: int, assert_num: Any) -> None:
    client.get(path)  # caches of hosts and sessions are warm
    with assert_num(expected):
        assert client.get(path).status_code == 200


# -- As many queries for three rows as for one


def test_list(strumica: Municipality, client_on: ClientOn, django_assert_num_queries: Any) -> None:
    with tenant_context(strumica):
        challenge = make_challenge(strumica, stage=Stage.PILOT)
        table = make_pilot(strumica, challenge=challenge)
        make_selected(strumica, challenge=challenge)
    client, path = city(client_on, table), f"/challenges/{challenge.public_id}/pilots/"
    queries(client, path, LIST, django_assert_num_queries)
    with tenant_context(strumica):
        for _number in range(2):
            make_pilot(strumica, challenge=challenge, lead=table.lead)
            make_selected(strumica, challenge=challenge)

    queries(client, path, LIST, django_assert_num_queries)


@pytest.mark.parametrize("name", ["kpis", "ledger", "pilot"])
def test_pages_of_a_pilot(
    strumica: Municipality, client_on: ClientOn, table: Table, name: str, django_assert_num_queries: Any
) -> None:
    with tenant_context(strumica):
        read(table, 40)
    doors = [
        (city(client_on, table), table.at_city(name), CITY[name]),
        (company(client_on, table), table.at_company(name), COMPANY[name]),
    ]
    for client, path, expected in doors:
        queries(client, path, expected, django_assert_num_queries)
    with tenant_context(strumica):
        for value in (35, 31, 30):
            read(table, value, seat=table.other)
        for number in range(2):
            Milestone.objects.create(
                pilot=table.pilot, title=f"More {number}", due_on=clock.now().date(), side="city",
                state=MilestoneState.DELIVERED,
            )  # fmt: skip
        for number in range(2):
            table.pilot.kpis.create(names={"en-gb": f"KPI {number}"}, unit="%", aim="more")

    for client, path, expected in doors:
        queries(client, path, expected, django_assert_num_queries)


def test_own_pilots(strumica: Municipality, client_on: ClientOn, table: Table, django_assert_num_queries: Any) -> None:
    client = company(client_on, table)
    queries(client, "/pilots/", MINE, django_assert_num_queries)
    with tenant_context(strumica):
        for _number in range(2):
            make_pilot(strumica, founder=table.founder)

    queries(client, "/pilots/", MINE, django_assert_num_queries)


def test_results(strumica: Municipality, client_on: ClientOn, django_assert_num_queries: Any) -> None:
    client = client_on("localhost")
    with tenant_context(strumica):
        make_pilot(strumica, state=PilotState.DECIDED)
    queries(client, "/results/", RESULTS, django_assert_num_queries)
    with tenant_context(strumica):
        for _number in range(2):
            make_pilot(strumica, state=PilotState.DECIDED)

    queries(client, "/results/", RESULTS, django_assert_num_queries)


# -- What was typed is kept


def test_nonsense_in_the_plan(client_on: ClientOn, planned: Table) -> None:
    sent = {"version": 1, "aim": "Fewer trips", "budget": "much", "currency": "EUR", "starts_on": "2026-02-30"}

    answer = city(client_on, planned).post(planned.at_city("plan"), sent)

    body = answer.content.decode()
    assert answer.status_code == 422
    assert "Fewer trips" in body
    assert "much" in body


def test_two_who_write_the_plan_at_once(client_on: ClientOn, planned: Table, strumica: Municipality) -> None:
    client, path = city(client_on, planned), planned.at_city("plan")
    with tenant_context(strumica):
        changes = {"aim": "Theirs", "site": "Market square"}
        plan.change_plan(planned.pilot, seat=planned.other, version=1, changes=changes)

    answer = client.post(path, {"version": 1, "aim": "Mine", "currency": "EUR"})

    body = answer.content.decode()
    assert answer.status_code == 409
    assert "Mine" in body
    assert "Theirs" in body
    assert "Market square" in body
    assert 'name="version" value="2"' in body
    assert client.post(path, {"version": 2, "aim": "Mine", "currency": "EUR"}).status_code == 302
    with tenant_context(strumica):
        assert planned.fresh().aim == "Mine"


@pytest.mark.parametrize("name", ["kpi", "add_kpi", "milestone", "add_milestone"])
def test_two_who_write_other_parts_at_once(
    client_on: ClientOn, planned: Table, strumica: Municipality, name: str
) -> None:
    with tenant_context(strumica):
        milestone = add_milestone(planned, PilotSide.CITY, clock.now().date(), "Site ready")
        keys = {"kpi": {"kpi_id": planned.kpi.public_id}, "milestone": {"milestone_id": milestone.public_id}}
    sent = {
        "version": 1, "name": "Trips", "unit": "trips", "aim": "less", "baseline": "50.25", "title": "Typed title",
        "due_on": "2026-12-24", "side": "company",
    }  # fmt: skip

    answer = city(client_on, planned).post(planned.at_city(name, **keys.get(name, {})), sent)

    assert answer.status_code == 409
    assert ("50.25" if "kpi" in name else "Typed title") in answer.content.decode()


def test_incoherent_figures_are_told_beside_their_field(client_on: ClientOn, planned: Table) -> None:
    with tenant_context(planned.municipality):
        path = planned.at_city("kpi", kpi_id=planned.kpi.public_id)
    sent = {"version": 1, "baseline": "50", "target": "70", "threshold": "80"}

    answer = city(client_on, planned).post(path, sent)

    assert answer.status_code == 422
    assert "The target has to be better than the baseline." in answer.content.decode()
    assert 'value="70"' in answer.content.decode()


def test_a_button_about_an_older_plan(client_on: ClientOn, planned: Table) -> None:
    client = city(client_on, planned)

    for name, data in (("agree", {"version": 7}), ("agree", {}), ("start", {"version": 1})):
        answer = client.post(planned.at_city(name), data, follow=True)
        assert answer.redirect_chain[0][1] == 302
        assert "tone-late" in answer.content.decode()
    with tenant_context(planned.municipality):
        assert planned.fresh().city_agreed_at is None


def test_the_way_on_is_shown(client_on: ClientOn, planned: Table) -> None:
    body = city(client_on, planned).get(planned.at_city("pilot")).content.decode()

    assert "Before the pilot can begin" in body
    assert "Say how the solution would be bought if it works." in body
    assert planned.at_city("agree") not in body  # nothing to agree to yet


def test_a_late_milestone_is_marked(client_on: ClientOn, table: Table, strumica: Municipality) -> None:
    client = city(client_on, table)
    assert "tone-late" not in client.get(table.at_city("pilot")).content.decode()
    with tenant_context(strumica):
        Milestone.objects.filter(pilot=table.pilot).update(due_on=clock.now().date() - timedelta(days=2))

    assert "tone-late" in client.get(table.at_city("pilot")).content.decode()


def test_the_ledger_says_whether_it_is_whole(client_on: ClientOn, table: Table, strumica: Municipality) -> None:
    with tenant_context(strumica):
        read(table, 40)
        read(table, 35, seat=table.other)

    body = city(client_on, table).get(table.at_city("ledger")).content.decode()

    assert "The chain is whole: 2 entries." in body
    assert table.at_city("correct", number=1) in body
    assert table.at_city("correct", number=2) not in body
    assert table.at_city("countersign", number=2) in body
    assert table.at_city("countersign", number=1) not in body


def test_begin_from_the_list(strumica: Municipality, client_on: ClientOn, table: Table) -> None:
    with tenant_context(strumica):
        release = make_selected(strumica, challenge=table.challenge)
    client = city(client_on, table)
    start = f"/challenges/{table.challenge.public_id}/pilots/"
    path = f"{start}begin/{release.public_id}/"
    assert path in client.get(start).content.decode()

    first, second = client.post(path), client.post(path)

    with tenant_context(strumica):
        pilot = Pilot.objects.get(release_id=release.public_id)
    assert first["Location"] == f"{start}{pilot.public_id}/"
    assert second["Location"] == start


def test_decide_from_the_page(strumica: Municipality, client_on: ClientOn) -> None:
    with tenant_context(strumica):
        table = make_pilot(strumica, state=PilotState.REVIEW)
    client, path = city(client_on, table), table.at_city("decide")

    wrong = client.post(path, {"seen": "extend", "outcome": "scale", "rationale": "It felt good"})
    assert wrong.status_code == 422
    assert "It felt good" in wrong.content.decode()
    with tenant_context(strumica):
        read(table, 99)
    stale = client.post(path, {"seen": "extend", "outcome": "iterate", "rationale": "It felt good"})
    assert stale.status_code == 409
    assert "It felt good" in stale.content.decode()
    assert 'name="seen" value="stop"' in stale.content.decode()

    done = client.post(path, {"seen": "stop", "outcome": "stop", "rationale": "Worse than before"})

    assert done.status_code == 302
    page = client.get(table.at_city("reviews")).content.decode()
    assert f"https://localhost/results/{table.entry.public_id}/" in page


def test_results_are_filtered(strumica: Municipality, haifa: Municipality, client_on: ClientOn) -> None:
    for municipality, outcome, title in (
        (strumica, PilotOutcome.STOP, "Bins"),
        (strumica, PilotOutcome.SCALE, "Lamps"),
        (haifa, PilotOutcome.STOP, "Sea"),
    ):
        with tenant_context(municipality):
            make_pilot(municipality, state=PilotState.DECIDED, outcome=outcome, title=title)
    client = client_on("localhost")

    def shown(query: str) -> set[str]:
        body = client.get(f"/results/{query}").content.decode()
        return {title for title in ("Bins", "Lamps", "Sea") if f"<bdi>{title}</bdi>" in body}

    assert shown("") == {"Bins", "Lamps", "Sea"}
    assert shown("?outcome=stop") == {"Bins", "Sea"}
    assert shown("?outcome=stop&municipality=strumica") == {"Bins"}
    assert shown("?outcome=nonsense") == {"Bins", "Lamps", "Sea"}
