"""The brand of the program in a country, and of the municipality whose host it is."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from programs.enums import Country
from programs.models import Municipality
from tech4muni.core.brand import Brand

PLATFORM: Final = "Tech4Muni"
COUNTRY_NAMES: Final = {
    Country.AUSTRIA.value: "CityTech",
    Country.GERMANY.value: "CityTech",
    Country.SWITZERLAND.value: "CityTech",
}


def brand_of(municipality: Municipality | None) -> Brand:
    """The brand on a municipality's host, or on the platform's own for None; reads nothing from the database."""
    if municipality is None:
        return Brand(PLATFORM)
    return Brand(
        name=municipality.brand_name or COUNTRY_NAMES.get(municipality.country, PLATFORM),
        place=municipality.name,
        colour=municipality.colour,
        logo_url=reverse("brand_logo", urlconf=settings.ROOT_URLCONF) if municipality.logo else "",
    )


def context(request: HttpRequest) -> dict[str, Brand]:
    """Give every template the `brand` of its host."""
    return {"brand": brand_of(getattr(request, "municipality", None))}
