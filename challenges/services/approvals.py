"""The approval of a brief by somebody else than the one who handed it in."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import can_proceed

from challenges.enums import BriefState, TextState
from challenges.mails import BRIEF_APPROVED, BRIEF_SUBMITTED, EDITS_REQUESTED
from challenges.models import Brief, Challenge
from challenges.permissions import APPROVERS, may_approve, may_write
from challenges.queries.briefs import missing_texts
from challenges.queries.readiness import readiness_of
from challenges.services.briefs import locked_brief, touch
from challenges.services.trail import note
from programs.actors import Actor
from programs.enums import Role
from programs.models import Membership, Municipality
from programs.people.messages import tell
from programs.people.queries import members
from programs.timing.services import meet_deadline, set_deadline, withdraw_deadlines
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused
from tech4muni.core.languages import in_each_language
from tech4muni.notifications.kinds import Kind

DAYS: Final = 7
"""How long approvers have; reminders come of the deadline."""


def deadline_key(challenge: Challenge) -> str:
    """Return the key of the deadline for approving a brief."""
    return f"brief-approval:{challenge.public_id}"


@transaction.atomic
def submit(challenge: Challenge, *, actor: Actor) -> Brief:
    """Hand the brief in for approval.

    Raises Refused if something is missing or nobody else here could approve, Conflict if it was handed in meanwhile.
    """
    brief = locked_brief(challenge)
    may_write(actor, brief.challenge).enforce()
    if not can_proceed(brief.submit):
        raise Conflict(_("Somebody else handed the brief in in the meantime."))
    _require_ready(brief.challenge)
    municipality = _municipality(actor)
    deciders = approvers(municipality, besides=actor.user)
    if not deciders:
        raise Refused(_("Nobody else here can approve it: let a lead make somebody an approver first."))
    brief.submit()
    brief.submitted_by, brief.review_note = actor.user, ""
    touch(brief, "state", "submitted_by", "review_note")
    note("brief.submitted", brief.challenge, actor=actor.user)
    _set_deadline(brief.challenge, municipality, deciders)
    for membership in deciders:
        _tell(BRIEF_SUBMITTED, brief, membership.user, municipality, submitter=actor.user)
    return brief


@transaction.atomic
def approve(challenge: Challenge, *, actor: Actor, seen: int) -> Brief:
    """Approve the brief, and its texts in all languages that are complete and not outdated.

    Args:
        challenge: whose brief.
        actor: an approver or lead who did not hand it in.
        seen: the version that the person read.

    Raises Conflict if the brief is another one by now, Refused if something has come to be missing.
    """
    brief = _in_review(challenge, actor, seen)
    _require_ready(brief.challenge)
    brief.approve()
    brief.approved_by, brief.approved_at = actor.user, clock.now()
    touch(brief, "state", "approved_by", "approved_at", "review_note")
    good = [text.pk for text in brief.texts.exclude(state=TextState.OUTDATED) if not missing_texts(text)]
    brief.texts.filter(pk__in=good).update(state=TextState.APPROVED)
    note("brief.approved", brief.challenge, actor=actor.user)
    meet_deadline(deadline_key(challenge))
    _tell(BRIEF_APPROVED, brief, brief.submitted_by, _municipality(actor), approver=actor.user)
    return brief


@transaction.atomic
def request_edits(challenge: Challenge, *, actor: Actor, seen: int, words: str) -> Brief:
    """Send the brief back to its writers with what to change."""
    brief = _in_review(challenge, actor, seen)
    if not words.strip():
        raise Refused(_("Say what shall be changed."), field="words")
    brief.request_edits(words.strip())
    touch(brief, "state", "review_note")
    note("brief.edits_requested", brief.challenge, actor=actor.user, reason=words.strip())
    meet_deadline(deadline_key(challenge))
    municipality = _municipality(actor)
    _tell(EDITS_REQUESTED, brief, brief.submitted_by, municipality, approver=actor.user, note=words.strip())
    return brief


@transaction.atomic
def reopen(challenge: Challenge, *, actor: Actor) -> Brief:
    """Write in the brief again, in review or approved: it has to be approved anew.

    Its texts stay approved until somebody changes them.
    """
    brief = locked_brief(challenge)
    may_write(actor, brief.challenge).enforce()
    if not can_proceed(brief.reopen):
        raise Conflict(_("The brief cannot be opened now: it is “%(state)s”.") % {"state": brief.get_state_display()})
    brief.reopen()
    brief.approved_by = brief.approved_at = None
    touch(brief, "state", "approved_by", "approved_at")
    note("brief.reopened", brief.challenge, actor=actor.user)
    withdraw_deadlines(keys=[deadline_key(challenge)])
    return brief


def approvers(municipality: Municipality, *, besides: User | None) -> list[Membership]:
    """Return the memberships of those who may approve what somebody handed in: approvers first, then leads."""
    found = [
        membership
        for membership in members(municipality)
        if Role(membership.role) in APPROVERS and membership.user != besides and membership.user.is_active
    ]
    return sorted(found, key=lambda membership: membership.role != Role.APPROVER)


def _in_review(challenge: Challenge, actor: Actor, seen: int) -> Brief:
    brief = locked_brief(challenge)
    may_approve(actor, brief.challenge, brief.submitted_by_id).enforce()
    if brief.state != BriefState.IN_REVIEW or brief.version != seen:
        raise Conflict(_("The brief is not the one that you read any more: read it again, please."))
    return brief


def _require_ready(challenge: Challenge) -> None:
    missing = [str(item.what) for item in readiness_of(challenge) if not item.filled]
    if missing:
        raise Refused(_("Something is still missing:") + " " + " ".join(missing))


def _set_deadline(challenge: Challenge, municipality: Municipality, deciders: list[Membership]) -> None:
    zone = ZoneInfo(municipality.time_zone)
    due_at: datetime = (clock.now().astimezone(zone) + timedelta(days=DAYS)).astimezone(ZoneInfo("UTC"))
    label = gettext_lazy("Approve the brief of %(challenge)s")
    set_deadline(
        deadline_key(challenge),
        label=in_each_language(lambda: str(label) % {"challenge": challenge}),
        due_at=due_at,
        time_zone=municipality.time_zone,
        municipality=municipality,
        challenge_id=challenge.public_id,
        owner=deciders[0].user,
        path=_path(challenge),
    )


def _tell(kind: Kind, brief: Brief, person: User | None, municipality: Municipality, **values: object) -> None:
    if person is None or not person.is_active:
        return
    challenge = brief.challenge
    tell(
        kind,
        person,
        municipality,
        {"challenge": challenge.title, **{name: str(value) for name, value in values.items()}},
        path=_path(challenge),
        key=f"{kind.name}:{challenge.public_id}:{brief.version}:{person.pk}",
    )


def _path(challenge: Challenge) -> str:
    return f"/challenges/{challenge.public_id}/brief/"


def _municipality(actor: Actor) -> Municipality:
    if actor.municipality is None:
        raise Refused(_("Briefs are approved on the host of a municipality."))
    return actor.municipality
