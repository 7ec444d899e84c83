"""What may be read of the decision, and what it starts from."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from challenges.models import Challenge
from programs.actors import Actor
from programs.cohorts.models import name_in
from solutions.selection.enums import HIGHEST, DecisionState, Place, ScorecardState
from solutions.selection.models import Criterion, Decision, DecisionLine, ReceivedApplication, Score
from solutions.selection.queries.panel import WAITING, criteria_of, states_of
from solutions.selection.queries.ranking import mean, rounded
from solutions.selection.queries.received import counted, visible_to


def decision_of(challenge: Challenge) -> Decision | None:
    """Return the decision on a challenge, None before it is begun."""
    return Decision.objects.filter(challenge=challenge).select_related("proposed_by", "approved_by").first()


def is_decided(challenge: Challenge) -> bool:
    """Whether the decision on a challenge is approved."""
    return Decision.objects.filter(challenge=challenge, state=DecisionState.APPROVED).exists()


def lines_for(actor: Actor, decision: Decision) -> list[DecisionLine]:
    """Return the lines of a decision that somebody may see: those on offer first, then by company."""
    seen = visible_to(actor, decision.challenge).values("release_id")
    lines = decision.lines.filter(received__release_id__in=seen).select_related("received")
    order = list(Place)
    return sorted(lines, key=lambda line: (order.index(Place(line.place)), line.received.company_name.casefold()))


def to_answer(challenge: Challenge) -> list[ReceivedApplication]:
    """Return all applications that wait for an answer, by company; whoever asks has no conflict with any."""
    waiting = [release for release, state in states_of(challenge).items() if state in WAITING]
    return list(counted(challenge).filter(release_id__in=waiting).order_by("company_name", "pk"))


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a decision says of one application, as it is written by now or prefilled."""

    received: ReceivedApplication
    place: str
    debrief: str


def proposals_of(challenge: Challenge, decision: Decision | None) -> list[Proposal]:
    """Return a line for each application that waits for an answer: what is written, else what the reasons say."""
    received = to_answer(challenge)
    lines = decision.lines.select_related("received") if decision else DecisionLine.objects.none()
    written = {line.received.release_id: line for line in lines}
    prefilled = debriefs(challenge, received)
    return [_proposal(row, written.get(row.release_id), prefilled[row.release_id]) for row in received]


def _proposal(received: ReceivedApplication, line: DecisionLine | None, prefilled: str) -> Proposal:
    if line is None:
        return Proposal(received, Place.NOT_SELECTED, prefilled)
    return Proposal(received, line.place, line.debrief or prefilled)


def debriefs(challenge: Challenge, received: Sequence[ReceivedApplication]) -> dict[UUID, str]:
    """Return what the scorecards give to tell each company: per criterion its mean and the reasons, nobody's name."""
    criteria = list(criteria_of(challenge))
    reasons: dict[tuple[UUID, int], list[Score]] = defaultdict(list)
    scores = Score.objects.filter(
        scorecard__received__challenge=challenge, scorecard__state=ScorecardState.SUBMITTED, value__isnull=False
    )
    for score in scores.select_related("scorecard__received").order_by("pk"):
        reasons[score.scorecard.received.release_id, score.criterion_id].append(score)
    return {row.release_id: _debrief(row, criteria, reasons) for row in received}


def _debrief(
    received: ReceivedApplication,
    criteria: Sequence[Criterion],
    reasons: Mapping[tuple[UUID, int], Sequence[Score]],
) -> str:
    with translation.override(received.language):
        parts = [_part(criterion, reasons.get((received.release_id, criterion.pk), ())) for criterion in criteria]
    return "\n\n".join(filter(None, parts))


def _part(criterion: Criterion, scores: Sequence[Score]) -> str:
    value = mean([score.value for score in scores if score.value is not None])
    if value is None:
        return ""
    head = _("%(criterion)s (%(weight)s%%): %(points)s of %(highest)s points") % {
        "criterion": name_in(criterion.names), "weight": criterion.weight, "points": rounded(value, 1),
        "highest": HIGHEST,
    }  # fmt: skip
    return "\n".join([head, *(f"– {score.reason}" for score in scores if score.reason)])
