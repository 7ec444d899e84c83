"""The home of a municipality with challenges: where they are, what is next, and by when."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context

from challenges.models import Challenge
from programs import criteria
from programs.actors import Actor
from programs.criteria import Criterion, Result
from programs.enums import Ending, Role, Stage
from programs.models import Municipality, Visit
from tech4muni.core import clock
from tech4muni.home.next_steps import takes
from tests.factories.challenges import make_challenge, make_program
from tests.factories.people import make_coordinator, make_member
from tests.home.pages import text_of

ClientOn = Callable[[str], Client]


@pytest.fixture
def lead(strumica: Municipality, client_on: ClientOn) -> Client:
    """The client of a lead, on Strumica's host."""
    client = client_on("strumica.localhost")
    client.force_login(make_member(strumica, Role.LEAD))
    return client


@pytest.fixture(autouse=True)
def gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """One criterion for each stage that nobody meets, in place of the apps' own."""

    def never(challenges: Sequence[Challenge]) -> dict[int, Result]:
        return {challenge.pk: Result(met=False) for challenge in challenges}

    own = {
        stage.value: Criterion(f"tests.{stage}", stage, "It is open.", "Open it", "challenges:challenge", never)
        for stage in Stage
    }
    monkeypatch.setattr(criteria, "_criteria", own)


def test_each_challenge_with_its_rail_its_next_steps_and_its_deadline(lead: Client, strumica: Municipality) -> None:
    program = make_program(strumica, starts_at=clock.now() - timedelta(days=1))
    with tenant_context(strumica):
        make_challenge(strumica, title="Bins", program=program)
        make_challenge(strumica, title="Parking", program=program, stage=Stage.VALIDATION)

    response = lead.get("/")
    text = text_of(response)

    assert "Stage 1 of 6" in text
    assert "Stage 2 of 6" in text
    assert "Challenge creation: Bins" in text
    assert "days left" in text
    assert "No challenge has begun yet" not in text
    assert response.context["challenge_steps"]
    assert all(task.url.startswith("/challenges/") for task in response.context["challenge_steps"])


def test_what_is_late_says_so(lead: Client, strumica: Municipality) -> None:
    program = make_program(strumica, starts_at=clock.now() - timedelta(days=40))
    with tenant_context(strumica):
        make_challenge(strumica, title="Bins", program=program)

    response = lead.get("/")

    assert "Late since" in text_of(response)
    assert {str(task.status.label) for task in response.context["challenge_steps"]} == {"Late"}


OWNERS = (Role.LEAD, Role.MEMBER, Role.EVALUATOR, Role.APPROVER)
TAKEN = {
    Role.LEAD: {Role.LEAD, Role.MEMBER, Role.EVALUATOR, Role.APPROVER},
    Role.MEMBER: {Role.MEMBER, Role.EVALUATOR},
    Role.EVALUATOR: {Role.EVALUATOR},
    Role.APPROVER: {Role.EVALUATOR, Role.APPROVER},
    Role.VIEWER: set(),
}


@pytest.fixture
def a_step_for_each(gate: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A criterion of each role that has a task."""
    some = criteria.criteria_of(Stage.CHALLENGE)[0]
    wanted = {
        owner.value: replace(some, name=f"tests.{owner}", todo=f"Step of {owner}", owner=owner) for owner in OWNERS
    }
    monkeypatch.setattr(criteria, "_criteria", wanted)


def steps_seen(client: Client) -> list[tuple[str, bool]]:
    """Return the steps on the home in their order, and whether each is a link."""
    return [(str(task.title), bool(task.url)) for task in client.get("/").context["challenge_steps"]]


@pytest.mark.usefixtures("a_step_for_each")
@pytest.mark.parametrize("role", Role)
def test_steps_of_others_stand_last_and_lead_nowhere(role: Role, strumica: Municipality, client_on: ClientOn) -> None:
    with tenant_context(strumica):
        make_challenge(strumica)
    client = client_on("strumica.localhost")
    client.force_login(make_member(strumica, role))

    own = [(f"Step of {owner}", True) for owner in OWNERS if owner in TAKEN[role]]
    others = [(f"Step of {owner}", False) for owner in OWNERS if owner not in TAKEN[role]]
    assert steps_seen(client) == own + others


@pytest.mark.parametrize("owner", OWNERS)
def test_coordinators_on_a_visit_neither_score_nor_approve(owner: Role, strumica: Municipality) -> None:
    assert takes(Actor(make_coordinator(), strumica, None, Visit()), owner) == (owner in {Role.LEAD, Role.MEMBER})
    assert not takes(Actor(make_coordinator(), strumica), owner)


def ended(municipality: Municipality, title: str, ending: Ending) -> Challenge:
    """Make a challenge whose way has ended."""
    with tenant_context(municipality):
        challenge = make_challenge(municipality, title=title, stage=Stage.PILOT)
        Challenge.objects.filter(pk=challenge.pk).update(ended_at=clock.now(), ending=ending)
    return challenge


def test_what_has_ended_is_told_with_its_ending_and_not_as_if_nothing_had_begun(
    lead: Client, strumica: Municipality
) -> None:
    challenge = ended(strumica, "Bins", Ending.FINISHED)
    ended(strumica, "Parking", Ending.REJECTED)

    response = lead.get("/")
    text = text_of(response)

    assert "No challenge has begun yet" not in text
    assert "Challenges that have ended Parking" in text
    assert "Not wanted: rejected in validation Bins" in text
    assert "Pilot finished" in text
    assert f"/challenges/{challenge.public_id}/" in response.content.decode()
    assert response.context["challenge_steps"] == []


def test_what_is_under_way_stands_above_what_has_ended(lead: Client, strumica: Municipality) -> None:
    ended(strumica, "Bins", Ending.FINISHED)
    with tenant_context(strumica):
        make_challenge(strumica, title="Parking")

    text = text_of(lead.get("/"))

    assert text.index("Parking") < text.index("Challenges that have ended Bins")


def test_three_challenges_ask_as_often_as_one(lead: Client, strumica: Municipality) -> None:
    program = make_program(strumica)
    counts: list[int] = []
    for _number in range(3):
        with tenant_context(strumica):
            make_challenge(strumica, program=program)
        ended(strumica, "Bins", Ending.FINISHED)
        lead.get("/")
        with CaptureQueriesContext(connection) as queries:
            lead.get("/")
        counts.append(len(queries))

    assert counts[0] == counts[2]
    assert counts[2] <= 40


def test_the_cities_do_not_see_each_others_challenges(
    lead: Client, strumica: Municipality, haifa: Municipality
) -> None:
    with tenant_context(haifa):
        make_challenge(haifa, title="Kanarit")

    assert "Kanarit" not in text_of(lead.get("/"))
    assert "Kanarit" not in text_of(lead.get("/challenges/"))
