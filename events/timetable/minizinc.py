"""Reads MiniZinc data: keys set to whole numbers, sets, ranges, lists of these, and tables of numbers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

TOKEN: Final = re.compile(
    r"(?P<blank>\s+|%[^\n]*|/\*.*?\*/)|(?P<number>-?\d+)|(?P<name>[A-Za-z]\w*)|(?P<mark>\.\.|\[\||\|\]|[][{}|,;=])",
    re.DOTALL,
)
LONGEST_RANGE: Final = 50000

Value = int | frozenset[int] | list["Value"] | tuple[list[int], ...]


class DznError(ValueError):
    """The text is no such data; the message names the line and the key."""


@dataclass(frozen=True, slots=True)
class _Token:
    """A number, a name, a mark, or (kind `end`) the end of the text."""

    kind: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A key as the file writes it, the line on which it stands, and what it is set to."""

    key: str
    line: int
    value: Value

    def wrong(self, what: str) -> DznError:
        """Return the error that something is wrong with this entry."""
        return DznError(f"Line {self.line}: {self.key}: {what}")


def entries_of(text: str) -> Iterator[Entry]:
    """Yield what a text sets, in its order; raise DznError, with the line, where it is no MiniZinc data."""
    reader = _Reader(text)
    while reader.next.kind != "end":
        yield reader.entry()


def _tokens(text: str) -> Iterator[_Token]:
    """Yield the parts of a text, without blanks and comments, and at last the end."""
    place, line = 0, 1
    while place < len(text):
        found = TOKEN.match(text, place)
        if not found:
            raise DznError(f"Line {line}: {text[place]!r} does not belong here.")
        if found.lastgroup != "blank":
            yield _Token(str(found.lastgroup), found[0], line)
        place, line = found.end(), line + found[0].count("\n")
    yield _Token("end", "the end of the file", line)


class _Reader:
    """Reads the values of MiniZinc data: whole numbers, sets, ranges, lists of these, and tables of numbers."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._place = 0

    @property
    def next(self) -> _Token:
        """The next token."""
        return self._tokens[self._place]

    def take(self, expected: str, text: str | None = None) -> _Token:
        """Take the next token, which must be of this kind and, if given, have this text."""
        token = self.next
        if token.kind != expected or (text is not None and token.text != text):
            wanted = f"a {expected}" if text is None else f"“{text}”"
            raise DznError(f"Line {token.line}: {wanted} is missing before “{token.text[:40]}”.")
        self._place += 1
        return token

    def skip(self, text: str) -> bool:
        """Take the next token if it is this mark, and return whether it was."""
        found = self.next.kind == "mark" and self.next.text == text
        self._place += found
        return found

    def entry(self) -> Entry:
        """Read a key and its value; the semicolon after the last one may be left out."""
        key = self.take("name")
        self.take("mark", "=")
        value = self.value()
        if self.next.kind != "end":
            self.take("mark", ";")
        return Entry(key.text, key.line, value)

    def value(self) -> Value:
        """Read a list, a table, or what may stand in a list."""
        if self.skip("[|"):
            return self.table()
        if self.skip("["):
            return self.items()
        return self.item()

    def items(self) -> list[Value]:
        """Read the rest of a list."""
        items: list[Value] = []
        while not self.skip("]"):
            items.append(self.item())
            if not self.skip(","):
                self.take("mark", "]")
                break
        return items

    def item(self) -> int | frozenset[int]:
        """Read a number, a range or a set."""
        if self.skip("{"):
            return self.members()
        first = self.number()
        return frozenset(self.range(first)) if self.skip("..") else first

    def members(self) -> frozenset[int]:
        """Read the rest of a set."""
        members: set[int] = set()
        while not self.skip("}"):
            first = self.number()
            members.update(self.range(first) if self.skip("..") else [first])
            if not self.skip(","):
                self.take("mark", "}")
                break
        return frozenset(members)

    def range(self, first: int) -> range:
        """Read the rest of a range, after its two dots."""
        line, last = self.next.line, self.number()
        if last - first >= LONGEST_RANGE:
            raise DznError(f"Line {line}: {first}..{last} is too long a range.")
        return range(first, last + 1)

    def number(self) -> int:
        """Read a whole number."""
        token = self.take("number")
        if len(token.text) > 9:
            raise DznError(f"Line {token.line}: {token.text[:12]}… is too large a number.")
        return int(token.text)

    def table(self) -> tuple[list[int], ...]:
        """Read the rest of a table; its rows begin with a bar."""
        rows: list[list[int]] = [[]]
        while not self.skip("|]"):
            if self.skip("|"):
                rows.append([])
                continue
            rows[-1].append(self.number())
            if not self.skip(",") and self.next.text not in {"|", "|]"}:
                self.take("mark", "|]")
        return tuple(row for row in rows if row)
