"""What the first pages read: the municipalities on the portal, the people of one, and what is next there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from allauth.mfa.models import Authenticator
from django.db.models import Prefetch
from django.utils.translation import ngettext

from programs.actors import Actor
from programs.enums import Country, MunicipalityState, Role
from programs.models import Domain, Membership, Municipality
from programs.people.queries import FACTORS, members, open_invitations
from tech4muni.core.components import Count
from tech4muni.core.hosts import address
from tech4muni.core.sorting import name_key


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality on the portal.

    Args:
        name: in the active language.
        own_name: in its own first language, "" where that is the same.
        own_language: code of that language.
        population: residents, None where unknown.
        url: of its workspace.
    """

    name: str
    own_name: str
    own_language: str
    population: int | None
    url: str


@dataclass(frozen=True, slots=True)
class CountryOfPlaces:
    """The municipalities of one country, by name."""

    label: str
    places: list[Place]


def places_by_country() -> list[CountryOfPlaces]:
    """Return the active municipalities by country and name; two queries, whatever their number."""
    primary = Prefetch("domains", Domain.objects.filter(is_primary=True), to_attr="primary_hosts")
    found = Municipality.objects.filter(state=MunicipalityState.ACTIVE).prefetch_related(primary)
    by_country = sorted(found, key=lambda one: (name_key(str(Country(one.country).label)), name_key(one.name)))
    return [
        CountryOfPlaces(str(Country(country).label), [_place(one) for one in group])
        for country, group in groupby(by_country, key=lambda one: one.country)
    ]


def figures_of(countries: Sequence[CountryOfPlaces]) -> list[Count]:
    """Count the municipalities, their countries and those of their residents that are known."""
    places = [place for country in countries for place in country.places]
    residents = sum(place.population or 0 for place in places)
    return [
        Count(ngettext("municipality", "municipalities", len(places)), len(places)),
        Count(ngettext("country", "countries", len(countries)), len(countries)),
        *([Count(ngettext("resident", "residents", residents), residents)] if residents else []),
    ]


def _place(municipality: Municipality) -> Place:
    language = municipality.languages[0]
    own_name = municipality.names.get(language, "")
    hosts: Sequence[Domain] = municipality.primary_hosts
    return Place(
        name=municipality.name,
        own_name="" if own_name == municipality.name else own_name,
        own_language=language,
        population=municipality.population,
        url=address(hosts[0].domain, "/") if hosts else "",
    )


@dataclass(frozen=True, slots=True)
class Team:
    """Who works in a municipality, and who is invited."""

    memberships: list[Membership]
    invited: int
    expired: int

    @property
    def leads(self) -> list[Membership]:
        """The leads among them."""
        return [membership for membership in self.memberships if membership.role == Role.LEAD]


def team_of(municipality: Municipality, now: datetime) -> Team:
    """Return who works in a municipality now, leads first; two queries."""
    open_until = list(open_invitations(municipality).values_list("expires_at", flat=True))
    expired = sum(until <= now for until in open_until)
    return Team(memberships=list(members(municipality)), invited=len(open_until) - expired, expired=expired)


def needs_second_factor(actor: Actor) -> bool:
    """Whether somebody has no passkey and no authenticator app; on a visit, one's own account is no matter."""
    if actor.user is None or actor.visit is not None:
        return False
    has_one: bool = Authenticator.objects.filter(user=actor.user, type__in=FACTORS).exists()
    return not has_one
