"""What happens to a call after it is published: more time, its end, its withdrawal.

Locks are taken in one order, so that the due row that closes a call and a person who moves its deadline never wait for
each other: the call, then the brief, then the challenge, then deadlines.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed
from django_tenants.utils import tenant_context

from challenges.enums import BriefState
from challenges.models import Brief, Challenge
from challenges.permissions import may_move_on
from challenges.services import moves
from challenges.services.trail import note
from programs.actors import Actor
from programs.brand import brand_of
from programs.enums import Ending, Stage
from programs.people.messages import tell
from programs.people.queries import members
from programs.timing.services import meet_deadline, schedule
from solutions.market.enums import CallState
from solutions.market.mails import CALL_WITHDRAWN, DEADLINE_MOVED
from solutions.market.models import Call, CallCity
from solutions.market.queries.calls import accepts, call_state, closing_key, people_applying
from solutions.market.services import reminders
from solutions.market.services.publishing import check_before_decision, path_of, plan_dates, written
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused
from tech4muni.core.hosts import address
from tech4muni.notifications.kinds import Kind
from tech4muni.notifications.services import enqueue

WITHDRAW: Final = "market.withdraw_city"


@transaction.atomic
def move_deadline(challenge: Challenge, *, actor: Actor, closes_at: datetime, reason: str, seen: datetime) -> Call:
    """Give companies more time; deadlines, due rows and reminders follow, and all who apply are told.

    Args:
        challenge: of the leading municipality, whose schema is active.
        actor: a lead, or a coordinator on a visit.
        closes_at: the new deadline, later than the present one.
        reason: is on record and told to everybody.
        seen: the deadline as the person saw it: of two who move it at once, one does.

    Raises Http404 or Forbidden for others, Conflict if it moved or closed in the meantime, Refused with the field.
    """
    may_move_on(actor, challenge).enforce()
    call, before = _locked(challenge), seen
    brief = Brief.objects.select_for_update(of=("self",)).get(challenge=challenge)
    ahead = call_state(call, clock.now()) == CallState.UPCOMING
    if brief.state != BriefState.PUBLISHED or not (ahead or accepts(call, clock.now())):
        raise Conflict(_("The call has closed in the meantime."))
    if call.closes_at != seen:
        raise Conflict(_("Somebody else moved the deadline in the meantime."))
    if closes_at <= call.closes_at:
        raise Refused(_("A deadline only moves to a later time: companies rely on it."), field="closes_at")
    cities = list(call.cities.select_related("municipality"))
    for day in [call.content["decision_on"], *(city.annex["decision_on"] for city in cities if city.annex)]:
        check_before_decision(day, closes_at, call.time_zone)
    call.closes_at, call.updated_at = closes_at, clock.now()
    call.save(update_fields=["closes_at", "updated_at"])
    data = {"before": written(call, before), "after": written(call, closes_at)}
    note("call.deadline_moved", challenge, actor=actor.user, reason=_wanted(reason), data=data)
    for city in cities:
        city.call = call
        plan_dates(city)
    reminders.follow_deadline(call)
    _tell_all(DEADLINE_MOVED, call, cities, {"closes_at": closes_at, "reason": reason.strip()}, when=closes_at)
    return call


@transaction.atomic
def withdraw_call(challenge: Challenge, *, actor: Actor, reason: str) -> Call:
    """Take a call back for good: the way of its challenges ends, and all who apply are told why.

    Raises Http404 or Forbidden for others, Conflict if it is withdrawn already, Refused without a reason, or once the
    challenge has left the stage of mapping.
    """
    may_move_on(actor, challenge).enforce()
    call, reason = _locked(challenge), _wanted(reason)
    if challenge.stage != Stage.MAPPING:
        raise Refused(_("It is too late to withdraw the call: decide on the applications instead."))
    call.withdrawn_at, call.withdrawal_reason, call.updated_at = clock.now(), reason, clock.now()
    call.save(update_fields=["withdrawn_at", "withdrawal_reason", "updated_at"])
    cities = list(call.cities.select_related("municipality"))
    for city in cities:
        if city.challenge_id == challenge.public_id:
            _end_here(challenge, actor=actor.user, reason=reason)
        else:
            key = f"{WITHDRAW}:{city.challenge_id}"
            schedule(WITHDRAW, key=key, due_at=clock.now(), payload={"city": city.pk})
    _tell_all(CALL_WITHDRAWN, call, cities, {"reason": reason}, when=call.withdrawn_at)
    return call


@transaction.atomic
def close_city(payload: Mapping[str, Any]) -> None:
    """Close the brief of a municipality whose call has closed; nothing if it is closed, or has more time by now."""
    city = CallCity.objects.select_related("municipality").get(pk=payload["city"])
    call = Call.objects.select_for_update(of=("self",)).get(pk=city.call_id)
    if call_state(call, clock.now()) != CallState.CLOSED:
        return
    with tenant_context(city.municipality):
        brief = _locked_brief(city)
        if can_proceed(brief.close):
            brief.close()
            _save(brief)
            note("call.closed", brief.challenge, actor=None)
        meet_deadline(closing_key(city.challenge_id))


@transaction.atomic
def withdraw_city(payload: Mapping[str, Any]) -> None:
    """End the way of a challenge that had joined a call which its leading municipality withdrew."""
    city = CallCity.objects.select_related("municipality").get(pk=payload["city"])
    call = Call.objects.select_for_update(of=("self",)).get(pk=city.call_id)
    if call.withdrawn_at is None:
        return
    with tenant_context(city.municipality):
        brief = _locked_brief(city)
        if can_proceed(brief.withdraw) and brief.challenge.is_under_way:
            _end_here(brief.challenge, actor=None, reason=call.withdrawal_reason)


def _end_here(challenge: Challenge, *, actor: User | None, reason: str) -> None:
    brief = Brief.objects.select_for_update(of=("self",)).get(challenge=challenge)
    if can_proceed(brief.withdraw):
        brief.withdraw()
        _save(brief)
    note("call.withdrawn", challenge, actor=actor, reason=reason)
    moves.end(challenge, ending=Ending.WITHDRAWN, actor=actor, reason=reason)


def _save(brief: Brief) -> None:
    brief.version += 1
    brief.updated_at = clock.now()
    brief.save(update_fields=["state", "version", "updated_at"])


def _locked_brief(city: CallCity) -> Brief:
    rows = Brief.objects.select_for_update(of=("self",)).select_related("challenge")
    return rows.get(challenge__public_id=city.challenge_id)


def _locked(challenge: Challenge) -> Call:
    """Lock the call of a municipality that leads it; raises Http404 if there is none, Conflict if it is withdrawn."""
    rows = Call.objects.select_for_update(of=("self",)).select_related("municipality", "program")
    call = rows.filter(challenge_id=challenge.public_id).first()
    if call is None:
        raise Http404
    if call.withdrawn_at is not None:
        raise Conflict(_("The call was withdrawn in the meantime."))
    return call


def _wanted(reason: str) -> str:
    if not reason.strip():
        raise Refused(_("Say why: everybody who applies is told."), field="reason")
    return reason.strip()[:300]


def _tell_all(kind: Kind, call: Call, cities: list[CallCity], values: dict[str, Any], *, when: datetime) -> None:
    """Mail everybody who works on an application, and the teams of all municipalities of the call."""
    start = f"{kind.name}:{call.public_id}:{when.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    told = {"call": call, **values}
    for city in cities:
        for membership in members(city.municipality):
            key = f"{start}:{city.municipality_id}:{membership.user_id}"
            tell(kind, membership.user, city.municipality, told, path=path_of(city), key=key)
    for person in people_applying(call):
        enqueue(
            kind.name,
            key=f"{start}:{person.pk}",
            email=person.email,
            language=person.language,
            context={**told, "municipality": call.municipality, "url": portal_address(call)},
            user=person,
            brand=brand_of(call.municipality).name,
        )


def portal_address(call: Call) -> str:
    """Return the address of a call's page on the portal."""
    return address(settings.PLATFORM_HOST, f"/calls/{call.public_id}/")
