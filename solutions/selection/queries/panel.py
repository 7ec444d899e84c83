"""Who judges what in a selection: the round, the panel, the applications in the pool, and who may not see whom."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from challenges.models import Challenge
from programs.actors import Actor
from solutions.market.enums import EARLY_RELEASES, ReleaseState
from solutions.market.models import Call, CallCity, Release
from solutions.selection.enums import Pool
from solutions.selection.models import Conflict, Criterion, PanelMember, ReceivedApplication, SelectionRound
from solutions.selection.queries.received import counted, visible_to

POOLS: Final = {
    Pool.ELIGIBLE: (ReleaseState.UNDER_REVIEW, ReleaseState.SHORTLISTED, ReleaseState.INVITED),
    Pool.SHORTLISTED: (ReleaseState.SHORTLISTED, ReleaseState.INVITED),
    Pool.INVITED: (ReleaseState.INVITED,),
}
"""What the panel scores, as the states of the applications."""
CHOOSABLE: Final = POOLS[Pool.ELIGIBLE]
"""From which states an application can be selected, or be put in reserve."""
WAITING: Final = (*EARLY_RELEASES, ReleaseState.SHORTLISTED, ReleaseState.INVITED)
"""Applications that wait for an answer: those not eligible have theirs, and those withdrawn want none."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An application as it was received last, and what the municipality has made of it so far."""

    received: ReceivedApplication
    state: ReleaseState


def round_of(challenge: Challenge) -> SelectionRound | None:
    """Return how the selection of a challenge stands, None before it is prepared."""
    return SelectionRound.objects.filter(challenge=challenge).select_related("frozen_by", "closed_by").first()


def call_of(challenge: Challenge) -> Call | None:
    """Return the call that a challenge was published with; for a joint one, the call that the municipality joined."""
    city = CallCity.objects.filter(challenge_id=challenge.public_id).select_related("call").first()
    return city.call if city else None


def criteria_of(challenge: Challenge) -> QuerySet[Criterion]:
    """Return the criteria of a challenge in their order."""
    return Criterion.objects.filter(challenge=challenge)


def panel_of(challenge: Challenge) -> QuerySet[PanelMember]:
    """Return the members of the panel, with the people."""
    return PanelMember.objects.filter(challenge=challenge).select_related("user")


def panel_member(actor: Actor, challenge: Challenge) -> PanelMember | None:
    """Return what the actor is in the panel, None if nothing."""
    return panel_of(challenge).filter(user=actor.user).first() if actor.user else None


def states_of(challenge: Challenge) -> dict[UUID, ReleaseState]:
    """Return what the municipality has made of each application that was released to it, by the release's id."""
    rows = Release.objects.filter(city__challenge_id=challenge.public_id).values_list("public_id", "state")
    return {public_id: ReleaseState(state) for public_id, state in rows}


def in_pool(selection: SelectionRound | None, states: dict[UUID, ReleaseState]) -> set[UUID]:
    """Return the releases that the panel scores; when scoring is closed, those that it scored."""
    if selection is not None and selection.closed_at is not None:
        return set(selection.judged)
    wanted = POOLS[Pool(selection.pool)] if selection else CHOOSABLE
    return {release for release, state in states.items() if state in wanted}


def candidates_for(actor: Actor, challenge: Challenge, selection: SelectionRound | None) -> list[Candidate]:
    """Return the applications in the pool that somebody may see, by company, without their content; three queries."""
    states = states_of(challenge)
    pool = in_pool(selection, states)
    rows = visible_to(actor, challenge).filter(release_id__in=pool).defer("content").order_by("company_name", "pk")
    return [Candidate(row, states[row.release_id]) for row in rows]


@dataclass(frozen=True, slots=True)
class Company:
    """A company that has applied, for those who may not know more of it yet."""

    company_id: UUID
    name: str


def companies_of(challenge: Challenge) -> list[Company]:
    """Return the companies whose applications are not withdrawn, by name: the names alone, to declare conflicts."""
    rows = counted(challenge).values_list("company_id", "company_name")
    return sorted((Company(*row) for row in dict(rows).items()), key=lambda company: company.name.casefold())


def open_conflicts(challenge: Challenge) -> QuerySet[Conflict]:
    """Return the conflicts of interest that hold, with the people."""
    return Conflict.objects.filter(challenge=challenge, lifted_at__isnull=True).select_related("user")


def is_conflicted(actor: Actor, challenge: Challenge) -> bool:
    """Whether the actor has an open conflict with a company whose application is not withdrawn."""
    if actor.user is None:
        return False
    applied = {company.company_id for company in companies_of(challenge)}
    return open_conflicts(challenge).filter(user=actor.user, company_id__in=applied).exists()


def has_declared(member: PanelMember, companies: Iterable[Company]) -> bool:
    """Whether a member of the panel has answered for every company that has applied by now."""
    return member.declared_at is not None and {company.company_id for company in companies} <= set(member.declared_for)


def expected_cards(
    panel: Sequence[PanelMember], candidates: Iterable[tuple[UUID, UUID]], conflicts: Iterable[Conflict]
) -> set[tuple[UUID, int]]:
    """Return the scorecards that there should be, as release and person: none where somebody has a conflict.

    Args:
        panel: who scores.
        candidates: release and company of each application in the pool.
        conflicts: the open ones.
    """
    barred = {(conflict.user_id, conflict.company_id) for conflict in conflicts}
    return {
        (release, member.user_id)
        for release, company in candidates
        for member in panel
        if (member.user_id, company) not in barred
    }
