"""What tests read from pages, and send to them."""

import re
from html import unescape
from typing import Any

from django.test import Client


def text_of(response: Any) -> str:
    """Return the words of a page, without tags and with single blanks."""
    body = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def take_step(desk: Client, url: str, step: str, *rows: Any, **asked: str) -> Any:
    """Choose rows in a list, take a step, and answer its question with yes."""
    return desk.post(url, {**choice(step, *rows), "confirm": "yes", "count": str(len(rows)), **asked}, follow=True)


def ask_for_step(desk: Client, url: str, step: str, *rows: Any) -> Any:
    """Choose rows in a list and a step; the answer is the question."""
    return desk.post(url, {**choice(step, *rows), "index": "0"})


def choice(step: str, *rows: Any) -> dict[str, Any]:
    """Return what a list sends when rows and a step are chosen."""
    return {"action": step, "_selected_action": [str(row.pk) for row in rows], "select_across": "0"}
