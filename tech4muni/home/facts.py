"""A municipality in words: what its home page says of it."""

from collections.abc import Sequence
from itertools import pairwise

from django.utils.translation import gettext as _

from programs.enums import Weekday
from programs.models import Municipality
from tech4muni.core import dates, languages
from tech4muni.core.components import Text
from tech4muni.core.templatetags.ui import number

LONG_RUN = 3  # days in a row are told as a span from here on


def facts_about(municipality: Municipality) -> list[tuple[Text, str]]:
    """Return what is known of a municipality, as labels and words."""
    population = municipality.population
    return [
        (_("Country"), municipality.get_country_display()),
        (_("Residents"), number(population) if population is not None else ""),
        (_("Languages"), ", ".join(languages.own_name(code) for code in municipality.languages)),
        (_("Working week"), working_week(municipality.working_days)),
        (_("Time zone"), dates.zone_city(municipality.time_zone)),
    ]


def working_week(days: Sequence[int]) -> str:
    """Name ISO weekdays that are in the order of their week: a span where they follow each other, else each."""
    labels = [str(Weekday(day).label) for day in days]
    in_a_row = all((later - earlier) % 7 == 1 for earlier, later in pairwise(days))
    if in_a_row and len(days) >= LONG_RUN:
        return _("%(first)s to %(last)s") % {"first": labels[0], "last": labels[-1]}
    return ", ".join(labels)
