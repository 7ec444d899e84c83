"""Reminders: who is told of a deadline, first its owner, then the leads, then the coordinator.

After the workers were away, several reminders of a deadline may be due at once: each person gets the latest alone.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import override

from programs.cohorts.models import Participation, name_in
from programs.enums import ReminderStep
from programs.mails import REMINDER
from programs.models import Municipality
from programs.people.messages import tell
from programs.people.queries import active_leads
from programs.timing.kinds import Superseded
from programs.timing.models import Deadline, Due
from programs.timing.services import reminder_at, reminder_key
from tech4muni.accounts.models import User
from tech4muni.core import clock


def remind(payload: Mapping[str, Any]) -> None:
    """Put a reminder for each receiver into the outbox, in their language; nothing if the deadline is met by now.

    Raises Superseded if a later reminder that is due tells all of them.
    """
    due = Due.objects.select_related("deadline__owner", "deadline__municipality", "deadline__program").get(
        pk=payload["due"]
    )
    deadline = due.deadline
    if deadline is None or not deadline.is_open or deadline.municipality is None:
        return
    people = list(receivers(due.step, deadline, deadline.municipality))
    told_later = told_by_later(due, deadline, deadline.municipality)
    if people and all(person.pk in told_later for person in people):
        raise Superseded
    for person in people:
        if person.pk in told_later:
            continue
        with override(person.language):
            values = {
                "what": name_in(deadline.label),
                "due_at": deadline.due_at,
                "late": deadline.due_at <= clock.now(),
                "escalated": due.step in {ReminderStep.TO_LEAD, ReminderStep.TO_COORDINATOR},
            }
        tell(REMINDER, person, deadline.municipality, values, path=deadline.path or "/", key=f"{due.key}:{person.pk}")


def told_by_later(due: Due, deadline: Deadline, municipality: Municipality) -> set[int]:
    """Return who is told by a later reminder of the deadline's present instant that is due, or was sent, by now."""
    now, steps = clock.now(), list(ReminderStep)
    later = [step for step in steps[steps.index(ReminderStep(due.step)) + 1 :] if reminder_at(deadline, step) <= now]
    keys = [reminder_key(deadline, step) for step in later]
    rows = deadline.steps.filter(key__in=keys, cancelled_at__isnull=True) if keys else ()
    return {person.pk for row in rows for person in receivers(row.step, deadline, municipality)}


def receivers(step: str, deadline: Deadline, municipality: Municipality) -> Iterable[User]:
    """Return who is told: the owner (else the leads), later the leads, at last the coordinator (else all of them)."""
    leads = [membership.user for membership in active_leads(municipality)]
    if step == ReminderStep.TO_LEAD:
        return leads
    if step == ReminderStep.TO_COORDINATOR:
        return coordinators_of(municipality, deadline.program_id)
    return [deadline.owner] if deadline.owner is not None and deadline.owner.is_active else leads


def coordinators_of(municipality: Municipality, program_id: int | None) -> list[User]:
    """Return the coordinator who looks after a municipality, else all active coordinators."""
    found = Participation.objects.filter(municipality=municipality, ended_at__isnull=True, coordinator__is_active=True)
    if program_id is not None:
        found = found.filter(program_id=program_id)
    own = [participation.coordinator for participation in found.select_related("coordinator")]
    named = [person for person in own if person is not None]
    return named or list(User.objects.filter(is_coordinator=True, is_active=True).order_by("pk"))
