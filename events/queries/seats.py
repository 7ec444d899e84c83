"""Which delegations somebody sits in, and as what."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from challenges.permissions import WRITERS
from events.enums import Side
from events.models import Delegation, Event
from events.permissions import Seat
from programs.actors import Actor
from solutions.market.models import CompanyMember
from solutions.market.permissions import COMPANY_WRITERS


def seat_at(actor: Actor, *delegations: Delegation) -> tuple[Seat, Delegation | None]:
    """Return where somebody stands towards delegations, and which of them is theirs; at most one query.

    On a municipality's host only its own delegations count, on the public one only those of companies.
    """
    if actor.municipality is not None:
        own = next((each for each in delegations if each.municipality_id == actor.municipality.pk), None)
        if own is None:
            return Seat(), None
        belongs = actor.role is not None
        return Seat(belongs, belongs and actor.role in WRITERS, coordinates=actor.visit is not None), own
    roles = _company_roles(actor, delegations)
    own = next((each for each in delegations if each.company_id in roles), None)
    writes = own is not None and roles[own.company_id or 0] in COMPANY_WRITERS
    return Seat(own is not None, writes, coordinates=actor.is_coordinator), own


def _company_roles(actor: Actor, delegations: tuple[Delegation, ...]) -> dict[int, str]:
    companies = {each.company_id for each in delegations if each.company_id}
    if actor.user is None or not companies:
        return {}
    rows = CompanyMember.objects.filter(user=actor.user, company__in=companies, ended_at__isnull=True)
    return dict(rows.values_list("company_id", "role"))


def own_delegations(actor: Actor) -> QuerySet[Delegation]:
    """Return the delegations of all events in which somebody sits, the latest event first."""
    found = Delegation.objects.select_related("event__program", "municipality", "company", "call")
    if actor.municipality is not None:
        inside = found.filter(side=Side.CITY, municipality=actor.municipality)
        return inside.order_by("-event__pk", "pk") if actor.is_inside else found.none()
    if actor.user is None:
        return found.none()
    members = CompanyMember.objects.filter(user=actor.user, ended_at__isnull=True)
    return found.filter(side=Side.COMPANY, company__in=members.values("company")).order_by("-event__pk", "pk")


def seats_in(actor: Actor, event_id: UUID) -> tuple[Event, list[Delegation]]:
    """Return an event and the delegations in which somebody sits there; raises Http404 if there is none."""
    own = list(own_delegations(actor).filter(event__public_id=event_id))
    if not own:
        raise Http404
    return own[0].event, own


def delegation_for(actor: Actor, event_id: UUID, delegation_id: UUID) -> tuple[Delegation, Seat]:
    """Return a delegation and where somebody stands towards it; raises Http404 if they may not know of it."""
    rows = Delegation.objects.select_related("event__program", "municipality", "company", "call")
    delegation = rows.filter(public_id=delegation_id, event__public_id=event_id).first()
    if delegation is None:
        raise Http404
    seat, _own = seat_at(actor, delegation)
    if not (seat.belongs or seat.coordinates):
        raise Http404
    return delegation, seat
