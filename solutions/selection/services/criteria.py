"""Criteria: taken over from the call, changed until a lead freezes them, and never afterwards."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from challenges.services.snapshots import digest_of
from challenges.services.trail import note
from programs.actors import Actor
from solutions.selection.models import Criterion, SelectionRound
from solutions.selection.permissions import may_edit_criteria, may_lead_selection
from solutions.selection.queries.panel import call_of, criteria_of
from solutions.selection.services.conflicts import derive_conflicts
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused


@transaction.atomic
def prepare(challenge: Challenge, *, actor: Actor) -> SelectionRound:
    """Begin the selection of a challenge: take its criteria over from the call that it was published with.

    Raises Refused if it was not published yet, Conflict if the selection is prepared already.
    """
    may_edit_criteria(actor, challenge).enforce()
    call = call_of(challenge)
    if call is None:
        raise Refused(_("Publish the challenge first: the criteria stand in its call."))
    selection, made = SelectionRound.objects.get_or_create(challenge=challenge)
    if not made and Criterion.objects.filter(challenge=challenge).exists():
        raise Conflict(_("The criteria are taken over already."))
    for number, row in enumerate(call.content["criteria"], start=1):
        Criterion.objects.create(
            challenge=challenge, public_id=UUID(row["id"]), number=number, names=row["names"], weight=row["weight"]
        )
    note("criteria.prepared", challenge, actor=actor.user, data={"call": str(call.public_id), "digest": call.digest})
    return selection


@transaction.atomic
def add(challenge: Challenge, *, actor: Actor, names: Mapping[str, str], weight: int) -> Criterion:
    """Add a criterion at the end; `weight` in percent."""
    may_edit_criteria(actor, challenge).enforce()
    selection = _open(challenge)
    last = Criterion.objects.filter(challenge=challenge).aggregate(last=Max("number"))["last"] or 0
    criterion = Criterion.objects.create(challenge=challenge, number=last + 1, names=dict(names), weight=weight)
    _count_up(selection)
    note("criterion.added", challenge, actor=actor.user, data={"criterion": criterion.name, "weight": weight})
    return criterion


@transaction.atomic
def change(criterion: Criterion, *, actor: Actor, names: Mapping[str, str], weight: int, version: int) -> Criterion:
    """Change a criterion; raises Conflict if any changed after `version` of the round was read."""
    challenge = criterion.challenge
    may_edit_criteria(actor, challenge).enforce()
    selection = _open(challenge)
    _require(selection, version)
    changed = Criterion.objects.get(pk=criterion.pk)
    before = _plain(changed)
    changed.names, changed.weight = dict(names), weight
    changed.save(update_fields=["names", "weight"])
    _count_up(selection)
    data = {"criterion": changed.name, "weight": weight, "before": before, "after": _plain(changed)}
    note("criterion.edited", challenge, actor=actor.user, data=data)
    return changed


@transaction.atomic
def remove(criterion: Criterion, *, actor: Actor) -> None:
    """Take a criterion away."""
    challenge = criterion.challenge
    may_edit_criteria(actor, challenge).enforce()
    selection = _open(challenge)
    data = {"criterion": criterion.name, "before": _plain(criterion)}
    note("criterion.removed", challenge, actor=actor.user, data=data)
    criterion.delete()
    _count_up(selection)


@transaction.atomic
def freeze(challenge: Challenge, *, actor: Actor, version: int) -> SelectionRound:
    """Freeze the criteria: from then on applications may be opened, and the database lets nothing change them.

    Args:
        challenge: whose criteria.
        actor: a lead.
        version: of the round as the lead saw it.

    Raises Refused unless the weights sum to 100, Conflict if they are frozen or somebody has changed them since.
    """
    may_lead_selection(actor, challenge).enforce()
    selection = _open(challenge)
    _require(selection, version)
    criteria = list(criteria_of(challenge))
    total = sum(criterion.weight for criterion in criteria)
    if total != 100:
        raise Refused(_("The weights have to sum to 100%%; now they sum to %(total)s%%.") % {"total": total})
    selection.frozen_at, selection.frozen_by = clock.now(), actor.user
    selection.digest = digest_of({"criteria": [_plain(criterion) for criterion in criteria]})
    selection.updated_at = clock.now()
    selection.save(update_fields=["frozen_at", "frozen_by", "digest", "updated_at"])
    derive_conflicts(challenge)
    note("criteria.frozen", challenge, actor=actor.user, data={"digest": selection.digest})
    return selection


def is_intact(selection: SelectionRound) -> bool:
    """Whether the criteria are those that were frozen: their digest is computed anew."""
    criteria = [_plain(criterion) for criterion in criteria_of(selection.challenge)]
    return selection.digest == digest_of({"criteria": criteria})


def _open(challenge: Challenge) -> SelectionRound:
    """Lock the round, which decides between those who edit and those who freeze; raises Conflict once it is frozen."""
    selection = SelectionRound.objects.select_for_update(of=("self",)).filter(challenge=challenge).first()
    if selection is None:
        raise Refused(_("Take the criteria over from the call first."))
    if selection.frozen_at is not None:
        raise Conflict(_("The criteria are frozen: nobody changes them any more."))
    return selection


def _require(selection: SelectionRound, version: int) -> None:
    if selection.version != version:
        raise Conflict(_("Somebody else changed the criteria in the meantime."))


def _count_up(selection: SelectionRound) -> None:
    selection.version += 1
    selection.updated_at = clock.now()
    selection.save(update_fields=["version", "updated_at"])


def _plain(criterion: Criterion) -> dict[str, Any]:
    return {"id": str(criterion.public_id), "number": criterion.number, "names": criterion.names,
            "weight": criterion.weight}  # fmt: skip
