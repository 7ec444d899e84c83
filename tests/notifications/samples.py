"""Values and measures for tests of mails."""

import re
from collections import Counter
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from django.utils.html import urlize
from hypothesis import strategies as st
from linkify_it import LinkifyIt

from tech4muni.notifications.kinds import Form, Kind

PIECES = [
    "http", "https", "mailto", "javascript", "ftp", "tel", ":", "://", "//", "/", "@", "#", "?", "www.", ".", "..",
    "。", "evil", "evil.com", "evil.org", "ЕВИЛ.мкд", "example", "com", "xn--e1a", "192.0.2.1", "[::1]", "8080", "1",
    " ", "\n", "\r\n", "\t", "\u2028", "\u202e", "\u200b", "\u200d", "\u2060", "\u00ad", "\ufeff", "\x00",
    "\x1b", "<a href=", "<b>", "</p>", "<!--", "&lt;", "&", '"', "'", "{{", "}}", "{%", "Bcc:", "חיפה", "Струмица", "é",
]  # fmt: skip
hostile = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=14).map("".join)
_linkify = LinkifyIt().tlds(["мкд", "онлайн"], keep_old=True)


def links_in(text: str) -> list[str]:
    """What two independent recognisers of links find in plain text."""
    found = [match.url for match in _linkify.match(text) or []]
    return found + re.findall(r"<a href=\"([^\"]*)", urlize(text, autoescape=True))


class Tags(HTMLParser):
    """Counts the tags of a page and collects the addresses in their attributes, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()
        self.addresses: list[str] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.counts[tag] += 1
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src", "style"} or name[:2] == "on"]

    def handle_comment(self, data: str) -> None:
        self.counts["!--"] += 1

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def with_hostile(kind: Kind, text: str) -> Mapping[str, Any]:
    """The sample of a kind with `text` wherever other people's text may stand."""
    theirs = {placeholder.name for placeholder in kind.placeholders if placeholder.form in {Form.LINE, Form.TEXT}}
    return {name: text if name in theirs else value for name, value in kind.sample.items()}


def html_of(mail: Any) -> str:
    """The HTML twin of a mail in Django's `mail.outbox`."""
    (alternative,) = mail.alternatives
    return str(alternative.content)
