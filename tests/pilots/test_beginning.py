"""A pilot begins with what was selected."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.http import Http404
from django_tenants.utils import tenant_context

from challenges.models import Challenge
from pilots.enums import PilotState
from pilots.models import Pilot
from pilots.queries.pilots import waiting_releases
from pilots.services.beginning import begin_pilot
from programs.actors import Actor
from programs.enums import Role, Stage
from programs.models import Municipality
from solutions.market.enums import ReleaseState
from solutions.market.models import PilotEntry, Release
from tech4muni.audit.models import Entry
from tech4muni.core.errors import Conflict, Forbidden, Refused
from tech4muni.notifications.models import Message
from tests.factories.challenges import acting_as, force_on, make_challenge
from tests.factories.people import make_member, make_user
from tests.factories.pilots import make_selected


def challenge_of(release: Release) -> Any:
    return Challenge.objects.get(public_id=release.city.challenge_id)


@pytest.fixture
def lead(strumica: Municipality) -> Actor:
    return acting_as(make_member(strumica, Role.LEAD), strumica)


def test_a_pilot_takes_over_what_the_call_asked_for(in_strumica: Municipality, lead: Actor) -> None:
    founder = make_user(language="mk")
    release = make_selected(in_strumica, founder=founder, title="Bins")
    company = release.application.company
    assert company is not None

    pilot = begin_pilot(challenge_of(release), release=release, actor=lead)

    assert (pilot.title, pilot.company_name, pilot.state, pilot.version) == (
        "Bins", company.name, PilotState.PLANNING, 1,
    )  # fmt: skip
    [metric] = release.city.call.content["metrics"]
    kpi = pilot.kpis.get()
    assert (str(kpi.metric_id), kpi.names, kpi.unit, kpi.aim) == (
        metric["id"], metric["names"], metric["unit"], metric["aim"],
    )  # fmt: skip
    assert (kpi.baseline, kpi.target, kpi.threshold, kpi.how) == (None, None, None, "Sensors in 40 bins · IT")
    pilot.refresh_from_db()
    assert (str(pilot.budget), pilot.currency) == ("20000.00", "EUR")
    entry = PilotEntry.objects.get(pilot_id=pilot.public_id)
    assert (entry.municipality, entry.company, entry.call, entry.state, entry.result) == (
        in_strumica, company, release.city.call, "planning", None,
    )  # fmt: skip
    assert entry.label == {"en-gb": "Bins"}
    assert Entry.objects.get(verb="pilot.begun").actor == lead.user
    mail = Message.objects.get(kind="pilots.news")
    assert (mail.email, mail.language) == (founder.email, "mk")
    assert f"/pilots/{entry.public_id}/" in mail.text


@pytest.mark.parametrize("state", sorted(set(ReleaseState) - {ReleaseState.SELECTED}))
def test_only_with_what_was_selected(in_strumica: Municipality, lead: Actor, state: str) -> None:
    release = make_selected(in_strumica)
    Release.objects.filter(pk=release.pk).update(state=state)

    with pytest.raises(Refused):
        begin_pilot(challenge_of(release), release=release, actor=lead)
    assert not PilotEntry.objects.exists()


def test_not_with_what_was_selected_for_another_challenge(in_strumica: Municipality, lead: Actor) -> None:
    release = make_selected(in_strumica)
    other = make_challenge(in_strumica, stage=Stage.PILOT)

    with pytest.raises(Refused):
        begin_pilot(other, release=release, actor=lead)


def test_not_with_what_another_municipality_selected(
    in_strumica: Municipality, haifa: Municipality, lead: Actor
) -> None:
    with tenant_context(haifa):
        foreign = make_selected(haifa)
    own = challenge_of(make_selected(in_strumica))

    with pytest.raises(Refused):
        begin_pilot(own, release=foreign, actor=lead)


def test_once_for_each_application(in_strumica: Municipality, lead: Actor) -> None:
    release = make_selected(in_strumica)
    challenge = challenge_of(release)
    assert waiting_releases(challenge) == [release]
    begin_pilot(challenge, release=release, actor=lead)

    with pytest.raises(Conflict):
        begin_pilot(challenge, release=release, actor=lead)
    assert waiting_releases(challenge) == []
    second = make_selected(in_strumica, challenge=challenge)
    assert waiting_releases(challenge) == [second]


def test_only_in_the_last_stage(in_strumica: Municipality, lead: Actor) -> None:
    challenge = make_challenge(in_strumica, stage=Stage.SELECTION)
    release = make_selected(in_strumica, challenge=challenge)

    with pytest.raises(Forbidden):
        begin_pilot(challenge, release=release, actor=lead)
    begin_pilot(force_on(challenge), release=release, actor=lead)


@pytest.mark.parametrize(("role", "error"), [(Role.VIEWER, Forbidden), (Role.EVALUATOR, Forbidden), (None, Http404)])
def test_only_by_writers(in_strumica: Municipality, role: Role | None, error: type[Exception]) -> None:
    release = make_selected(in_strumica)
    user = make_member(in_strumica, role) if role else make_user()
    actor = Actor(user=user, municipality=in_strumica, role=role)

    with pytest.raises(error):
        begin_pilot(challenge_of(release), release=release, actor=actor)


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_begins(strumica: Municipality, in_own_connection: Any) -> None:
    with tenant_context(strumica):
        actor = acting_as(make_member(strumica, Role.LEAD), strumica)
        release = make_selected(strumica)
        challenge = challenge_of(release)

    def begin(_number: int) -> str:
        with tenant_context(strumica):
            try:
                begin_pilot(challenge, release=release, actor=actor)
            except Conflict:
                return "late"
        return "begun"

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(in_own_connection(begin), range(6)))

    assert answers == ["begun", *["late"] * 5]
    with tenant_context(strumica):
        assert (Pilot.objects.count(), PilotEntry.objects.count()) == (1, 1)
