"""What coordinators do with other people's accounts: shut, open again, make nameless. Nobody is ever deleted."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from programs.models import Invitation, Municipality
from programs.people import queries
from programs.people.messages import tell_coordinators
from programs.people.services import visits
from programs.people.services.memberships import lock_municipality
from programs.people.trails import municipality_trail, platform_trail
from programs.permissions import may_administer_people
from tech4muni.accounts import services as accounts
from tech4muni.accounts.models import User
from tech4muni.audit.services import record
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused
from tech4muni.notifications.services import forget_receiver


@transaction.atomic
def deactivate_person(user: User, *, actor: User, reason: str) -> User:
    """Shut an account: its sessions and visits end at once, its memberships rest.

    Coordinators are told of municipalities that have no lead then.
    Raises Http404 for anybody but a coordinator, Refused for oneself, for the last coordinator or without a reason,
    Conflict if the account is shut already.
    """
    person = lock_person(user, actor, reason)
    if not person.is_active:
        raise Conflict(_("This account was deactivated in the meantime."))
    led = _lock_led(person)
    accounts.deactivate(person)
    visits.leave_all(person)
    _note("person.deactivated", person, actor, reason)
    _tell_without_lead(led, actor, reason)
    return person


@transaction.atomic
def reactivate_person(user: User, *, actor: User, reason: str) -> User:
    """Open a deactivated account again; raises Conflict if it is open, Refused if nobody knows whose it was."""
    person = lock_person(user, actor, reason)
    if person.is_active:
        raise Conflict(_("This account was opened again in the meantime."))
    if person.anonymised_at is not None:
        raise Refused(_("This account was anonymised: nobody can log in with it again."))
    accounts.reactivate(person)
    _note("person.reactivated", person, actor, reason)
    return person


@transaction.atomic
def anonymise_person(user: User, *, actor: User, reason: str) -> User:
    """Overwrite what tells who somebody was, for good, and end all that they were.

    Name, address, password, factors and sessions go, and what waits for them in the outbox; the rows with their ids,
    the memberships and the trails stay. Raises as `deactivate_person` does.
    """
    person = lock_person(user, actor, reason)
    if person.anonymised_at is not None:
        raise Conflict(_("This account was anonymised in the meantime."))
    led, email = _lock_led(person), person.email
    visits.leave_all(person)
    accounts.anonymise(person)
    _end_memberships(person, actor, reason)
    _forget_invitations(email, person)
    forget_receiver(person, email)
    _note("person.anonymised", person, actor, reason)
    _tell_without_lead(led, actor, reason)
    return person


def lock_person(user: User, actor: User, reason: str) -> User:
    """Check the right and the reason, then lock the coordinators and the person, always in the same order.

    Raises as `deactivate_person` does.
    """
    may_administer_people(actor).enforce()
    if not reason.strip():
        raise Refused(_("Say why, for the record."), field="reason")
    coordinators = User.objects.select_for_update().filter(is_coordinator=True, is_active=True).order_by("pk")
    others = [coordinator for coordinator in coordinators if coordinator.pk != user.pk]
    person = User.objects.select_for_update().get(pk=user.pk)
    if person.pk == actor.pk:
        raise Refused(_("Another coordinator must do this for you."))
    if person.is_staff and not others:
        raise Refused(_("The platform needs a coordinator."))
    return person


def _lock_led(person: User) -> list[Municipality]:
    """Lock the municipalities that somebody leads, in the order of their ids."""
    led = queries.led_by(person).order_by("pk") if person.is_active else Municipality.objects.none()
    return [lock_municipality(municipality) for municipality in led]


def _tell_without_lead(led: list[Municipality], actor: User, reason: str) -> None:
    for municipality in led:
        if not queries.active_leads(municipality).exists():
            tell_coordinators(municipality, actor=actor, reason=reason)


def _end_memberships(person: User, actor: User, reason: str) -> None:
    lasting = person.memberships.filter(ended_at__isnull=True).select_related("municipality").order_by("pk")
    for membership in lasting:
        membership.ended_at = membership.updated_at = clock.now()
        membership.save(update_fields=["ended_at", "updated_at"])
        with municipality_trail(membership.municipality):
            record("membership.ended", actor=actor, target=person, reason=reason, data={"role": membership.role})


def _forget_invitations(email: str, person: User) -> None:
    sent = Invitation.objects.filter(email=email)
    sent.filter(accepted_at__isnull=True, revoked_at__isnull=True).update(revoked_at=clock.now())
    sent.update(email=person.email, updated_at=clock.now())


def _note(verb: str, person: User, actor: User, reason: str) -> None:
    with platform_trail():
        record(verb, actor=actor, target=person, reason=reason)
