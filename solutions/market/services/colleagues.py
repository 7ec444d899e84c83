"""Who works on an application: its owner invites colleagues by a link of the kind that began it."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from programs.people.tokens import digest_of, new_token
from solutions.market.enums import CompanyRole
from solutions.market.mails import APPLICATION_INVITATION
from solutions.market.models import Applicant, Application, ApplicationLink
from solutions.market.permissions import may_manage
from solutions.market.queries.applications import invited_to, people_on
from solutions.market.services.desks import locked_desk
from solutions.market.services.starting import LIFETIME, link_path
from solutions.market.services.telling import mail
from tech4muni.accounts.models import User
from tech4muni.audit.services import record
from tech4muni.core import clock
from tech4muni.core.errors import Refused

MOST: Final = 10  # people and open invitations of one application
MOST_A_DAY: Final = 20  # invitations of one application, so that nobody sends mail to the world through it


@transaction.atomic
def invite(application: Application, *, actor: User, email: str, role: CompanyRole) -> ApplicationLink:
    """Invite an address, by mail, to work on an application as editor or viewer.

    Raises Refused for an owner's role, somebody who works on it or is invited already, or when too many are.
    """
    desk = locked_desk(application, actor)
    may_manage(desk.standing).enforce()
    locked, address, now = desk.application, email.strip().lower(), clock.now()
    if role == CompanyRole.OWNER:
        raise Refused(_("An application has one owner."), field="role")
    _refuse_in_vain(locked, address)
    token = new_token()
    link = ApplicationLink.objects.create(
        email=address, language=locked.language, application=locked, role=role, token_digest=digest_of(token),
        expires_at=now + LIFETIME,
    )  # fmt: skip
    call = desk.chosen[0].call
    known = User.objects.filter(email=address).first()
    mail(
        APPLICATION_INVITATION,
        known or address,
        call,
        {"inviter": actor, "call": call, "role": role.label, "expires_at": link.expires_at},
        path=link_path(token),
        key=str(link.pk),
        language=locked.language,
        expires_at=link.expires_at,
    )
    data = {"email": address, "role": role.value}
    record("application.colleague_invited", actor=actor, target=locked, data=data)
    return link


@transaction.atomic
def withdraw(application: Application, link: ApplicationLink, *, actor: User) -> None:
    """Let an invitation work no more. Raises Http404 if it is not one of this application, or not open."""
    desk = locked_desk(application, actor)
    may_manage(desk.standing).enforce()
    found = invited_to(desk.application).select_for_update(of=("self",)).filter(pk=link.pk).first()
    if found is None:
        raise Http404
    found.expires_at = found.updated_at = clock.now()
    found.save(update_fields=["expires_at", "updated_at"])
    record("application.invitation_withdrawn", actor=actor, target=desk.application, data={"email": found.email})


@transaction.atomic
def remove(application: Application, person: Applicant, *, actor: User) -> None:
    """End somebody's work on an application. Raises Http404 if they do not work on it, Refused for its owner."""
    desk = locked_desk(application, actor)
    may_manage(desk.standing).enforce()
    found = people_on(desk.application).filter(pk=person.pk).first()
    if found is None:
        raise Http404
    if found.role == CompanyRole.OWNER:
        raise Refused(_("The owner stays: withdraw the application instead."))
    found.ended_at = found.updated_at = clock.now()
    found.save(update_fields=["ended_at", "updated_at"])
    record("application.colleague_removed", actor=actor, target=desk.application, data={"email": found.user.email})


def _refuse_in_vain(application: Application, email: str) -> None:
    people, invited = people_on(application), invited_to(application)
    if people.filter(user__email=email).exists():
        raise Refused(_("This person works on the application already."), field="email")
    if invited.filter(email=email).exists():
        raise Refused(_("This address is invited already."), field="email")
    lately = application.links.filter(created_at__gt=clock.now() - timedelta(days=1))
    if people.count() + invited.count() >= MOST or lately.count() >= MOST_A_DAY:
        raise Refused(_("Too many people are invited. Please remove somebody first."))
