"""What is read of applications: only by those who work on them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404
from django_fsm import can_proceed

from programs.models import Membership
from programs.people.tokens import digest_of
from solutions.market.enums import ApplicationState, CompanyRole, ReleaseState
from solutions.market.models import (
    Applicant,
    Application,
    ApplicationCall,
    ApplicationFile,
    ApplicationLink,
    Call,
    CallCity,
    Release,
)
from solutions.market.permissions import Standing
from solutions.market.queries.calls import accepts, open_calls
from solutions.market.sections import PROPOSAL, SHARED, missing
from tech4muni.accounts.models import User
from tech4muni.core import clock


@dataclass(frozen=True, slots=True)
class Desk:
    """An application as one of its people has it before them, at one instant."""

    application: Application
    role: CompanyRole | None
    chosen: Sequence[ApplicationCall]
    releases: Mapping[int, Release]  # by the key of the CallCity
    now: datetime

    @property
    def standing(self) -> Standing:
        """What permissions decide upon."""
        return Standing(self.role, ApplicationState(self.application.state), self.takes_more)

    @property
    def takes_more(self) -> bool:
        """Whether a municipality would take a new version."""
        return any(self.takes(choice) for choice in self.chosen)

    def takes(self, choice: ApplicationCall) -> bool:
        """Whether a municipality of a call would take a new version."""
        return accepts(choice.call, self.now) or any(
            release.state == ReleaseState.MORE_INFO_REQUESTED for release in self.releases_of(choice)
        )

    def releases_of(self, choice: ApplicationCall) -> list[Release]:
        """Return what the municipalities of a call have."""
        return [self.releases[city.pk] for city in choice.call.cities.all() if city.pk in self.releases]

    @property
    def is_undecided(self) -> bool:
        """Whether there is anything to take back: a draft, or a municipality that has not decided yet."""
        releases = self.releases.values()
        return not releases or any(can_proceed(release.withdraw) for release in releases)

    @property
    def next_deadline(self) -> Call | None:
        """The call that closes first of those that are still open."""
        waiting = [choice.call for choice in self.chosen if accepts(choice.call, self.now)]
        return min(waiting, key=lambda call: call.closes_at, default=None)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing for a submission."""
        parts = [(section, self.application.answers.get(section.name, {})) for section in SHARED]
        parts += [(PROPOSAL, choice.answers) for choice in self.chosen]
        return bool(self.chosen) and not any(missing(section, answers) for section, answers in parts)


def cities_of(choice: ApplicationCall) -> list[CallCity]:
    """Return the municipalities of a call that are to get the application."""
    return [city for city in choice.call.cities.all() if city.pk not in choice.left_out]


def chosen_calls(application: Application) -> list[ApplicationCall]:
    """Return the calls that an application answers, with their municipalities; two queries."""
    rows = application.calls.filter(dropped_at__isnull=True)
    return list(
        rows.select_related("call__municipality", "call__program").prefetch_related("call__cities__municipality")
    )


def visible_to(user: User) -> QuerySet[Application]:
    """Return the applications that somebody works on, the latest first."""
    mine = Applicant.objects.filter(user=user, ended_at__isnull=True)
    return Application.objects.filter(pk__in=mine.values("application")).order_by("-created_at")


def role_on(application: Application, user: User) -> CompanyRole | None:
    """Return what somebody is on an application now."""
    person = application.people.filter(user=user, ended_at__isnull=True).first()
    return CompanyRole(person.role) if person else None


def desk_of(application: Application, user: User) -> Desk:
    """Lay an application before somebody; five queries."""
    releases = application.releases.select_related("city__municipality", "city__call").order_by("pk")
    return Desk(
        application=application,
        role=role_on(application, user),
        chosen=chosen_calls(application),
        releases={release.city_id: release for release in releases},
        now=clock.now(),
    )


def desk_for(user: User, application_id: UUID) -> Desk:
    """Lay an application before somebody who works on it; raises Http404 for everybody else."""
    found = visible_to(user).select_related("company").filter(public_id=application_id).first()
    if found is None:
        raise Http404
    return desk_of(found, user)


