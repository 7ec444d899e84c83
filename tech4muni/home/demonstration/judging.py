"""The fifth stage of the demonstration: a panel, conflicts, scorecards, a decision and the answers."""

from datetime import timedelta
from typing import Final

from programs.enums import Role
from solutions.selection.enums import DecisionOutcome, Place, Pool
from solutions.selection.models import Decision
from solutions.selection.queries.decisions import proposals_of
from solutions.selection.queries.panel import criteria_of
from solutions.selection.services import conflicts, decisions, panel, scoring
from solutions.selection.services.decisions import Line
from solutions.selection.services.scoring import Answer
from tech4muni.core import clock
from tech4muni.home.demonstration.applying import received
from tech4muni.home.demonstration.ways import Way

SCORERS: Final = (Role.LEAD, Role.APPROVER)
THIRD: Final = Role.EVALUATOR
DAYS_TO_SCORE: Final = 20


def name_panel(way: Way) -> None:
    """Name the panel and let all declare their conflicts; the third one knows the company that is best."""
    lead, challenge = way.lead, way.challenge
    for role in roles(way):
        panel.name_member(challenge, actor=lead, user=way.person(role))
    panel.plan(challenge, actor=lead, scores_due_at=clock.now() + timedelta(days=DAYS_TO_SCORE), pool=Pool.INVITED)
    for role in roles(way):
        known = {received(way)[0].company_id: "My brother works there (demonstration)"} if role == THIRD else {}
        conflicts.declare(challenge, actor=way.acts(role), reasons=known)


def roles(way: Way) -> list[Role]:
    """Return who scores: the third one only where there is one."""
    there = set(way.municipality.memberships.filter(ended_at__isnull=True).values_list("role", flat=True))
    return [*SCORERS, *([THIRD] if THIRD in there else [])]


def score_all(way: Way) -> None:
    """Let everybody score whom they may, and close the scoring."""
    for number, role in enumerate(roles(way)):
        score(way, role, shift=number)
    scoring.close(way.challenge, actor=way.lead)


def score_first(way: Way) -> None:
    """Let the first one of the panel score; the others are still to do it."""
    score(way, SCORERS[0])


def score(way: Way, role: Role, *, shift: int = 0) -> None:
    """Let one of the panel score: the earlier a company stands among the way's, the better."""
    for place, row in enumerate(received(way)[:-1]):
        if role == THIRD and not place:
            continue  # a conflict of interest: that application is not there for them
        answers = {
            criterion.pk: Answer(
                max(1, 5 - place - (number + shift) % 2), "As the application and the meeting show (demonstration)"
            )
            for number, criterion in enumerate(criteria_of(way.challenge))
        }
        scoring.save_scorecard(
            way.challenge, row.release_id, actor=way.acts(role), answers=answers, hand_in=True,
            comment="Sound, with open questions about the price.",
        )  # fmt: skip


def decide(way: Way) -> None:
    """Write the decision for the best company, with the second one in reserve; somebody else approves it."""
    lead, challenge = way.lead, way.challenge
    best, second = (row.release_id for row in received(way)[:2])
    places = {best: Place.SELECTED, second: Place.RESERVE}
    lines = {
        row.received.release_id: Line(
            places.get(row.received.release_id, Place.NOT_SELECTED), row.debrief or "Thank you for the work you put in."
        )
        for row in proposals_of(challenge, None)
    }
    decision = decisions.write(
        challenge, actor=lead, outcome=DecisionOutcome.RESERVE, dissent="", lines=lines,
        rationale="The best mean of all criteria, and the only one that all of the panel would work with.",
    )  # fmt: skip
    proposed = decisions.propose(decision, actor=lead, version=decision.version)
    decisions.approve(Decision.objects.get(pk=proposed.pk), actor=way.acts(Role.APPROVER))
