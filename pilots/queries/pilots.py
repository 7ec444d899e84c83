"""Pilots and who sits at their tables."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from pilots.enums import PilotSide
from pilots.models import Kpi, Milestone, Pilot
from pilots.permissions import Seat
from programs.actors import Actor
from programs.enums import MunicipalityState
from programs.models import Municipality
from solutions.market.enums import CompanyRole, ReleaseState
from solutions.market.models import CompanyMember, PilotEntry, Release
from tech4muni.accounts.models import User
from tech4muni.core import clock


def pilots_of(challenge: Challenge) -> QuerySet[Pilot]:
    """Return the pilots of a challenge; its municipality's schema is active."""
    return challenge.pilots.order_by("pk")


def pilot_at_city(challenge: Challenge, pilot_id: UUID) -> Pilot:
    """Return a pilot of a challenge; raises Http404."""
    return get_object_or_404(Pilot.objects.select_related("challenge"), challenge=challenge, public_id=pilot_id)


def pilot_of_entry(entry: PilotEntry) -> Pilot:
    """Return the pilot that a public row stands for; the schema of the row's municipality is active."""
    rows = Pilot.objects.select_related("challenge")
    return get_object_or_404(rows, public_id=entry.pilot_id, company_id=entry.company.public_id)


def entry_of(pilot: Pilot) -> PilotEntry:
    """Return the public row of a pilot."""
    return PilotEntry.objects.select_related("municipality", "company", "call").get(pilot_id=pilot.public_id)


def company_entry(user: User, entry_id: UUID) -> tuple[PilotEntry, Seat]:
    """Return the public row of a pilot of somebody's company, and their seat; raises Http404 for everybody else.

    While the municipality is not open, nobody gets in.
    """
    entry = get_object_or_404(
        PilotEntry.objects.select_related("municipality", "company"),
        public_id=entry_id,
        municipality__state=MunicipalityState.ACTIVE,
    )
    member = get_object_or_404(CompanyMember, company=entry.company_id, user=user, ended_at__isnull=True)
    return entry, Seat(PilotSide.COMPANY, Actor(user=user), CompanyRole(member.role))


def entries_for(user: User) -> QuerySet[PilotEntry]:
    """Return the public rows of the pilots of somebody's companies."""
    own = CompanyMember.objects.filter(user=user, ended_at__isnull=True).values("company")
    rows = PilotEntry.objects.filter(company__in=own, municipality__state=MunicipalityState.ACTIVE)
    return rows.select_related("municipality", "company").order_by("-created_at", "-pk")


def waiting_releases(challenge: Challenge) -> list[Release]:
    """Return the selected applications of a challenge that no pilot has begun with; two queries."""
    begun = challenge.pilots.values_list("release_id", flat=True)
    rows = Release.objects.filter(city__challenge_id=challenge.public_id, state=ReleaseState.SELECTED)
    return list(rows.exclude(public_id__in=list(begun)).select_related("application__company").order_by("pk"))


def today_in(municipality: Municipality) -> date:
    """Return the day on the municipality's clock."""
    return clock.now().astimezone(ZoneInfo(municipality.time_zone)).date()


def missing_of(pilot: Pilot, kpis: Sequence[Kpi], milestones: Sequence[Milestone]) -> list[str | Promise]:
    """Return what a plan still lacks before anybody can agree to it, each in a sentence."""
    wanted = {
        _("Say what the pilot shall show."): pilot.aim,
        _("Name the site."): pilot.site,
        _("Give the budget."): pilot.budget is not None,
        _("Say when it begins and ends."): pilot.starts_on and pilot.ends_on,
        _("Say how the solution would be bought if it works."): pilot.purchase_route,
        _("Write down by which rule you will decide."): pilot.decision_rule,
        _("Give at least one KPI a baseline, a target and a threshold."): any(kpi.is_complete for kpi in kpis),
        _("Add a milestone."): bool(milestones),
    }
    return [sentence for sentence, given in wanted.items() if not given]


def city_path(pilot: Pilot) -> str:
    """Return the path of a pilot's page on the municipality's host, from wherever one is."""
    return reverse(
        "pilots:pilot",
        urlconf="tech4muni.urls_tenant",
        kwargs={"challenge_id": pilot.challenge.public_id, "pilot_id": pilot.public_id},
    )


def company_path(entry: PilotEntry) -> str:
    """Return the path of a pilot's page on the platform's host, from wherever one is."""
    return reverse("pilots:pilot", urlconf="tech4muni.urls_public", kwargs={"entry_id": entry.public_id})


def result_path(entry: PilotEntry) -> str:
    """Return the path of the public page of a pilot's result on the platform's host."""
    return reverse("pilots:result", urlconf="tech4muni.urls_public", kwargs={"entry_id": entry.public_id})
