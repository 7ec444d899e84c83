"""What a submission would do at an instant: who gets the application, who keeps what they have, what is too late."""

from collections.abc import Sequence
from dataclasses import dataclass

from django_fsm import can_proceed

from solutions.market.enums import ReleaseState
from solutions.market.models import ApplicationCall, CallCity, Release
from solutions.market.queries.applications import Desk, cities_of
from solutions.market.queries.calls import accepts


@dataclass(frozen=True, slots=True)
class Target:
    """A municipality that would get the application, for the first time or again."""

    choice: ApplicationCall
    city: CallCity
    is_new: bool


@dataclass(frozen=True, slots=True)
class Sending:
    """What a submission would do.

    Args:
        targets: who would get it.
        kept: what stays as it is: too late to change, or too far on.
        late: calls whose deadline has passed without the application.
        taken_back: what municipalities that are no longer chosen would lose.
    """

    targets: Sequence[Target]
    kept: Sequence[Release]
    late: Sequence[ApplicationCall]
    taken_back: Sequence[Release]


def sending_of(desk: Desk) -> Sending:
    """Say what a submission would do now."""
    targets = [
        Target(choice, city, is_new=city.pk not in desk.releases)
        for choice in desk.chosen
        for city in cities_of(choice)
        if would_take(desk, choice, city)
    ]
    wanted = {city.pk for choice in desk.chosen for city in cities_of(choice)}
    getting = {target.city.pk for target in targets}
    live = [release for release in desk.releases.values() if release.state != ReleaseState.WITHDRAWN]
    return Sending(
        targets=targets,
        kept=[release for release in live if release.city_id in wanted - getting],
        late=[choice for choice in desk.chosen if not accepts(choice.call, desk.now) and not desk.releases_of(choice)],
        taken_back=[release for release in live if release.city_id not in wanted and can_proceed(release.withdraw)],
    )


def would_take(desk: Desk, choice: ApplicationCall, city: CallCity) -> bool:
    """Whether a municipality would take the application now: in time, or where it has asked for more."""
    release = desk.releases.get(city.pk)
    if release is not None and release.state == ReleaseState.MORE_INFO_REQUESTED:
        return choice.call.withdrawn_at is None
    return accepts(choice.call, desk.now) and (release is None or can_proceed(release.receive))
