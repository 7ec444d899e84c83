"""What is read of people and their roles."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When
from django.db.models.functions import Lower

from programs.enums import Role
from programs.models import Domain, Invitation, Membership, Municipality
from programs.people.devices import device_name
from programs.people.tokens import digest_of
from tech4muni.accounts import sessions
from tech4muni.accounts.models import User
from tech4muni.core import clock

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def demands_second_factor(user: User) -> bool:
    """Whether what somebody may do demands a second factor: coordinators and leads, anywhere."""
    return settings.SECOND_FACTOR_REQUIRED and _demanding(user).exists()


def lacks_second_factor(user: User) -> bool:
    """Whether a second factor is demanded of somebody who has none; one query."""
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS)
    return settings.SECOND_FACTOR_REQUIRED and _demanding(user).exclude(Exists(factors)).exists()


def _demanding(user: User) -> QuerySet[User]:
    leads = Membership.objects.filter(user=OuterRef("pk"), role=Role.LEAD, ended_at__isnull=True)
    return User.objects.filter(Q(is_coordinator=True) | Exists(leads), pk=user.pk)


def members(municipality: Municipality) -> QuerySet[Membership]:
    """Return the memberships of those who work in a municipality, leads first, then by name, with the people."""
    rank = Case(*(When(role=role, then=number) for number, role in enumerate(Role)))
    found = Membership.objects.filter(municipality=municipality, ended_at__isnull=True).select_related("user")
    return found.order_by(rank, Lower("user__name"), "user__email")


def membership_of(user: User, municipality: Municipality) -> Membership | None:
    """Return what somebody is in a municipality now."""
    return Membership.objects.filter(user=user, municipality=municipality, ended_at__isnull=True).first()


def active_leads(municipality: Municipality) -> QuerySet[Membership]:
    """Return the memberships of the leads who can log in."""
    return members(municipality).filter(role=Role.LEAD, user__is_active=True)


def led_by(user: User) -> QuerySet[Municipality]:
    """Return the municipalities that somebody leads."""
    leading = Membership.objects.filter(user=user, role=Role.LEAD, ended_at__isnull=True)
    return Municipality.objects.filter(pk__in=leading.values("municipality"))


def open_invitations(municipality: Municipality) -> QuerySet[Invitation]:
    """Return the invitations that were neither accepted nor withdrawn, the latest first, expired ones included."""
    waiting = Invitation.objects.filter(municipality=municipality, accepted_at__isnull=True, revoked_at__isnull=True)
    return waiting.select_related("invited_by")


def invitation_by_token(municipality: Municipality, token: str) -> Invitation | None:
    """Return the invitation whose link this is, if it leads into this municipality."""
    found = Invitation.objects.filter(token_digest=digest_of(token), municipality=municipality)
    return found.select_related("municipality", "invited_by").first()


def is_usable(invitation: Invitation) -> bool:
    """Whether its link still works."""
    return invitation.accepted_at is None and invitation.revoked_at is None and invitation.expires_at > clock.now()


def primary_host(municipality: Municipality) -> str:
    """Return the host that links to a municipality name."""
    return Domain.objects.get(tenant=municipality, is_primary=True).domain


@dataclass(frozen=True, slots=True)
class SessionRow:
    """Where somebody is logged in. `device` may be "" if it is not known."""

    host: str
    device: str
    ip: str
    started_at: datetime
    seen_at: datetime
    is_current: bool


def sessions_of(user: User, *, current: str | None) -> list[SessionRow]:
    """Return the sessions of a person on all hosts, the latest first; two queries.

    Args:
        user: whose.
        current: key of the session that asks.
    """
    known = {row.session_key: row for row in UserSession.objects.filter(user=user)}
    stored = Session.objects.filter(session_key__in=known, expire_date__gt=clock.now())
    rows = [_session_row(known[session.session_key], session.get_decoded(), current) for session in stored]
    return sorted((row for row in rows if row is not None), key=lambda row: row.seen_at, reverse=True)


def _session_row(known: UserSession, data: dict[str, Any], current: str | None) -> SessionRow | None:
    if sessions.is_over(data, clock.now()):
        return None
    return SessionRow(
        host=data.get(sessions.HOST, ""),
        device=device_name(known.user_agent),
        ip=known.ip,
        started_at=datetime.fromtimestamp(data[sessions.STARTED], UTC),
        seen_at=datetime.fromtimestamp(data[sessions.SEEN], UTC),
        is_current=known.session_key == current,
    )
