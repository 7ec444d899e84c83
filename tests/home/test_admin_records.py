"""The platform's trail, the overview and the health page."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django_tenants.utils import tenant_context

from programs.enums import Role
from programs.models import Invitation, Municipality
from programs.schemas import jobs
from tech4muni.accounts.models import User
from tech4muni.audit.services import record
from tech4muni.core import clock
from tech4muni.home import health
from tech4muni.home.admin.health import SENTENCES
from tech4muni.home.health import Check, Finding, Health
from tech4muni.notifications.enums import MessageState
from tests.factories.messages import make_message
from tests.factories.municipalities import make_municipality
from tests.home.pages import text_of


def test_trail_is_read_and_searched(desk: Client, coordinator: User, strumica: Municipality) -> None:
    entry = record("test.done", actor=coordinator, target=strumica, reason="Why not", data={"before": "<b>"})
    record("test.other", actor=None)

    found = desk.get("/admin/audit/entry/?q=Why")
    page = desk.get(f"/admin/audit/entry/{entry.pk}/change/")

    assert [row.verb for row in found.context["cl"].result_list] == ["test.done"]
    text = text_of(page)
    assert all(words in text for words in ("Dana Levi", "Strumica", "Why not", '"before": "<b>"', entry.digest))


def test_trail_is_not_written(desk: Client, coordinator: User) -> None:
    entry = record("test.done", actor=coordinator)

    assert desk.post(f"/admin/audit/entry/{entry.pk}/change/", {"verb": "test.never"}).status_code == 403
    assert desk.get("/admin/audit/entry/").context["cl"].model_admin.get_actions(desk.get("/admin/").wsgi_request) == {}


def test_trail_of_a_municipality_is_not_here(desk: Client, strumica: Municipality) -> None:
    with tenant_context(strumica):
        record("test.inside", actor=None)

    assert desk.get("/admin/audit/entry/").context["cl"].result_count == 0


def test_overview_is_calm_where_nothing_needs_a_coordinator(desk: Client) -> None:
    text = text_of(desk.get("/admin/"))

    assert "Nothing at the moment" in text
    assert "2 active municipalities" in text


def test_overview_names_what_needs_a_coordinator(desk: Client, strumica: Municipality, coordinator: User) -> None:
    make_message(state=MessageState.FAILED)
    make_message(state=MessageState.HELD)
    jobs.fail(make_municipality(), "1", RuntimeError("no"))
    Municipality.objects.filter(pk=strumica.pk).update(schema_version="00000-old")
    Invitation.objects.create(
        municipality=strumica, email="late@example.org", role=Role.LEAD, invited_by=coordinator,
        token_digest="0" * 64, expires_at=clock.now() - timedelta(days=1),
    )  # fmt: skip

    response = desk.get("/admin/")

    assert [str(task.title) for task in response.context["attention"]] == [
        "The schema of 1 municipality failed",
        "1 mail could not be sent",
        "The schema of 1 municipality is behind",
        "1 municipality is being prepared",
        "1 mail is held back",
        "1 invitation expired",
    ]
    for task in response.context["attention"]:
        assert desk.get(task.url).status_code == 200


def test_every_figure_leads_to_the_rows_it_counts(desk: Client, strumica: Municipality) -> None:
    make_message()

    for figure in desk.get("/admin/").context["figures"]:
        assert desk.get(figure.url).context["cl"].result_count == figure.number


@pytest.mark.parametrize("state", Health)
def test_health_page_tells_every_state_in_words(state: Health, desk: Client, monkeypatch: Any) -> None:
    check = Check(
        "test", "A thing", lambda: Finding(state, "It says so.", ("name-of-it",)), vital=True, needs_database=False
    )
    well = Check("other", "Another thing", lambda: Finding(Health.OK, "Fine."), vital=True, needs_database=False)
    monkeypatch.setattr(health, "CHECKS", (well, check))

    text = text_of(desk.get("/admin/health/"))

    assert str(SENTENCES[state]) in text
    assert "A thing It says so. name-of-it" in text
    if state is not Health.OK:
        assert text.index("A thing") < text.index("Another thing")


def test_health_page_makes_the_real_checks(desk: Client) -> None:
    text = text_of(desk.get("/admin/health/"))

    assert all(str(check.label) in text for check in health.CHECKS)
