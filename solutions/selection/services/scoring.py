"""Scorecards: written in drafts, handed in complete, and closed by a lead."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from challenges.models import Challenge
from challenges.services.trail import note
from programs.actors import Actor
from programs.timing.services import meet_deadline, withdraw_deadlines
from solutions.selection.models import (
    Criterion,
    ReceivedApplication,
    Score,
    Scorecard,
    SelectionRound,
)
from solutions.selection.permissions import may_lead_selection, may_score
from solutions.selection.queries.panel import (
    companies_of,
    criteria_of,
    has_declared,
    in_pool,
    panel_member,
    panel_of,
    states_of,
)
from solutions.selection.queries.received import visible_to
from solutions.selection.queries.scores import scoring_standing
from solutions.selection.services.panel import locked_round, scores_key
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused

EXTREMES: Final = frozenset({0, 1, 5})
"""Points that want a reason."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody says about one criterion: points from 0 to 5, None if open, and why."""

    value: int | None
    reason: str = ""


@transaction.atomic
def save_scorecard(
    challenge: Challenge,
    release_id: UUID,
    *,
    actor: Actor,
    answers: Mapping[int, Answer],
    comment: str = "",
    version: int = 0,
    hand_in: bool = False,
) -> Scorecard:
    """Keep one's scorecard of an application, as a draft or handed in.

    Args:
        challenge: which one.
        release_id: the application.
        actor: a member of the panel who has declared their conflicts.
        answers: by criterion's primary key; what is left out stays as it is.
        comment: for the panel.
        version: of the scorecard as it was seen, 0 before it is begun.
        hand_in: whether it counts from now on; then all criteria need points, and 0, 1 and 5 a reason.

    Raises Http404 for an application that the person may not see, Conflict for a stale version, and Refused with
    `value_<criterion>` or `reason_<criterion>` as its field.
    """
    person, received = _may_score_this(challenge, release_id, actor)
    card = _locked_card(challenge, received, person)
    if card.version != (version or card.version):
        raise Conflict(_("This scorecard was changed in another window in the meantime."))
    if not can_proceed(card.submit):
        raise Conflict(_("This scorecard is handed in already."))
    criteria = list(criteria_of(challenge))
    if hand_in:
        _require_complete(criteria, _known(card) | dict(answers))
    changes = _write(card, criteria, answers, comment)
    card.received, card.version, card.updated_at = received, card.version + 1, clock.now()
    if hand_in:
        card.submit()
        card.submitted_at = card.updated_at
    card.save(update_fields=["received", "comment", "version", "state", "submitted_at", "updated_at"])
    if changes:
        note("scorecard.edited", challenge, actor=person, target=card, data={"changes": changes})
    if hand_in:
        note("scorecard.submitted", challenge, actor=person, target=card)
        _meet_if_done(challenge, person)
    return card


@transaction.atomic
def reopen(card: Scorecard, *, actor: Actor, reason: str) -> Scorecard:
    """Take one's own scorecard back to change it, while scoring is open; the reason stays on record."""
    challenge = card.received.challenge
    person, received = _may_score_this(challenge, card.received.release_id, actor)
    taken = _locked_card(challenge, received, person)
    if taken.pk != card.pk:
        raise Http404
    if not reason.strip():
        raise Refused(_("Say why, for the record."), field="reason")
    if not can_proceed(taken.reopen):
        raise Conflict(_("This scorecard is not handed in."))
    taken.reopen()
    taken.submitted_at, taken.version, taken.updated_at = None, taken.version + 1, clock.now()
    taken.save(update_fields=["state", "submitted_at", "version", "updated_at"])
    note("scorecard.reopened", challenge, actor=person, target=taken, reason=reason.strip())
    return taken