def file_of(application: Application, file_id: UUID) -> ApplicationFile:
    """Return a file of an application that was not removed; raises Http404."""
    found = files_of(application).filter(public_id=file_id).first()
    if found is None:
        raise Http404
    return found


def files_of(application: Application) -> QuerySet[ApplicationFile]:
    """Return the files of an application that were not removed."""
    return application.files.filter(removed_at__isnull=True)


def people_on(application: Application) -> QuerySet[Applicant]:
    """Return who works on an application, its owner first."""
    return application.people.filter(ended_at__isnull=True).select_related("user").order_by("pk")


def invited_to(application: Application) -> QuerySet[ApplicationLink]:
    """Return the invitations of colleagues that still work."""
    return application.links.filter(used_at__isnull=True, expires_at__gt=clock.now())


def listed(applications: Iterable[Application]) -> list[tuple[Application, list[ApplicationCall], list[Release]]]:
    """Return applications with their calls and releases; a constant number of queries."""
    rows = list(applications)
    calls = ApplicationCall.objects.filter(application__in=rows, dropped_at__isnull=True)
    releases = Release.objects.filter(application__in=rows).select_related("city__municipality")
    calls_of: dict[int, list[ApplicationCall]] = {row.pk: [] for row in rows}
    releases_of: dict[int, list[Release]] = {row.pk: [] for row in rows}
    for choice in calls.select_related("call__municipality"):
        calls_of[choice.application_id].append(choice)
    for release in releases.order_by("pk"):
        releases_of[release.application_id].append(release)
    return [(row, calls_of[row.pk], releases_of[row.pk]) for row in rows]


def begun_for(user: User, call: Call) -> Application | None:
    """Return the application with which somebody answers a call already, unless it was withdrawn."""
    choices = ApplicationCall.objects.filter(call=call, dropped_at__isnull=True)
    mine = visible_to(user).exclude(state=ApplicationState.WITHDRAWN)
    return mine.filter(pk__in=choices.values("application")).first()


def drafts_for(call: Call) -> QuerySet[Application]:
    """Return the unfinished drafts that answer a call."""
    choices = ApplicationCall.objects.filter(call=call, dropped_at__isnull=True)
    return Application.objects.filter(pk__in=choices.values("application"), state=ApplicationState.DRAFT)


def calls_on_offer(desk: Desk) -> list[Call]:
    """Return the open calls of the program that an application is for, those it answers already among them."""
    programs = {choice.call.program_id for choice in desk.chosen}
    same = Q(program__in=programs) | Q(pk__in=[choice.call_id for choice in desk.chosen])
    return list(open_calls(desk.now).filter(same).prefetch_related("cities__municipality"))


def link_by_token(token: str) -> ApplicationLink | None:
    """Return the link that a mail led to, used or not."""
    found = ApplicationLink.objects.filter(token_digest=digest_of(token))
    return found.select_related("call", "application").first()


def is_usable(link: ApplicationLink) -> bool:
    """Whether a link still works."""
    return link.used_at is None and link.expires_at > clock.now()


def links_lately(email: str, since: datetime) -> int:
    """Return how many links were mailed to an address since an instant."""
    return ApplicationLink.objects.filter(email=email, created_at__gt=since).count()


def must_log_in(user: User) -> bool:
    """Whether a link by mail is not enough for somebody.

    It is not for coordinators, people who work in a municipality, deactivated people, and all with a second factor.
    """
    factors = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    inside = Membership.objects.filter(user=user, ended_at__isnull=True)
    return not user.is_active or user.is_coordinator or inside.exists() or factors.exists()


def call_to_apply_for(call_id: UUID) -> Call:
    """Return a call with its municipalities; raises Http404."""
    rows = Call.objects.select_related("municipality", "program__brand")
    found = rows.prefetch_related(Prefetch("cities", CallCity.objects.select_related("municipality")))
    call = found.filter(public_id=call_id, published_at__lte=clock.now()).first()
    if call is None:
        raise Http404
    return call


def shared_answers(application: Application, section: str) -> dict[str, Any]:
    """Return the answers of one of the sections that all calls share."""
    answers: dict[str, Any] = application.answers.get(section, {})
    return answers
