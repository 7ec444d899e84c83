"""Challenges, and how they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from challenges.models import Challenge, StageMove
from programs.actors import Actor
from programs.cohorts.models import Program, StageWindow
from programs.cohorts.queries import windows_of
from programs.criteria import Finding, findings
from programs.enums import Stage
from tech4muni.core import clock, dates
from tech4muni.core.components import RailStep, StepState


def visible_to(actor: Actor) -> QuerySet[Challenge]:
    """Return the challenges that somebody may read; the municipality's schema is active."""
    return Challenge.objects.all() if actor.is_inside else Challenge.objects.none()


def challenge_for(actor: Actor, challenge_id: UUID) -> Challenge:
    """Return a challenge that somebody may read; raises Http404."""
    return get_object_or_404(visible_to(actor), public_id=challenge_id)


@dataclass(frozen=True, slots=True)
class Standing:
    """A challenge with what its pages and the home show of it."""

    challenge: Challenge
    rail: list[RailStep]
    gate: list[Finding]
    window: StageWindow | None

    @property
    def stage(self) -> Stage:
        """Where it is."""
        return Stage(self.challenge.stage)

    @property
    def missing(self) -> list[Finding]:
        """What is not met yet of its gate."""
        return [finding for finding in self.gate if not finding.met]


def standings(challenges: Sequence[Challenge]) -> list[Standing]:
    """Return how challenges of one municipality stand; as many queries for many as for one."""
    moves: dict[int, list[StageMove]] = {challenge.pk: [] for challenge in challenges}
    for move in StageMove.objects.filter(challenge__in=moves):
        moves[move.challenge_id].append(move)
    wanted = {challenge.program_id for challenge in challenges if challenge.program_id}
    windows = {
        program.pk: windows_of(program) for program in Program.objects.filter(pk__in=wanted).prefetch_related("windows")
    }
    gates = findings([challenge for challenge in challenges if challenge.is_under_way])
    now = clock.now()
    return [
        _standing(challenge, moves[challenge.pk], windows.get(challenge.program_id or 0, {}), gates, now)
        for challenge in challenges
    ]


def _standing(
    challenge: Challenge,
    moves: Sequence[StageMove],
    windows: Mapping[Stage, StageWindow],
    gates: Mapping[int, list[Finding]],
    now: datetime,
) -> Standing:
    rail = [_step(challenge, stage, moves, windows.get(stage), now) for stage in Stage]
    return Standing(challenge, rail, gates.get(challenge.pk, []), windows.get(Stage(challenge.stage)))


def _step(
    challenge: Challenge, stage: Stage, moves: Sequence[StageMove], window: StageWindow | None, now: datetime
) -> RailStep:
    here = Stage(challenge.stage)
    url = reverse("challenges:challenge", args=[challenge.public_id]) if stage == here else ""
    left = next((move.at for move in reversed(moves) if move.before == stage), None)
    if stage.number < here.number or (stage == here and challenge.ended_at is not None):
        when = left or challenge.ended_at
        note = _("Done %(day)s") % {"day": dates.day_words(when)} if when else ""
        return RailStep(stage.label, StepState.DONE, note, url)
    if challenge.ended_at is not None:
        return RailStep(stage.label, StepState.SKIPPED)
    if stage == here:
        late = window is not None and window.closes_at <= now
        return RailStep(stage.label, StepState.LATE if late else StepState.NOW, _note_now(window, now), url)
    return RailStep(stage.label, StepState.NEXT, _note_ahead(window))


def _note_now(window: StageWindow | None, now: datetime) -> str:
    if window is None:
        return ""
    if window.closes_at <= now:
        return _("Late since %(day)s") % {"day": dates.day_words(window.closes_at)}
    return _("In progress: %(left)s") % {"left": dates.time_left(window.closes_at, now)}


def _note_ahead(window: StageWindow | None) -> str:
    return _("From %(day)s") % {"day": dates.day_words(window.opens_at)} if window else ""


def moves_of(challenge: Challenge) -> QuerySet[StageMove]:
    """Return the moves of a challenge, the first one first, with who made them."""
    return challenge.moves.select_related("actor").order_by("number")
