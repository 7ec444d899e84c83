"""Mail to those who apply, in their language and under the brand of the program, with a link to the platform's host."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import lazy

from programs.cohorts.queries import sender_of
from programs.people.trails import platform_trail
from solutions.market.models import Application, Call, CallCity
from solutions.market.queries.applications import people_on
from tech4muni.accounts.models import User
from tech4muni.core.hosts import address
from tech4muni.notifications.kinds import Kind
from tech4muni.notifications.services import enqueue


def mail(
    kind: Kind,
    person: User | str,
    call: Call,
    values: Mapping[str, Any],
    *,
    path: str,
    key: str,
    language: str = "",
    expires_at: datetime | None = None,
) -> None:
    """Put a mail into the outbox, once per key.

    Args:
        kind: what it tells; it may use `url` besides `values`.
        person: the receiver, or an address that may have no account.
        call: whose program's name and sender it bears.
        values: for the other placeholders.
        path: on the platform's own host.
        key: what, whom and when.
        language: of an address without an account.
        expires_at: worthless after this instant.
    """
    brand = call.program.brand.name if call.program else ""
    user = person if isinstance(person, User) else None
    with platform_trail():
        enqueue(
            kind.name,
            key=f"{kind.name}:{key}",
            email=person if isinstance(person, str) else person.email,
            language=user.language if user else language,
            context={**values, "url": address(settings.PLATFORM_HOST, path)},
            user=user,
            time_zone="" if user and user.time_zone != "UTC" else call.time_zone,
            brand=brand,
            sender=sender_of(brand),
            expires_at=expires_at,
        )


def mail_all(
    kind: Kind, application: Application, call: Call, values: Mapping[str, Any], *, key: str, page: str = "application"
) -> None:
    """Put a mail into the outbox for everybody who works on an application, with a link to one of its pages."""
    path = public_path(f"market:{page}", application)
    for person in people_on(application).filter(user__is_active=True):
        mail(kind, person.user, call, values, path=path, key=f"{application.public_id}:{key}:{person.user_id}")


def public_path(name: str, application: Application) -> str:
    """Return where a page of an application is on the platform's host, from whichever host."""
    return reverse(name, args=[application.public_id], urlconf=settings.PUBLIC_SCHEMA_URLCONF)


def names_of(cities: Sequence[CallCity]) -> Any:
    """Return the names of municipalities, one a line, in whatever language is active when they are shown."""
    return lazy(lambda: "\n".join(str(city.municipality) for city in cities), str)()
