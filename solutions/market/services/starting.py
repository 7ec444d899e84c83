"""Beginning an application from a link by mail, without an account before; and coming back by the same way."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from programs.people.tokens import digest_of, new_token
from solutions.market.enums import CompanyRole
from solutions.market.mails import APPLICATION_LINK
from solutions.market.models import (
    Applicant,
    Application,
    ApplicationCall,
    ApplicationLink,
    Call,
    Company,
)
from solutions.market.queries.applications import begun_for, is_usable, links_lately, must_log_in, role_on
from solutions.market.queries.calls import accepts
from solutions.market.services import reminders
from solutions.market.services.telling import mail
from tech4muni.accounts.models import User
from tech4muni.audit.services import record
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused

LIFETIME: Final = timedelta(days=7)
LIMITS: Final = ((timedelta(minutes=5), 3), (timedelta(hours=1), 6), (timedelta(days=1), 12))
"""How many links one mailbox gets within a time, whoever asks for them."""

LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
SPENT: Final = _("This link works no more. Please ask for a new one.")


class MustLogIn(Refused):
    """A link is not enough for this person: they log in as they always do."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a link led to: who it is for, and the application, unless the call has closed meanwhile."""

    user: User
    application: Application | None


@transaction.atomic
def ask_for_link(call: Call, *, email: str, language: str) -> ApplicationLink | None:
    """Mail a link with which an application to a call is begun or resumed.

    Nothing is mailed, and None returned, where the mailbox has got too many; who asks is told the same in any case.
    Raises Refused if the call is not open.
    """
    if not accepts(call, clock.now()):
        raise Refused(_("This call takes no applications now."))
    address, now = email.strip().lower(), clock.now()
    if any(links_lately(address, now - time) >= most for time, most in LIMITS):
        return None
    token = new_token()
    link = ApplicationLink.objects.create(
        email=address, language=language, call=call, token_digest=digest_of(token), expires_at=now + LIFETIME
    )
    mail(
        APPLICATION_LINK,
        address,
        call,
        {"call": call, "municipality": call.municipality, "expires_at": link.expires_at},
        path=link_path(token),
        key=str(link.pk),
        language=language,
        expires_at=link.expires_at,
    )
    return link


def link_path(token: str) -> str:
    """Return where a link leads on the platform's host."""
    return reverse("market:application_link", args=[token], urlconf=settings.PUBLIC_SCHEMA_URLCONF)


@transaction.atomic
def spend(link: ApplicationLink, *, time_zone: str, present: User | None = None) -> Spent:
    """Use a link up: make or find its person, and begin, resume or join the application.

    Args:
        link: what the mail led to.
        time_zone: of the device, for a person who is new.
        present: who is logged in already, if anybody.

    Raises Conflict if the link works no more, MustLogIn for somebody for whom a link is not enough (unless they are
    logged in), Refused if there is no room for a colleague.
    """
    locked = ApplicationLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    if not is_usable(locked):
        raise Conflict(SPENT)
    user = _person(locked, time_zone)
    if user != present and must_log_in(user):
        raise MustLogIn(_("Please log in as you always do: a link is not enough for your account."))
    locked.used_at = locked.updated_at = clock.now()
    locked.save(update_fields=["used_at", "updated_at"])
    if locked.application is not None:
        _join(locked.application, user, CompanyRole(locked.role))
        return Spent(user, locked.application)
    if locked.call is None or not accepts(locked.call, clock.now()):
        return Spent(user, begun_for(user, locked.call) if locked.call else None)
    return Spent(user, begin(locked.call, actor=user, language=locked.language))


@transaction.atomic
def begin(call: Call, *, actor: User, language: str) -> Application:
    """Begin an application to a call, or return the one that the person has begun before.

    Raises Refused if the call is not open.
    """
    User.objects.select_for_update(of=("self",)).get(pk=actor.pk)  # of two who press at once, one begins
    begun = begun_for(actor, call)
    if begun is not None:
        return begun
    if not accepts(call, clock.now()):
        raise Refused(_("This call takes no applications now."))
    application = Application.objects.create(
        reference=new_reference(), language=language, answers=_known_of(actor), company=None
    )
    Applicant.objects.create(application=application, user=actor, role=CompanyRole.OWNER)
    ApplicationCall.objects.create(application=application, call=call)
    reminders.plan(application)
    record("application.begun", actor=actor, target=application)
    return application


def new_reference() -> str:
    """Return a name for an application that is easy to read aloud and that nobody guesses."""
    letters = "".join(secrets.choice(LETTERS) for _place in range(8))
    return f"T4M-{letters[:4]}-{letters[4:]}"


def _known_of(user: User) -> dict[str, dict[str, str]]:
    """What is known already of the company that somebody owns, so that nobody types it twice."""
    owned = Company.objects.filter(
        members__user=user, members__role=CompanyRole.OWNER, members__ended_at__isnull=True
    ).order_by("-updated_at")
    company = owned.first()
    if company is None:
        return {}
    known = ("name", "kind", "country", "website", "description")
    return {"company": {name: getattr(company, name) for name in known if getattr(company, name)}}


def _person(link: ApplicationLink, time_zone: str) -> User:
    """The person of the address, which the link has proven."""
    found = User.objects.filter(email=link.email).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return User.objects.create_user(link.email, language=link.language, time_zone=time_zone)
    except IntegrityError:  # another link of theirs was faster
        return User.objects.get(email=link.email)


def _join(application: Application, user: User, role: CompanyRole) -> None:
    Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if role_on(application, user) is not None:
        return
    Applicant.objects.create(application=application, user=user, role=role)
    record(
        "application.colleague_joined", actor=user, target=application, data={"email": user.email, "role": role.value}
    )