@transaction.atomic
def close(challenge: Challenge, *, actor: Actor, reason: str = "") -> SelectionRound:
    """Close the scoring: everybody sees the scores from now on, and a decision can be written.

    Raises Refused if scorecards are missing and no reason is given, or if there is nothing to close; Conflict if it
    is closed already.
    """
    may_lead_selection(actor, challenge).enforce()
    selection = locked_round(challenge)
    if selection.frozen_at is None:
        raise Refused(_("Freeze the criteria first."))
    if selection.closed_at is not None:
        raise Conflict(_("Scoring is closed already."))
    standing = scoring_standing(challenge, selection)
    if not standing.handed_in:
        raise Refused(_("Nobody has handed in a scorecard yet."))
    if standing.missing and not reason.strip():
        raise Refused(_("Scorecards are missing: say why scoring is closed without them."), field="reason")
    now = clock.now()
    selection.judged = sorted(in_pool(selection, states_of(challenge)), key=str)
    selection.closed_at, selection.closed_by, selection.updated_at = now, actor.user, now
    selection.closing_reason = reason.strip()[:300] if standing.missing else ""
    selection.save(update_fields=["judged", "closed_at", "closed_by", "closing_reason", "updated_at"])
    withdraw_deadlines(keys=[scores_key(challenge, member.user_id) for member in panel_of(challenge)])
    data = {"handed_in": len(standing.handed_in), "expected": len(standing.expected)}
    note("scoring.closed", challenge, actor=actor.user, reason=selection.closing_reason, data=data)
    return selection


def _may_score_this(challenge: Challenge, release_id: UUID, actor: Actor) -> tuple[User, ReceivedApplication]:
    """Return the person and the application if they may score it now, the round being locked against its closing."""
    member = panel_member(actor, challenge)
    may_score(actor, challenge, on_panel=member is not None).enforce()
    selection = locked_round(challenge)
    received = visible_to(actor, challenge).filter(release_id=release_id).first()
    if member is None or received is None or release_id not in in_pool(selection, states_of(challenge)):
        raise Http404
    if selection.frozen_at is None:
        raise Refused(_("Scoring begins when the criteria are frozen."))
    if selection.closed_at is not None:
        raise Conflict(_("Scoring is closed."))
    if not has_declared(member, companies_of(challenge)):
        raise Refused(_("Declare your conflicts of interest first."))
    return member.user, received


def _locked_card(challenge: Challenge, received: ReceivedApplication, person: User) -> Scorecard:
    """Return the scorecard of a person for an application, in whatever round it was begun."""
    cards = Scorecard.objects.select_for_update(of=("self",))
    known = cards.filter(received__challenge=challenge, received__release_id=received.release_id, user=person).first()
    return known or Scorecard.objects.create(received=received, user=person)


def _known(card: Scorecard) -> dict[int, Answer]:
    return {score.criterion_id: Answer(score.value, score.reason) for score in card.scores.all()}


def _require_complete(criteria: list[Criterion], answers: Mapping[int, Answer]) -> None:
    for criterion in criteria:
        answer = answers.get(criterion.pk, Answer(None))
        if answer.value is None:
            raise Refused(_("Give points from 0 to 5."), field=f"value_{criterion.pk}")
        if answer.value in EXTREMES and not answer.reason.strip():
            raise Refused(_("0, 1 and 5 points want a reason."), field=f"reason_{criterion.pk}")


def _write(card: Scorecard, criteria: list[Criterion], answers: Mapping[int, Answer], comment: str) -> dict[str, Any]:
    """Write what changed and return it, old and new."""
    known = _known(card)
    changes: dict[str, Any] = {}
    for criterion in criteria:
        answer, before = answers.get(criterion.pk), known.get(criterion.pk, Answer(None))
        if answer is None or answer == before:
            continue
        Score.objects.update_or_create(
            scorecard=card, criterion=criterion, defaults={"value": answer.value, "reason": answer.reason}
        )
        changes[str(criterion.public_id)] = [[before.value, before.reason], [answer.value, answer.reason]]
    if comment != card.comment:
        changes["comment"] = [card.comment, comment]
        card.comment = comment
    return changes


def _meet_if_done(challenge: Challenge, person: User) -> None:
    selection = locked_round(challenge)
    if scoring_standing(challenge, selection).missing_of(person.pk) == 0:
        meet_deadline(scores_key(challenge, person.pk))
