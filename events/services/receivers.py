"""Who is mailed for a delegation, and how."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from events.enums import Side
from events.models import Delegation
from programs.cohorts.queries import sender_of
from programs.people.messages import tell
from programs.people.queries import members
from solutions.market.enums import CompanyRole
from solutions.market.permissions import COMPANY_WRITERS
from solutions.market.queries import companies
from tech4muni.accounts.models import User
from tech4muni.core.hosts import address
from tech4muni.notifications.kinds import Kind
from tech4muni.notifications.services import enqueue


@dataclass(frozen=True, slots=True)
class Letters:
    """The kind of mail that each side gets."""

    city: Kind
    company: Kind


def people_of(delegation: Delegation, *, writers: bool = False) -> list[User]:
    """Return who can log in for a delegation.

    Args:
        delegation: which one.
        writers: for a company, only those who may choose.
    """
    if delegation.municipality is not None:
        return [membership.user for membership in members(delegation.municipality).filter(user__is_active=True)]
    return companies.people_of(delegation.company, COMPANY_WRITERS if writers else tuple(CompanyRole))


def send(
    letters: Letters, person: User, delegation: Delegation, values: Mapping[str, Any], *, path: str, key: str
) -> None:
    """Put a mail to somebody of a delegation into the outbox, once per key.

    Args:
        letters: the kind for each side.
        person: the receiver.
        delegation: for which one.
        values: for the placeholders but `url` and the name of the side.
        path: where the link leads, on the municipality's host or on the platform's own.
        key: what and when; the person is added to it.
    """
    key = f"{key}:{person.pk}"
    if delegation.side == Side.CITY and delegation.municipality is not None:
        tell(letters.city, person, delegation.municipality, values, path=path, key=key)
        return
    brand = delegation.event.program.brand
    enqueue(
        letters.company.name,
        key=key,
        email=person.email,
        language=person.language,
        context={**values, "company": delegation.company, "url": address(settings.PLATFORM_HOST, path)},
        user=person,
        brand=brand.name,
        sender=sender_of(brand.name),
    )
