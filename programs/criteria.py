"""Gates: what must be true before a challenge leaves a stage, computed from records, never ticked by hand.

Each app declares its criteria in its `gates` module. The same list is what a team is told to do next.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise

from programs.enums import Role, Stage

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Result:
    """Whether a criterion holds for one challenge, and how far it is in words ("2 of 10 interviews")."""

    met: bool
    note: Text = ""


# Given challenges of one municipality, with its schema active; returns a result for each primary key. As many queries
# for many challenges as for one.
Check = Callable[[Sequence[Any]], Mapping[int, Result]]


@dataclass(frozen=True, slots=True)
class Criterion:
    """A thing that must be true.

    Args:
        name: `<app>.<what>`.
        stage: the stage that cannot be left without it.
        says: what must be true, in a sentence.
        todo: what to do about it: a verb and its object.
        url_name: the page where it is mended; takes the challenge's public id as `challenge_id`.
        check: whether it is true.
        owner: whose task it is.
    """

    name: str
    stage: Stage
    says: Text
    todo: Text
    url_name: str
    check: Check
    owner: Role = Role.MEMBER


@dataclass(frozen=True, slots=True)
class Finding:
    """A criterion as it stands for one challenge."""

    criterion: Criterion
    met: bool
    note: Text
    url: str


_criteria: Final[dict[str, Criterion]] = {}


def register(*criteria: Criterion) -> None:
    """Make criteria known; raises ValueError if two have the same name."""
    for criterion in criteria:
        if _criteria.setdefault(criterion.name, criterion) != criterion:
            raise ValueError(f"There are two criteria named {criterion.name}.")


def criteria_of(stage: Stage) -> list[Criterion]:
    """Return the criteria of a stage's gate, in the order in which they were declared."""
    return [criterion for criterion in _criteria.values() if criterion.stage == stage]


def findings(challenges: Sequence[Any]) -> dict[int, list[Finding]]:
    """Return how the gate of each challenge's present stage stands, by primary key; its municipality's is active.

    The number of queries grows with the stages among them, not with the challenges.
    """
    found: dict[int, list[Finding]] = {challenge.pk: [] for challenge in challenges}
    for stage in Stage:
        group = [challenge for challenge in challenges if challenge.stage == stage]
        for criterion in criteria_of(stage) if group else ():
            results = criterion.check(group)
            for challenge in group:
                result = results[challenge.pk]
                url = reverse(criterion.url_name, kwargs={"challenge_id": challenge.public_id})
                found[challenge.pk].append(Finding(criterion, result.met, result.note, url))
    return found
