"""A real Chromium on a live server, for the few tests that need a browser."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tech4muni.accounts.models import User

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # sync Playwright runs a loop in the main thread

# Chromium looks for its maker's hosts at every start; nothing here needs the network or a sandbox of its own.
FLAGS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Pages may answer 404 and the like; and a busy machine uses a font later than Chromium thinks right.
NO_COMPLAINTS: Final = ("status of", "preloaded using link preload but not used within a few seconds")
AXE_TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def find_chromium() -> str:
    """Return the path of Chromium: CHROMIUM, or what is on PATH; bin/test installs it where it can."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not found:
        raise RuntimeError("No Chromium found: install it or name it in CHROMIUM.")
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole session."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield chromium
        chromium.close()


@dataclass
class Visitor:
    """Somebody with a browser; collects what the browser complains of."""

    context: BrowserContext
    port: int
    complaints: list[str] = field(default_factory=list)

    def open(self, host: str, path: str = "/") -> Page:
        """Open a page on a host, such as strumica.localhost."""
        page = self.context.new_page()
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(f"http://{host}:{self.port}{path}")
        return page

    def log_in(self, user: User, host: str) -> None:
        """Give the browser a session of this user on this host, without going through the log-in pages."""
        from tests.conftest import HostClient

        client = HostClient(f"{host}:{self.port}")
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        self.context.add_cookies(
            [{"name": name, "value": client.cookies[name].value, "url": f"https://{host}:{self.port}/", "secure": True}]
        )

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(words in message.text for words in NO_COMPLAINTS):
            self.complaints.append(message.text)


@pytest.fixture
def visitor(live_server: LiveServer, browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Return a function that makes a visitor; its arguments are Playwright's for a new context (locale, viewport…)."""
    contexts = []

    def make(**options: Any) -> Visitor:
        contexts.append(browser.new_context(**options))
        return Visitor(contexts[-1], urlsplit(live_server.url).port or 80)

    yield make
    for context in contexts:
        context.close()


def axe_violations(page: Page) -> list[str]:
    """Return axe-core's findings (WCAG 2.0 to 2.2 A and AA, best practice), one line each."""
    results = Axe().run(page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}})
    return [
        f"{found['id']}: {node['html'][:160]}" for found in results.response["violations"] for node in found["nodes"]
    ]


def sideways_scroll(page: Page) -> int:
    """Return by how many CSS pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
