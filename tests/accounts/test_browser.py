"""Logging in with a real browser: by code, with an authenticator app, with a passkey."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect

from programs.enums import Role
from programs.models import Municipality
from tech4muni.accounts.models import User
from tests.accounts.steps import mailed_code
from tests.browser import Visitor, axe_violations, sideways_scroll
from tests.factories.people import make_coordinator, make_member, totp_code
from tests.programs.steps import invited

HERE, PUBLIC = "strumica.localhost", "localhost"
Visit = Callable[..., Visitor]


@pytest.fixture
def strumica(transactional_db: None) -> Municipality:
    return Municipality.objects.get(schema_name="strumica")


def without_password(user: User) -> User:
    user.set_unusable_password()
    user.save()
    return user


def type_code(page: Page, email: str) -> None:
    """Log in by code on the log-in page that is open."""
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Code from the e-mail").wait_for()
    page.get_by_label("Code from the e-mail").fill(mailed_code(email))
    page.get_by_role("button", name="Log in").click()


def plug_in(page: Page) -> Any:
    """Give the page a device that keeps passkeys and always recognises its owner."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    return devtools, devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def look_at(page: Page) -> None:
    """The page that is open breaks no rule of accessibility and fits a telephone."""
    assert axe_violations(page) == []
    page.set_viewport_size({"width": 390, "height": 900})
    assert sideways_scroll(page) == 0
    page.set_viewport_size({"width": 1280, "height": 900})


def path_of(page: Page) -> str:
    return urlsplit(page.url).path


def test_member_logs_in_by_code_where_they_wanted_to_go(strumica: Municipality, visitor: Visit) -> None:
    member = make_member(strumica, Role.MEMBER)
    someone = visitor(locale="en-GB")
    page = someone.open(HERE, "/people/")

    type_code(page, member.email)

    page.wait_for_url("**/people/")
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    assert someone.complaints == []


def test_new_lead_sets_up_an_app_before_anything_else(strumica: Municipality, visitor: Visit) -> None:
    lead = without_password(make_member(strumica, Role.LEAD, second_factor=False))
    someone = visitor(locale="en-GB")
    page = someone.open(HERE, "/")
    type_code(page, lead.email)
    page.wait_for_url("**/account/second-factor/")

    page.get_by_role("link", name="Set up an app").click()
    look_at(page)
    secret = page.locator("main code").inner_text()
    page.get_by_label("Code that the app shows now").fill(totp_code(secret))
    page.get_by_role("button", name="Use this app").click()

    page.wait_for_url("**/recovery-codes/")
    look_at(page)
    assert len(re.findall(r"\b\d{8}\b", page.inner_text("main"))) == 10
    page.goto(page.url.replace("/account/second-factor/recovery-codes/", "/"))
    assert path_of(page) == "/"
    assert someone.complaints == []


