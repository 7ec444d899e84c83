"""A municipality's home, before its first challenge: where we are, what is next, who is here."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_tenants.utils import tenant_context

from programs.actors import Actor
from programs.enums import Role, Stage
from programs.models import Invitation, Membership, Municipality, Visit
from tech4muni.accounts.models import User
from tech4muni.audit.services import record
from tech4muni.core import clock
from tech4muni.core.components import Tone
from tech4muni.home.facts import working_week
from tech4muni.home.next_steps import next_steps
from tech4muni.home.queries import Team, needs_second_factor, team_of
from tests.factories.people import make_coordinator, make_member, make_user
from tests.home.pages import text_of

ClientOn = Callable[[str], Client]
COMPLETE = {"population": 1, "logo": "logos/x.png", "names": {"en-gb": "Strumica", "mk": "Струмица"}}


def invite(municipality: Municipality, *, days: int, **fields: Any) -> Invitation:
    """Invite somebody until so many days from now."""
    number = Invitation.objects.count()
    return Invitation.objects.create(
        municipality=municipality, email=f"guest{number}@example.org", role=Role.MEMBER, invited_by=make_user(),
        token_digest=f"{number:064}", expires_at=clock.now() + timedelta(days=days), **fields,
    )  # fmt: skip


def steps_of(municipality: Municipality, *, may_manage: bool = True, needs_second_factor: bool = False) -> Any:
    """Return the steps by their title: tone, note and address."""
    team = team_of(municipality, clock.now())
    with tenant_context(municipality):
        steps = next_steps(municipality, team, may_manage=may_manage, needs_second_factor=needs_second_factor)
    return {str(step.title): (step.status.tone, str(step.note), step.url) for step in steps}


@pytest.mark.parametrize("role", Role)
def test_everybody_inside_sees_stages_people_and_steps(role: Role, strumica: Municipality, client_on: ClientOn) -> None:
    client = client_on("strumica.localhost")
    client.force_login(make_member(strumica, role, name="Ana Petrova"))

    text = text_of(client.get("/"))

    assert all(str(stage.label) in text for stage in Stage)
    assert "No challenge has begun yet" in text
    assert f"Ana Petrova {role.label}" in text
    assert "Invite your team" in text


@pytest.mark.parametrize(("role", "edits"), [(Role.LEAD, True), (Role.MEMBER, False), (Role.VIEWER, False)])
def test_only_leads_get_the_way_to_the_profile(
    role: Role, edits: bool, strumica: Municipality, client_on: ClientOn
) -> None:
    client = client_on("strumica.localhost")
    client.force_login(make_member(strumica, role))

    assert ('href="/profile/"' in client.get("/").content.decode()) == edits


@pytest.mark.parametrize("people", [1, 3])
def test_number_of_queries_stays(
    people: int, strumica: Municipality, client_on: ClientOn, django_assert_num_queries: Any
) -> None:
    for _number in range(people):
        me = make_member(strumica, Role.VIEWER)
        invite(strumica, days=3)
    with tenant_context(strumica):
        for _number in range(people):
            record("test.done", actor=me)
    client = client_on("strumica.localhost")
    client.force_login(me)
    client.get("/")

    with django_assert_num_queries(12):
        client.get("/")


def test_new_municipality_has_everything_before_it(strumica: Municipality) -> None:
    make_member(strumica, Role.LEAD)

    steps = steps_of(strumica, needs_second_factor=True)

    assert list(steps) == [
        "Protect your account with a second factor",
        "Invite your team",
        "Appoint a second lead",
        "Complete the profile",
    ]
    assert steps["Invite your team"][:2] == (Tone.TODO, "1 person works here")
    assert steps["Complete the profile"][:2] == (Tone.DOING, "Still missing: the logo, the number of residents")


@pytest.mark.parametrize(
    ("factor", "visit", "needed"), [(False, False, True), (True, False, False), (False, True, False)]
)
def test_second_factor_is_wanted_of_who_has_none_and_works_here(
    factor: bool, visit: bool, needed: bool, strumica: Municipality
) -> None:
    person = make_coordinator(second_factor=factor)

    assert needs_second_factor(Actor(person, strumica, Role.VIEWER, Visit() if visit else None)) == needed


def test_invitations_that_are_out_count_as_a_beginning(strumica: Municipality) -> None:
    make_member(strumica, Role.LEAD)
    invite(strumica, days=3)
    invite(strumica, days=3, accepted_at=clock.now())

    assert steps_of(strumica)["Invite your team"][:2] == (Tone.DOING, "1 person works here · 1 is invited")


def test_expired_invitations_come_up(strumica: Municipality) -> None:
    invite(strumica, days=-1)
    invite(strumica, days=-2)
    invite(strumica, days=-2, revoked_at=clock.now())

    assert steps_of(strumica)["Renew 2 invitations that expired"][0] == Tone.LATE


def test_what_is_done_stands_last(strumica: Municipality) -> None:
    Municipality.objects.filter(pk=strumica.pk).update(**COMPLETE)
    strumica.refresh_from_db()
    for name in ("Ana", "Blagoj"):
        make_member(strumica, Role.LEAD, name=name)
    make_member(strumica)
    Membership.objects.filter(user=make_member(strumica)).update(ended_at=clock.now())

    steps = steps_of(strumica, needs_second_factor=True)

    assert [tone for tone, _note, _url in steps.values()] == [Tone.TODO, Tone.DONE, Tone.DONE, Tone.DONE]
    assert steps["Appoint a second lead"][1] == "Ana · Blagoj"
    assert steps["Invite your team"][1] == "3 people work here"


def test_who_may_not_manage_sees_the_steps_without_the_way(strumica: Municipality) -> None:
    make_member(strumica, Role.LEAD)

    assert {url for _tone, _note, url in steps_of(strumica, may_manage=False).values()} == {""}


def test_profile_without_anything_is_not_started(strumica: Municipality) -> None:
    strumica.languages = ["mk", "sq"]

    team = Team(memberships=[], invited=0, expired=0)
    with tenant_context(strumica):
        steps = next_steps(strumica, team, may_manage=True, needs_second_factor=False)

    assert steps[-1].status.tone == Tone.TODO
    assert "the name in every language" in str(steps[-1].note)


def test_latest_changes_are_told(strumica: Municipality, client_on: ClientOn) -> None:
    me = make_member(strumica, Role.VIEWER, name="Ana Petrova")
    with tenant_context(strumica):
        for number in range(8):
            record(f"test.done_{number}", actor=me)
    client = client_on("strumica.localhost")
    client.force_login(me)

    text = text_of(client.get("/"))

    assert "test.done_7" in text
    assert "test.done_1" not in text


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ([1, 2, 3, 4, 5], "Monday to Friday"),
        ([7, 1, 2, 3, 4], "Sunday to Thursday"),
        ([1, 2], "Monday, Tuesday"),
        ([1, 3, 5], "Monday, Wednesday, Friday"),
        ([4], "Thursday"),
    ],
)
def test_working_week_in_words(days: list[int], words: str) -> None:
    assert working_week(days) == words


@pytest.fixture
def lead(strumica: Municipality, client_on: ClientOn) -> Client:
    """A client of Strumica's lead."""
    client = client_on("strumica.localhost")
    client.force_login(make_member(strumica, Role.LEAD))
    return client


