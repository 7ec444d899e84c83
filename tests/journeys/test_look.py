"""The look in a real browser: every component and both themes, the keyboard, life without JavaScript."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from programs.models import Municipality
from tech4muni.accounts.models import User
from tests.browser import Visitor, axe_violations, sideways_scroll
from tests.factories.people import make_coordinator, make_member

PUBLIC, MUNICIPALITY = "localhost", "strumica.localhost"
WIDTHS = (1280, 390, 320)
NewVisitor = Callable[..., Visitor]


@pytest.fixture
def coordinator(transactional_db: None) -> User:
    return make_coordinator()


@pytest.fixture
def lead(transactional_db: None) -> User:
    return make_member(Municipality.objects.get(schema_name="strumica"))


def speak(user: User, language: str) -> None:
    user.language = language
    user.save(update_fields=["language"])


def faults(page: Page, someone: Visitor) -> Iterator[str]:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        yield from (f"{width}: {line}" for line in axe_violations(page))
        if sideways_scroll(page):
            yield f"{width}: scrolls sideways"
    yield from someone.complaints


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en-gb", "he"])
@pytest.mark.parametrize("path", ["/components/", "/components/form/", "/components/confirm/"])
def test_components_are_accessible_and_fit(
    coordinator: User, visitor: NewVisitor, path: str, language: str, scheme: str
) -> None:
    speak(coordinator, language)
    someone = visitor(color_scheme=scheme)
    someone.log_in(coordinator, PUBLIC)
    page = someone.open(PUBLIC, path)

    assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "he" else "ltr")
    assert list(faults(page, someone)) == []


@pytest.mark.parametrize("language", ["en-GB", "he"])
@pytest.mark.parametrize("path", ["/nope/", "/privacy/", "/accessibility/"])
def test_plain_pages_are_accessible_and_fit(
    transactional_db: None, visitor: NewVisitor, path: str, language: str
) -> None:
    someone = visitor(locale=language)
    page = someone.open(PUBLIC, path)

    assert list(faults(page, someone)) == []


@pytest.fixture
def _suspended(transactional_db: None) -> Iterator[None]:
    """Strumica, suspended and in a colour of its own; municipalities outlive a test, so it is opened again."""
    strumica = Municipality.objects.get(schema_name="strumica")
    before, strumica.colour = strumica.colour, "#7a0b5d"
    strumica.suspend("Budget")
    strumica.save()
    yield
    strumica.colour = before
    strumica.resume()
    strumica.save()


@pytest.mark.usefixtures("_suspended")
@pytest.mark.parametrize("host", ["nowhere.localhost", MUNICIPALITY])
def test_closed_hosts_are_dressed_too(visitor: NewVisitor, host: str) -> None:
    someone = visitor(locale="en-GB")
    page = someone.open(host)
    loaded = page.evaluate("[...document.styleSheets].map(sheet => sheet.cssRules.length > 0)")

    assert len(loaded) >= 4
    assert all(loaded)
    assert list(faults(page, someone)) == []


@pytest.mark.parametrize("language", ["en-gb", "he"])
def test_errors_take_the_focus_and_lead_to_their_field(coordinator: User, visitor: NewVisitor, language: str) -> None:
    speak(coordinator, language)
    someone = visitor()
    someone.log_in(coordinator, PUBLIC)
    page = someone.open(PUBLIC, "/components/form/")
    page.fill("#id_company", "BinSense")
    page.click("main button[type=submit]")

    page.wait_for_selector(".error-summary:focus")
    assert page.input_value("#id_company") == "BinSense"
    assert list(faults(page, someone)) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#id_email:focus")


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


@pytest.mark.parametrize("javascript", [True, False])
def test_dark_follows_the_device_until_somebody_chooses(
    transactional_db: None, visitor: NewVisitor, javascript: bool
) -> None:
    light, dark = "rgb(245, 247, 249)", "rgb(19, 24, 28)"
    assert background(visitor(java_script_enabled=javascript).open(PUBLIC)) == light
    someone = visitor(java_script_enabled=javascript, color_scheme="dark")
    page = someone.open(PUBLIC)
    assert background(page) == dark

    page.click("footer button[value=light]")
    assert background(page) == light
    page.click("footer button[value=auto]")
    assert background(page) == dark


def test_paper_is_white_whatever_was_chosen(transactional_db: None, visitor: NewVisitor) -> None:
    page = visitor(color_scheme="dark").open(PUBLIC)
    page.click("footer button[value=dark]")
    page.emulate_media(media="print")

    assert background(page) == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(27, 33, 38)"
    assert not page.is_visible("footer")


def test_without_javascript_the_menu_is_open_and_languages_switch(lead: User, visitor: NewVisitor) -> None:
    someone = visitor(java_script_enabled=False, viewport={"width": 390, "height": 800})
    someone.log_in(lead, MUNICIPALITY)
    page = someone.open(MUNICIPALITY)

    assert page.is_visible("#nav a[aria-current=page]")
    assert not page.is_visible(".app-toggle")
    page.click("footer button[value=he]")
    assert page.get_attribute("html", "dir") == "rtl"
    lead.refresh_from_db()
    assert lead.language == "he"


def test_with_javascript_the_menu_opens_on_a_narrow_screen(lead: User, visitor: NewVisitor) -> None:
    someone = visitor(viewport={"width": 390, "height": 800}, reduced_motion="reduce")
    someone.log_in(lead, MUNICIPALITY)
    page = someone.open(MUNICIPALITY)

    assert not page.is_visible("#nav a")
    page.click(".app-toggle")
    page.wait_for_selector("#nav a", state="visible")
    assert page.get_attribute(".app-toggle", "aria-expanded") == "true"


FOCUS: str = """() => {
  const spot = document.activeElement, style = getComputedStyle(spot), box = spot.getBoundingClientRect();
  return {name: spot.tagName + "#" + spot.id + " " + spot.textContent.trim().slice(0, 30),
          ring: style.outlineStyle, shown: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight};
}"""


def walk(page: Page, steps: int) -> list[dict[str, Any]]:
    places = []
    for _step in range(steps):
        page.keyboard.press("Tab")
        places.append(page.evaluate(FOCUS))
        if places[-1]["name"].startswith("BODY"):
            break
    return places


@pytest.mark.parametrize("path", ["/components/", "/components/form/"])
def test_the_keyboard_reaches_everything_and_the_place_is_visible(
    coordinator: User, visitor: NewVisitor, path: str
) -> None:
    someone = visitor(reduced_motion="reduce")
    someone.log_in(coordinator, PUBLIC)
    page = someone.open(PUBLIC, path)
    places = walk(page, 120)

    assert "Skip to main content" in places[0]["name"]
    assert places[-1]["name"].startswith("BODY")  # no trap: the walk left the page
    assert [place["name"] for place in places[:-1] if place["ring"] == "none" or not place["shown"]] == []


def test_menus_close_with_escape_and_give_the_focus_back(transactional_db: None, visitor: NewVisitor) -> None:
    page = visitor(locale="en-GB").open(PUBLIC)
    page.focus("details.menu summary")
    page.keyboard.press("Enter")
    page.wait_for_selector(".menu-sheet", state="visible")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")

    assert not page.is_visible(".menu-sheet")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


TARGETS = "button, .btn, summary, .form-control, .form-select, .page-link, footer a"
SMALL = """targets => [...document.querySelectorAll(targets)]
  .filter(spot => spot.checkVisibility() && spot.getBoundingClientRect().height < 44)
  .map(spot => spot.outerHTML.slice(0, 120))"""


def test_targets_are_large_enough_for_a_finger(coordinator: User, visitor: NewVisitor) -> None:
    someone = visitor(viewport={"width": 390, "height": 800})
    someone.log_in(coordinator, PUBLIC)
    small = []
    for path in ("/components/", "/components/form/"):
        page = someone.open(PUBLIC, path)
        small += page.evaluate(SMALL, TARGETS)

    assert small == []


def test_times_are_on_the_clock_of_the_device(coordinator: User, visitor: NewVisitor) -> None:
    someone = visitor(timezone_id="America/New_York")
    someone.log_in(coordinator, PUBLIC)
    someone.open(PUBLIC)

    assert "(New York)" in someone.open(PUBLIC, "/components/").inner_text(".deadline-list")


@pytest.mark.parametrize("word", ["Strumica", "Струмица", "חיפה"])
def test_the_font_of_the_product_is_there(transactional_db: None, visitor: NewVisitor, word: str) -> None:
    page = visitor().open(PUBLIC)

    assert page.evaluate("async word => (await document.fonts.load('600 1rem Rubik', word)).length", word) == 1
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith("Rubik")


@pytest.mark.parametrize("spacing", ["line-height: 1.5; letter-spacing: .12em; word-spacing: .16em", "font-size: 200%"])
def test_wider_and_larger_text_still_fits(coordinator: User, visitor: NewVisitor, spacing: str) -> None:
    someone = visitor(viewport={"width": 640, "height": 900}, bypass_csp=True)
    someone.log_in(coordinator, PUBLIC)
    page = someone.open(PUBLIC, "/components/")
    selector = "html" if "font-size" in spacing else "*"
    page.add_style_tag(content=f"{selector} {{ {spacing} !important }}".replace(";", " !important;"))

    assert sideways_scroll(page) == 0


SWAP: str = """inner => {
  const region = document.createElement("section");
  region.id = "region";
  region.innerHTML = inner;
  document.querySelector("main").append(region);
  htmx.process(region);
}"""


def test_htmx_sends_the_token_and_loses_no_focus(coordinator: User, visitor: NewVisitor) -> None:
    someone = visitor(locale="en-GB")
    someone.log_in(coordinator, PUBLIC)
    page = someone.open(PUBLIC, "/components/")
    button = '<button hx-post="/components/form/" hx-target="#region" hx-select=".error-summary" id="go">Send</button>'
    page.evaluate(SWAP, button)
    with page.expect_response("**/components/form/") as answered:
        page.click("#go")

    assert answered.value.status == 422  # the token was right, the form was not
    page.wait_for_selector("#region .error-summary:focus")
    assert someone.complaints == []


def test_htmx_focuses_the_region_when_the_control_is_gone(coordinator: User, visitor: NewVisitor) -> None:
    someone = visitor(locale="en-GB")
    someone.log_in(coordinator, PUBLIC)
    page = someone.open(PUBLIC, "/components/")
    page.evaluate(SWAP, '<button hx-get="/privacy/" hx-target="#region" hx-select="h1" id="go">Read</button>')
    page.click("#go")

    page.wait_for_selector("#region:focus")
    assert page.inner_text("#region h1") == "Privacy"


def test_a_double_click_sends_a_form_once(transactional_db: None, visitor: NewVisitor) -> None:
    page = visitor().open(PUBLIC)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.evaluate(
        """() => {
          const button = document.querySelector("footer button[value=dark]");
          button.click();
          button.click();
        }"""
    )
    page.wait_for_selector("html[data-bs-theme=dark]")

    assert len(sent) == 1