def test_lead_adds_a_passkey_and_logs_in_with_it_alone(strumica: Municipality, visitor: Visit) -> None:
    lead = without_password(make_member(strumica, Role.LEAD, second_factor=False))
    someone = visitor(locale="en-GB")
    page = someone.open(HERE, "/")
    devtools, device = plug_in(page)
    type_code(page, lead.email)
    page.wait_for_url("**/account/second-factor/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("button", name="Add the passkey").wait_for()
    look_at(page)
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/recovery-codes/")

    [kept] = devtools.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    page.goto(page.url.replace("/second-factor/recovery-codes/", "/logout/"))
    page.locator("main").get_by_role("button", name="Log out").click()
    page.wait_for_url("**/account/login/**")
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url(re.compile(r"localhost:\d+/$"))

    assert kept["rpId"] == HERE
    assert kept["isResidentCredential"]
    assert Authenticator.objects.get(user=lead, type="webauthn").last_used_at is not None
    assert someone.complaints == []


def test_passkey_is_the_second_step_after_a_code(strumica: Municipality, visitor: Visit) -> None:
    coordinator = without_password(make_coordinator(second_factor=False))
    someone = visitor(locale="en-GB")
    page = someone.open(PUBLIC, "/account/login/")
    plug_in(page)
    type_code(page, coordinator.email)
    page.wait_for_url("**/account/second-factor/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Let me log in with this passkey alone").uncheck()
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/recovery-codes/")
    page.goto(page.url.replace("/second-factor/recovery-codes/", "/logout/"))
    page.locator("main").get_by_role("button", name="Log out").click()
    page.goto(re.sub(r"(localhost:\d+).*", r"\1/account/login/?next=/enter/", page.url))

    type_code(page, coordinator.email)
    page.wait_for_url("**/second-factor/")
    look_at(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/enter/")

    expect(page.get_by_role("heading", name="Visit a municipality")).to_be_visible()
    assert someone.complaints == []


def test_refused_passkey_is_said_in_words(strumica: Municipality, visitor: Visit) -> None:
    page = visitor(locale="en-GB").open(HERE, "/account/login/")
    devtools, device = plug_in(page)
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})

    page.get_by_role("button", name="Log in with a passkey").click()

    expect(page.get_by_role("alert")).to_contain_text("The passkey was not used")
    assert path_of(page) == "/account/login/"


def test_coordinator_enters_and_leaves_a_municipality(strumica: Municipality, visitor: Visit, settings: Any) -> None:
    someone = visitor(locale="en-GB")
    settings.ADDRESS_FORM = f"http://{{host}}:{someone.port}"
    someone.log_in(make_coordinator(name="Carla Coordinator"), PUBLIC)
    page = someone.open(PUBLIC, f"/enter/?municipality={strumica.public_id}")
    page.get_by_label("Reason").fill("Help with the brief")
    page.get_by_role("button", name="Continue").click()
    page.locator("main").get_by_role("link", name="Strumica").wait_for()
    look_at(page)
    page.locator("main").get_by_role("link", name="Strumica").click()
    page.get_by_role("button", name="Enter").wait_for()
    look_at(page)

    page.get_by_role("button", name="Enter").click()
    page.wait_for_url(re.compile(r"strumica\.localhost:\d+/$"))
    banner = page.get_by_role("complementary", name="Visit")
    expect(banner).to_contain_text("Help with the brief")
    look_at(page)
    banner.get_by_role("button", name="Leave").click()

    expect(page.get_by_role("heading", name="Your visit has ended")).to_be_visible()
    page.get_by_role("link", name="Back to the platform").click()
    page.wait_for_url(re.compile(r"//localhost:\d+/$"))
    assert someone.complaints == []


def test_invited_person_comes_in(strumica: Municipality, visitor: Visit) -> None:
    path = invited(make_member(strumica, Role.LEAD), strumica, "ana@example.org")
    someone = visitor(locale="en-GB")
    page = someone.open(HERE, path)
    page.get_by_label("Your name").fill("Ana Petrova")
    look_at(page)
    page.get_by_role("button", name="Accept the invitation").click()
    page.get_by_label("E-mail address").wait_for()
    type_code(page, "ana@example.org")

    page.wait_for_url(re.compile(r"strumica\.localhost:\d+/$"))
    gone = someone.open(HERE, path)
    expect(gone.get_by_role("heading", name="This invitation works no more")).to_be_visible()
    look_at(gone)


@pytest.mark.parametrize("path", ["/account/login/", "/account/password/reset/"])
def test_log_in_works_without_scripts(path: str, strumica: Municipality, visitor: Visit) -> None:
    member = make_member(strumica, Role.MEMBER)
    page = visitor(locale="en-GB", java_script_enabled=False).open(HERE, path)
    page.get_by_label("E-mail address").fill(member.email)
    page.locator("main button[type=submit]").first.click()
    page.get_by_label("Code from the e-mail").fill(mailed_code(member.email))
    page.locator("main button[type=submit]").first.click()

    assert path_of(page) in {"/", "/account/password/reset/new/"}
