"""The plan: both sides write it, agree to one and the same version, and the pilot runs by it."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from challenges.enums import Aim
from pilots import rule
from pilots.enums import PilotSide
from pilots.models import Kpi, Milestone, Pilot
from pilots.permissions import Seat, may_agree, may_plan, may_start
from pilots.queries.pilots import entry_of, missing_of
from pilots.services.common import locked_version, plan_changed, put_on_record, set_entry, tell_side
from pilots.services.reminders import expect
from programs.validators import validate_names
from tech4muni.core import clock
from tech4muni.core.errors import Refused

PLAN_FIELDS: Final = (
    "aim", "site", "budget", "currency", "starts_on", "ends_on", "purchase_route", "decision_rule",
)  # fmt: skip
OWN_FIELDS: Final = ("names", "unit", "aim", "how")
FIGURES: Final = ("baseline", "target", "threshold")


@transaction.atomic
def change_plan(pilot: Pilot, *, seat: Seat, version: int, changes: Mapping[str, Any]) -> Pilot:
    """Write the plan's fields (`PLAN_FIELDS`); whoever had agreed has to agree again.

    Raises Conflict if the plan is another version than `version`, Refused for an end before the beginning.
    """
    now = _planned(pilot, seat, version)
    for name in PLAN_FIELDS:
        if name in changes:
            setattr(now, name, changes[name])
    if now.starts_on and now.ends_on and now.ends_on < now.starts_on:
        raise Refused(_("The pilot cannot end before it begins."), field="ends_on")
    if now.budget is not None and now.budget < 0:
        raise Refused(_("A budget is not negative."), field="budget")
    plan_changed(now, seat, *PLAN_FIELDS)
    put_on_record("pilot.plan_changed", now, seat, data={"version": now.version})
    return now


@transaction.atomic
def set_kpi(pilot: Pilot, *, seat: Seat, version: int, kpi: Kpi | None, values: Mapping[str, Any]) -> Kpi:
    """Set what a KPI has to reach, or add a KPI (None).

    What the call measures success by stays as it was published: only its figures are set.

    Raises Conflict as `change_plan` does, Refused for figures that contradict the direction.
    """
    now = _planned(pilot, seat, version)
    row = Kpi(pilot=now) if kpi is None else Kpi.objects.get(pk=kpi.pk, pilot=now)
    fields = FIGURES if row.metric_id else (*OWN_FIELDS, *FIGURES)
    for name in fields:
        if name in values:
            setattr(row, name, values[name])
    validate_names(row.names)
    _require_coherence(row)
    row.save()
    plan_changed(now, seat)
    put_on_record("pilot.kpi_set", now, seat, data={"kpi": row.name, "version": now.version})
    return row


@transaction.atomic
def set_milestone(
    pilot: Pilot, *, seat: Seat, version: int, milestone: Milestone | None, values: Mapping[str, Any]
) -> Milestone:
    """Write a milestone (title, due_on, side), or add one (None); raises Conflict as `change_plan` does."""
    now = _planned(pilot, seat, version)
    row = Milestone(pilot=now) if milestone is None else Milestone.objects.get(pk=milestone.pk, pilot=now)
    row.title, row.due_on, row.side = values["title"], values["due_on"], PilotSide(values["side"])
    row.updated_at = clock.now()
    row.save()
    plan_changed(now, seat)
    put_on_record("pilot.milestone_set", now, seat, data={"milestone": row.title, "version": now.version})
    return row


@transaction.atomic
def remove_milestone(pilot: Pilot, *, seat: Seat, version: int, milestone: Milestone) -> None:
    """Take a milestone out of the plan; raises Conflict as `change_plan` does."""
    now = _planned(pilot, seat, version)
    Milestone.objects.get(pk=milestone.pk, pilot=now).delete()
    plan_changed(now, seat)
    put_on_record("pilot.milestone_removed", now, seat, data={"milestone": milestone.title, "version": now.version})


@transaction.atomic
def agree(pilot: Pilot, *, seat: Seat, version: int) -> Pilot:
    """Agree to the plan, for one's side, in the version that was seen.

    Raises Conflict if it is another one by now, Refused while something is missing in it.
    """
    now = locked_version(pilot, version)
    may_agree(seat, now).enforce()
    _require_whole(now)
    if now.agreed_at(seat.side) is not None:
        return now
    field = f"{seat.side}_agreed_at"
    setattr(now, field, clock.now())
    now.save(update_fields=[field])
    put_on_record("pilot.agreed", now, seat, data={"side": seat.side.value, "version": now.version})
    what = _("The pilot can begin: both sides agree.") if now.is_agreed else _("The other side agreed to the plan.")
    tell_side(now, seat.side.other, what=what, event=f"agreed:{seat.side}:{now.version}")
    return now


@transaction.atomic
def start(pilot: Pilot, *, seat: Seat, version: int) -> Pilot:
    """Let the pilot run by the plan that both sides agreed to; its milestones are due from now on.

    Raises Conflict if the plan is another one by now, Refused unless both sides agreed.
    """
    now = locked_version(pilot, version)
    may_start(seat, now).enforce()
    _require_whole(now)
    if not now.is_agreed:
        raise Refused(_("Both sides have to agree to the plan first."))
    now.start()
    now.updated_at = clock.now()
    now.save(update_fields=["state", "updated_at"])
    set_entry(now)
    put_on_record("pilot.started", now, seat, data={"version": now.version})
    entry = entry_of(now)
    for milestone in now.milestones.all():
        expect(milestone, now, entry.municipality)
    tell_side(now, PilotSide.COMPANY, what=_("The pilot is running."), event="started")
    return now


def _planned(pilot: Pilot, seat: Seat, version: int) -> Pilot:
    """Return the locked pilot whose plan may be written; a state that forbids it is told before a newer version."""
    may_plan(seat, Pilot.objects.select_related("challenge").get(pk=pilot.pk)).enforce()
    now = locked_version(pilot, version)
    may_plan(seat, now).enforce()
    return now


def _require_whole(pilot: Pilot) -> None:
    missing = missing_of(pilot, list(pilot.kpis.all()), list(pilot.milestones.all()))
    if missing:
        raise Refused(missing[0])


def _require_coherence(kpi: Kpi) -> None:
    if kpi.baseline is None or kpi.target is None or kpi.threshold is None:
        return
    wrong = rule.incoherence(Aim(kpi.aim), kpi.baseline, kpi.target, kpi.threshold)
    if wrong == "target":
        raise Refused(_("The target has to be better than the baseline."), field="target")
    if wrong == "threshold":
        raise Refused(_("The threshold has to be worse than the target."), field="threshold")
