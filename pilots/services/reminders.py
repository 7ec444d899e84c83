"""Milestones are due: the municipality's as its deadlines, the company's by mails to its people."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django_tenants.utils import tenant_context

from pilots.enums import PilotSide, PilotState
from pilots.mails import MILESTONE_REMINDER
from pilots.models import UNDELIVERED, Milestone, Pilot
from pilots.queries.pilots import city_path, entry_of
from pilots.services.common import tell_company
from programs.enums import ReminderStep
from programs.models import Municipality
from programs.timing.services import STEPS, cancel, meet_deadline, schedule, set_deadline, withdraw_deadlines
from solutions.market.permissions import COMPANY_WRITERS
from solutions.market.queries.companies import people_of
from tech4muni.core import clock
from tech4muni.core.languages import in_each_language

REMIND: Final = "pilots.remind_company"
COMPANY_STEPS: Final = (ReminderStep.WEEK_BEFORE, ReminderStep.TWO_DAYS_BEFORE, ReminderStep.DAY_AFTER)
END_OF_DAY: Final = time(23, 59)


def expect(milestone: Milestone, pilot: Pilot, municipality: Municipality) -> None:
    """Remind those who deliver a milestone by the end of its day, on the municipality's clock."""
    zone = ZoneInfo(municipality.time_zone)
    due_at = datetime.combine(milestone.due_on, END_OF_DAY, tzinfo=zone)
    if milestone.side == PilotSide.CITY:
        set_deadline(
            milestone.deadline_key,
            label=in_each_language(lambda: _("Deliver the milestone: %(title)s") % {"title": milestone.title}),
            due_at=due_at,
            time_zone=municipality.time_zone,
            municipality=municipality,
            challenge_id=pilot.challenge.public_id,
            owner=pilot.challenge.owner,
            path=city_path(pilot),
        )
        return
    for step in COMPANY_STEPS:
        at = due_at + timedelta(days=STEPS[step])  # on the wall clock of the zone
        if at >= clock.now():
            schedule(REMIND, key=_key(milestone, step), due_at=at, payload=_payload(milestone, step, municipality))


def expect_no_more(milestone: Milestone, *, delivered: bool) -> None:
    """Remind nobody of a milestone any more."""
    if milestone.side == PilotSide.COMPANY:
        cancel(*(_key(milestone, step) for step in COMPANY_STEPS))
    elif delivered:
        meet_deadline(milestone.deadline_key)
    else:
        withdraw_deadlines(keys=[milestone.deadline_key])


def remind_company(payload: Mapping[str, Any]) -> None:
    """Mail the people of a company about a milestone that is still to be delivered; once each."""
    municipality = Municipality.objects.get(pk=payload["municipality"])
    with tenant_context(municipality):
        rows = Milestone.objects.select_related("pilot__challenge").filter(round=payload["round"])
        milestone = rows.filter(public_id=UUID(payload["milestone"]), state__in=UNDELIVERED).first()
        if milestone is None or milestone.pilot.state != PilotState.RUNNING:
            return
        if not milestone.pilot.challenge.is_under_way:
            return
        entry = entry_of(milestone.pilot)
        values = {
            "pilot": milestone.pilot.title,
            "milestone": milestone.title,
            "due_on": milestone.due_on,
            "late": payload["step"] == ReminderStep.DAY_AFTER,
        }
        for person in people_of(entry.company, COMPANY_WRITERS):
            key = f"{milestone.deadline_key}:{payload['step']}:{person.pk}"
            tell_company(MILESTONE_REMINDER, person, entry, values, key=key)


def _key(milestone: Milestone, step: ReminderStep) -> str:
    return f"{milestone.deadline_key}:{step}"


def _payload(milestone: Milestone, step: ReminderStep, municipality: Municipality) -> dict[str, Any]:
    return {
        "municipality": municipality.pk,
        "milestone": str(milestone.public_id),
        "round": milestone.round,
        "step": step.value,
    }
