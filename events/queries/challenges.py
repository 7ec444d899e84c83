"""How far a municipality's challenges are at their events; the rows are public, the challenges are named by id."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count

from events.enums import EventState, MeetingState
from events.models import Delegation, Meeting, Outcome
from events.queries.agendas import meetings_of, outcome_of
from events.queries.problems import mutual


def is_confirmed(outcome: Outcome | None) -> bool:
    """Whether both sides confirm what a meeting came to."""
    return outcome is not None and bool(outcome.city_confirmed_at and outcome.company_confirmed_at)


@dataclass(frozen=True, slots=True)
class Part:
    """A challenge at an event.

    Args:
        delegation: who sits there for it.
        chosen: about how many of the companies it has chosen.
        companies: how many there are.
        wanted: how many meetings both sides want; 0 until choices are closed.
        meetings: its meetings, cancelled ones left out.
    """

    delegation: Delegation
    chosen: int = 0
    companies: int = 0
    wanted: int = 0
    meetings: list[Meeting] = field(default_factory=list)

    @property
    def state(self) -> EventState:
        """How far the event is."""
        return EventState(self.delegation.event.state)

    @property
    def is_published(self) -> bool:
        """Whether the timetable is there."""
        return self.state in {EventState.PUBLISHED, EventState.CLOSED}

    @property
    def open_meetings(self) -> int:
        """How many meetings nobody has marked yet."""
        return sum(meeting.state == MeetingState.PLANNED for meeting in self.meetings)

    @property
    def held(self) -> list[Meeting]:
        """The meetings that took place."""
        return [meeting for meeting in self.meetings if meeting.state == MeetingState.HELD]

    @property
    def confirmed(self) -> int:
        """How many of those that took place have an outcome that both sides confirm."""
        return sum(is_confirmed(outcome_of(meeting)) for meeting in self.held)


def participations(*challenge_ids: UUID) -> list[Part]:
    """Return the parts of these challenges in events, the latest event first; as many queries for many as for one."""
    rows = Delegation.objects.filter(challenge_id__in=challenge_ids).select_related("event__program", "municipality")
    delegations = list(rows.annotate(chosen_count=Count("preferences")).order_by("-event__pk", "pk"))
    if not delegations:
        return []
    companies = _companies(delegations)
    wanted = _wanted(delegations)
    meetings: dict[int, list[Meeting]] = {}
    for meeting in meetings_of(delegations):
        meetings.setdefault(meeting.city_id or 0, []).append(meeting)
    return [
        Part(
            each,
            chosen=each.chosen_count,
            companies=companies.get(each.event_id, 0),
            wanted=wanted.get(each.pk, 0),
            meetings=meetings.get(each.pk, []),
        )
        for each in delegations
    ]


def _companies(delegations: Sequence[Delegation]) -> dict[int, int]:
    events = {each.event_id for each in delegations}
    rows = Delegation.objects.filter(event__in=events, company__isnull=False).order_by()
    return dict(rows.values_list("event").annotate(Count("pk")))


def _wanted(delegations: Sequence[Delegation]) -> dict[int, int]:
    """Return how many meetings both sides want, where choices are closed: before, nobody knows."""
    open_states = {EventState.PREPARING, EventState.CHOOSING}
    closed = [each for each in delegations if each.event.state not in open_states]
    counts: dict[int, int] = {}
    for chooser in mutual(closed).values_list("chooser", flat=True):
        counts[chooser] = counts.get(chooser, 0) + 1
    return counts
