"""Who coordinates: coordinators appoint and dismiss each other."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from programs.mails import COORDINATOR_APPOINTED
from programs.people.messages import tell_person
from programs.people.services import visits
from programs.people.services.lifecycle import lock_person
from programs.people.trails import platform_trail
from programs.permissions import may_administer_people
from tech4muni.accounts.models import User
from tech4muni.audit.services import record
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused
from tech4muni.core.hosts import address


@transaction.atomic
def appoint_coordinator(email: str, *, actor: User, name: str = "", language: str = "") -> User:
    """Make somebody a coordinator, with an account if they have none, and tell them by mail.

    Raises Http404 for anybody but a coordinator, Refused for a deactivated account, Conflict for a coordinator.
    """
    may_administer_people(actor).enforce()
    person = User.objects.select_for_update().filter(email=email.strip().lower()).first()
    if person is None:
        person = User.objects.create_user(email, name=name, language=language or settings.LANGUAGE_CODE)
    if not person.is_active:
        raise Refused(_("This account is deactivated."), field="email")
    if person.is_coordinator:
        raise Conflict(_("This person is a coordinator already."), field="email")
    _set_coordinator(person, value=True)
    with platform_trail():
        record("person.appointed", actor=actor, target=person)
        tell_person(
            COORDINATOR_APPOINTED,
            person,
            {
                "actor": actor,
                "url": address(settings.PLATFORM_HOST, reverse("admin:index", urlconf=settings.PUBLIC_SCHEMA_URLCONF)),
            },
        )
    return person


@transaction.atomic
def dismiss_coordinator(user: User, *, actor: User, reason: str) -> User:
    """Let somebody be a coordinator no longer; what they visit ends.

    Raises as `deactivate_person` does, and Conflict for somebody who is none.
    """
    person = lock_person(user, actor, reason)
    if not person.is_coordinator:
        raise Conflict(_("This person is no coordinator any more."))
    _set_coordinator(person, value=False)
    visits.leave_all(person)
    with platform_trail():
        record("person.dismissed", actor=actor, target=person, reason=reason)
    return person


def _set_coordinator(person: User, *, value: bool) -> None:
    person.is_coordinator = value
    person.updated_at = clock.now()
    person.save(update_fields=["is_coordinator", "updated_at"])
