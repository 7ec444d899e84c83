"""Mails to everybody at an event about their agenda, with what is new in it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from events.enums import MeetingState, Side
from events.mails import AGENDA_CITY, AGENDA_COMPANY
from events.models import Delegation, Event, Meeting, Timetable
from events.services.receivers import Letters, people_of, send
from tech4muni.core.dates import moment_words

AGENDA: Final = Letters(AGENDA_CITY, AGENDA_COMPANY)


@dataclass(frozen=True, slots=True)
class Change:
    """What is new about the meeting of a pair: `before` and `after` as it was and is, None where it was or is not."""

    city: int
    company: int
    before: Meeting | None = None
    after: Meeting | None = None

    def concerns(self, delegation: Delegation) -> bool:
        """Whether it is about a meeting of this delegation."""
        return delegation.pk in {self.city, self.company}


def tell_agendas(event: Event, timetable: Timetable, changes: Sequence[Change], *, again: bool) -> None:
    """Mail everybody of the delegations where their agenda is; `again` only those for whom something is new."""
    rows = list(event.delegations.select_related("event__program__brand", "municipality", "company"))
    names = {row.pk: row for row in rows}
    counts = _counts(event)
    for first, own in _tables(rows):
        concerning = [change for change in changes if any(change.concerns(each) for each in own)]
        if again and not concerning:
            continue
        for person in people_of(first):
            with override(person.language):
                sentences = [_sentence(change, names, event) for change in concerning] if again else []
            values = {
                "event": event,
                "meetings": sum(counts.get(each.pk, 0) for each in own),
                "again": again,
                "changes": "\n".join(sentences),
            }
            send(AGENDA, person, first, values, path=agenda_path(first), key=f"agenda:{timetable.public_id}")


def agenda_path(delegation: Delegation) -> str:
    """Return where a delegation's agenda is, on its host."""
    urlconf = settings.ROOT_URLCONF if delegation.side == Side.CITY else settings.PUBLIC_SCHEMA_URLCONF
    return reverse("events:agenda", urlconf=urlconf, kwargs={"event_id": delegation.event.public_id})


def _tables(rows: Iterable[Delegation]) -> list[tuple[Delegation, list[Delegation]]]:
    """Return the delegations of each municipality and of each company together: their people get one mail."""
    found: dict[tuple[int | None, int | None], list[Delegation]] = {}
    for row in rows:
        found.setdefault((row.municipality_id, row.company_id), []).append(row)
    return [(own[0], own) for own in found.values()]


def _counts(event: Event) -> dict[int, int]:
    counts: dict[int, int] = {}
    rows = event.meetings.exclude(state=MeetingState.CANCELLED).values_list("city", "company")
    for pair in rows:
        for delegation in filter(None, pair):
            counts[delegation] = counts.get(delegation, 0) + 1
    return counts


def _sentence(change: Change, names: Mapping[int, Delegation], event: Event) -> str:
    """Say what is new, in the active language, on the event's clock."""
    words = {"meeting": f"{names[change.city].name} – {names[change.company].name}"}
    before, after = (_place(meeting, event) for meeting in (change.before, change.after))
    if change.after is None:
        return _("%(meeting)s: does not take place; it was planned for %(before)s") % {**words, "before": before}
    if change.before is None:
        return _("%(meeting)s: new, %(after)s") % {**words, "after": after}
    return _("%(meeting)s: moved from %(before)s to %(after)s") % {**words, "before": before, "after": after}


def _place(meeting: Meeting | None, event: Event) -> str:
    if meeting is None:
        return ""
    words = {"time": moment_words(meeting.starts_at, event.time_zone), "table": meeting.table}
    return _("%(time)s, table %(table)s") % words
