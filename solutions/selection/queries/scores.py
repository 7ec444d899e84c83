"""What may be read of scorecards, and the matrix that is made of them.

Before the scoring is closed, somebody sees the scorecards of others on an application only when their own is handed
in; nobody sees any of a company that they have a conflict with.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from django.db.models import QuerySet

from challenges.models import Challenge
from programs.actors import Actor
from solutions.selection.enums import ScorecardState
from solutions.selection.models import Criterion, PanelMember, Scorecard, SelectionRound
from solutions.selection.queries.panel import (
    Candidate,
    candidates_for,
    criteria_of,
    expected_cards,
    in_pool,
    open_conflicts,
    panel_of,
    states_of,
)
from solutions.selection.queries.ranking import mean, places, rounded, weighted_mean
from solutions.selection.queries.received import counted, visible_to


def scorecards_for(actor: Actor, challenge: Challenge, selection: SelectionRound | None) -> QuerySet[Scorecard]:
    """Return the handed-in scorecards that somebody may see; the rule of this module."""
    seen = visible_to(actor, challenge).values("release_id")
    cards = Scorecard.objects.filter(
        received__challenge=challenge, received__release_id__in=seen, state=ScorecardState.SUBMITTED
    )
    if selection is None or selection.closed_at is None:
        own = cards.filter(user=actor.user).values("received__release_id")
        cards = cards.filter(received__release_id__in=own)
    return cards.select_related("received", "user").prefetch_related("scores").order_by("pk")


def own_card(actor: Actor, challenge: Challenge, release_id: UUID) -> Scorecard | None:
    """Return the actor's scorecard of an application, None before it is begun."""
    cards = Scorecard.objects.filter(received__challenge=challenge, received__release_id=release_id, user=actor.user)
    return cards.prefetch_related("scores").first()


@dataclass(frozen=True, slots=True)
class OwnRow:
    """An application that somebody is to score, and how far their scorecard is."""

    candidate: Candidate
    card: Scorecard | None


def own_rows(actor: Actor, challenge: Challenge, selection: SelectionRound | None) -> list[OwnRow]:
    """Return what somebody is to score, by company; as many queries for many as for one."""
    cards = {
        card.received.release_id: card
        for card in Scorecard.objects.filter(received__challenge=challenge, user=actor.user)
        .select_related("received")
        .defer("received__content")
    }
    return [
        OwnRow(candidate, cards.get(candidate.received.release_id))
        for candidate in candidates_for(actor, challenge, selection)
    ]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the scoring is, without saying anything of its content."""

    expected: frozenset[tuple[UUID, int]]
    handed_in: frozenset[tuple[UUID, int]]

    @property
    def missing(self) -> frozenset[tuple[UUID, int]]:
        """The scorecards that are still to come."""
        return self.expected - self.handed_in

    def missing_of(self, user_id: int) -> int:
        """How many of one person are still to come."""
        return sum(user == user_id for _release, user in self.missing)


def scoring_standing(challenge: Challenge, selection: SelectionRound | None) -> Standing:
    """Return which scorecards there should be and which are in, whoever may read them; five queries."""
    pool = in_pool(selection, states_of(challenge))
    candidates = counted(challenge).filter(release_id__in=pool).values_list("release_id", "company_id")
    expected = expected_cards(list(panel_of(challenge)), candidates, open_conflicts(challenge))
    cards = Scorecard.objects.filter(received__challenge=challenge, state=ScorecardState.SUBMITTED)
    handed_in = set(cards.values_list("received__release_id", "user_id"))
    return Standing(frozenset(expected), frozenset(expected & handed_in))


@dataclass(frozen=True, slots=True)
class Cell:
    """The mean of one application for one criterion; `tint` is the nearest whole number of points."""

    value: Decimal | None
    number: int
    tint: int | None


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """An application in the matrix: its means, its weighted mean and its place.

    `place` is None where nobody scored; `tied` are the others with the same place. What is rounded is worked out when
    it is asked for: all applications are ranked, and a page of them is shown.
    """

    candidate: Candidate
    criteria: Sequence[Criterion]
    cards: Sequence[Mapping[int, int]]
    exact: Fraction | None
    expected: int
    place: int | None
    tied: list[str] = field(default_factory=list)

    @property
    def cells(self) -> list[Cell]:
        """The mean for each criterion, in their order."""
        return [
            _cell([card[criterion.pk] for card in self.cards if criterion.pk in card]) for criterion in self.criteria
        ]

    @property
    def weighted(self) -> Decimal | None:
        """The weighted mean as it is shown."""
        return None if self.exact is None else rounded(self.exact)

    @property
    def number(self) -> int:
        """How many scorecards there are."""
        return len(self.cards)

    @property
    def missing(self) -> int:
        """How many scorecards are still to come, or never came."""
        return max(self.expected - self.number, 0)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Applications by criteria, the best first."""

    criteria: list[Criterion]
    rows: list[MatrixRow]


