"""Mail to people about a municipality, in their language, with a link to its host."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from programs.brand import brand_of
from programs.cohorts.queries import sender_of
from programs.mails import WITHOUT_LEAD
from programs.models import Municipality
from programs.people.queries import primary_host
from programs.people.trails import municipality_trail
from tech4muni.accounts.models import User
from tech4muni.core.hosts import address
from tech4muni.notifications.kinds import Kind
from tech4muni.notifications.models import Message
from tech4muni.notifications.services import enqueue


def tell(
    kind: Kind,
    person: User | str,
    municipality: Municipality,
    values: Mapping[str, Any],
    *,
    path: str = "/",
    expires_at: datetime | None = None,
    key: str = "",
) -> Message:
    """Put a mail about a municipality into the outbox.

    Args:
        kind: what it tells; it may use `municipality` and `url` besides `values`.
        person: the receiver, or the address of somebody who may have no account yet.
        municipality: which one it is about.
        values: for the other placeholders.
        path: where on the municipality's host the link leads.
        expires_at: worthless after this instant.
        key: what, whom and when, if it shall be sent only once; else each call sends a mail.
    """
    user = User.objects.filter(email=person).first() if isinstance(person, str) else person
    with municipality_trail(municipality):
        return enqueue(
            kind.name,
            key=key or f"{kind.name}:{uuid.uuid4()}",
            email=person if isinstance(person, str) else person.email,
            language=user.language if user else municipality.languages[0],
            context={**values, "municipality": municipality, "url": address(primary_host(municipality), path)},
            user=user,
            time_zone="" if user else municipality.time_zone,
            brand=brand_of(municipality).name,
            sender=sender_of(municipality.brand_name),
            expires_at=expires_at,
        )


def tell_person(kind: Kind, person: User, values: Mapping[str, Any]) -> Message:
    """Put a mail into the outbox that is about no municipality; `values` are for all placeholders."""
    return enqueue(
        kind.name,
        key=f"{kind.name}:{uuid.uuid4()}",
        email=person.email,
        language=person.language,
        context=values,
        user=person,
    )


def tell_coordinators(municipality: Municipality, *, actor: User | None, reason: str) -> None:
    """Mail all coordinators that a municipality has no lead any more."""
    for coordinator in User.objects.filter(is_coordinator=True, is_active=True).order_by("pk"):
        tell(WITHOUT_LEAD, coordinator, municipality, {"actor": actor, "reason": reason})
