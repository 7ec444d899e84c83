"""The one service that moves a challenge through the stages.

Everything in one transaction: the challenge's row is locked, the gate is computed, the stage is written, the move and
the trail note it, the outbox tells people, and the public row follows. Of many who try at once, one moves.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_tenants.utils import tenant_context

from challenges.enums import SnapshotReason
from challenges.mails import CHALLENGE_MOVED
from challenges.models import Brief, BriefText, Challenge, StageMove
from challenges.permissions import may_move_on, may_override
from challenges.services.snapshots import keep
from challenges.services.trail import note
from programs.actors import Actor
from programs.cohorts.models import JointChallenge, Program, Progress
from programs.cohorts.services import set_stage_deadline, stage_key
from programs.criteria import Finding, findings
from programs.enums import Ending, MoveKind, Stage
from programs.models import Municipality
from programs.people.messages import tell
from programs.people.queries import members
from programs.timing.services import meet_deadline, withdraw_deadlines
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused

WRITTEN: Final = ["stage", "stage_since", "ended_at", "ending", "updated_at"]


class GateClosed(Refused):
    """Something of the gate is not met yet; `missing` says what."""

    def __init__(self, missing: list[Finding]) -> None:
        super().__init__(_("The gate of this stage is not met yet."))
        self.missing = missing


@transaction.atomic
def begin(
    municipality: Municipality,
    *,
    actor: Actor,
    title: str,
    program: Program | None = None,
    joint: JointChallenge | None = None,
    owner: User | None = None,
) -> Challenge:
    """Begin a challenge in its first stage; the municipality's schema is active.

    The caller has asked whether the actor may (`permissions.may_begin`).
    """
    now = clock.now()
    language, *others = municipality.languages
    challenge = Challenge.objects.create(
        title=title,
        titles={language: title},
        program=program,
        joint=joint,
        owner=owner or actor.user,
        stage=Stage.CHALLENGE,
        stage_since=now,
    )
    brief = Brief.objects.create(challenge=challenge)
    BriefText.objects.create(brief=brief, language=language, title=title)
    for other in others:
        BriefText.objects.create(brief=brief, language=other)
    progress = Progress.objects.create(
        municipality=municipality,
        program=program,
        joint=joint,
        challenge_id=challenge.public_id,
        label=challenge.titles,
        stage=challenge.stage,
        since=now,
        active_at=now,
    )
    _note_move(challenge, progress, "", Stage.CHALLENGE, MoveKind.BEGUN, actor.user, "")
    note("challenge.begun", challenge, actor=actor.user)
    set_stage_deadline(progress)
    return challenge


@transaction.atomic
def move_on(challenge: Challenge, *, actor: Actor, seen: Stage) -> Challenge:
    """Take a challenge to the next stage, its gate being met.

    Args:
        challenge: which one.
        actor: a lead, or a coordinator on a visit.
        seen: the stage in which the person saw it: of two who press at once, one moves.

    Raises Http404 or Forbidden for others, Conflict if it is in another stage by now, GateClosed, and Refused in the
    last stage (see `finish`).
    """
    may_move_on(actor, challenge).enforce()
    locked = _locked(challenge, seen)
    return _move(locked, _next(locked), kind=MoveKind.GATE, actor=actor.user, gate=True)


@transaction.atomic
def move_early(challenge: Challenge, *, actor: Actor, seen: Stage, reason: str) -> Challenge:
    """Take a challenge to the next stage though its gate is not met; coordinators only, with a reason on record."""
    may_override(actor, challenge).enforce()
    locked = _locked(challenge, seen)
    return _move(locked, _next(locked), kind=MoveKind.EARLY, actor=actor.user, reason=_wanted(reason))


@transaction.atomic
def move_back(challenge: Challenge, *, actor: Actor, seen: Stage, to: Stage, reason: str) -> Challenge:
    """Take a challenge back to an earlier stage; coordinators only, with a reason on record."""
    may_override(actor, challenge).enforce()
    locked = _locked(challenge, seen)
    if to.number >= Stage(locked.stage).number:
        raise Refused(_("Choose an earlier stage."), field="to")
    return _move(locked, to, kind=MoveKind.BACK, actor=actor.user, reason=_wanted(reason))


@transaction.atomic
def move_at_turn(municipality: Municipality, challenge_id: UUID, stage: Stage) -> bool:
    """Move a challenge on because the window of its stage has turned; returns whether it moved.

    Called from the public schema, and may be called again: a challenge that has left the stage stays where it is, and
    so does one whose gate is not met: it is late then, and its deadline's reminders say so.
    """
    with tenant_context(municipality):
        challenge = Challenge.objects.select_for_update(of=("self",)).filter(public_id=challenge_id).first()
        following = stage.following
        if challenge is None or not challenge.is_under_way or challenge.stage != stage or following is None:
            return False
        try:
            with transaction.atomic():
                _move(challenge, following, kind=MoveKind.WINDOW, actor=None, gate=True)
        except GateClosed:
            return False
        return True


@transaction.atomic
def finish(challenge: Challenge, *, actor: Actor) -> Challenge:
    """End the way of a challenge in its last stage, the gate of the pilot being met."""
    may_move_on(actor, challenge).enforce()
    locked = _locked(challenge, Stage.PILOT)
    _require_gate(locked)
    return end(locked, ending=Ending.FINISHED, actor=actor.user)


@transaction.atomic
def end(challenge: Challenge, *, ending: Ending, actor: User | None, reason: str = "") -> Challenge:
    """End the way of a challenge; for services that have asked whether the actor may.

    Raises Conflict if it has ended already.
    """
    locked = _locked(challenge, Stage(challenge.stage))
    now = clock.now()
    locked.ended_at, locked.ending, locked.updated_at = now, ending, now
    locked.save(update_fields=WRITTEN)
    progress = Progress.objects.select_for_update(of=("self",)).get(challenge_id=locked.public_id)
    progress.ended_at, progress.ending, progress.active_at = now, ending, now
    kind = MoveKind.GATE if ending == Ending.FINISHED else MoveKind.EARLY
    note("challenge.ended", locked, actor=actor, reason=reason, data={"ending": ending.value})
    _note_move(locked, progress, Stage(locked.stage), "", kind, actor, reason)
    withdraw_deadlines(challenge_id=locked.public_id)
    return locked


def _move(
    challenge: Challenge, to: Stage, *, kind: MoveKind, actor: User | None, reason: str = "", gate: bool = False
) -> Challenge:
    """Write the move of a locked challenge everywhere that it is told."""
    if gate:
        _require_gate(challenge)
    now, before = clock.now(), Stage(challenge.stage)
    challenge.stage, challenge.stage_since, challenge.updated_at = to, now, now
    challenge.save(update_fields=WRITTEN)
    data = {"before": before.value, "after": to.value, "kind": kind.value}
    note("challenge.moved", challenge, actor=actor, reason=reason, data=data)
    progress = (
        Progress.objects.select_related("municipality", "program")
        .select_for_update(of=("self",))
        .get(challenge_id=challenge.public_id)
    )
    progress.stage, progress.since, progress.active_at = to, now, now
    _note_move(challenge, progress, before, to, kind, actor, reason)
    if to == Stage.VALIDATION and before == Stage.CHALLENGE:
        keep(challenge, SnapshotReason.VALIDATION)
    meet_deadline(stage_key(progress, before))
    set_stage_deadline(progress)
    _tell(challenge, progress.municipality, to, now)
    return challenge


def _require_gate(challenge: Challenge) -> None:
    missing = [finding for finding in findings([challenge])[challenge.pk] if not finding.met]
    if missing:
        raise GateClosed(missing)


def _note_move(
    challenge: Challenge,
    progress: Progress,
    before: Stage | str,
    after: Stage | str,
    kind: MoveKind,
    actor: User | None,
    reason: str,
) -> None:
    progress.moves += 1
    progress.save(update_fields=["stage", "since", "moves", "ended_at", "ending", "active_at"])
    StageMove.objects.create(
        challenge=challenge,
        number=progress.moves,
        before=before,
        after=after,
        kind=kind,
        actor=actor,
        reason=reason[:300],
        at=clock.now(),
    )


def _tell(challenge: Challenge, municipality: Municipality, to: Stage, now: datetime) -> None:
    """Tell the team by mail, once per person and move."""
    for membership in members(municipality):
        tell(
            CHALLENGE_MOVED,
            membership.user,
            municipality,
            {"challenge": challenge.title, "stage": to.label},
            path=f"/challenges/{challenge.public_id}/",
            key=f"challenges.moved:{challenge.public_id}:{to}:{now:%Y%m%dT%H%M%S%fZ}:{membership.user_id}",
        )


def _locked(challenge: Challenge, seen: Stage) -> Challenge:
    locked = Challenge.objects.select_for_update(of=("self",)).get(pk=challenge.pk)
    if not locked.is_under_way:
        raise Conflict(_("This challenge has ended in the meantime."))
    if locked.stage != seen:
        raise Conflict(_("Somebody else moved this challenge in the meantime."))
    return locked


def _next(challenge: Challenge) -> Stage:
    following = Stage(challenge.stage).following
    if following is None:
        raise Refused(_("This is the last stage: finish the challenge instead."))
    return following


def _wanted(reason: str) -> str:
    if not reason.strip():
        raise Refused(_("Say why, for the record."), field="reason")
    return reason.strip()
