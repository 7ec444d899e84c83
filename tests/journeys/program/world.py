"""The world of the journey: who takes part, the clock, and what beat and the workers do as it goes on."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import Empty
from typing import Any, Final

from django.conf import settings
from django.core import mail
from kombu import Message
from kombu.simple import SimpleQueue

from programs.cohorts.models import JointChallenge, Program
from programs.enums import Role
from programs.models import Municipality
from programs.schemas.provisioning import provision
from tech4muni.accounts.models import User
from tech4muni.celery import app
from tech4muni.core import clock
from tests.conftest import forget_tries
from tests.factories.municipalities import make_municipality
from tests.factories.people import make_coordinator, make_member
from tests.journeys.program.browsing import Browsing

CITIES: Final = ("strumica", "gostivar", "haifa")
ROLES: Final = (Role.LEAD, Role.MEMBER, Role.EVALUATOR, Role.APPROVER)


@dataclass
class World:
    """What the parts of the journey leave for one another.

    Args:
        browsing: the browser.
        later: moves all clocks of this process on, counted from the start.
    """

    browsing: Browsing
    later: Callable[[timedelta], None]
    cities: dict[str, Municipality] = field(default_factory=dict)
    people: dict[tuple[str, Role], User] = field(default_factory=dict)
    challenges: dict[str, str] = field(default_factory=dict)  # public id of a challenge by its municipality
    passed: timedelta = timedelta()

    def __post_init__(self) -> None:
        """Bring three municipalities together, with the people who work there, and a coordinator."""
        make_gostivar()
        self.coordinator = make_coordinator(name="Cora", email="cora@example.org")
        for key in CITIES:
            self.cities[key] = Municipality.objects.get(schema_name=key)
            for role in ROLES:
                name = f"{role.value.title()} of {key.title()}"
                who = make_member(self.cities[key], role, name=name, email=f"{role.value}@{key}.example.org")
                self.people[key, role] = who

    @property
    def program(self) -> Program:
        """The program."""
        return Program.objects.get()

    @property
    def joint(self) -> JointChallenge:
        """The joint challenge of Strumica, which leads it, and Gostivar."""
        return JointChallenge.objects.get()

    def pass_seconds(self, seconds: float) -> None:
        """Let somebody take their time; nothing else happens meanwhile."""
        self.passed += timedelta(seconds=seconds)
        self.later(self.passed)

    def pass_days(self, days: float) -> None:
        """Let days go by, and let beat and the workers do what is due then."""
        self.pass_seconds(timedelta(days=days).total_seconds())
        forget_tries()  # the counters are on the broker's clock, which does not move
        work()

    def pass_until(self, instant: datetime) -> None:
        """Let the time go by until just after an instant."""
        self.pass_days((instant - clock.now()) / timedelta(days=1) + 0.001)

    def letters_to(self, email: str) -> list[str]:
        """Return the texts of the mails that somebody has got, the last one first."""
        carry_out_waiting()
        return [str(letter.body) for letter in reversed(mail.outbox) if email in letter.to]


def make_gostivar() -> Municipality:
    """Make the third municipality, with its schema."""
    fields: dict[str, Any] = {"names": {"en-gb": "Gostivar", "mk": "Гостивар"}, "languages": ["mk", "en-gb"]}
    municipality = make_municipality("gostivar", **fields)
    provision(municipality)
    return municipality


def work() -> None:
    """Do once what beat starts, and all that waits in the broker then, on this process's clock."""
    app.loader.import_default_modules()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        app.tasks[entry["task"]].apply(throw=True)
    carry_out_waiting()


def carry_out_waiting() -> None:
    """Do all that waits in the broker, mails that are to leave among it."""
    with app.connection_for_read() as broker, broker.SimpleQueue(app.conf.task_default_queue) as tasks:
        for message in _waiting(tasks):
            args, kwargs, _embedded = message.payload
            app.tasks[message.headers["task"]].apply(args=args, kwargs=kwargs, throw=True)
            message.ack()


def _waiting(tasks: SimpleQueue) -> Iterator[Message]:
    with suppress(Empty):
        while True:
            yield tasks.get_nowait()
