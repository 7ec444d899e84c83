"""What a selection is made of: applications that were received, a panel, scorecards and a decision."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from challenges.models import Challenge
from programs.actors import Actor
from programs.enums import Role, Stage
from programs.models import Municipality
from solutions.market.enums import ApplicationState, ReleaseState
from solutions.market.models import CallCity, Company, Release
from solutions.selection.enums import DecisionOutcome, Place
from solutions.selection.models import Decision, ReceivedApplication
from solutions.selection.queries.decisions import proposals_of
from solutions.selection.queries.panel import criteria_of, round_of
from solutions.selection.services import conflicts, criteria, decisions, panel, scoring
from solutions.selection.services.decisions import Line
from solutions.selection.services.receiving import receive, take_back
from solutions.selection.services.scoring import Answer
from tech4muni.accounts.models import User
from tests.factories.challenges import acting_as, make_challenge
from tests.factories.market import make_application, make_call, make_company, release_to
from tests.factories.people import make_member
from tests.factories.selection import close_call, content_of


def make_lead(municipality: Municipality) -> Actor:
    """Make a lead, as an actor."""
    return acting_as(make_member(municipality, Role.LEAD), municipality)


def make_published(municipality: Municipality, *, stage: Stage = Stage.SELECTION, title: str = "") -> Challenge:
    """Make a challenge whose call has closed an hour ago; the municipality's schema is active."""
    with transaction.atomic():
        challenge = make_challenge(municipality, stage=stage, title=title)
        make_call(municipality, challenge)
        close_call(challenge)
    return challenge


def make_candidate(
    challenge: Challenge,
    *,
    company: Company | None = None,
    owner: User | None = None,
    name: str = "",
    state: str = ReleaseState.INVITED,
    language: str = "en-gb",
) -> ReceivedApplication:
    """Let a company apply to a published challenge, and put its application where the municipality has it."""
    city = CallCity.objects.get(challenge_id=challenge.public_id)
    firm = company or make_company(owner, **({"name": name} if name else {}))
    person = owner or firm.members.get().user
    application = make_application(city.call, company=firm, owner=person, state=ApplicationState.SUBMITTED)
    application.language = language
    application.save(update_fields=["language"])
    release = release_to(application, city, state=state)
    received = receive(release, content_of(release, f"What {firm.name} does"), [])
    if state == ReleaseState.WITHDRAWN:
        take_back(release)
    return received


def withdraw(received: ReceivedApplication) -> None:
    """Let a company take its application back."""
    release = Release.objects.get(public_id=received.release_id)
    release.withdraw()
    release.save(update_fields=["state"])
    take_back(release)


def freeze(challenge: Challenge, lead: Actor) -> None:
    """Take the criteria over from the call and freeze them."""
    selection = criteria.prepare(challenge, actor=lead)
    criteria.freeze(challenge, actor=lead, version=selection.version)


def make_scorer(
    challenge: Challenge, lead: Actor, *, role: Role = Role.EVALUATOR, declared: bool = True, user: User | None = None
) -> Actor:
    """Name somebody as a member of the panel, with all conflicts declared unless told otherwise."""
    assert lead.municipality is not None
    person = user or make_member(lead.municipality, role)
    panel.name_member(challenge, actor=lead, user=person)
    actor = acting_as(person, lead.municipality)
    if declared:
        conflicts.declare(challenge, actor=actor, reasons={})
    return actor


def score(
    challenge: Challenge, received: ReceivedApplication, actor: Actor, *points: int, hand_in: bool = True
) -> None:
    """Score an application; one number is for all criteria, and each has a reason."""
    rows = list(criteria_of(challenge))
    values = points if len(points) == len(rows) else points * len(rows)
    answers = {
        row.pk: Answer(value, f"Reason for {value} by {actor.user}") for row, value in zip(rows, values, strict=True)
    }
    scoring.save_scorecard(challenge, received.release_id, actor=actor, answers=answers, hand_in=hand_in)


def make_scored(
    municipality: Municipality, lead: Actor, points: Mapping[str, int], *, title: str = ""
) -> tuple[Challenge, dict[str, ReceivedApplication]]:
    """Make a challenge with an application per name, all scored by two people with these points, and scoring closed."""
    challenge = make_published(municipality, title=title)
    found = {name: make_candidate(challenge, name=name) for name in points}
    freeze(challenge, lead)
    for scorer in [make_scorer(challenge, lead) for _number in range(2)]:
        for name, received in found.items():
            score(challenge, received, scorer, points[name])
    scoring.close(challenge, actor=lead)
    return challenge, found


def write_decision(
    challenge: Challenge,
    actor: Actor,
    outcome: DecisionOutcome,
    chosen: Mapping[UUID, Place],
    *,
    rationale: str = "The best of all",
) -> Decision:
    """Write a decision with the debriefs as they are prefilled; who is not named is not chosen."""
    lines = {
        row.received.release_id: Line(chosen.get(row.received.release_id, Place.NOT_SELECTED), row.debrief or "Sorry")
        for row in proposals_of(challenge, None)
    }
    known = Decision.objects.filter(challenge=challenge).first()
    return decisions.write(
        challenge,
        actor=actor,
        outcome=outcome,
        rationale=rationale,
        dissent="",
        lines=lines,
        version=known.version if known else 0,
    )


def is_frozen(challenge: Challenge) -> bool:
    """Whether the criteria of a challenge are frozen."""
    selection = round_of(challenge)
    return selection is not None and selection.frozen_at is not None
