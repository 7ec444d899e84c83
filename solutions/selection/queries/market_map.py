"""What is read of a market map: leads, how they meet the requirements, and how much of the market is covered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import Lower
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from challenges.models import Challenge
from programs.actors import Actor
from solutions.selection.enums import Fit
from solutions.selection.models import Lead, LeadFit, Requirement
from solutions.selection.queries.received import Intake, conflicts_of, visible_to
from tech4muni.core.components import Measure

LEADS_WANTED: Final = 5
ORIGINS_WANTED: Final = 2
SECTORS_WANTED: Final = 3
COUNTRIES_WANTED: Final = 3
LEVELS_WANTED: Final = 3
ELSEWHERE_WANTED: Final = 20  # percent


def leads_visible_to(actor: Actor, challenge: Challenge, intake: Intake | None = None) -> QuerySet[Lead]:
    """Return the leads that somebody may see: those that applied where `visible_to` shows the application."""
    applied = visible_to(actor, challenge, intake).values("release_id")
    hidden = conflicts_of(actor, challenge).values("company_id")
    rows = Lead.objects.filter(Q(release_id__isnull=True) | Q(release_id__in=applied), challenge=challenge)
    return rows.exclude(company_id__in=hidden) if actor.is_inside else Lead.objects.none()


def lead_for(actor: Actor, challenge: Challenge, lead_id: UUID) -> Lead:
    """Return a lead that somebody may see; raises Http404."""
    return get_object_or_404(leads_visible_to(actor, challenge).select_related("challenge"), public_id=lead_id)


def requirement_for(challenge: Challenge, requirement_id: UUID) -> Requirement:
    """Return a requirement of a challenge; raises Http404."""
    return get_object_or_404(challenge.requirements, public_id=requirement_id)


@dataclass(frozen=True, slots=True)
class Judged:
    """A lead with how it meets each requirement, in their order."""

    lead: Lead
    cells: list[Fit]
    fails_must: bool

    @property
    def met(self) -> int:
        """How many requirements it meets."""
        return self.cells.count(Fit.MEETS)


def matrix(leads: Iterable[Lead], requirements: Sequence[Requirement]) -> list[Judged]:
    """Return the fit matrix: a row per lead, a cell per requirement; one query."""
    leads = list(leads)
    fits = {(fit.lead_id, fit.requirement_id): Fit(fit.fit) for fit in LeadFit.objects.filter(lead__in=leads)}
    return [_judged(lead, requirements, fits) for lead in leads]


def _judged(lead: Lead, requirements: Sequence[Requirement], fits: Mapping[tuple[int, int], Fit]) -> Judged:
    cells = [fits.get((lead.pk, requirement.pk), Fit.UNKNOWN) for requirement in requirements]
    fails = any(row.must and fit == Fit.FAILS for row, fit in zip(requirements, cells, strict=True))
    return Judged(lead, cells, fails)


def fits_of(lead: Lead) -> dict[int, str]:
    """Return how a lead meets the requirements that it was compared with, by the requirement's key."""
    return dict(lead.fits.values_list("requirement_id", "fit"))


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the market a team has looked at, in numbers."""

    leads: int
    kinds: int
    sources: int
    sectors: int
    countries: int
    levels: int
    lowest: int | None
    highest: int | None
    elsewhere: int

    @property
    def share_elsewhere(self) -> int:
        """How many of a hundred come from other sectors, rounded down: a goal is not met by rounding."""
        return self.elsewhere * 100 // self.leads if self.leads else 0

    @property
    def measures(self) -> list[Measure]:
        """The numbers against what a good map has."""
        spread = _("Levels of technology readiness")
        if self.lowest is not None and self.highest is not None:
            spread = _("Levels of technology readiness, from %(lowest)s to %(highest)s") % {
                "lowest": self.lowest, "highest": self.highest,
            }  # fmt: skip
        return [
            Measure(_("Solutions"), self.leads, LEADS_WANTED),
            Measure(_("Ways in which they came"), self.kinds, ORIGINS_WANTED),
            Measure(_("Places where they were found"), self.sources, ORIGINS_WANTED),
            Measure(_("Sectors"), self.sectors, SECTORS_WANTED),
            Measure(_("Countries"), self.countries, COUNTRIES_WANTED),
            Measure(spread, self.levels, LEVELS_WANTED),
            Measure(_("From other sectors"), self.share_elsewhere, ELSEWHERE_WANTED, "%"),
        ]


def coverage_of(leads: QuerySet[Lead]) -> Coverage:
    """Return how much of the market the leads cover; one query."""
    numbers = leads.aggregate(
        leads=Count("pk"),
        kinds=Count("kind", distinct=True),
        sources=Count(Lower("source"), distinct=True, filter=~Q(source="")),
        sectors=Count(Lower("sector"), distinct=True, filter=~Q(sector="")),
        countries=Count("country", distinct=True, filter=~Q(country="")),
        levels=Count("readiness", distinct=True),
        lowest=Min("readiness"),
        highest=Max("readiness"),
        elsewhere=Count("pk", filter=Q(from_elsewhere=True)),
    )
    return Coverage(**numbers)


def origins_by_challenge(challenges: Sequence[Challenge]) -> dict[int, tuple[int, int]]:
    """Return for each challenge how many leads its map has, and from how many origins; one query for all.

    An origin is a way in which solutions came, or a place where they were found, whichever there are more of.
    Applications that were taken back stay on the map: the market was searched.
    """
    rows = (
        Lead.objects.filter(challenge__in=challenges)
        .order_by()
        .values_list("challenge_id")
        .annotate(
            leads=Count("pk"),
            kinds=Count("kind", distinct=True),
            sources=Count(Lower("source"), distinct=True, filter=~Q(source="")),
        )
    )
    return {pk: (leads, max(kinds, sources)) for pk, leads, kinds, sources in rows}
