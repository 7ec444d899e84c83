"""The people of the demonstration: invented, one for each role, with names that say so."""

from dataclasses import dataclass
from typing import Final

from programs.enums import Role

PASSWORD: Final = "tech4muni-demonstration"  # noqa: S105  printed to everybody who starts the demonstration
MARK: Final = "demo"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to log in as.

    Args:
        email: on a domain that is reserved for examples.
        name: as others see it.
        language: of the pages and mails.
        places: what they are where, by the municipality's schema; () for a coordinator.
    """

    email: str
    name: str
    language: str
    places: tuple[tuple[str, Role], ...] = ()


def person(email: str, name: str, language: str, *places: tuple[str, Role]) -> Person:
    """Return somebody whose name says that they belong to the demonstration."""
    return Person(f"{email}@example.org", f"{name} ({MARK})", language, places)


COORDINATOR: Final = person("coordinator", "Dana Levi", "en-gb")
# The first one of a municipality is invited by the coordinator, the others by that lead.
TEAM: Final = (
    person("lead", "Ana Petrova", "en-gb", ("strumica", Role.LEAD)),
    person("member", "Blagoj Ristov", "en-gb", ("strumica", Role.MEMBER)),
    person("evaluator", "Cvetanka Ilieva", "en-gb", ("strumica", Role.EVALUATOR)),
    person("approver", "Dragan Stojanov", "en-gb", ("strumica", Role.APPROVER)),
    person("viewer", "Elena Kostova", "en-gb", ("strumica", Role.VIEWER)),
    person("lead.veles", "Филип Николов", "mk", ("veles", Role.LEAD)),
    person("approver.veles", "Весна Трајкова", "mk", ("veles", Role.APPROVER)),
    person("lead.gostivar", "Arta Selmani", "sq", ("gostivar", Role.LEAD)),
    person("approver.gostivar", "Besnik Ademi", "sq", ("gostivar", Role.APPROVER)),
    person("lead.haifa", "נועה כהן", "he", ("haifa", Role.LEAD)),
    person("approver.haifa", "יוסי לוי", "he", ("haifa", Role.APPROVER)),
    person("lead.gelsenkirchen", "Jutta Brandt", "de", ("gelsenkirchen", Role.LEAD)),
    person("approver.gelsenkirchen", "Uwe Kamp", "de", ("gelsenkirchen", Role.APPROVER)),
    person("two.cities", "Goran Mitrev", "en-gb", ("strumica", Role.MEMBER), ("veles", Role.VIEWER)),
)
# Who is invited and has not come yet.
INVITED: Final = (
    ("strumica", "invited@example.org", Role.MEMBER),
    ("gostivar", "second.lead@example.org", Role.LEAD),
    ("haifa", "invited.haifa@example.org", Role.EVALUATOR),
)
