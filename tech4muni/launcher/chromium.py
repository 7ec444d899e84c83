"""The browser for the browser tests: found, or installed where that can be done without asking."""

import os
import shutil
import subprocess
from pathlib import Path

from tech4muni.launcher.console import say, step

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# What `playwright install chromium` leaves behind, and the usual place on a Mac.
ELSEWHERE = (
    ".cache/ms-playwright/chromium-*/chrome-linux*/chrome",
    "Library/Caches/ms-playwright/chromium-*/chrome-mac*/Chromium.app/Contents/MacOS/Chromium",
)
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# Without a font Chromium renders nothing, and says nothing; DejaVu has Latin, Cyrillic and Hebrew letters.
PACKAGES = ("chromium", "fonts-dejavu-core")

HOW_TO_INSTALL = """\
The browser tests need Chromium or Chrome, and this machine has none that was found.
On Debian:          sudo apt install chromium fonts-dejavu-core
On other systems:   .venv/bin/python -m playwright install chromium
Or set CHROMIUM to the path of one that you have."""


def find() -> str | None:
    """Return the path of a Chromium: the one that CHROMIUM names, on PATH, or where Playwright keeps its own."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    return on_path or next((str(path) for path in _elsewhere() if os.access(path, os.X_OK)), None)


def _elsewhere() -> list[Path]:
    return [path for pattern in ELSEWHERE for path in sorted(Path.home().glob(pattern), reverse=True)] + [MAC]


def find_or_install() -> str | None:
    """Return the path of a Chromium, installed by apt-get if root may; None, said why, if there is none to be had."""
    found = find()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get") and "CHROMIUM" not in os.environ:
        _install()
        found = find()
    if found is None:
        say(HOW_TO_INSTALL)
    return found


def _install() -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with step("Installing Chromium with apt-get"):
        for command in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
            done = subprocess.run(
                ["apt-get", "-qq", *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                env=environment,
                check=False,
            )
    if done.returncode:
        say(done.stdout)
