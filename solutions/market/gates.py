"""What a challenge needs of its call before it leaves the stage of mapping."""

from collections.abc import Sequence

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from challenges.models import Challenge
from programs.criteria import Criterion, Result, register
from programs.enums import Role, Stage
from solutions.market.enums import CallState
from solutions.market.models import Call
from solutions.market.queries.calls import call_state, cities_by_challenge, last_moment
from tech4muni.core import clock, dates


def is_published(challenges: Sequence[Challenge]) -> dict[int, Result]:
    """Whether everybody can read the call, and it is not withdrawn."""
    cities = cities_by_challenge(challenges)
    return {
        challenge.pk: Result(city is not None and city.call.withdrawn_at is None)
        for challenge in challenges
        for city in [cities.get(challenge.public_id)]
    }


def has_closed(challenges: Sequence[Challenge]) -> dict[int, Result]:
    """Whether no applications come any more."""
    cities = cities_by_challenge(challenges)
    return {
        challenge.pk: _closed(cities[challenge.public_id].call) if challenge.public_id in cities else Result(met=False)
        for challenge in challenges
    }


def _closed(call: Call) -> Result:
    if call_state(call, clock.now()) == CallState.CLOSED:
        return Result(met=True)
    return Result(
        met=False, note=_("Until %(moment)s") % {"moment": dates.moment_words(last_moment(call), call.time_zone)}
    )


def are_answered(challenges: Sequence[Challenge]) -> dict[int, Result]:
    """Whether the municipality has answered all that was asked; in a joint call its leading municipality does."""
    waiting = Q(questions__answered_at__isnull=True, questions__hidden_at__isnull=True)
    ids = [challenge.public_id for challenge in challenges]
    counts = dict(
        Call.objects.filter(challenge_id__in=ids)
        .annotate(waiting=Count("questions", filter=waiting))
        .values_list("challenge_id", "waiting")
    )
    return {challenge.pk: _answered(counts.get(challenge.public_id, 0)) for challenge in challenges}


def _answered(waiting: int) -> Result:
    if not waiting:
        return Result(met=True)
    words = ngettext("%(count)d question waits", "%(count)d questions wait", waiting)
    return Result(met=False, note=words % {"count": waiting})


PAGE = "market:call_overview"

register(
    Criterion(
        "market.published",
        Stage.MAPPING,
        gettext_lazy("The call is on the portal."),
        gettext_lazy("Publish the call"),
        PAGE,
        is_published,
        Role.LEAD,
    ),
    Criterion(
        "market.closed",
        Stage.MAPPING,
        gettext_lazy("Applications have closed."),
        gettext_lazy("Wait until applications close"),
        PAGE,
        has_closed,
        Role.LEAD,
    ),
    Criterion(
        "market.answered",
        Stage.MAPPING,
        gettext_lazy("All questions about the call are answered."),
        gettext_lazy("Answer the questions"),
        PAGE,
        are_answered,
    ),
)
