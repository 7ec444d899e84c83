"""What must be true before a challenge leaves market mapping."""

from collections.abc import Mapping, Sequence

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.models import Challenge
from programs.criteria import Criterion, Result, register
from programs.enums import Role, Stage
from solutions.market.enums import ReleaseState
from solutions.market.models import CallCity, Release
from solutions.selection.queries.market_map import LEADS_WANTED, ORIGINS_WANTED, origins_by_challenge
from solutions.selection.queries.received import shuts_at
from tech4muni.core import clock, dates

INVITED = (ReleaseState.INVITED, ReleaseState.SELECTED, ReleaseState.RESERVE)


def market_searched(challenges: Sequence[Challenge]) -> Mapping[int, Result]:
    """Whether there are solutions enough on the map, from more than one origin."""
    origins = origins_by_challenge(challenges)
    found = {challenge.pk: origins.get(challenge.pk, (0, 0)) for challenge in challenges}
    return {
        pk: Result(
            leads >= LEADS_WANTED and places >= ORIGINS_WANTED,
            _("%(leads)s of %(wanted)s solutions, from %(places)s of %(origins)s origins")
            % {"leads": leads, "wanted": LEADS_WANTED, "places": places, "origins": ORIGINS_WANTED},
        )
        for pk, (leads, places) in found.items()
    }


def all_screened(challenges: Sequence[Challenge]) -> Mapping[int, Result]:
    """Whether the call has closed and no application waits to be screened."""
    counts = _releases_of(challenges)
    cities = CallCity.objects.select_related("call").filter(challenge_id__in=[row.public_id for row in challenges])
    calls = {city.challenge_id: city.call for city in cities}
    results = {}
    for challenge in challenges:
        call, states = calls.get(challenge.public_id), counts[challenge.pk]
        total, waiting = sum(states.values()), states.get(ReleaseState.SUBMITTED, 0)
        note = _("%(done)s of %(all)s") % {"done": total - waiting, "all": total}
        if call is None:
            note = _("There is no call yet.")
        elif shuts_at(call) > clock.now():
            note = _("%(number)s received; the call is open until %(day)s") % {
                "number": total, "day": dates.day_words(shuts_at(call)),
            }  # fmt: skip
        is_closed = call is not None and shuts_at(call) <= clock.now()
        results[challenge.pk] = Result(is_closed and not waiting, note)
    return results


def some_invited(challenges: Sequence[Challenge]) -> Mapping[int, Result]:
    """Whether somebody is invited to the event."""
    counts = _releases_of(challenges)
    invited = {pk: sum(states.get(state, 0) for state in INVITED) for pk, states in counts.items()}
    return {pk: Result(number > 0, _("%(number)s invited") % {"number": number}) for pk, number in invited.items()}


def _releases_of(challenges: Sequence[Challenge]) -> dict[int, dict[str, int]]:
    """Return how many applications are in each state, without those that were taken back; one query."""
    keys = {challenge.public_id: challenge.pk for challenge in challenges}
    counts: dict[int, dict[str, int]] = {pk: {} for pk in keys.values()}
    rows = (
        Release.objects.filter(city__challenge_id__in=keys)
        .exclude(state=ReleaseState.WITHDRAWN)
        .order_by()
        .values_list("city__challenge_id", "state")
        .annotate(number=Count("pk"))
    )
    for challenge_id, state, number in rows:
        counts[keys[challenge_id]][state] = number
    return counts


register(
    Criterion(
        name="selection.market_searched",
        stage=Stage.MAPPING,
        says=gettext_lazy("The market is searched: at least five solutions, from at least two origins."),
        todo=gettext_lazy("Add solutions to the market map"),
        url_name="selection:map",
        check=market_searched,
    ),
    Criterion(
        name="selection.all_screened",
        stage=Stage.MAPPING,
        says=gettext_lazy("The call has closed and every application is screened."),
        todo=gettext_lazy("Screen the applications"),
        url_name="selection:applications",
        check=all_screened,
    ),
    Criterion(
        name="selection.some_invited",
        stage=Stage.MAPPING,
        says=gettext_lazy("At least one company is invited to the event."),
        todo=gettext_lazy("Invite companies to the event"),
        url_name="selection:applications_invite",
        check=some_invited,
        owner=Role.LEAD,
    ),
)
