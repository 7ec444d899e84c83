"""What the portal's list shows: which calls, in which order, and what they can be filtered by."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db.models import Exists, F, Func, OuterRef, Prefetch, Q, QuerySet, TextField

from programs.enums import Country
from programs.models import Municipality
from solutions.market.models import Call, CallCity
from solutions.market.queries.calls import in_portal_order, open_calls
from solutions.market.queries.reading import Reading, read
from tech4muni.core.hosts import address
from tech4muni.core.sorting import name_key

OPEN: Final = "open"
PAST: Final = "closed"
FEED_LENGTH: Final = 200
"""Open calls in the feed, at most."""


class Words(Func):
    """All texts of a call in all its languages, as one text without their keys."""

    template = "jsonb_path_query_array(%(expressions)s, '$.texts.*.*')::text"
    output_field = TextField()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for: "" where anything will do.

    Args:
        text: words of the call, in any of its languages.
        country: code of a country.
        municipality: schema name of a municipality.
        state: `open` (those that open soon too) or `closed`.
    """

    text: str = ""
    country: str = ""
    municipality: str = ""
    state: str = ""


def wanted_calls(wanted: Wanted, now: datetime) -> QuerySet[Call]:
    """Return the calls that somebody looks for, in the portal's order, with their municipalities."""
    calls = in_portal_order(Call.objects.all(), now)
    if wanted.text:
        in_json = json.dumps(wanted.text, ensure_ascii=False)[1:-1]  # a quotation mark has a backslash there
        calls = calls.alias(words=Words(F("content"))).filter(Q(words__icontains=in_json))
    cities = CallCity.objects.filter(call=OuterRef("pk"))
    if wanted.country:
        calls = calls.filter(Exists(cities.filter(municipality__country=wanted.country)))
    if wanted.municipality:
        calls = calls.filter(Exists(cities.filter(municipality__schema_name=wanted.municipality)))
    over = Q(withdrawn_at__isnull=False) | Q(ends_at__lte=now)
    if wanted.state in {OPEN, PAST}:
        calls = calls.filter(over if wanted.state == PAST else ~over)
    return with_cities(calls)


def with_cities(calls: QuerySet[Call]) -> QuerySet[Call]:
    """Let calls bring their municipalities along; one query more, whatever their number."""
    cities = CallCity.objects.select_related("municipality")
    return calls.select_related("municipality").prefetch_related(Prefetch("cities", cities))


def readings(calls: Iterable[Call], language: str, now: datetime) -> list[Reading]:
    """Return calls as somebody reads them in a list."""
    return [read(call, language, now) for call in calls]


def choices() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the countries and the municipalities that have calls, each with its name, by name; one query."""
    found = list(Municipality.objects.filter(call_cities__isnull=False).distinct())
    countries = {one.country: str(Country(one.country).label) for one in found}
    places = {one.schema_name: one.name for one in found}
    return _by_name(countries), _by_name(places)


def _by_name(names: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(names.items(), key=lambda pair: name_key(pair[1]))


def feed(now: datetime) -> list[dict[str, Any]]:
    """Return the open calls as plain values, for other sites: the same for everybody."""
    return [_entry(call) for call in with_cities(open_calls(now))[:FEED_LENGTH]]


def _entry(call: Call) -> dict[str, Any]:
    texts = call.content["texts"]
    return {
        "id": str(call.public_id),
        "url": address(settings.PLATFORM_HOST, f"/calls/{call.public_id}/"),
        "titles": {language: text["title"] for language, text in texts.items()},
        "questions": {language: text["question"] for language, text in texts.items()},
        "municipalities": [
            {"names": city.municipality.names, "country": city.municipality.country} for city in call.cities.all()
        ],
        "opens_at": call.opens_at,
        "closes_at": call.closes_at,
        "time_zone": call.time_zone,
        "decision_on": call.decision_on,
    }
