"""Who applies: real companies of past programs, with people and addresses that are invented."""

from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from programs.enums import Country
from tech4muni.home.past.reading import Edition, editions
from tests.journeys.program.defining import OWN, SHARED, Plan

NUMBER: Final = 44
CALLS: Final = (SHARED[0], *OWN)
"""The plans whose calls companies apply to; the call of the joint challenge is for both of its cities."""
INVITED: Final = 4  # of each call


@dataclass(frozen=True)
class Applicant:
    """A company that applies to one call, and every eleventh one to another one besides.

    Args:
        number: its place among the applicants.
        record: what past programs tell of it.
        country: two letters.
    """

    number: int
    record: dict[str, Any]
    country: str

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.record["name"])

    @property
    def email(self) -> str:
        """Where its founder reads mail."""
        return f"founder{self.number}@example.org"

    @property
    def calls(self) -> list[Plan]:
        """What it applies to, the first one of them first."""
        first = self.number % len(CALLS)
        second = (first + 1) % len(CALLS)
        return [CALLS[first], CALLS[second]] if self.number and not self.number % 11 else [CALLS[first]]

    @property
    def left_out(self) -> str:
        """Which city of the joint challenge it does not apply to, if one."""
        return "strumica" if self.number == NUMBER - 4 else ""

    @property
    def is_invited(self) -> bool:
        """Whether a city will want to meet it: each of the first ones of each call."""
        return self.number < INVITED * len(CALLS)

    def applies_to(self, plan: Plan) -> bool:
        """Tell whether a challenge gets its application."""
        call = SHARED[0] if plan in SHARED else plan
        return call in self.calls and plan.city != (self.left_out if plan in SHARED else "")


def applicants() -> list[Applicant]:
    """Return the companies in the order in which they apply."""
    found: dict[str, tuple[dict[str, Any], str]] = {}
    for edition in editions().values():
        for record in edition.record.get("companies", []):
            found.setdefault(record["name"], (record, _country(record, edition)))
    return [Applicant(number, *pair) for number, pair in enumerate(islice(found.values(), NUMBER))]


def _country(record: dict[str, Any], edition: Edition) -> str:
    """Name the company's country, or the program's where the record has none that is known."""
    codes = {str(country.label): str(country.value) for country in Country}
    return codes.get(str(record.get("country")), str(edition.country))


def received_by(plan: Plan) -> list[Applicant]:
    """Return who applies to a challenge."""
    return [applicant for applicant in applicants() if applicant.applies_to(plan)]
