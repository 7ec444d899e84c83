"""The page of people: who sees what, who may do what, and what is on record afterwards."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.test import Client
from django_tenants.utils import tenant_context

from programs.enums import Role
from programs.middleware import VISIT_KEY
from programs.models import Invitation, Membership, Municipality
from programs.people.services.memberships import change_role, end_membership
from programs.permissions import may_end_membership, may_manage_people
from programs.queries import actor_for
from tech4muni.accounts.models import User
from tech4muni.audit.models import Entry
from tech4muni.core.errors import Conflict, Forbidden, Refused
from tech4muni.notifications.models import Message
from tests.access.world import CAST, World, make_world
from tests.factories.people import make_coordinator, make_member, make_user
from tests.programs.steps import acting, invited, logged_in, on_tenant

ClientOn = Callable[[str], Client]
LOGIN = "/account/login/"

INSIDE = {"viewer", "evaluator", "approver", "member", "lead", "visitor"}
MANAGERS = {"lead", "visitor"}
SIGNED_OUT = {"nobody", "deactivated"}


@pytest.fixture
def world(strumica: Municipality, haifa: Municipality) -> World:
    return make_world(here=strumica, there=haifa)


@pytest.fixture
def lead(strumica: Municipality) -> User:
    return make_member(strumica, Role.LEAD, name="Lidija Lead")


def expected(cast: str, allowed: set[str], status: int) -> int:
    """What one of the cast gets from a page that `allowed` may use."""
    if cast in SIGNED_OUT:
        return 302
    if cast not in INSIDE:
        return 404
    return status if cast in allowed else 403


@pytest.mark.parametrize("cast", CAST)
def test_who_may_do_what(cast: str, world: World, client_on: ClientOn) -> None:
    client = client_on("strumica.localhost")
    world.log_in(client, cast, on_municipality=True)
    other = world.people["viewer" if cast == "member" else "member"].public_id
    invitation = world.rows["strumica"]["invitation"].public_id

    found = {
        "list": client.get(on_tenant("people:list")).status_code,
        "invite": client.get(on_tenant("people:invite")).status_code,
        "role": client.get(on_tenant("people:role", other)).status_code,
        "end": client.get(on_tenant("people:end", other)).status_code,
        "resend": client.post(on_tenant("people:resend", invitation)).status_code,
        "withdraw": client.post(on_tenant("people:withdraw", invitation)).status_code,
        "invite now": client.post(
            on_tenant("people:invite"), {"email": "new@example.org", "role": "member"}
        ).status_code,
        "role now": client.post(on_tenant("people:role", other), {"role": "viewer"}).status_code,
        "end now": client.post(on_tenant("people:end", other)).status_code,
    }

    assert found == {
        "list": expected(cast, INSIDE, 200),
        "invite": expected(cast, MANAGERS, 200),
        "role": expected(cast, MANAGERS, 200),
        "end": expected(cast, MANAGERS, 200),
        "resend": expected(cast, MANAGERS, 302),
        "withdraw": expected(cast, MANAGERS, 302),
        "invite now": expected(cast, MANAGERS, 302),
        "role now": expected(cast, MANAGERS, 302),
        "end now": expected(cast, MANAGERS, 302),
    }
    assert Invitation.objects.filter(email="new@example.org").exists() is (cast in MANAGERS)


@pytest.mark.parametrize("cast", sorted(INSIDE - {"visitor"}))
def test_everybody_inside_may_leave(cast: str, world: World, strumica: Municipality) -> None:
    person = world.people[cast]

    assert may_end_membership(acting(person, strumica), person)


@pytest.mark.parametrize("cast", [cast for cast in CAST if cast not in {"nobody", "visitor"}])
def test_on_the_platforms_host_only_coordinators_manage_people(cast: str, world: World) -> None:
    decision = may_manage_people(actor_for(world.people[cast], None))

    assert bool(decision) is (cast == "coordinator")
    assert decision.stranger is (cast != "coordinator")


@pytest.mark.parametrize("cast", ["stranger", "elsewhere", "coordinator"])
def test_nobody_outside_ends_anything(cast: str, world: World, strumica: Municipality) -> None:
    person = world.people[cast]

    assert may_end_membership(acting(person, strumica), person).stranger


@pytest.mark.parametrize("extra", [1, 3])
def test_list_takes_the_same_number_of_queries(
    extra: int, strumica: Municipality, lead: User, client_on: ClientOn, django_assert_num_queries: Any
) -> None:
    for number in range(extra):
        make_member(strumica, Role.MEMBER)
        invited(lead, strumica, f"new{number}@example.org")
    client = logged_in(client_on("strumica.localhost"), lead)
    client.get("/")

    with django_assert_num_queries(7):
        response = client.get(on_tenant("people:list"))

    body = response.content.decode()
    assert body.count("Change role") == extra + 1
    assert body.count("Send again") == extra


def test_list_shows_leads_first_and_nobody_of_another_municipality(
    strumica: Municipality, haifa: Municipality, client_on: ClientOn
) -> None:
    viewer = make_member(strumica, Role.VIEWER, name="Ana Viewer")
    make_member(strumica, Role.LEAD, name="Zoran Lead")
    make_member(haifa, Role.LEAD, name="Noa Elsewhere")
    left = make_member(strumica, Role.MEMBER, name="Left Long-Ago")
    with tenant_context(strumica):
        end_membership(left.memberships.get(), actor=acting(left, strumica))

    page = logged_in(client_on("strumica.localhost"), viewer).get(on_tenant("people:list")).content.decode()
    body = page.partition('id="main"')[2]

    assert body.index("Zoran Lead") < body.index("Ana Viewer")
    assert "Noa Elsewhere" not in body
    assert "Left Long-Ago" not in body
    assert "Open invitations" not in body


def test_person_of_another_municipality_is_not_found(
    strumica: Municipality, haifa: Municipality, lead: User, client_on: ClientOn
) -> None:
    elsewhere = make_member(haifa, Role.MEMBER)
    client = logged_in(client_on("strumica.localhost"), lead)

    answers = [
        client.post(on_tenant(name, elsewhere.public_id), {"role": "viewer"}).status_code
        for name in ("people:role", "people:end")
    ]

    assert answers == [404, 404]
    assert elsewhere.memberships.get().role == Role.MEMBER


def test_role_is_changed_with_a_mail_and_an_entry(
    strumica: Municipality, haifa: Municipality, lead: User, client_on: ClientOn
) -> None:
    person = make_member(strumica, Role.VIEWER, name="Ana", language="de")
    client = logged_in(client_on("strumica.localhost"), lead)

    response = client.post(on_tenant("people:role", person.public_id), {"role": "approver", "reason": "She signs."})

    assert response["Location"] == on_tenant("people:list")
    assert person.memberships.get().role == Role.APPROVER
    message = Message.objects.get(user=person)
    assert (message.kind, message.language, message.schema_name) == ("programs.role_changed", "de", "strumica")
    with tenant_context(strumica):
        entry = Entry.objects.get(verb="membership.role_changed")
    assert (entry.actor, entry.target_id, entry.reason) == (lead, str(person.public_id), "She signs.")
    assert entry.data == {"before": "viewer", "after": "approver"}
    with tenant_context(haifa):
        assert not Entry.objects.exists()


def test_same_role_again_changes_nothing(strumica: Municipality, lead: User) -> None:
    person = make_member(strumica, Role.VIEWER)
    with tenant_context(strumica):
        change_role(person.memberships.get(), actor=acting(lead, strumica), role=Role.VIEWER)

        assert not Entry.objects.exists()
    assert not Message.objects.exists()


def test_unknown_role_stays_in_the_form(strumica: Municipality, lead: User, client_on: ClientOn) -> None:
    person = make_member(strumica, Role.VIEWER)
    client = logged_in(client_on("strumica.localhost"), lead)

    response = client.post(on_tenant("people:role", person.public_id), {"role": "mayor", "reason": "Because."})

    assert response.status_code == 422
    assert "error-summary" in response.content.decode()
    assert 'value="Because."' in response.content.decode()


def test_membership_ends_and_its_row_stays(strumica: Municipality, lead: User, client_on: ClientOn) -> None:
    person = make_member(strumica, Role.MEMBER)
    client, theirs = client_on("strumica.localhost"), client_on("strumica.localhost")
    client.force_login(lead)
    theirs.force_login(person)

    client.post(on_tenant("people:end", person.public_id), {"reason": "Moved away."})

    membership = Membership.objects.get(user=person)
    assert membership.ended_at is not None
    assert theirs.get("/").status_code == 404
    assert Message.objects.get(user=person).kind == "programs.membership_ended"
    with tenant_context(strumica):
        assert Entry.objects.get(verb="membership.ended").reason == "Moved away."


def test_somebody_who_left_can_be_invited_again(strumica: Municipality, lead: User, client_on: ClientOn) -> None:
    person = make_member(strumica, Role.MEMBER)
    with tenant_context(strumica):
        end_membership(person.memberships.get(), actor=acting(lead, strumica))
    path = invited(lead, strumica, person.email, Role.VIEWER)

    logged_in(client_on("strumica.localhost"), person).post(path)

    assert Membership.objects.filter(user=person).count() == 2
    assert actor_for(person, strumica).role == Role.VIEWER


def test_leaving_asks_first_and_tells_nobody(strumica: Municipality, client_on: ClientOn) -> None:
    person = make_member(strumica, Role.EVALUATOR)
    client = logged_in(client_on("strumica.localhost"), person)
    path = on_tenant("people:end", person.public_id)

    asked = client.get(path)
    response = client.post(path)

    assert "Leave this municipality?" in asked.content.decode()
    assert response["Location"] == "/account/"
    assert client.get("/").status_code == 404
    assert not Message.objects.exists()


class TestLastLead:
    """The last lead cannot leave unnoticed."""

    @pytest.mark.parametrize("step", ["people:role", "people:end"])
    def test_stays(self, step: str, strumica: Municipality, lead: User, client_on: ClientOn) -> None:
        client = logged_in(client_on("strumica.localhost"), lead)

        response = client.post(on_tenant(step, lead.public_id), {"role": "viewer", "reason": "I want to."})

        assert response.status_code == 422
        assert "needs a lead" in response.content.decode()
        assert 'value="I want to."' in response.content.decode()
        assert actor_for(lead, strumica).role == Role.LEAD

    @pytest.mark.parametrize("step", ["people:role", "people:end"])
    def test_goes_when_there_is_another(
        self, step: str, strumica: Municipality, lead: User, client_on: ClientOn
    ) -> None:
        make_member(strumica, Role.LEAD)
        client = logged_in(client_on("strumica.localhost"), lead)

        assert client.post(on_tenant(step, lead.public_id), {"role": "viewer"}).status_code == 302
        assert actor_for(lead, strumica).role != Role.LEAD

    def test_deactivated_lead_does_not_count(self, strumica: Municipality, lead: User) -> None:
        other = make_member(strumica, Role.LEAD)
        User.objects.filter(pk=other.pk).update(is_active=False)

        with tenant_context(strumica), pytest.raises(Refused):
            end_membership(lead.memberships.get(), actor=acting(lead, strumica))

    def test_lead_of_another_municipality_does_not_count(
        self, strumica: Municipality, haifa: Municipality, lead: User
    ) -> None:
        make_member(haifa, Role.LEAD)

        with tenant_context(strumica), pytest.raises(Refused):
            end_membership(lead.memberships.get(), actor=acting(lead, strumica))

    @pytest.mark.parametrize("step", ["people:role", "people:end"])
    def test_coordinator_on_a_visit_must_say_why_and_all_coordinators_are_told(
        self, step: str, world: World, client_on: ClientOn
    ) -> None:
        world.people["deactivated"].memberships.update(role=Role.VIEWER)
        gone = make_coordinator(is_active=False)
        second = make_coordinator(language="de")
        lead, strumica = world.people["lead"], world.here
        client = client_on("strumica.localhost")
        world.log_in(client, "visitor", on_municipality=True)
        path = on_tenant(step, lead.public_id)

        silent = client.post(path, {"role": "viewer", "reason": "  "})
        said = client.post(path, {"role": "viewer", "reason": "Left the <b>city</b>."})

        assert (silent.status_code, said.status_code) == (422, 302)
        assert actor_for(lead, strumica).role != Role.LEAD
        told = Message.objects.filter(kind="programs.without_lead")
        assert {(message.user, message.language) for message in told} == {
            (world.people["coordinator"], "en-gb"),
            (second, "de"),
        }
        assert gone not in {message.user for message in told}
        assert all("<b>" not in message.html and "Left the" in message.text for message in told)

    def test_two_leads_who_leave_at_once_leave_one(
        self, transactional_db: None, in_own_connection: Callable[..., Any]
    ) -> None:
        strumica = Municipality.objects.get(schema_name="strumica")
        leads = [make_member(strumica, Role.LEAD) for _number in range(4)]
        lead_ids = [lead.pk for lead in leads]

        @in_own_connection
        def leave(pk: int) -> bool:
            person = User.objects.get(pk=pk)
            with tenant_context(strumica):
                try:
                    end_membership(person.memberships.get(), actor=acting(person, strumica))
                except Refused:
                    return False
            return True

        with ThreadPoolExecutor(4) as pool:
            left = list(pool.map(leave, lead_ids))

        assert sorted(left) == [False, True, True, True]
        assert Membership.objects.filter(municipality=strumica, role=Role.LEAD, ended_at__isnull=True).count() == 1

    def test_two_leads_who_demote_each_other_leave_one(
        self, transactional_db: None, in_own_connection: Callable[..., Any]
    ) -> None:
        strumica = Municipality.objects.get(schema_name="strumica")
        first, second = (make_member(strumica, Role.LEAD) for _number in range(2))

        @in_own_connection
        def demote(pair: tuple[User, User]) -> bool:
            actor, other = pair
            with tenant_context(strumica):
                try:
                    change_role(other.memberships.get(), actor=acting(actor, strumica), role=Role.VIEWER)
                except (Refused, Forbidden):  # the last lead, or no longer a lead
                    return False
            return True

        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(demote, [(first, second), (second, first)]))

        assert sorted(done) == [False, True]


def test_ending_twice_is_a_conflict(strumica: Municipality, lead: User) -> None:
    membership = make_member(strumica, Role.MEMBER).memberships.get()
    with tenant_context(strumica):
        end_membership(membership, actor=acting(lead, strumica))

        with pytest.raises(Conflict):
            end_membership(membership, actor=acting(lead, strumica))
        assert Entry.objects.filter(verb="membership.ended").count() == 1


def test_hostile_names_stay_text(strumica: Municipality, lead: User, client_on: ClientOn) -> None:
    hostile = '"><img src=x onerror=alert(1)> www.evil.example'
    person = make_member(strumica, Role.MEMBER, name=hostile)
    client = logged_in(client_on("strumica.localhost"), lead)

    pages = [
        client.get(path).content.decode()
        for path in (
            on_tenant("people:list"),
            on_tenant("people:role", person.public_id),
            on_tenant("people:end", person.public_id),
        )
    ]

    assert all("<img" not in page and "&lt;img" in page for page in pages)


def test_coordinator_outside_is_a_stranger_even_with_a_forged_visit(
    strumica: Municipality, haifa: Municipality, client_on: ClientOn
) -> None:
    world = make_world(here=haifa, there=strumica)
    client = client_on("strumica.localhost")
    client.force_login(world.people["coordinator"])
    session = client.session
    assert world.visit is not None
    session[VISIT_KEY] = str(world.visit.public_id)
    session.save()

    assert client.get(on_tenant("people:list")).status_code in {302, 404}


def test_stranger_is_told_nothing_about_a_person(strumica: Municipality, lead: User, client_on: ClientOn) -> None:
    client = logged_in(client_on("strumica.localhost"), make_user())

    known = client.get(on_tenant("people:role", lead.public_id))
    unknown = client.get(on_tenant("people:role", "00000000-0000-4000-8000-000000000000"))

    assert (known.status_code, unknown.status_code) == (404, 404)
