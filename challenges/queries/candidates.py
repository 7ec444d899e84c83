"""Candidates, and what people think of them."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Avg, Count, F, QuerySet
from django.shortcuts import get_object_or_404

from challenges.models import Candidate, CandidateRating
from programs.actors import Actor

QUESTIONS: Final = ("significance", "urgency", "feasibility", "measurability")
"""What a candidate is rated on, each 1 to 5."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A candidate as the table shows it.

    Args:
        candidate: with its workshop, its challenge if it was chosen, and how many cards it rests on (`card_count`).
        means: of each question in their order, 1 to 5; None where nobody rated.
        mean: of all four.
        raters: how many rated it.
        own: what the reader thinks, or None.
    """

    candidate: Candidate
    means: list[float | None]
    mean: float | None
    raters: int
    own: CandidateRating | None


def candidates_for(actor: Actor) -> QuerySet[Candidate]:
    """Return the candidates that somebody may read, the best rated first, each with the means of its ratings."""
    found = Candidate.objects.all() if actor.is_inside else Candidate.objects.none()
    means = {f"mean_{name}": Avg(f"ratings__{name}") for name in QUESTIONS}
    total = sum((F(f"mean_{name}") for name in QUESTIONS[1:]), F(f"mean_{QUESTIONS[0]}"))
    return (
        found.select_related("workshop", "challenge")
        .annotate(**means, raters=Count("ratings", distinct=True), card_count=Count("cards", distinct=True))
        .annotate(mean=total / float(len(QUESTIONS)))
        .order_by(F("mean").desc(nulls_last=True), "pk")
    )


def candidate_for(actor: Actor, candidate_id: UUID) -> Candidate:
    """Return a candidate that somebody may read; raises Http404."""
    return get_object_or_404(candidates_for(actor), public_id=candidate_id)


def compare(candidates: list[Candidate], actor: Actor) -> list[Compared]:
    """Return candidates of `candidates_for` with their means and the reader's own ratings; one query."""
    own = own_ratings(candidates, actor)
    return [
        Compared(
            candidate=candidate,
            means=[getattr(candidate, f"mean_{name}") for name in QUESTIONS],
            mean=getattr(candidate, "mean"),  # noqa: B009  annotated
            raters=getattr(candidate, "raters"),  # noqa: B009
            own=own.get(candidate.pk),
        )
        for candidate in candidates
    ]


def question_labels() -> list[Any]:
    """Return what candidates are rated on, in words."""
    fields: list[Any] = [CandidateRating._meta.get_field(name) for name in QUESTIONS]
    return [field.verbose_name for field in fields]


def own_ratings(candidates: list[Candidate], actor: Actor) -> dict[int, CandidateRating]:
    """Return what somebody thinks of candidates, by the candidate's primary key."""
    found = CandidateRating.objects.filter(candidate__in=candidates, user=actor.user)
    return {rating.candidate_id: rating for rating in found}
