"""Who may come to the coordinators' desk, and how."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from programs.enums import Role
from programs.models import Municipality
from tech4muni.accounts.models import User
from tests.factories.people import make_coordinator, make_member, make_user
from tests.home.pages import text_of

ClientOn = Callable[[str], Client]
LISTS = (
    "programs_municipality", "programs_domain", "accounts_user", "programs_membership", "programs_invitation",
    "programs_visit", "notifications_message", "audit_entry",
)  # fmt: skip
PAGES = (
    "/admin/",
    "/admin/health/",
    *(reverse(f"admin:{name}_changelist", urlconf="tech4muni.urls_public") for name in LISTS),
)
WRITABLE = {"programs_municipality", "programs_domain", "programs_invitation", "accounts_user"}


@pytest.mark.parametrize("path", PAGES)
def test_coordinator_gets_every_page(path: str, desk: Client) -> None:
    assert desk.get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_nobody_is_led_to_the_products_own_log_in_and_back(
    path: str, strumica: Municipality, client_on: ClientOn
) -> None:
    response = client_on("localhost").get(path)

    assert response.status_code == 302
    assert response["Location"] == f"{reverse('account_login')}?next={path}"


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", [None, *Role])
def test_for_others_there_is_nothing(path: str, role: Role | None, strumica: Municipality, client_on: ClientOn) -> None:
    client = client_on("localhost")
    client.force_login(make_member(strumica, role) if role else make_user())

    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_coordinator_without_the_demanded_second_factor_is_led_to_set_one_up(
    path: str, strumica: Municipality, client_on: ClientOn, settings: Any
) -> None:
    client = client_on("localhost")
    client.force_login(make_coordinator(second_factor=False))

    demanded = client.get(path)
    settings.SECOND_FACTOR_REQUIRED = False

    assert (demanded.status_code, demanded["Location"]) == (302, reverse("mfa_index"))
    assert client.get(path).status_code == 200


def test_deactivated_coordinator_is_nobody(strumica: Municipality, client_on: ClientOn) -> None:
    client = client_on("localhost")
    coordinator = make_coordinator()
    client.force_login(coordinator)
    User.objects.filter(pk=coordinator.pk).update(is_active=False)

    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("path", PAGES)
def test_municipality_has_no_admin(path: str, strumica: Municipality, client_on: ClientOn, coordinator: User) -> None:
    client = client_on("strumica.localhost")
    client.force_login(coordinator)

    assert client.get(path).status_code == 404


def test_log_in_page_of_djangos_admin_is_ours(strumica: Municipality, client_on: ClientOn) -> None:
    response = client_on("localhost").get("/admin/login/")

    assert response["Location"] == f"{reverse('account_login')}?next=/admin/"


def test_log_out_asks_on_our_own_page(desk: Client) -> None:
    assert desk.post("/admin/logout/")["Location"] == reverse("account_logout")
    assert desk.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/admin/password_change/", "/admin/autocomplete/", "/admin/programs/", "/admin/r/1/1/"]
)
def test_pages_that_the_product_has_elsewhere_are_not_here(path: str, desk: Client) -> None:
    assert desk.get(path).status_code == 404


@pytest.mark.parametrize("name", LISTS)
def test_only_what_a_service_adds_can_be_added(name: str, desk: Client) -> None:
    app, model = name.split("_")

    assert desk.get(f"/admin/{app}/{model}/add/").status_code == (200 if name in WRITABLE else 403)


@pytest.mark.parametrize("name", ["programs_municipality", "programs_domain", "accounts_user"])
def test_nothing_is_deleted(name: str, desk: Client, strumica: Municipality, coordinator: User) -> None:
    app, model = name.split("_")
    key = {"municipality": strumica.pk, "domain": strumica.domains.get().pk, "user": coordinator.pk}[model]

    assert desk.post(f"/admin/{app}/{model}/{key}/delete/", {"post": "yes"}).status_code == 403
    response = desk.post(
        f"/admin/{app}/{model}/", {"action": "delete_selected", "_selected_action": [key], "index": "0"}, follow=True
    )
    assert response.status_code == 200
    strumica.refresh_from_db()
    coordinator.refresh_from_db()
    assert strumica.domains.count() == 1


def test_navigation_shows_where_one_is(desk: Client) -> None:
    body = desk.get("/admin/programs/domain/").content.decode()

    assert '<a class="nav-link" href="/admin/programs/municipality/" aria-current="true">Municipalities</a>' in body
    assert '<a href="/admin/programs/domain/" aria-current="page">Hosts</a>' in body


def test_page_for_nothing_says_what_belongs_there(desk: Client) -> None:
    assert "an invitation, the mail stands here" in text_of(desk.get("/admin/notifications/message/"))


def test_search_without_a_hit_offers_the_way_back(desk: Client) -> None:
    text = text_of(desk.get("/admin/programs/municipality/?q=nosuch"))

    assert "Nothing was found" in text
    assert "Strumica" not in text
