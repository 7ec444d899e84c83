"""What is asked of applicants, in code: sections of questions, shared by all calls or asked for each of them.

A draft needs answers of the right type and nothing more; a submission needs all that is required (`missing`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from solutions.market.enums import CompanyKind
from tech4muni.core.components import Text
from tech4muni.core.dates import active_locale
from tech4muni.core.sorting import name_key

Answers = Mapping[str, Any]
Choices = Sequence[tuple[str, Text]]


class Kind(Enum):
    """What an answer is."""

    TEXT = auto()
    LONG = auto()
    CHOICE = auto()
    NUMBER = auto()
    URL = auto()


def no_choices() -> Choices:
    """For fields that offer none."""
    return ()


@dataclass(frozen=True, slots=True)
class Field:
    """A question.

    Args:
        name: its key among the answers of its section.
        label: the question.
        help: what a good answer says.
        kind: what the answer is.
        required: whether a submission needs it.
        max_length: of text, in characters.
        choices: for CHOICE.
        most: for NUMBER, which begins at 1.
    """

    name: str
    label: Text
    help: Text = ""
    kind: Kind = Kind.TEXT
    required: bool = True
    max_length: int = 200
    choices: Callable[[], Choices] = no_choices
    most: int = 9


@dataclass(frozen=True, slots=True)
class Section:
    """A page of questions."""

    name: str
    label: Text
    lead: Text
    fields: tuple[Field, ...]

    @property
    def names(self) -> frozenset[str]:
        """The keys of its answers."""
        return frozenset(field.name for field in self.fields)


def kinds() -> Choices:
    """The kinds of companies."""
    return CompanyKind.choices


def countries() -> Choices:
    """All countries by name in the active language: ISO 3166-1 alpha-2, and CLDR's XK for Kosovo."""
    names = active_locale().territories
    found = [(code, name) for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in NO_LAND]
    return sorted(found, key=lambda pair: name_key(pair[1]))


NO_LAND: Final = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
LONG: Final = Kind.LONG

COMPANY: Final = Section(
    "company",
    pgettext_lazy("application", "Company"),
    _("Who applies. The municipalities see it beside everything else that you write."),
    (
        Field("name", _("Name of the company")),
        Field("kind", _("What it is"), kind=Kind.CHOICE, choices=kinds),
        Field("country", _("Country"), _("Where it is registered."), Kind.CHOICE, choices=countries),
        Field("website", _("Website"), _("Begins with https://"), Kind.URL, required=False),
        Field("description", _("What the company does"), _("Two or three sentences, without advertising."), LONG,
              max_length=1500),
    ),
)  # fmt: skip
SOLUTION: Final = Section(
    "solution",
    pgettext_lazy("application", "Solution"),
    _("What you offer, whatever the challenge."),
    (
        Field("name", _("Name of the solution")),
        Field("purpose", _("What it is for"), _("The result for people, not the technology."), LONG, max_length=2000),
        Field("mechanism", _("How it works"), _("So that an engineer of another field understands it."), LONG,
              max_length=3000),
        Field("sectors", _("Sectors it is used in"), _("Separated by commas, such as: waste, logistics."),
              max_length=300),
        Field("readiness", _("Technology readiness level"),
              _("From 1 to 9: 1 an idea, 4 tested in a laboratory, 6 shown in a real place, 9 in everyday use."),
              Kind.NUMBER),
        Field("references", _("Where it is in use"), _("Customers or pilots, with year and place."), LONG,
              required=False, max_length=2000),
    ),
)  # fmt: skip
TEAM: Final = Section(
    "team",
    pgettext_lazy("application", "Team"),
    _("Who would work on the pilot."),
    (
        Field("people", _("People"), _("Who does what, and how much of their time the pilot gets."), LONG,
              max_length=2000),
        Field("experience", _("Experience"), _("With municipalities, or with pilots of this kind."), LONG,
              required=False, max_length=2000),
    ),
)  # fmt: skip
PROPOSAL: Final = Section(
    "proposal",
    _("Answer to the challenge"),
    _("These answers are for this challenge alone."),
    (
        Field("fit", _("How it answers the challenge question"), "", LONG, max_length=3000),
        Field("approach", _("Approach and plan of the pilot"),
              _("Steps, time, and what you need from the municipality."), LONG, max_length=3000),
        Field("price", _("Idea of the price"), _("Of the pilot, and of use afterwards. A range is enough."), LONG,
              max_length=1500),
        Field("risks", _("Risks"), _("What could go wrong, and what you do about it."), LONG, max_length=2000),
    ),
)  # fmt: skip
SHARED: Final = (COMPANY, SOLUTION, TEAM)


def shared_section(name: str) -> Section | None:
    """Return one of the sections that all calls share."""
    return next((section for section in SHARED if section.name == name), None)


def missing(section: Section, answers: Answers) -> list[Field]:
    """Return the questions that a submission needs an answer to and that have none."""
    return [field for field in section.fields if field.required and is_empty(answers.get(field.name))]


def is_empty(value: object) -> bool:
    """Whether there is no answer."""
    return value is None or (isinstance(value, str) and not value.strip())


def kept(section: Section, answers: Answers) -> dict[str, Any]:
    """Return the answers to a section's questions alone, empty ones left out."""
    return {name: value for name, value in answers.items() if name in section.names and not is_empty(value)}


def shown(field: Field, value: Any) -> str:
    """Return an answer as people read it, in the active language."""
    if field.kind is Kind.CHOICE:
        return str(dict(field.choices()).get(value, value or ""))
    return "" if value is None else str(value)