PROFILE: dict[str, Any] = {
    "names_en-gb": "Strumica", "names_mk": "Струмица", "population": "49995", "working_days": ["1", "2", "3"],
    "colour": "#9a3b2e",
}  # fmt: skip


def test_lead_edits_the_profile(lead: Client, strumica: Municipality) -> None:
    response = lead.post(reverse("profile"), PROFILE, follow=True)

    strumica.refresh_from_db()
    assert (strumica.population, strumica.working_days, strumica.colour) == (49_995, [1, 2, 3], "#9a3b2e")
    assert "The profile is saved." in text_of(response)
    assert "Details of Strumica changed" in text_of(response)


def test_profile_tells_what_does_not_hold_and_keeps_what_was_typed(lead: Client, strumica: Municipality) -> None:
    response = lead.post(reverse("profile"), {**PROFILE, "population": "many", "colour": "red"})

    assert response.status_code == 422
    assert "Enter a whole number." in text_of(response)
    assert 'value="many"' in response.content.decode()
    assert Municipality.objects.get(pk=strumica.pk).population is None


@pytest.mark.parametrize("field", ["schema_name", "country", "time_zone", "state"])
def test_profile_does_not_take_what_coordinators_decide(field: str, lead: Client, strumica: Municipality) -> None:
    before = getattr(strumica, field)

    lead.post(reverse("profile"), {**PROFILE, field: "haifa"})

    assert getattr(Municipality.objects.get(pk=strumica.pk), field) == before


@pytest.mark.parametrize("role", [role for role in Role if role != Role.LEAD])
@pytest.mark.parametrize("method", ["get", "post"])
def test_others_may_not_edit_the_profile(role: Role, method: str, strumica: Municipality, client_on: ClientOn) -> None:
    client = client_on("strumica.localhost")
    client.force_login(make_member(strumica, role))

    assert getattr(client, method)("/profile/").status_code == 403


def test_lead_of_another_municipality_finds_nothing(
    strumica: Municipality, haifa: Municipality, client_on: ClientOn
) -> None:
    client = client_on("strumica.localhost")
    client.force_login(make_member(haifa, Role.LEAD))

    assert client.get("/profile/").status_code == 404


def test_visited_municipality_offers_its_profile_to_the_coordinator_only_inside(
    strumica: Municipality, client_on: ClientOn, coordinator: User
) -> None:
    client = client_on("strumica.localhost")
    client.force_login(coordinator)

    assert client.get("/profile/").status_code == 404
