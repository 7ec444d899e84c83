"""Who sits at the tables: gathered from the market, with limits, absences and people set by coordinators."""

import secrets
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from events.enums import EventState, Side
from events.models import Absence, Delegate, Delegation, Event, Slot
from events.permissions import may_run
from events.services.choosing import CHOOSE, set_choice_deadline, tell_to_choose
from programs.actors import Actor
from solutions.market.enums import ReleaseState
from solutions.market.models import CallCity, Company, Release
from tech4muni.audit.services import record
from tech4muni.core import clock
from tech4muni.core.errors import Refused
from tech4muni.core.languages import in_each_language

AGENDA_TOKEN_BYTES: Final = 32
GATHERING: Final = (EventState.PREPARING, EventState.CHOOSING)


@transaction.atomic
def gather_delegations(event: Event, *, actor: Actor) -> int:
    """Add a delegation for each municipality's challenge with invited companies, and for each invited company.

    Those who are there already stay as they are, but for their names. Returns how many were added. Raises Refused once
    choices are closed.
    """
    may_run(actor).enforce()
    row = Event.objects.select_for_update(of=("self",)).select_related("program__brand").get(pk=event.pk)
    if row.state not in GATHERING:
        raise Refused(_("Choices are closed: nobody is added any more."))
    invited = Release.objects.filter(city__call__program=row.program, state=ReleaseState.INVITED)
    cities = CallCity.objects.filter(pk__in=invited.values("city")).select_related("call", "municipality")
    companies = Company.objects.filter(pk__in=invited.values("application__company")).order_by("pk")
    found = [*map(_city, cities), *map(_company, companies)]
    added = [delegation for delegation in (_put(row, fields) for fields in found) if delegation]
    if row.state == EventState.CHOOSING:
        _let_choose(row, added)
    if added:
        record("delegations.gathered", actor=actor.user, target=row, data={"added": len(added)})
    return len(added)


@transaction.atomic
def save_delegation(
    delegation: Delegation, *, actor: Actor, minimum: int, maximum: int | None, absent: Iterable[int]
) -> Delegation:
    """Say how many meetings a delegation shall and may have, and in which slots it cannot meet.

    Args:
        delegation: which one.
        actor: a coordinator.
        minimum: wished for.
        maximum: a rule; None for no limit.
        absent: primary keys of slots of the event.
    """
    may_run(actor).enforce()
    row = Delegation.objects.select_for_update(of=("self",)).select_related("event").get(pk=delegation.pk)
    if maximum is not None and maximum < minimum:
        raise Refused(_("The maximum must not be below the minimum."), field="maximum")
    row.minimum, row.maximum, row.updated_at = minimum, maximum, clock.now()
    row.save(update_fields=["minimum", "maximum", "updated_at"])
    _set_absences(row, None, absent)
    record("delegation.edited", actor=actor.user, target=row)
    return row


@transaction.atomic
def save_delegate(
    delegation: Delegation,
    delegate: Delegate | None,
    *,
    actor: Actor,
    changes: Mapping[str, Any],
    absent: Iterable[int],
) -> Delegate:
    """Put somebody down who sits at the table for a delegation, or change that; raises ValidationError.

    Args:
        delegation: which one.
        delegate: who is there already, None for somebody new.
        actor: a coordinator.
        changes: name, role and whether they must be at the table.
        absent: primary keys of slots in which they are not there; counts for those who must be.
    """
    may_run(actor).enforce()
    row = Delegation.objects.select_for_update(of=("self",)).select_related("event").get(pk=delegation.pk)
    person = delegate or Delegate(delegation=row)
    for name in ("name", "role", "required"):
        setattr(person, name, changes[name])
    person.full_clean(exclude=["user"])
    person.save()
    _set_absences(row, person, absent)
    record("delegate.saved", actor=actor.user, target=row, data={"person": person.name})
    return person


@transaction.atomic
def remove_delegate(delegate: Delegate, *, actor: Actor) -> None:
    """Take somebody off a delegation."""
    may_run(actor).enforce()
    data = {"person": delegate.name}
    record("delegate.removed", actor=actor.user, target=delegate.delegation, data=data)
    delegate.delete()


def _set_absences(delegation: Delegation, delegate: Delegate | None, slots: Iterable[int]) -> None:
    wanted = set(Slot.objects.filter(event=delegation.event, pk__in=list(slots)).values_list("pk", flat=True))
    rows = Absence.objects.filter(delegation=delegation, delegate=delegate)
    rows.exclude(slot__in=wanted).delete()
    there = set(rows.values_list("slot", flat=True))
    Absence.objects.bulk_create(
        Absence(delegation=delegation, delegate=delegate, slot_id=slot) for slot in sorted(wanted - there)
    )


def _city(row: CallCity) -> dict[str, Any]:
    return {
        "side": Side.CITY,
        "municipality": row.municipality,
        "call": row.call,
        "challenge_id": row.challenge_id,
        "label": in_each_language(lambda: f"{row.municipality.name}: {row.call.title}"),
    }


def _company(row: Company) -> dict[str, Any]:
    return {"side": Side.COMPANY, "company": row, "label": {"en-gb": row.name}}


def _put(event: Event, fields: Mapping[str, Any]) -> Delegation | None:
    """Return a delegation that was added; None if it was there."""
    key = {name: fields[name] for name in ("side", "municipality", "call", "company") if name in fields}
    rest = {name: value for name, value in fields.items() if name not in key}
    token = secrets.token_urlsafe(AGENDA_TOKEN_BYTES)
    row, made = Delegation.objects.get_or_create(event=event, **key, defaults={**rest, "agenda_token": token})
    if made:
        return row
    if row.label != rest["label"]:
        row.label, row.updated_at = rest["label"], clock.now()
        row.save(update_fields=["label", "updated_at"])
    return None


def _let_choose(event: Event, added: list[Delegation]) -> None:
    """Let those who come while others choose already choose too; the others have more to choose about now."""
    if not added:
        return
    for delegation in event.delegations.filter(side=Side.CITY).select_related("municipality"):
        set_choice_deadline(delegation, event)
    for delegation in added:
        tell_to_choose(delegation, CHOOSE, f"choose:{event.choices_due_at:%Y%m%dT%H%MZ}")
