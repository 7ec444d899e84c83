"""Where challenges come from: workshops, and candidates that were compared."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet

from challenges.models import Candidate, Card, Challenge, Participant, Workshop
from tech4muni.core import clock


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a challenge comes from.

    Args:
        candidate: that became it, None where it was begun directly.
        candidates: how many candidates the municipality has had.
        raters: how many people rated the candidate.
        workshop_held: whether its workshop was held with participants and cards; any workshop, if it has none.
    """

    candidate: Candidate | None
    candidates: int
    raters: int
    workshop_held: bool


def held_workshops() -> QuerySet[Workshop]:
    """Return the workshops whose date is past and which had participants and cards."""
    return Workshop.objects.filter(
        Exists(Participant.objects.filter(workshop=OuterRef("pk"))),
        Exists(Card.objects.filter(workshop=OuterRef("pk"))),
        starts_at__lte=clock.now(),
    )


def origins_of(challenges: Sequence[Challenge]) -> dict[int, Origin]:
    """Return where challenges of one municipality come from, by primary key; three queries for however many."""
    held = set(held_workshops().values_list("pk", flat=True))
    candidates = {
        candidate.challenge_id: candidate
        for candidate in Candidate.objects.filter(challenge__in=challenges).annotate(raters=Count("ratings"))
    }
    count = Candidate.objects.count()
    return {challenge.pk: _origin(candidates.get(challenge.pk), count, held) for challenge in challenges}


def _origin(candidate: Candidate | None, count: int, held: set[int]) -> Origin:
    of_its_own = candidate is not None and candidate.workshop_id is not None
    raters: int = getattr(candidate, "raters", 0)
    workshop_held = candidate.workshop_id in held if candidate is not None and of_its_own else bool(held)
    return Origin(candidate, count, raters, workshop_held)
