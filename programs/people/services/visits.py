"""A coordinator's visit to a municipality: handed over once, with a reason, for an hour, on record in both trails."""

from datetime import timedelta
from typing import Final

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from programs.enums import MunicipalityState
from programs.models import Municipality, Visit
from programs.people import queries
from programs.people.tokens import digest_of, new_token
from programs.people.trails import municipality_trail, platform_trail
from programs.permissions import may_visit
from tech4muni.accounts.models import User
from tech4muni.audit.services import record
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Forbidden, Refused

LINK_LIFETIME: Final = timedelta(seconds=60)
VISIT_LIFETIME: Final = timedelta(minutes=60)
SIGNER: Final = TimestampSigner(salt="programs.visit")


class Expired(Conflict):
    """The link of a hand-over was used, or is too old."""


@transaction.atomic
def prepare(coordinator: User, municipality: Municipality, *, reason: str) -> str:
    """Prepare a visit and return the signed token that begins it, once, within a minute.

    Raises Http404 for anybody but a coordinator, Forbidden without the second factor that is demanded, Refused for a
    municipality that is not open or without a reason.
    """
    may_visit(coordinator).enforce()
    if queries.lacks_second_factor(coordinator):
        raise Forbidden(_("Your role demands a second factor. Please set one up first."))
    if municipality.state != MunicipalityState.ACTIVE:
        raise Refused(_("This municipality is not open."), field="municipality")
    if not reason.strip():
        raise Refused(_("Say why: the municipality will read it."), field="reason")
    token, now = new_token(), clock.now()
    Visit.objects.create(
        coordinator=coordinator,
        municipality=municipality,
        reason=reason.strip(),
        token_digest=digest_of(token),
        created_at=now,
        redeem_by=now + LINK_LIFETIME,
    )
    return SIGNER.sign(token)


def find(municipality: Municipality, signed: str) -> Visit | None:
    """Return the visit that a token is for; None if it was not made here or leads elsewhere.

    Raises Expired if the link was used or is too old.
    """
    try:
        token = SIGNER.unsign(signed, max_age=LINK_LIFETIME)
    except SignatureExpired:
        raise Expired(_("This link works no more.")) from None
    except BadSignature:
        return None
    found = Visit.objects.filter(token_digest=digest_of(token), municipality=municipality)
    visit = found.select_related("coordinator", "municipality").first()
    if visit is not None:
        _refuse_spent(visit)
    return visit


@transaction.atomic
def enter(visit: Visit) -> Visit:
    """Begin a visit.

    Raises Expired if it has begun already or the link is too old, Forbidden for somebody who may not visit any more.
    """
    entered = _locked(visit.pk)
    _refuse_spent(entered)
    if not may_visit(entered.coordinator) or queries.lacks_second_factor(entered.coordinator):
        raise Forbidden(_("Only coordinators visit municipalities."))
    entered.entered_at = clock.now()
    entered.ends_at = entered.entered_at + VISIT_LIFETIME
    entered.save(update_fields=["entered_at", "ends_at"])
    _note("visit.began", entered, entered.coordinator)
    return entered


@transaction.atomic
def leave(visit_id: int) -> None:
    """End a visit; nothing happens if it has ended or never begun."""
    visit = _locked(visit_id)
    if visit.ends_at is None or visit.left_at is not None:
        return
    ran_out = visit.ends_at <= clock.now()
    visit.left_at = visit.ends_at if ran_out else clock.now()
    visit.save(update_fields=["left_at"])
    _note("visit.ran_out" if ran_out else "visit.ended", visit, None if ran_out else visit.coordinator)


def leave_all(coordinator: User) -> None:
    """End all that a coordinator visits."""
    for visit in Visit.objects.filter(coordinator=coordinator, entered_at__isnull=False, left_at__isnull=True):
        leave(visit.pk)


def end_overdue() -> None:
    """End the visits whose hour is over, each in a transaction of its own."""
    for visit in Visit.objects.filter(left_at__isnull=True, ends_at__lte=clock.now()).order_by("ends_at"):
        leave(visit.pk)


def _locked(visit_id: int) -> Visit:
    visits = Visit.objects.select_for_update(of=("self",)).select_related("coordinator", "municipality")
    return visits.get(pk=visit_id)


def _refuse_spent(visit: Visit) -> None:
    if visit.entered_at is not None or visit.redeem_by <= clock.now():
        raise Expired(_("This link works no more."))


def _note(verb: str, visit: Visit, actor: User | None) -> None:
    """Write into the municipality's trail and into the platform's."""
    data = {"coordinator": str(visit.coordinator), "visit": str(visit.public_id)}
    with municipality_trail(visit.municipality):
        record(verb, actor=actor, target=visit.municipality, reason=visit.reason, data=data)
    with platform_trail():
        record(verb, actor=actor, target=visit.municipality, reason=visit.reason, data=data)
