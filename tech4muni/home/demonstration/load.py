"""Makes the demonstration through the services that people use; whatever is there already stays as it is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.conf import settings

from programs.actors import Actor
from programs.enums import MunicipalityState, Role
from programs.models import Invitation, Membership, Municipality, Visit
from programs.municipalities import create_municipality
from programs.people.queries import membership_of
from programs.people.services import invitations, visits
from programs.people.trails import municipality_trail
from programs.schemas.provisioning import provision
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tech4muni.core.hosts import address
from tech4muni.home.demonstration import cohorts
from tech4muni.home.demonstration.cast import COORDINATOR, INVITED, PASSWORD, TEAM, Person
from tech4muni.home.demonstration.places import places
from tech4muni.notifications.mails import TRIAL
from tech4muni.notifications.models import Message
from tech4muni.notifications.services import enqueue, hold

Say = Callable[[str], object]
LATER: Final = timedelta(days=30)
LONG_AGO: Final = timedelta(days=400)
"""When the municipalities and their people came, before the first program."""
VISITED: Final = "gostivar"
VISIT_REASON: Final = "First look round with the new lead (demonstration)"
TRIALS: Final = {
    "demonstration:waiting": "Waiting for its day (demonstration)",
    "demonstration:held": "Held by a coordinator (demonstration)",
}
HELD: Final = "demonstration:held"


def load(say: Say) -> None:
    """Make what is missing of the demonstration; `say` is told each thing that was made."""
    with clock.at(clock.now() - LONG_AGO):
        coordinator = _coordinator(say)
        for schema, fields in places().items():
            _municipality(schema, fields, coordinator, say)
        for person in TEAM:
            for schema, role in person.places:
                _member(person, Municipality.objects.get(schema_name=schema), role, coordinator, say)
    for schema, email, role in INVITED:
        _invitation(Municipality.objects.get(schema_name=schema), email, role, say)
    _visit(Municipality.objects.get(schema_name=VISITED), coordinator, say)
    for key, note in TRIALS.items():
        _trial(key, note, coordinator, say)
    cohorts.load(say)


def _coordinator(say: Say) -> User:
    found = User.objects.filter(email=COORDINATOR.email).first()
    if found is not None:
        return found
    say(f"Coordinator {COORDINATOR.name}")
    return User.objects.create_superuser(
        COORDINATOR.email, PASSWORD, name=COORDINATOR.name, language=COORDINATOR.language
    )


def _municipality(schema: str, fields: dict[str, object], coordinator: User, say: Say) -> None:
    found = Municipality.objects.filter(schema_name=schema).first()
    if found is None:
        host = f"{schema}.{settings.PLATFORM_HOST}"
        found = create_municipality(actor=coordinator, schema_name=schema, host=host, **fields)
    if found.state == MunicipalityState.PREPARING and provision(found, actor=coordinator):
        say(f"Municipality {found}")


def _member(person: Person, municipality: Municipality, role: Role, coordinator: User, say: Say) -> None:
    """Let somebody be invited and accept, unless they ever were a member."""
    if Membership.objects.filter(user__email=person.email, municipality=municipality).exists():
        return
    invitation = _invited(municipality, person.email, role, _lead_of(municipality) or Actor(coordinator))
    with municipality_trail(municipality):
        user = User.objects.filter(email=person.email).first()
        if user is not None:
            invitations.accept_as(user, invitation)
        else:
            user = invitations.accept_as_new(
                invitation, name=person.name, language=person.language, time_zone=municipality.time_zone
            )
            user.set_password(PASSWORD)
            user.save(update_fields=["password"])
    say(f"{role.label} {person.name} in {municipality}")


def _lead_of(municipality: Municipality) -> Actor | None:
    """Return the municipality's lead of the demonstration, as somebody who acts there."""
    first = next(person for person in TEAM for schema, _role in person.places if schema == municipality.schema_name)
    lead = User.objects.filter(email=first.email).first()
    membership = membership_of(lead, municipality) if lead else None
    return Actor(user=lead, municipality=municipality, role=Role(membership.role)) if membership else None


def _invited(municipality: Municipality, email: str, role: Role, actor: Actor) -> Invitation:
    """Return the open invitation, of an earlier start that did not get further, or a new one."""
    waiting = Invitation.objects.filter(
        municipality=municipality, email=email, accepted_at__isnull=True, revoked_at__isnull=True
    ).first()
    return waiting or invitations.invite(municipality, actor=actor, email=email, role=role)


def _invitation(municipality: Municipality, email: str, role: Role, say: Say) -> None:
    if Invitation.objects.filter(municipality=municipality, email=email).exists():
        return
    lead = _lead_of(municipality)
    if lead is not None:
        _invited(municipality, email, role, lead)
        say(f"Invitation of {email} to {municipality}")


def _visit(municipality: Municipality, coordinator: User, say: Say) -> None:
    if Visit.objects.filter(municipality=municipality, coordinator=coordinator, entered_at__isnull=False).exists():
        return
    visit = visits.find(municipality, visits.prepare(coordinator, municipality, reason=VISIT_REASON))
    if visit is not None:
        visits.leave(visits.enter(visit).pk)
        say(f"Visit of {coordinator} to {municipality}")


def _trial(key: str, note: str, coordinator: User, say: Say) -> None:
    if Message.objects.filter(key=key).exists():
        return
    now = clock.now()
    context = {
        "note": note,
        "host": settings.PLATFORM_HOST,
        "asked_at": now,
        "url": address(settings.PLATFORM_HOST, "/"),
    }
    message = enqueue(
        TRIAL.name, key=key, email=COORDINATOR.email, language=COORDINATOR.language, context=context, user=coordinator,
        due_at=now + LATER,
    )  # fmt: skip
    if key == HELD:
        hold(message, actor=coordinator, reason=note)
    say(f"Mail {message.subject}")
