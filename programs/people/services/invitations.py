"""Invitations: a link that works once, for seven days, on the municipality's host alone."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, cast

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from programs.actors import Actor
from programs.enums import Role
from programs.mails import INVITATION
from programs.models import Invitation, Membership, Municipality
from programs.people import queries
from programs.people.messages import tell
from programs.people.services.memberships import lock_municipality
from programs.people.tokens import digest_of, new_token
from programs.people.trails import municipality_trail
from programs.permissions import may_manage_people
from tech4muni.accounts.models import User
from tech4muni.audit.services import record
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused

LIFETIME: Final = timedelta(days=7)
REST: Final = timedelta(minutes=5)  # between two mails to one address
MOST_OPEN: Final = 100  # in one municipality


@transaction.atomic
def invite(municipality: Municipality, *, actor: Actor, email: str, role: Role) -> Invitation:
    """Invite an address, by mail, to work in a municipality.

    Raises Forbidden or Http404 for an actor without the right, and Refused for somebody who is in already, who is
    invited already, or when too many are.
    """
    may_manage_people(actor).enforce()
    lock_municipality(municipality)
    address = email.strip().lower()
    _refuse_in_vain(municipality, address)
    token, now = new_token(), clock.now()
    invitation = Invitation.objects.create(
        municipality=municipality,
        email=address,
        role=role,
        invited_by=cast(User, actor.user),  # who has the right is somebody
        token_digest=digest_of(token),
        expires_at=now + LIFETIME,
        created_at=now,
        updated_at=now,
    )
    _send(invitation, token)
    _note("invitation.sent", invitation, actor.user, {"email": address, "role": role})
    return invitation


@transaction.atomic
def resend(invitation: Invitation, *, actor: Actor) -> Invitation:
    """Send a new link that is good for seven days; the old one is dead. Raises Refused within five minutes."""
    may_manage_people(actor).enforce()
    again = _locked_open(invitation)
    if clock.now() - again.updated_at < REST:
        raise Refused(_("The mail was sent only a moment ago. Please wait five minutes."))
    token = new_token()
    again.token_digest = digest_of(token)
    again.updated_at = clock.now()
    again.expires_at = again.updated_at + LIFETIME
    again.save(update_fields=["token_digest", "expires_at", "updated_at"])
    _send(again, token)
    _note("invitation.sent_again", again, actor.user)
    return again


@transaction.atomic
def withdraw(invitation: Invitation, *, actor: Actor) -> Invitation:
    """Let the link work no more."""
    may_manage_people(actor).enforce()
    withdrawn = _locked_open(invitation)
    withdrawn.revoked_at = withdrawn.updated_at = clock.now()
    withdrawn.save(update_fields=["revoked_at", "updated_at"])
    _note("invitation.withdrawn", withdrawn, actor.user)
    return withdrawn


@transaction.atomic
def accept_as_new(invitation: Invitation, *, name: str, language: str, time_zone: str) -> User:
    """Make an account for the invited address, which the link has proven, and the membership.

    Raises Conflict if the link was used meanwhile, or if the address has got an account in the meantime.
    """
    accepted = _locked_usable(invitation)
    try:
        with transaction.atomic():
            user = User.objects.create_user(accepted.email, name=name, language=language, time_zone=time_zone)
    except IntegrityError:
        raise Conflict(_("This address has an account now. Please log in to accept.")) from None
    _join(accepted, user)
    return user


@transaction.atomic
def accept_as(user: User, invitation: Invitation) -> Membership:
    """Make the membership of somebody who is logged in as the invited address.

    Raises Conflict if the link was used meanwhile, Refused for anybody else or somebody who is in already.
    """
    accepted = _locked_usable(invitation)
    if user.email != accepted.email or not user.is_active:
        raise Refused(_("This invitation is for another address."))
    if queries.membership_of(user, accepted.municipality) is not None:
        raise Refused(_("You already work in this municipality."))
    return _join(accepted, user)


def _join(invitation: Invitation, user: User) -> Membership:
    now = clock.now()
    invitation.accepted_at = invitation.updated_at = now
    invitation.save(update_fields=["accepted_at", "updated_at"])
    membership = Membership.objects.create(
        user=user, municipality=invitation.municipality, role=invitation.role, created_at=now, updated_at=now
    )
    with municipality_trail(invitation.municipality):
        record("invitation.accepted", actor=user, target=user, data={"role": invitation.role})
    return membership


def _refuse_in_vain(municipality: Municipality, email: str) -> None:
    if queries.members(municipality).filter(user__email=email).exists():
        raise Refused(_("This person already works here."), field="email")
    waiting = queries.open_invitations(municipality)
    if waiting.filter(email=email).exists():
        raise Refused(_("This address is invited already. You can send the mail again."), field="email")
    if waiting.count() >= MOST_OPEN:
        raise Refused(_("Too many invitations are open. Please withdraw some first."))


def _note(verb: str, invitation: Invitation, actor: User | None, data: Mapping[str, Any] | None = None) -> None:
    with municipality_trail(invitation.municipality):
        record(verb, actor=actor, target=invitation, data=data)


def _send(invitation: Invitation, token: str) -> None:
    tell(
        INVITATION,
        invitation.email,
        invitation.municipality,
        {"inviter": invitation.invited_by, "role": Role(invitation.role).label, "expires_at": invitation.expires_at},
        path=reverse("people:invitation", args=[token], urlconf=settings.ROOT_URLCONF),
        expires_at=invitation.expires_at,
    )


def _locked_open(invitation: Invitation) -> Invitation:
    """Lock the invitation; raise Conflict if it was accepted or withdrawn meanwhile."""
    locked = Invitation.objects.select_for_update(of=("self",)).select_related("municipality").get(pk=invitation.pk)
    if locked.accepted_at is not None or locked.revoked_at is not None:
        raise Conflict(_("This invitation was accepted or withdrawn in the meantime."))
    return locked


def _locked_usable(invitation: Invitation) -> Invitation:
    """Lock the municipality, then the invitation; raise Conflict if the link works no more."""
    lock_municipality(invitation.municipality)
    locked = _locked_open(invitation)
    if locked.token_digest != invitation.token_digest or locked.expires_at <= clock.now():
        raise Conflict(_("This link works no more. Please ask for a new one."))
    return locked
