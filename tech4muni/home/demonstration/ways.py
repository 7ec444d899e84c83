"""The way of a challenge: its steps by day, taken by those who would take them, on a clock that was turned back."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django_tenants.utils import tenant_context

from challenges.models import Challenge
from programs.actors import Actor
from programs.cohorts.models import JointChallenge
from programs.cohorts.queries import program_of
from programs.enums import Role
from programs.models import Membership, Municipality
from programs.timing.queries import oldest_due
from programs.timing.running import carry_out_due
from solutions.market.models import Application
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tech4muni.home.demonstration.cast import COORDINATOR
from tech4muni.home.demonstration.scripts import Script


@dataclass
class Way:
    """What a challenge of the demonstration has come to.

    Args:
        script: what its team writes.
        municipality: whose it is.
        is_joint: whether it belongs to the joint challenge of its program.
        firms: keys of the companies that apply, the best one first.
        decides_after: days from the writing of the brief to the day of the decision that it promises.
    """

    script: Script
    municipality: Municipality
    is_joint: bool = False
    firms: Sequence[str] = ()
    decides_after: int = 160
    things: dict[str, Any] = field(default_factory=dict)  # what a step leaves for later ones

    @property
    def challenge(self) -> Challenge:
        """The challenge as it is now."""
        return Challenge.objects.get(pk=self.things["challenge"])

    @property
    def joint(self) -> JointChallenge | None:
        """The joint challenge that it belongs to, if any."""
        program = program_of(self.municipality)
        return JointChallenge.objects.get(program=program) if self.is_joint else None

    @property
    def languages(self) -> list[str]:
        """The municipality's languages in which there is a whole text."""
        whole = [language for language, text in self.script.texts.items() if "affected" in text]
        return [language for language in self.municipality.languages if language in whole]

    @property
    def survey_languages(self) -> list[str]:
        """The municipality's languages in which all that a survey names has a name."""
        named = [*self.script.parts["groups"], *self.script.parts["directions"]]
        return [language for language in self.municipality.languages if all(language in row["names"] for row in named)]

    def person(self, role: Role) -> User:
        """Return somebody of the municipality."""
        rows = Membership.objects.filter(municipality=self.municipality, role=role, ended_at__isnull=True)
        return rows.earliest("pk").user

    def acts(self, role: Role) -> Actor:
        """Return the same person as an actor."""
        return Actor(user=self.person(role), municipality=self.municipality, role=role)

    @property
    def lead(self) -> Actor:
        """The lead."""
        return self.acts(Role.LEAD)


@dataclass
class Gathering:
    """An event of the demonstration, to which a program's challenges and invited companies come."""

    key: str  # of the program
    names: dict[str, str]
    place: str
    things: dict[str, Any] = field(default_factory=dict)


Step = Callable[[], object]
Moment = tuple[float, Municipality | None, Step]
"""A day (counted from today), where it happens (None: on the platform's host), and what."""


def steps(where: Way, *moments: tuple[float, Callable[[Way], object]]) -> list[Moment]:
    """Return the steps of a challenge as moments."""
    return [(day, where.municipality, lambda do=do: do(where)) for day, do in moments]  # type: ignore[misc]


def play(moments: Iterable[Moment]) -> None:
    """Take all steps in the order of their days, each in its schema and on the clock of its day.

    What was due by then has been done before: calls close and people are reminded on their days. What happens in an
    hour of the past happens before now: day 0 is an hour ago.
    """
    today = clock.now() - timedelta(hours=1)
    for day, municipality, step in sorted(moments, key=lambda moment: moment[0]):
        inside = tenant_context(municipality) if municipality else nullcontext()
        with clock.at(today + timedelta(days=day)):
            while (due_at := oldest_due()) is not None and due_at <= clock.now():
                with clock.at(due_at):
                    carry_out_due()
            with inside:
                step()


def at_nine(days: float) -> datetime:
    """Return nine o'clock (UTC) of a day, counted from the clock's today."""
    return datetime.combine((clock.now() + timedelta(days=days)).date(), time(9), UTC)


def coordinator() -> Actor:
    """Return the coordinator on the platform's host."""
    return Actor(user=User.objects.get(email=COORDINATOR.email))


def latest_application(email: str) -> Application:
    """Return what somebody applied with last."""
    return Application.objects.filter(people__user__email=email).latest("pk")
