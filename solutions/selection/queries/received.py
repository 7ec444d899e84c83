"""What may be read of received applications: `visible_to` is the one rule for lists, pages, files, exports, counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from challenges.models import Challenge
from programs.actors import Actor
from solutions.market.enums import ReleaseState
from solutions.market.models import Call, CallCity, Release
from solutions.selection.models import Conflict, ReceivedApplication, SelectionRound, TakenBack
from solutions.selection.permissions import Seen, may_open_application, may_see_application
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.core.permissions import Decision


@dataclass(frozen=True, slots=True)
class Intake:
    """Whether applications to a challenge may be seen by now, and opened."""

    call: Call | None
    frozen_at: datetime | None
    opened_at: datetime | None

    @property
    def shuts_at(self) -> datetime | None:
        """The end of the call, its grace included; None if there is no call."""
        return shuts_at(self.call) if self.call else None

    @property
    def is_closed(self) -> bool:
        """Whether nobody can apply any more."""
        return self.shuts_at is not None and self.shuts_at <= clock.now()

    @property
    def seen(self) -> Seen:
        """What the permissions decide upon, for an application that counts and a person without a conflict."""
        return Seen(closed=self.is_closed, frozen=self.frozen_at is not None)


def shuts_at(call: Call) -> datetime:
    """Return the instant from which a call takes nothing more."""
    return call.closes_at + timedelta(minutes=call.grace_minutes)


def intake_of(challenge: Challenge) -> Intake:
    """Return how the intake of a challenge stands; its municipality's schema is active."""
    city = CallCity.objects.select_related("call").filter(challenge_id=challenge.public_id).first()
    stand = SelectionRound.objects.filter(challenge=challenge).first()
    return Intake(city.call if city else None, stand.frozen_at if stand else None, stand.opened_at if stand else None)


def counted(challenge: Challenge) -> QuerySet[ReceivedApplication]:
    """Return what counts: the latest round of each application that was not taken back. For gates and numbers only."""
    later = ReceivedApplication.objects.filter(release_id=OuterRef("release_id"), round__gt=OuterRef("round"))
    taken = TakenBack.objects.filter(release_id=OuterRef("release_id"), round__gte=OuterRef("round"))
    return ReceivedApplication.objects.filter(~Exists(later), ~Exists(taken), challenge=challenge)


def conflicts_of(actor: Actor, challenge: Challenge) -> QuerySet[Conflict]:
    """Return the open conflicts of interest of a person for a challenge, declared or derived."""
    return Conflict.objects.filter(challenge=challenge, user=actor.user, lifted_at__isnull=True)


def visible_to(actor: Actor, challenge: Challenge, intake: Intake | None = None) -> QuerySet[ReceivedApplication]:
    """Return the applications to a challenge of which somebody may know: who applied, and the state.

    What companies wrote is opened one by one: see `may_open`, and `open_for` for the list of those.

    Args:
        actor: who asks.
        challenge: which one; its municipality's schema is active.
        intake: how it stands, if the caller has asked already.
    """
    if not may_see_application(actor, (intake or intake_of(challenge)).seen):
        return ReceivedApplication.objects.none()
    return counted(challenge).exclude(company_id__in=conflicts_of(actor, challenge).values("company_id"))


def open_for(actor: Actor, challenge: Challenge, intake: Intake | None = None) -> QuerySet[ReceivedApplication]:
    """Return those of which somebody may read what the company wrote."""
    intake = intake or intake_of(challenge)
    if not may_open_application(actor, intake.seen):
        return ReceivedApplication.objects.none()
    return visible_to(actor, challenge, intake)


def seen_of(actor: Actor, received: ReceivedApplication, intake: Intake | None = None) -> Seen:
    """Return what decides whether somebody sees one application."""
    intake = intake or intake_of(received.challenge)
    return Seen(
        closed=intake.is_closed,
        frozen=intake.frozen_at is not None,
        conflict=conflicts_of(actor, received.challenge).filter(company_id=received.company_id).exists(),
        counts=counted(received.challenge).filter(pk=received.pk).exists(),
    )


def may_see(actor: Actor, received: ReceivedApplication) -> Decision:
    """Whether somebody may know of one application: the same answer as `visible_to` gives."""
    return may_see_application(actor, seen_of(actor, received))


def may_open(actor: Actor, received: ReceivedApplication, intake: Intake | None = None) -> Decision:
    """Whether somebody may read what the company wrote: a stranger to it gets 404, others 403 with the reason."""
    return may_open_application(actor, seen_of(actor, received, intake))


def received_for(
    actor: Actor, challenge: Challenge, release_id: UUID, intake: Intake | None = None
) -> ReceivedApplication:
    """Return the latest round of an application that somebody may know of; raises Http404."""
    return get_object_or_404(visible_to(actor, challenge, intake).select_related("challenge"), release_id=release_id)


def found(
    rows: QuerySet[ReceivedApplication], challenge: Challenge, *, state: str = "", words: str = ""
) -> QuerySet[ReceivedApplication]:
    """Narrow visible applications down to a state, and to a part of the company's name or of the reference."""
    if state:
        releases = Release.objects.filter(city__challenge_id=challenge.public_id, state=state)
        rows = rows.filter(release_id__in=list(releases.values_list("public_id", flat=True)))
    if words:
        rows = rows.filter(Q(company_name__icontains=words) | Q(reference__icontains=words))
    return rows.order_by("company_name", "pk")


@dataclass(frozen=True, slots=True)
class Row:
    """An application with what the city makes of it."""

    received: ReceivedApplication
    release: Release

    @property
    def state(self) -> ReleaseState:
        """How far it is."""
        return ReleaseState(self.release.state)


def with_states(rows: Iterable[ReceivedApplication]) -> list[Row]:
    """Return applications with their public rows, in one more query for all of them."""
    rows = list(rows)
    releases = {row.public_id: row for row in Release.objects.filter(public_id__in=[r.release_id for r in rows])}
    return [Row(row, releases[row.release_id]) for row in rows]


def answers_of(content: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the sections of a received content, each with its label and pairs of question and answer."""
    return [
        (_words(section.get("label") or section.get("name")), [_answer(field) for field in section.get("fields", [])])
        for section in content.get("sections", [])
    ]


def _answer(field: Any) -> tuple[str, str]:
    shown = field.get("shown")
    return _words(field.get("label") or field.get("name")), _words(field.get("value") if shown is None else shown)


def _words(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(_words(part) for part in value)
    if isinstance(value, dict):
        return ", ".join(_words(part) for part in value.values())
    return str(value)


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the trail about an application, with what the company was told."""

    entry: Entry
    told: str


def steps_of(received: ReceivedApplication) -> Sequence[Step]:
    """Return what was done with an application in all its rounds, the last first."""
    rounds = ReceivedApplication.objects.filter(release_id=received.release_id).values_list("public_id", flat=True)
    entries = Entry.objects.filter(
        target_type=ReceivedApplication._meta.label_lower, target_id__in=[str(public_id) for public_id in rounds]
    ).select_related("actor")
    return [Step(entry, str(entry.data.get("told", ""))) for entry in entries.order_by("-number")]
