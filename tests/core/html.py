"""Reading a page in tests: elements with their attributes and their text."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"area", "br", "hr", "img", "input", "link", "meta", "rect", "circle", "path"})


@dataclass
class Element:
    """An element of a page."""

    tag: str
    attrs: dict[str, str]
    children: list["Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All words inside, white space folded."""
        return " ".join("".join(self._words()).split())

    def all(self, tag: str = "", **attrs: str) -> list["Element"]:
        """The elements inside with this tag and these attributes (`class_` matches one class, `_` stands for `-`)."""
        return [found for found in self._descendants() if found.matches(tag, attrs)]

    def one(self, tag: str = "", **attrs: str) -> "Element":
        """The only such element; fails if there is none or more than one."""
        found = self.all(tag, **attrs)
        assert len(found) == 1, f"{len(found)} × {tag} {attrs}"
        return found[0]

    def matches(self, tag: str, attrs: dict[str, str]) -> bool:
        """Whether this element is such a one."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attrs.items()}
        classes = wanted.pop("class", "")
        return (
            (not tag or self.tag == tag)
            and (not classes or classes in self.attrs.get("class", "").split())
            and all(self.attrs.get(name) == value for name, value in wanted.items())
        )

    def _descendants(self) -> list["Element"]:
        found = []
        for child in self.children:
            if isinstance(child, Element):
                found += [child, *child._descendants()]
        return found

    def _words(self) -> list[str]:
        return [child if isinstance(child, str) else " ".join(child._words()) for child in self.children]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(markup: str) -> Element:
    """Parse markup; fails if its tags are not properly nested and closed."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    assert reader.open == [reader.root], f"never closed: {[element.tag for element in reader.open[1:]]}"
    return reader.root
