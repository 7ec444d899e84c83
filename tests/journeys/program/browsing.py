"""Somebody at the product's pages: one page that changes hands, forms filled by the names of their fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.sync_api import Locator, Page

from tech4muni.accounts.models import User
from tests.browser import Visitor

PORTAL: Final = "localhost"
REFUSALS: Final = ".invalid-feedback:visible, .error-summary, .message.tone-late"
KINDS: Final = "form => Object.fromEntries([...form.elements].map(field => [field.name, field.type]))"


@dataclass
class Browsing:
    """The browser that everybody shares, so that what it has loaded once it has not to load again."""

    visitor: Visitor
    page: Page = field(init=False)
    who: tuple[User | None, str] = field(init=False, default=(None, PORTAL))

    def __post_init__(self) -> None:
        """Open the page, on the portal and as nobody."""
        self.page = self.visitor.open(PORTAL)

    def as_(self, user: User | None, host: str, path: str) -> Page:
        """Open a page as somebody (None: without an account) on a host, such as `strumica`."""
        self.visitor.context.clear_cookies()
        host = host if host == PORTAL else f"{host}.localhost"
        if user is not None:
            self.visitor.log_in(user, host)
        self.who = (user, host)
        return self.go(path)

    def go(self, path: str) -> Page:
        """Open a path on the present host as the same person; a whole address is opened as it is.

        An answer that is no page is an error.
        """
        address = path if path.startswith("http") else f"http://{self.who[1]}:{self.visitor.port}{path}"
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.ok, f"{address}: {answer.status}"
        return self.page

    def follow(self, name: str) -> Page:
        """Follow the link of this name."""
        self.page.get_by_role("link", name=name, exact=True).first.click()
        self.page.wait_for_load_state()
        return self.page

    def send(self, button: str, values: Mapping[str, Any] | None = None) -> Page:
        """Fill the fields of the form that has the button, press it, and wait for the page that answers.

        What the form refuses is an error that quotes what stands beside its fields.
        """
        press = self.page.get_by_role("button", name=button, exact=True).first
        form = press.locator("xpath=ancestor::form[1]")
        kinds: dict[str, str] = form.evaluate(KINDS) if values else {}
        for name, value in (values or {}).items():
            fill(form.locator(f'[name="{name}"]'), kinds[name], value)
        with self.page.expect_navigation() as navigation:
            press.click()
        answer = navigation.value
        refused = self.page.locator(REFUSALS).all_inner_texts()
        assert answer.ok, f"{answer.url}: {answer.status} {refused}"
        assert not refused, f"{answer.url}: {refused}"
        return self.page


def fill(at: Locator, kind: str, value: Any) -> None:
    """Write a value into a field: a list or a truth ticks boxes, a choice is made by its value."""
    if kind in {"checkbox", "radio"}:
        if isinstance(value, bool):
            at.first.set_checked(value)
            return
        for one in value if isinstance(value, list | tuple | set) else [value]:
            at.and_(at.page.locator(f'[value="{one}"]')).check()
    elif kind == "select-one":
        at.select_option(str(value))
    elif kind == "file":
        at.set_input_files(value)
    else:
        at.fill(str(value))
