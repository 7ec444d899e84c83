"""The decision: written and proposed by one person, approved by another, and told to all applicants at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from challenges.models import Challenge
from challenges.services import moves
from challenges.services.trail import note
from programs.actors import Actor
from programs.enums import Ending, Stage
from programs.timing.services import meet_deadline
from solutions.market.models import Release
from solutions.market.queries.calls import decision_key
from solutions.market.services import releases
from solutions.selection.enums import DecisionOutcome, DecisionState, Place
from solutions.selection.models import Decision, DecisionLine, SelectionRound
from solutions.selection.permissions import may_decide, may_lead_selection, may_write_decision
from solutions.selection.queries.decisions import to_answer
from solutions.selection.queries.panel import CHOOSABLE, is_conflicted, states_of
from solutions.selection.services import answers
from solutions.selection.services.conflicts import derive_conflicts
from solutions.selection.services.panel import locked_round, municipality_of
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused

STEPS: Final = {Place.SELECTED: "select", Place.RESERVE: "reserve", Place.NOT_SELECTED: "turn_down"}
"""What a place does to the application (market.Release)."""
WRITTEN: Final = [
    "outcome", "rationale", "dissent", "version", "state", "review_note", "proposed_by", "proposed_at", "approved_by",
    "approved_at", "answered_at", "updated_at",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """What the decision makes of one application, and what its company is told."""

    place: Place
    debrief: str


@transaction.atomic
def write(
    challenge: Challenge,
    *,
    actor: Actor,
    outcome: DecisionOutcome,
    rationale: str,
    dissent: str,
    lines: Mapping[UUID, Line],
    version: int = 0,
) -> Decision:
    """Write a draft of the decision; it may be incomplete.

    Args:
        challenge: which one.
        actor: who writes, without a conflict of interest with any applicant.
        outcome: what the municipality decides.
        rationale: why.
        dissent: what others on the panel would have decided, and why.
        lines: by release; applications that do not wait for an answer are left out.
        version: of the decision as it was seen, 0 before it is begun.

    Raises Conflict for a stale version, and Refused while scoring is open or once it is proposed.
    """
    derive_conflicts(challenge)
    may_write_decision(actor, challenge, conflicted=is_conflicted(actor, challenge)).enforce()
    _require_closed(challenge, locked_round(challenge))
    decision = Decision.objects.select_for_update(of=("self",)).filter(challenge=challenge).first()
    if decision is None:
        decision = Decision.objects.create(challenge=challenge, outcome=outcome)
    elif decision.version != version:
        raise Conflict(_("Somebody else changed the decision in the meantime."))
    if decision.state != DecisionState.DRAFT:
        raise Conflict(_("The decision is proposed: it can be changed when it is sent back."))
    before = {"outcome": decision.outcome, "rationale": decision.rationale, "dissent": decision.dissent}
    decision.outcome, decision.rationale, decision.dissent = outcome, rationale.strip(), dissent.strip()
    decision.version += 1
    _save(decision)
    changes = _write_lines(decision, lines)
    note("decision.edited", challenge, actor=actor.user,
         data={"outcome": outcome.value, "before": before, "lines": changes})  # fmt: skip
    return decision


@transaction.atomic
def propose(decision: Decision, *, actor: Actor, version: int) -> Decision:
    """Give the decision to a second person; raises Refused with what does not fit together."""
    challenge = decision.challenge
    derive_conflicts(challenge)
    may_write_decision(actor, challenge, conflicted=is_conflicted(actor, challenge)).enforce()
    proposed = _locked(decision)
    if proposed.version != version:
        raise Conflict(_("Somebody else changed the decision in the meantime."))
    if not can_proceed(proposed.propose):
        raise Conflict(_("The decision is proposed already."))
    _require_coherent(proposed)
    proposed.propose()
    proposed.proposed_by, proposed.proposed_at = actor.user, clock.now()
    _save(proposed)
    note("decision.proposed", challenge, actor=actor.user, data={"outcome": proposed.outcome})
    return proposed


@transaction.atomic
def send_back(decision: Decision, *, actor: Actor, text: str) -> Decision:
    """Send a proposed decision back to be written again; `text` says what to change."""
    returned = _for_deciding(decision, actor)
    if not text.strip():
        raise Refused(_("Say what has to be changed."), field="text")
    returned.send_back(text.strip())
    returned.proposed_by = returned.proposed_at = None
    returned.version += 1
    _save(returned)
    note("decision.returned", returned.challenge, actor=actor.user, reason=text.strip())
    return returned


@transaction.atomic
def approve(decision: Decision, *, actor: Actor) -> Decision:
    """Approve what somebody else proposed: all applications get their state, and all applicants their answer.

    Raises Forbidden for the proposer and for people with a conflict, Conflict if it is not proposed any more, and
    Refused if it does not fit the applications any more, since one was withdrawn for instance.
    """
    _lock_applications(decision.challenge)
    approved = _for_deciding(decision, actor)
    challenge = approved.challenge
    _require_coherent(approved)
    approved.approve()
    approved.approved_by, approved.approved_at = actor.user, clock.now()
    waiting = {received.release_id for received in to_answer(challenge)}
    lines = [line for line in approved.lines.select_related("received") if line.received.release_id in waiting]
    for line in lines:
        releases.take(line.received.release_id, STEPS[Place(line.place)], note=line.debrief)
    number = answers.send(approved, municipality_of(actor), lines)
    approved.answered_at = clock.now()
    _save(approved)
    note("decision.approved", challenge, actor=actor.user, data={"outcome": approved.outcome})
    note("applicants.answered", challenge, actor=actor.user,
         data={"number": len(lines), "mails": number})  # fmt: skip
    meet_deadline(decision_key(challenge.public_id))
    return approved


@transaction.atomic
def end_without_award(challenge: Challenge, *, actor: Actor) -> Challenge:
    """End the way of a challenge whose approved decision is to choose nobody; raises Refused otherwise."""
    may_lead_selection(actor, challenge).enforce()
    decision = Decision.objects.filter(challenge=challenge, state=DecisionState.APPROVED).first()
    if decision is None or decision.outcome != DecisionOutcome.NO_AWARD:
        raise Refused(_("Only an approved decision to choose nobody ends the challenge here."))
    return moves.end(challenge, ending=Ending.NO_AWARD, actor=actor.user, reason=decision.rationale[:300])


def _for_deciding(decision: Decision, actor: Actor) -> Decision:
    """Lock a decision for its approval or return, if the actor may do that now."""
    derive_conflicts(decision.challenge)
    locked = _locked(decision)
    conflicted = is_conflicted(actor, locked.challenge)
    may_decide(actor, locked.challenge, proposed_by=locked.proposed_by_id, conflicted=conflicted).enforce()
    if locked.state != DecisionState.PROPOSED:
        raise Conflict(_("The decision does not wait for approval any more."))
    return locked


def _lock_applications(challenge: Challenge) -> None:
    """Lock the public rows of all applications in the order of their ids, before the decision and the trail.

    Whoever screens or withdraws one locks it first, too: so nobody waits in a ring.
    """
    rows = Release.objects.select_for_update(of=("self",)).filter(city__challenge_id=challenge.public_id)
    list(rows.order_by("pk").values_list("pk", flat=True))


def _locked(decision: Decision) -> Decision:
    return Decision.objects.select_for_update(of=("self",)).select_related("challenge").get(pk=decision.pk)


def _save(decision: Decision) -> None:
    decision.updated_at = clock.now()
    decision.save(update_fields=WRITTEN)


def _write_lines(decision: Decision, lines: Mapping[UUID, Line]) -> dict[str, list[str]]:
    """Write the lines of all applications that wait for an answer, and return the places that changed, old and new."""
    known = {line.received.release_id: line for line in decision.lines.select_related("received")}
    changes: dict[str, list[str]] = {}
    for received in to_answer(decision.challenge):
        wanted = lines.get(received.release_id)
        if wanted is None:
            continue
        line = known.get(received.release_id) or DecisionLine(decision=decision, received=received, place="")
        if line.place != wanted.place:
            changes[str(received.release_id)] = [line.place, wanted.place.value]
        line.received, line.place, line.debrief = received, wanted.place, wanted.debrief.strip()
        line.save()
    return changes


def _require_closed(challenge: Challenge, selection: SelectionRound) -> None:
    if challenge.stage != Stage.SELECTION:
        raise Refused(_("The decision belongs to the stage “Selection”; the challenge is not there."))
    if selection.closed_at is None:
        raise Refused(_("Close the scoring first."))


def _require_coherent(decision: Decision) -> None:
    """Raise Refused where outcome, places and debriefs do not fit together, or not to the applications as they are."""
    challenge = decision.challenge
    if challenge.stage != Stage.SELECTION:
        raise Refused(_("The decision belongs to the stage “Selection”; the challenge is not there."))
    if not decision.rationale:
        raise Refused(_("Write the rationale."), field="rationale")
    lines = {line.received.release_id: line for line in decision.lines.select_related("received")}
    states = states_of(challenge)
    for received in to_answer(challenge):
        line = lines.get(received.release_id)
        if line is None or not line.debrief:
            raise Refused(_("Write what %(company)s is told.") % {"company": received.company_name})
    chosen = [line for line in lines.values() if line.place != Place.NOT_SELECTED]
    for line in chosen:
        if states.get(line.received.release_id) not in CHOOSABLE:
            raise Refused(
                _("%(company)s cannot be chosen: its application is withdrawn or not found eligible.")
                % {"company": line.received.company_name}
            )
    _require_outcome(DecisionOutcome(decision.outcome), (line.place for line in chosen))


def _require_outcome(outcome: DecisionOutcome, places: Iterable[str]) -> None:
    found = list(places)
    selected, reserve = found.count(Place.SELECTED), found.count(Place.RESERVE)
    fits = {
        DecisionOutcome.SELECTED: (selected, reserve) == (1, 0),
        DecisionOutcome.RESERVE: selected == 1 and reserve >= 1,
        DecisionOutcome.SPLIT: selected >= 2 and reserve == 0,
        DecisionOutcome.NO_AWARD: (selected, reserve) == (0, 0),
    }[outcome]
    if not fits:
        raise Refused(MISFITS[outcome], field="outcome")


MISFITS: Final = {
    DecisionOutcome.SELECTED: _("One solution selected: choose exactly one, and no reserve."),
    DecisionOutcome.RESERVE: _("Selected, with a reserve: choose exactly one, and at least one reserve."),
    DecisionOutcome.SPLIT: _("Split between several: choose at least two, and no reserve."),
    DecisionOutcome.NO_AWARD: _("No award: choose nobody, and no reserve."),
}
