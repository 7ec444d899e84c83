"""What happens to an account as such; who may do it, and its record, is the business of `programs.people`."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F

from tech4muni.accounts.models import User
from tech4muni.core import clock


@transaction.atomic
def end_sessions(user: User, *, keep: SessionBase | None = None) -> None:
    """End all sessions of a person, on all hosts and at once, but for `keep`."""
    User.objects.filter(pk=user.pk).update(session_round=F("session_round") + 1, updated_at=clock.now())
    user.refresh_from_db(fields=["session_round", "updated_at"])
    ended = UserSession.objects.filter(user=user)
    if keep is not None:
        keep[HASH_SESSION_KEY] = user.get_session_auth_hash()
        ended = ended.exclude(session_key=keep.session_key)
    Session.objects.filter(session_key__in=ended.values("session_key")).delete()
    ended.delete()


@transaction.atomic
def change_profile(user: User, *, name: str, language: str, time_zone: str) -> list[str]:
    """Change how a person is named and written to; return the names of the fields that changed."""
    wanted = {"name": name, "language": language, "time_zone": time_zone}
    changed = [field for field, value in wanted.items() if getattr(user, field) != value]
    for field in changed:
        setattr(user, field, wanted[field])
    if changed:
        user.updated_at = clock.now()
        user.save(update_fields=[*changed, "updated_at"])
    return changed


@transaction.atomic
def deactivate(user: User) -> None:
    """Shut an account: nobody logs in with it any more, and all its sessions end."""
    user.is_active = False
    user.deactivated_at = user.updated_at = clock.now()
    user.save(update_fields=["is_active", "deactivated_at", "updated_at"])
    end_sessions(user)


@transaction.atomic
def reactivate(user: User) -> None:
    """Open a deactivated account again."""
    user.is_active = True
    user.deactivated_at = None
    user.updated_at = clock.now()
    user.save(update_fields=["is_active", "deactivated_at", "updated_at"])


@transaction.atomic
def anonymise(user: User) -> None:
    """Overwrite what tells who somebody was; the row, its ids and what refers to them stay."""
    deactivate(user)
    user.email = anonymous_email(user)
    user.name = ""
    user.language, user.time_zone = settings.LANGUAGE_CODE, "UTC"
    user.is_coordinator = False
    user.last_login = None
    user.anonymised_at = clock.now()
    user.set_unusable_password()
    told = ["email", "name", "language", "time_zone", "is_coordinator", "last_login", "password"]
    user.save(update_fields=[*told, "anonymised_at"])
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()


def anonymous_email(user: User) -> str:
    """An address that nobody can have (RFC 2606), which also names the person from now on."""
    return f"anonymous-{user.public_id.hex[:12]}@anonymous.invalid"


def forget_ended_sessions() -> None:
    """Delete sessions that expired, and what the lists of sessions say of sessions that are gone."""
    Session.objects.filter(expire_date__lte=clock.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
