"""The coordinators' admin in a real browser: lists, steps with their question, without a script, in both directions."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from programs.enums import MunicipalityState
from programs.models import Municipality
from tech4muni.notifications.enums import MessageState
from tech4muni.notifications.models import Message
from tests.access.world import World, make_world
from tests.browser import Visitor, axe_violations, sideways_scroll
from tests.factories.messages import make_message

MUNICIPALITIES = "/admin/programs/municipality/"
MESSAGES = "/admin/notifications/message/"


@pytest.fixture
def world(transactional_db: None) -> World:
    strumica, haifa = (Municipality.objects.get(schema_name=name) for name in ("strumica", "haifa"))
    return make_world(here=strumica, there=haifa)


@pytest.fixture
def at_the_desk(world: World, visitor: Callable[..., Visitor]) -> Callable[..., Visitor]:
    """Return a function that makes a coordinator with a browser."""

    def make(language: str = "en-gb", **options: object) -> Visitor:
        coordinator = world.people["coordinator"]
        coordinator.language = language
        coordinator.save(update_fields=["language"])
        someone = visitor(**options)
        someone.log_in(coordinator, "localhost")
        return someone

    return make


def assert_good(page: Page) -> None:
    """The page is accessible and fits, wide and narrow."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert axe_violations(page) == []
        assert sideways_scroll(page) == 0


@pytest.mark.parametrize("language", ["en-gb", "de", "he"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forms_lists_and_questions(
    language: str, scheme: str, at_the_desk: Callable[..., Visitor], world: World
) -> None:
    someone = at_the_desk(language, color_scheme=scheme)
    paths = [MUNICIPALITIES, f"{MUNICIPALITIES}{world.here.pk}/change/", f"{MUNICIPALITIES}{world.here.pk}/history/"]
    for path in (*paths, f"{MUNICIPALITIES}export/"):
        page = someone.open("localhost", path)
        assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "he" else "ltr")
        assert_good(page)

    page = someone.open("localhost", f"{MUNICIPALITIES}{world.here.pk}/change/")
    page.locator("form:has(input[value=suspend]) button").click()
    assert_good(page)
    page.locator("button[name=confirm]").click()
    assert page.locator(".error-summary").is_visible()
    assert_good(page)

    assert someone.complaints == []


def test_form_with_errors_leads_to_the_field(at_the_desk: Callable[..., Visitor]) -> None:
    someone = at_the_desk()
    page = someone.open("localhost", f"{MUNICIPALITIES}add/")
    page.fill("input[name=host]", "Not a host")

    page.locator("button[name=_save]").click()

    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.locator(".error-summary a", has_text="Country").click()
    assert page.evaluate("document.activeElement.id") == "id_country"
    assert page.input_value("input[name=host]") == "Not a host"
    assert_good(page)
    assert someone.complaints == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_rows_are_chosen_and_held(scripts: bool, at_the_desk: Callable[..., Visitor]) -> None:
    Message.objects.all().delete()
    for _number in range(3):
        make_message()
    someone = at_the_desk(java_script_enabled=scripts)
    page = someone.open("localhost", MESSAGES)
    for checkbox in page.locator("input[name=_selected_action]").all()[:2]:
        checkbox.check()
    if scripts:
        assert "2 of 3" in page.inner_text(".action-counter")

    page.select_option("select[name=action]", "hold")
    page.locator("button[name=index]").click()
    page.locator("button[name=confirm]").click()

    assert "2 messages are held." in page.inner_text("#messages")
    assert Message.objects.in_states(MessageState.HELD).count() == 2
    assert someone.complaints == []


def test_filter_is_a_menu_and_a_link(at_the_desk: Callable[..., Visitor]) -> None:
    someone = at_the_desk()
    page = someone.open("localhost", MUNICIPALITIES)

    page.locator("summary", has_text="Country").click()
    assert_good(page)
    page.locator(".filter[open] a", has_text="Israel").click()

    assert page.locator("#result_list tbody tr").count() == 1
    assert "country__exact=IL" in page.url
    assert someone.complaints == []


def test_municipality_is_suspended_from_its_own_page(at_the_desk: Callable[..., Visitor], world: World) -> None:
    someone = at_the_desk()
    page = someone.open("localhost", f"{MUNICIPALITIES}{world.there.pk}/change/")

    page.locator("button", has_text="Suspend").click()
    page.fill("input[name=reason]", "The contract ended")
    page.locator("button[name=confirm]").click()

    assert page.url.endswith(f"{MUNICIPALITIES}{world.there.pk}/change/")
    assert Municipality.objects.get(pk=world.there.pk).state == MunicipalityState.SUSPENDED
    Municipality.objects.filter(pk=world.there.pk).update(state=MunicipalityState.ACTIVE, suspension_reason="")
    assert someone.complaints == []
