"""A generated cohort of a given size, written as rows: what pages read, not how it came there."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import cycle
from typing import Final
from uuid import uuid4

from allauth.mfa.models import Authenticator
from django_tenants.utils import tenant_context

from bench.pages_event import EventMaker
from challenges.enums import Aim, BriefState, TextState
from challenges.models import (
    TEXT_FIELDS,
    Brief,
    BriefText,
    Challenge,
    EvaluationCriterion,
    Figure,
    StageMove,
    SuccessMetric,
)
from challenges.services.snapshots import content_of, digest_of
from pilots.enums import EvidenceKind, PilotSide
from pilots.models import Evidence, Kpi, Milestone, Pilot
from programs.cohorts import services as cohorts
from programs.cohorts.models import Brand, Program, Progress
from programs.enums import MoveKind, Role, Stage
from programs.models import Membership, Municipality
from programs.municipalities import create_municipality
from programs.schemas.provisioning import provision
from programs.timing.models import Deadline
from solutions.market.enums import ApplicationState, CompanyRole, ReleaseState
from solutions.market.models import (
    Applicant,
    Application,
    ApplicationCall,
    Call,
    CallCity,
    Company,
    CompanyMember,
    Release,
)
from solutions.selection.enums import LeadKind
from solutions.selection.models import (
    Criterion,
    Lead,
    PanelMember,
    ReceivedApplication,
    Score,
    Scorecard,
    SelectionRound,
)
from tech4muni.accounts.models import User

NOW: Final = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)  # pages show what is due around now
LANGUAGES: Final = ("en-gb", "mk")
PANEL: Final = 3
READINGS: Final = 12
BUSIEST: Final = 5  # the first challenge gets each fifth application
COORDINATOR: Final = "coordinator@example.org"


@dataclass(frozen=True, slots=True)
class Size:
    """How large a cohort is."""

    municipalities: int
    challenges: int
    applications: int
    meetings: int


LARGE: Final = Size(municipalities=22, challenges=77, applications=700, meetings=500)
SMALL: Final = Size(municipalities=2, challenges=8, applications=70, meetings=50)
SIZES: Final = {
    "large": LARGE,
    "small": SMALL,
    "quick-large": Size(municipalities=4, challenges=16, applications=60, meetings=20),
    "quick-small": Size(municipalities=2, challenges=8, applications=30, meetings=10),
}


@dataclass
class City:
    """A municipality with its people and what it has."""

    municipality: Municipality
    people: list[User]
    challenges: list[Challenge]


class Maker:
    """Writes one cohort; the same size makes the same cohort."""

    def __init__(self, size: Size) -> None:
        self.size, self.random = size, random.Random(7)
        self.calls: list[tuple[City, Challenge, CallCity]] = []

    def make(self) -> None:
        """Make everything."""
        brand = cohorts.save_brand(Brand(), actor=None, changes={"name": "Bench", "sender_name": "Bench"})
        fields = {
            "names": {"en-gb": "Bench"}, "brand": brand, "country": "MK", "languages": list(LANGUAGES),
            "time_zone": "Europe/Skopje",
        }  # fmt: skip
        self.program = cohorts.save_program(Program(), actor=None, changes=fields)
        for stage in Stage:
            opens_at = NOW - timedelta(weeks=10 - 4 * stage.number)
            cohorts.set_window(
                self.program, stage, actor=None, opens_at=opens_at, closes_at=opens_at + timedelta(weeks=4)
            )
        coordinator = User.objects.create_superuser(COORDINATOR, "bench", name="Coordinator")
        _second_factor(coordinator)
        cities = [self._city(number) for number in range(self.size.municipalities)]
        for number in range(self.size.challenges):
            self._challenge(cities[number % len(cities)], number)
        self._applications()
        for city in cities:
            with tenant_context(city.municipality):
                self._inside(city)
        EventMaker(self.program, coordinator, NOW).make(self.size.meetings)

    def _city(self, number: int) -> City:
        municipality = create_municipality(
            actor=None, schema_name=f"city_{number}", host=f"city-{number}.localhost",
            names={"en-gb": f"City {number}"}, country="MK", languages=list(LANGUAGES), time_zone="Europe/Skopje",
            working_days=[1, 2, 3, 4, 5],
        )  # fmt: skip
        provision(municipality)
        cohorts.join(self.program, municipality, actor=None)
        people: list[User] = []
        for role in (Role.LEAD, Role.MEMBER, Role.EVALUATOR, Role.EVALUATOR, Role.APPROVER, Role.VIEWER):
            person = User.objects.create_user(f"p{number}-{len(people)}@example.org", name=f"Person {len(people)}")
            Membership.objects.create(user=person, municipality=municipality, role=role)
            people.append(person)
        _second_factor(people[0])
        return City(municipality, people, [])

    def _challenge(self, city: City, number: int) -> None:
        """Make a challenge; every other one is in selection, the rest is spread over the stages."""
        stage = Stage.SELECTION if number % 2 == 0 else list(Stage)[number % 6]
        since = NOW - timedelta(days=number % 40)
        with tenant_context(city.municipality):
            challenge = Challenge.objects.create(
                title=f"Challenge {number}", program=self.program, owner=city.people[0], stage=stage, stage_since=since
            )
            self._brief(challenge)
            StageMove.objects.bulk_create(
                StageMove(challenge=challenge, number=place, before=before, after=after, kind=MoveKind.GATE, at=since)
                for place, (before, after) in enumerate(zip(["", *Stage][: stage.number], Stage, strict=False), 1)
            )
            content = content_of(challenge, approved_only=True)
        city.challenges.append(challenge)
        Progress.objects.create(
            municipality=city.municipality, program=self.program, challenge_id=challenge.public_id,
            label={"en-gb": challenge.title}, stage=stage, since=since, moves=stage.number, active_at=since,
        )  # fmt: skip
        for days in (-3, 5, 20):
            Deadline.objects.create(
                key=f"bench:{number}:{days}", label={"en-gb": f"Task {days}"}, municipality=city.municipality,
                program=self.program, challenge_id=challenge.public_id, owner=city.people[0],
                due_at=NOW + timedelta(days=days), time_zone="Europe/Skopje",
            )  # fmt: skip
        if stage.number >= Stage.MAPPING.number:
            self._call(city, challenge, content, stage)

    def _brief(self, challenge: Challenge) -> None:
        brief = Brief.objects.create(
            challenge=challenge,
            pilot_budget=Decimal(20000),
            pilot_weeks=12,
            decision_on=(NOW + timedelta(days=60)).date(),
            contact_name="Somebody",
            contact_email="somebody@example.org",
            state=BriefState.APPROVED,
        )
        for language in LANGUAGES:
            texts = {name: f"{name} " * (3 if name in {"title", "question"} else 60) for name in TEXT_FIELDS}
            texts["title"] = f"{challenge.title} in {language}"
            BriefText.objects.create(brief=brief, language=language, state=TextState.APPROVED, **texts)
        Figure.objects.create(brief=brief, names={"en-gb": "Figure"}, value=Decimal(40), unit="%", source="Register")
        SuccessMetric.objects.create(
            brief=brief, names={"en-gb": "Metric"}, unit="%", aim=Aim.LESS, baseline_how="Count", baseline_who="IT"
        )
        for label, weight in (("Fit", 40), ("Cost", 30), ("Team", 20), ("Risk", 10)):
            EvaluationCriterion.objects.create(brief=brief, names={"en-gb": label}, weight=weight)

    def _call(self, city: City, challenge: Challenge, content: dict[str, object], stage: Stage) -> None:
        over = stage != Stage.MAPPING
        closes_at = NOW - timedelta(days=10) if over else NOW + timedelta(days=10 + challenge.pk % 20)
        call = Call.objects.create(
            program=self.program, municipality=city.municipality, challenge_id=challenge.public_id, content=content,
            digest=digest_of(content), opens_at=NOW - timedelta(days=40), closes_at=closes_at,
            time_zone="Europe/Skopje", decision_on=(NOW + timedelta(days=60)).date(), published_at=NOW,
        )  # fmt: skip
        place = CallCity.objects.create(
            call=call, municipality=city.municipality, challenge_id=challenge.public_id, joined_at=NOW
        )
        self.calls.append((city, challenge, place))

    def _applications(self) -> None:
        """Give the first call each fifth application, and spread the rest over the others, as evenly as they go."""
        first, others = self.calls[0], cycle(self.calls[1:])
        for number in range(self.size.applications):
            city, challenge, place = next(others) if number % BUSIEST else first
            person = User.objects.create_user(f"founder{number}@example.com", name=f"Founder {number}")
            company = Company.objects.create(name=f"Company {number}", country="MK", description="What it does. " * 20)
            CompanyMember.objects.create(company=company, user=person, role=CompanyRole.OWNER)
            application = Application.objects.create(
                reference=f"T4M-{number:05}", company=company, language="en-gb", state=ApplicationState.SUBMITTED,
                submitted_at=NOW - timedelta(days=12), digest="0" * 64,
                answers={"solution": {"purpose": "What it is for. " * 40}},
            )  # fmt: skip
            Applicant.objects.create(application=application, user=person, role=CompanyRole.OWNER)
            ApplicationCall.objects.create(application=application, call=place.call)
            state = ReleaseState.INVITED if challenge.stage == Stage.SELECTION else ReleaseState.UNDER_REVIEW
            release = Release.objects.create(
                application=application, city=place, state=state, submitted_at=NOW - timedelta(days=12), digest="0" * 64
            )
            with tenant_context(city.municipality):
                _receive(challenge, release, company)

    def _inside(self, city: City) -> None:
        """Give a municipality its panels, scores and pilots; its schema is active."""
        for challenge in city.challenges:
            if challenge.stage == Stage.SELECTION:
                self._scores(city, challenge)
            if challenge.stage in {Stage.PILOT, Stage.SELECTION}:
                self._pilot(city, challenge)

    def _scores(self, city: City, challenge: Challenge) -> None:
        frozen = NOW - timedelta(days=9)
        criteria = [
            Criterion.objects.create(challenge=challenge, number=number, names={"en-gb": label}, weight=weight)
            for number, (label, weight) in enumerate((("Fit", 40), ("Cost", 30), ("Team", 20), ("Risk", 10)), 1)
        ]
        SelectionRound.objects.create(
            challenge=challenge, frozen_at=frozen, opened_at=frozen, frozen_by=city.people[0], digest="0" * 64
        )
        panel = city.people[1 : 1 + PANEL]
        for person in panel:
            PanelMember.objects.create(challenge=challenge, user=person, added_at=frozen)
        for received in challenge.received.all():
            for person in panel:
                card = Scorecard(received=received, user=person, submitted_at=NOW, comment="Looks sound.")
                card.submit()
                card.save()
                Score.objects.bulk_create(
                    Score(scorecard=card, criterion=one, value=self.random.randint(1, 5), reason="Because of this.")
                    for one in criteria
                )

    def _pilot(self, city: City, challenge: Challenge) -> None:
        received = challenge.received.first()
        if received is None:
            return
        pilot = Pilot.objects.create(
            challenge=challenge, release_id=received.release_id, company_id=received.company_id,
            company_name=received.company_name, title=f"Pilot of {received.company_name}", site="Old town",
            starts_on=NOW.date(), ends_on=(NOW + timedelta(weeks=12)).date(),
        )  # fmt: skip
        for number in range(6):
            Milestone.objects.create(
                pilot=pilot,
                title=f"Milestone {number}",
                due_on=(NOW + timedelta(weeks=number)).date(),
                side=PilotSide.CITY,
            )
        previous, entry = "0" * 64, 0
        for number in range(4):
            kpi = Kpi.objects.create(
                pilot=pilot, names={"en-gb": f"KPI {number}"}, unit="%", aim=Aim.LESS, baseline=Decimal(50),
                target=Decimal(20), threshold=Decimal(60),
            )  # fmt: skip
            for week in range(READINGS):
                entry += 1
                digest = uuid4().hex * 2
                Evidence.objects.create(
                    pilot=pilot, number=entry, kind=EvidenceKind.READING, side=PilotSide.CITY, by=city.people[1],
                    by_label=city.people[1].name, at=NOW, observed_on=(NOW + timedelta(weeks=week)).date(), kpi=kpi,
                    value=Decimal(50 - week), method="Counted", previous_digest=previous, digest=digest,
                )  # fmt: skip
                previous = digest


def _second_factor(person: User) -> None:
    """Let somebody whose role demands it have an authenticator app."""
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "bench"})


def _receive(challenge: Challenge, release: Release, company: Company) -> None:
    fields = [
        {"name": f"f{number}", "label": f"Question {number}", "value": "What was answered. " * 30, "kind": "long"}
        for number in range(4)
    ]
    sections = [{"name": f"s{number}", "label": f"Section {number}", "fields": fields} for number in range(5)]
    ReceivedApplication.objects.create(
        challenge=challenge, release_id=release.public_id, company_id=company.public_id, company_name=company.name,
        reference=release.application.reference, language="en-gb", round=1, content={"sections": sections},
        digest=release.digest, submitted_at=release.submitted_at, received_at=release.submitted_at,
    )  # fmt: skip
    Lead.objects.create(
        challenge=challenge, kind=LeadKind.APPLIED, name="Solution", company_name=company.name,
        company_id=company.public_id, release_id=release.public_id, country="MK", sector="waste",
    )  # fmt: skip
