"""What the services of pilots share: the lock, the version of the plan, the trail, and news for the other side."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from challenges.services.trail import note
from pilots.enums import PilotSide
from pilots.mails import PILOT_NEWS
from pilots.models import Pilot
from pilots.permissions import Seat
from pilots.queries.pilots import city_path, company_path, entry_of
from programs.brand import brand_of
from programs.cohorts.queries import sender_of
from programs.people.messages import tell
from programs.people.queries import active_leads
from solutions.market.models import PilotEntry
from solutions.market.permissions import COMPANY_WRITERS
from solutions.market.queries.companies import people_of
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tech4muni.core.errors import Conflict
from tech4muni.core.hosts import address
from tech4muni.notifications.kinds import Kind
from tech4muni.notifications.services import enqueue

PLAN_STATE = ["version", "city_agreed_at", "company_agreed_at", "updated_at"]


def locked(pilot: Pilot) -> Pilot:
    """Return the pilot as it is now, its row locked: one writer at a time."""
    return Pilot.objects.select_for_update(of=("self",)).select_related("challenge").get(pk=pilot.pk)


def locked_version(pilot: Pilot, version: int) -> Pilot:
    """Return the locked pilot; raises Conflict if its plan is another one than the one that was seen."""
    now = locked(pilot)
    if now.version != version:
        raise Conflict(_("Somebody else changed the plan in the meantime."))
    return now


def plan_changed(pilot: Pilot, seat: Seat, *fields: str) -> None:
    """Write a change of the plan: it is another version, to which nobody has agreed; who had is told."""
    had_agreed = pilot.agreed_at(seat.side.other) is not None
    pilot.version += 1
    pilot.city_agreed_at = pilot.company_agreed_at = None
    pilot.updated_at = clock.now()
    pilot.save(update_fields=[*fields, *PLAN_STATE])
    if had_agreed:
        tell_side(
            pilot,
            seat.side.other,
            what=_("The plan that you agreed to was changed. Please look at it again."),
            event=f"plan:{pilot.version}",
        )


def put_on_record(
    verb: str, pilot: Pilot, seat: Seat, *, data: Mapping[str, Any] | None = None, reason: str = ""
) -> None:
    """Append a line about a pilot to the municipality's trail."""
    note(verb, pilot.challenge, actor=seat.user, target=pilot, data=data, reason=reason)


def set_entry(pilot: Pilot, **values: Any) -> None:
    """Let the public row of a pilot follow, in the caller's transaction."""
    rows = PilotEntry.objects.filter(pilot_id=pilot.public_id)
    rows.update(state=pilot.state, updated_at=clock.now(), **values)


def tell_side(pilot: Pilot, side: PilotSide, *, what: str | Promise, about: str = "", event: str) -> None:
    """Tell a side by mail what happened: the leads of the municipality, or the owners and editors of the company.

    Args:
        pilot: in which pilot.
        side: who is told.
        what: a sentence; lazy ones are rendered in each receiver's language.
        about: of which thing, such as a milestone's title.
        event: names the event within the pilot: nobody is told of it twice.
    """
    entry = entry_of(pilot)
    values = {"pilot": pilot.title, "what": what, "about": about or pilot.title}
    key = f"pilots.news:{pilot.public_id}:{event}"
    if side == PilotSide.CITY:
        for membership in active_leads(entry.municipality):
            person = membership.user
            tell(PILOT_NEWS, person, entry.municipality, values, path=city_path(pilot), key=f"{key}:{person.pk}")
        return
    for person in people_of(entry.company, COMPANY_WRITERS):
        tell_company(PILOT_NEWS, person, entry, values, key=f"{key}:{person.pk}")


def tell_company(kind: Kind, person: User, entry: PilotEntry, values: Mapping[str, Any], *, key: str) -> None:
    """Put a mail about a pilot to somebody of its company into the outbox, with a link to the platform's host."""
    municipality = entry.municipality
    enqueue(
        kind.name,
        key=key,
        email=person.email,
        language=person.language,
        context={**values, "municipality": municipality, "url": address(settings.PLATFORM_HOST, company_path(entry))},
        user=person,
        brand=brand_of(municipality).name,
        sender=sender_of(municipality.brand_name),
    )
