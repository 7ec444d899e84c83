"""Taking the teeth out of other people's text: in a mail it must stay text, whatever the mail program makes of it."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

from tech4muni.notifications.kinds import Form, Placeholder

GAP: Final = "\u202f"
"""A narrow space without a line break: white space ends every link that a mail program would make by itself."""

JOINERS: Final = frozenset("\u200c\u200d\u200e\u200f\u061c")
"""Invisible signs that Hebrew, Persian or emoji need; all others can only deceive."""

HOST: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:-]{0,252}")
LINKING: Final = re.compile(
    r"""
      :(?=[^\s\d])                      # http://, mailto:x
    | (?<=\D):(?=\S)                    # http:8080
    | [.\u3002\uff0e\uff61](?=[^\s\d!-/:-@\[-`{-~])   # example.org, but not 3.5 or "etc.)"
    | \.(?=\d+\.\d+\.\d)                # 192.0.2.1
    | (?<=www)\.                        # www.0, and "www." before what a template goes on with
    | @(?=\S)                           # dana@example
    """,
    re.VERBOSE | re.IGNORECASE,
)


def line(value: object) -> str:
    """Return the text of a value on one line, such that it can become no link, tag or header."""
    seen = "".join(_visible(sign) for sign in str(value))
    return LINKING.sub(lambda found: found.group() + GAP, " ".join(seen.split()))


def text(value: object) -> str:
    """Return the text of a value, made safe line by line."""
    return "\n".join(line(part) for part in str(value).splitlines())


def link(value: object) -> str:
    """Return an address of the product's own; raises ValueError for anything but a clean http(s) URL."""
    address = str(value)
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or re.search(r"[\s<>\"'\\]", address):
        raise ValueError(f"{address!r} is no address to link to.")
    return address


def host(value: object) -> str:
    """Return a host name or IP address as it is; raises ValueError for anything else."""
    if not HOST.fullmatch(str(value)):
        raise ValueError(f"{value!r} is neither a host name nor an IP address.")
    return str(value)


def value(given: object) -> Any:
    """Return a number, date or instant as it is; raises TypeError for anything else."""
    if given is None or isinstance(given, int | float | Decimal | date | time):
        return given
    raise TypeError(f"{type(given).__name__} is neither a number nor a date.")


def made_safe(placeholder: Placeholder, given: object) -> Any:
    """Return a placeholder's value as its templates may have it."""
    return MAKERS[placeholder.form](given)


def _visible(sign: str) -> str:
    if sign in JOINERS:
        return sign
    category = unicodedata.category(sign)
    return " " if category in {"Cc", "Zl", "Zp"} else "" if category in {"Cf", "Cs", "Co"} else sign


MAKERS: Final[dict[Form, Callable[[object], Any]]] = {
    Form.LINE: line,
    Form.TEXT: text,
    Form.LINK: link,
    Form.HOST: host,
    Form.VALUE: value,
}
