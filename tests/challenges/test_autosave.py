"""Saving by itself, in a real browser; and the same page without its script."""

from collections.abc import Callable

import pytest
from django_tenants.utils import tenant_context

from challenges.models import BriefText, Challenge
from programs.enums import Role
from programs.models import Municipality
from tech4muni.accounts.models import User
from tests.browser import Visitor
from tests.challenges.conftest import HOST, address
from tests.challenges.test_briefs import write
from tests.factories.challenges import acting_as, make_challenge
from tests.factories.people import make_member


@pytest.fixture
def writer(transactional_db: None) -> User:
    return make_member(Municipality.objects.get(schema_name="strumica"), Role.MEMBER, language="en-gb")


@pytest.fixture
def challenge(writer: User) -> Challenge:
    strumica = Municipality.objects.get(schema_name="strumica")
    with tenant_context(strumica):
        return make_challenge(strumica, title="Bins", actor=acting_as(writer, strumica))


def problem() -> str:
    """Return what is stored."""
    with tenant_context(Municipality.objects.get(schema_name="strumica")):
        return BriefText.objects.get(language="mk").problem


def path(challenge: Challenge) -> str:
    """Return where the problem is written."""
    return address("brief_section", challenge_id=challenge.public_id, language="mk", section="problem")


def test_typing_is_saved_when_it_pauses(challenge: Challenge, writer: User, visitor: Callable[..., Visitor]) -> None:
    someone = visitor()
    someone.log_in(writer, HOST)
    page = someone.open(HOST, path(challenge))
    status = page.locator("[data-autosave-status]")

    page.get_by_label("Problem").fill("Half of the bins")
    status.filter(has_text="Saved").wait_for()
    assert problem() == "Half of the bins"

    page.get_by_label("Problem").fill("Two thirds of the bins")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").first.wait_for()
    assert problem() == "Two thirds of the bins"
    assert someone.complaints == []


def test_somebody_elses_words_stop_it(challenge: Challenge, writer: User, visitor: Callable[..., Visitor]) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    someone = visitor()
    someone.log_in(writer, HOST)
    page = someone.open(HOST, path(challenge))
    with tenant_context(strumica):
        write(challenge, acting_as(writer, strumica), problem="Their words")

    page.get_by_label("Problem").fill("My words")
    page.locator("[data-autosave-status]").filter(has_text="Somebody else").wait_for()
    assert problem() == "Their words"

    page.get_by_role("button", name="Save").click()
    page.get_by_role("alert").filter(has_text="Their words").wait_for()
    assert page.get_by_label("Problem").input_value() == "My words"
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").first.wait_for()
    assert problem() == "My words"


def test_without_a_script_the_button_saves(challenge: Challenge, writer: User, visitor: Callable[..., Visitor]) -> None:
    someone = visitor(java_script_enabled=False)
    someone.log_in(writer, HOST)
    page = someone.open(HOST, path(challenge))

    page.get_by_label("Problem").fill("Half of the bins")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").first.wait_for()

    assert problem() == "Half of the bins"
