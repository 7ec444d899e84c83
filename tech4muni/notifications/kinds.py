"""The kinds of mail that the product sends: each app declares its own in its `mails` module."""

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final

from django.utils.functional import Promise

from tech4muni.notifications.enums import Category

PARTS: Final = ("subject.txt", "txt", "html")
_registry: Final[dict[str, "Kind"]] = {}


class Form(Enum):
    """What a placeholder holds, and so how its value is made safe."""

    LINE = auto()
    """One line of anybody's text: it can bring no tag, link, line or direction of its own."""
    TEXT = auto()
    """Several lines of anybody's text, made safe line by line."""
    LINK = auto()
    """An address of the product's own; the only kind of value that becomes a link."""
    HOST = auto()
    """A host name or IP address that the product itself found out; mail programs may make a link of it."""
    VALUE = auto()
    """A number, date or instant, which the template formats; an instant is shown in the receiver's zone."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A value that a kind's templates use.

    Args:
        name: the variable in the templates.
        sample: an example, for previews and tests.
        form: what the value is.
        secret: only the receiver may see it (a code, a single-use link); never in a subject.
    """

    name: str
    sample: Any
    form: Form = Form.LINE
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of mail.

    Args:
        name: `<app>.<name>`; its templates are `<app>/mail/<name>.subject.txt`, `.txt` and `.html`.
        label: what coordinators call it.
        category: what it is about.
        placeholders: every value that its templates use.
    """

    name: str
    label: Promise
    category: Category
    placeholders: tuple[Placeholder, ...] = field(default=())

    @property
    def secrets(self) -> frozenset[str]:
        """The placeholders that only the receiver may see."""
        return frozenset(placeholder.name for placeholder in self.placeholders if placeholder.secret)

    @property
    def private(self) -> bool:
        """Whether only the receiver may read it: then its body is erased from the outbox once sent."""
        return bool(self.secrets)

    @property
    def sample(self) -> dict[str, Any]:
        """Values to preview and test with."""
        return {placeholder.name: placeholder.sample for placeholder in self.placeholders}

    def template(self, part: str) -> str:
        """Return the path of the template of one of `PARTS`."""
        app, name = self.name.split(".")
        return f"{app}/mail/{name}.{part}"


def register(kind: Kind) -> Kind:
    """Make a kind known; raises ValueError if another one has its name."""
    if _registry.setdefault(kind.name, kind) != kind:
        raise ValueError(f"There are two kinds of message named {kind.name}.")
    return kind


def get(name: str) -> Kind:
    """Return a kind by name; raises LookupError."""
    try:
        return _registry[name]
    except KeyError:
        raise LookupError(f"{name} is no kind of message: declare it in a `mails` module.") from None


def registered() -> list[Kind]:
    """Return all kinds by name."""
    return [_registry[name] for name in sorted(_registry)]


def label(name: str) -> str:
    """Return what coordinators call a kind, or its bare name if no app declares it any more."""
    return str(_registry[name].label) if name in _registry else name
