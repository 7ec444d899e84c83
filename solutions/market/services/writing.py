"""Writing an application: section by section, call by call, and for which municipalities."""

from collections.abc import Mapping
from typing import Final

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from solutions.market.enums import ApplicationState
from solutions.market.models import Application, ApplicationCall, Call
from solutions.market.permissions import LATE, may_write
from solutions.market.queries.applications import calls_on_offer, shared_answers
from solutions.market.queries.content import seen_of
from solutions.market.sections import PROPOSAL, Answers, Section, kept
from solutions.market.services import reminders
from solutions.market.services.desks import locked_desk, touch
from tech4muni.accounts.models import User
from tech4muni.audit.services import record
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused

CHANGED: Final = _("Somebody else has changed this page in the meantime. Both texts stand below.")


@transaction.atomic
def save_section(
    application: Application, section: Section, *, actor: User, answers: Answers, seen: str | None = None
) -> Application:
    """Keep the answers of a section that all calls share.

    Args:
        application: whose.
        section: one of `sections.SHARED`.
        actor: who writes.
        answers: by the names of the section's fields; others are ignored.
        seen: what `seen_of` told when the page was shown; None overwrites.

    Raises Conflict if somebody else has changed the section since.
    """
    desk = locked_desk(application, actor)
    may_write(desk.standing).enforce()
    locked = desk.application
    before = shared_answers(locked, section.name)
    new = kept(section, answers)
    if new == before:
        return locked
    _refuse_unseen(before, seen)
    locked.answers = {**locked.answers, section.name: new}
    touch(locked, "answers")
    return locked


@transaction.atomic
def save_proposal(
    application: Application, call: Call, *, actor: User, answers: Answers, seen: str | None = None
) -> ApplicationCall:
    """Keep the answers that are for one call alone; see `save_section`.

    Raises Http404 for a call that the application does not answer.
    """
    desk = locked_desk(application, actor)
    may_write(desk.standing).enforce()
    choice = next((choice for choice in desk.chosen if choice.call_id == call.pk), None)
    if choice is None:
        raise Http404
    new = kept(PROPOSAL, answers)
    if new == choice.answers:
        return choice
    if desk.application.state == ApplicationState.SUBMITTED and not desk.takes(choice):
        raise Refused(LATE)
    _refuse_unseen(choice.answers, seen)
    choice.answers = new
    choice.version += 1
    choice.save(update_fields=["answers", "version"])
    touch(desk.application)
    return choice


@transaction.atomic
def choose_calls(application: Application, choice: Mapping[int, set[int]], *, actor: User) -> Application:
    """Say which of the open calls an application answers, and which of each call's municipalities get it.

    Args:
        application: whose.
        choice: keys of municipalities (CallCity) by the key of their call; a call with none is left out. Calls that
            are not named stay as they are.
        actor: who chooses.

    What was typed for a call that is left out is kept, should it be chosen again. Raises Refused if no call is left,
    or for a call that is not open.
    """
    desk = locked_desk(application, actor)
    may_write(desk.standing).enforce()
    locked = desk.application
    offer = {call.pk: call for call in calls_on_offer(desk)}
    present = {row.call_id: row for row in locked.calls.select_for_update()}
    for call_id, cities in choice.items():
        if call_id in offer:
            _choose(locked, offer[call_id], cities, present.get(call_id))
        elif cities:
            raise Refused(_("One of these calls takes no applications any more."))
    if not locked.calls.filter(dropped_at__isnull=True).exists():
        raise Refused(_("Choose at least one municipality."))
    _note_choice(locked, actor)
    return locked


@transaction.atomic
def drop_call(application: Application, call: Call, *, actor: User) -> Application:
    """Leave out a call whose deadline an application has missed; what was typed for it is kept.

    Raises Http404 for a call that it does not answer, and Refused for one that has the application already, or for
    the only one.
    """
    desk = locked_desk(application, actor)
    may_write(desk.standing).enforce()
    choice = next((choice for choice in desk.chosen if choice.call_id == call.pk), None)
    if choice is None:
        raise Http404
    if any(release.city.call_id == call.pk for release in desk.releases.values()):
        raise Refused(_("This municipality has your application already."))
    if len(desk.chosen) == 1:
        raise Refused(_("Choose another call first: an application answers at least one."))
    choice.dropped_at = clock.now()
    choice.save(update_fields=["dropped_at"])
    _note_choice(desk.application, actor)
    return desk.application


def _choose(application: Application, call: Call, cities: set[int], row: ApplicationCall | None) -> None:
    """Make, change or leave out one call of an application."""
    known = {city.pk for city in call.cities.all()}
    if not cities <= known:
        raise Refused(_("Choose from the municipalities of the call."))
    if row is None and not cities:
        return
    if row is None:
        row = ApplicationCall(application=application, call=call)
    row.left_out = sorted(known - cities) if cities else row.left_out
    row.dropped_at = None if cities else row.dropped_at or clock.now()
    row.save()


def _note_choice(application: Application, actor: User) -> None:
    touch(application)
    reminders.plan(application)
    record("application.calls_chosen", actor=actor, target=application)


def _refuse_unseen(before: Answers, seen: str | None) -> None:
    if seen is not None and seen != seen_of(before):
        raise Conflict(CHANGED)