def matrix_for(actor: Actor, challenge: Challenge, selection: SelectionRound | None) -> Matrix:
    """Return the matrix of what somebody may see; the same number of queries for many applications as for one."""
    criteria = list(criteria_of(challenge))
    candidates = candidates_for(actor, challenge, selection)
    expected = _expected(challenge, candidates)
    points = _points(scorecards_for(actor, challenge, selection))
    weights = {criterion.pk: criterion.weight for criterion in criteria}
    means = {c.received.release_id: weighted_mean(weights, points[c.received.release_id]) for c in candidates}
    ranked = places(means)
    sharing: dict[int | None, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        sharing[ranked.get(candidate.received.release_id)].append(candidate)
    rows = [
        _row(candidate, criteria, points[candidate.received.release_id], means, ranked, expected, sharing)
        for candidate in candidates
    ]
    return Matrix(criteria, sorted(rows, key=lambda row: (row.place is None, row.place or 0)))


def _expected(challenge: Challenge, candidates: Sequence[Candidate]) -> dict[UUID, int]:
    pairs = [(candidate.received.release_id, candidate.received.company_id) for candidate in candidates]
    panel: list[PanelMember] = list(panel_of(challenge))
    counts: dict[UUID, int] = defaultdict(int)
    for release, _user in expected_cards(panel, pairs, open_conflicts(challenge)):
        counts[release] += 1
    return counts


def _points(cards: QuerySet[Scorecard]) -> Mapping[UUID, list[dict[int, int]]]:
    """Return the points of each scorecard by criterion, for each application; plain values, since they are many."""
    found: dict[UUID, dict[int, dict[int, int]]] = defaultdict(dict)
    rows = cards.prefetch_related(None).values_list(
        "received__release_id", "pk", "scores__criterion_id", "scores__value"
    )
    for release, card, criterion, value in rows:
        points = found[release].setdefault(card, {})
        if value is not None:
            points[criterion] = value
    return defaultdict(list, {release: list(of_cards.values()) for release, of_cards in found.items()})


def _row(
    candidate: Candidate,
    criteria: Sequence[Criterion],
    cards: Sequence[Mapping[int, int]],
    means: Mapping[UUID, Fraction | None],
    ranked: Mapping[UUID, int],
    expected: Mapping[UUID, int],
    sharing: Mapping[int | None, Sequence[Candidate]],
) -> MatrixRow:
    key = candidate.received.release_id
    exact, place = means[key], ranked.get(key)
    others = () if place is None else sharing[place]
    tied = [other.received.company_name for other in others if other is not candidate]
    return MatrixRow(
        candidate=candidate,
        criteria=criteria,
        cards=cards,
        exact=exact,
        expected=expected.get(key, 0),
        place=place,
        tied=tied,
    )


def _cell(values: Sequence[int]) -> Cell:
    value = mean(values)
    if value is None:
        return Cell(None, 0, None)
    return Cell(rounded(value, 1), len(values), int(rounded(value, 0)))
