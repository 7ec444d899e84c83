"""Coordinators appoint, shut and make nameless accounts; invite, change roles and end memberships; read visits."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django_tenants.utils import tenant_context

from programs.actors import Actor
from programs.enums import Role
from programs.models import Invitation, Membership, Municipality, Visit
from programs.people.services import invitations, lifecycle, visits
from tech4muni.accounts.models import User
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.notifications.models import Message
from tests.factories.people import make_coordinator, make_member, make_user
from tests.home.pages import ask_for_step, take_step, text_of

USERS = "/admin/accounts/user/"
MEMBERSHIPS = "/admin/programs/membership/"
INVITATIONS = "/admin/programs/invitation/"
VISITS = "/admin/programs/visit/"
WHY = "They asked for it"


def verbs_in(municipality: Municipality) -> list[tuple[str, str]]:
    """Return what a municipality's own trail says, with the reasons, the newest first."""
    with tenant_context(municipality):
        return list(Entry.objects.order_by("-number").values_list("verb", "reason"))


def platform_verbs() -> list[tuple[str, str]]:
    """Return what the platform's trail says, with the reasons, the newest first."""
    return list(Entry.objects.order_by("-number").values_list("verb", "reason"))


def test_coordinator_is_appointed_and_told(desk: Client) -> None:
    response = desk.post(f"{USERS}add/", {"email": "New@Example.org", "name": "Noa", "language": "he"}, follow=True)

    noa = User.objects.get(email="new@example.org")
    assert (noa.name, noa.language, noa.is_staff) == ("Noa", "he", True)
    assert response.redirect_chain == [(USERS, 302)]
    assert Message.objects.get().email == "new@example.org"
    assert platform_verbs() == [("person.appointed", "")]


def test_somebody_with_an_account_keeps_it_when_appointed(desk: Client) -> None:
    somebody = make_user(email="ana@example.org", name="Ana")

    desk.post(f"{USERS}add/", {"email": "ana@example.org", "name": "", "language": "en-gb"})

    somebody.refresh_from_db()
    assert (somebody.name, somebody.is_coordinator) == ("Ana", True)


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("dana@example.org", "is a coordinator already"),
        ("shut@example.org", "deactivated"),
        ("no address", "valid email"),
    ],
)
def test_whom_nobody_can_appoint_is_told_beside_the_field(email: str, words: str, desk: Client) -> None:
    make_coordinator(email="dana@example.org")
    make_user(email="shut@example.org", is_active=False)

    response = desk.post(f"{USERS}add/", {"email": email, "name": "", "language": "en-gb"})

    assert response.status_code == 422
    assert words in text_of(response)
    assert f'value="{email}"' in response.content.decode()


@pytest.mark.parametrize(
    ("step", "verb"),
    [("deactivate", "person.deactivated"), ("anonymise", "person.anonymised")],
)
def test_account_is_shut_with_a_reason(step: str, verb: str, desk: Client) -> None:
    somebody = make_user(name="Ana Petrova")

    question = ask_for_step(desk, USERS, step, somebody)
    silent = take_step(desk, USERS, step, somebody, reason="")
    take_step(desk, USERS, step, somebody, reason=WHY)

    somebody.refresh_from_db()
    assert "Ana Petrova" in text_of(question)
    assert silent.status_code == 422
    assert not somebody.is_active
    assert (somebody.name == "") == (step == "anonymise")
    assert platform_verbs() == [(verb, WHY)]


def test_account_is_opened_again(desk: Client, coordinator: User) -> None:
    somebody = lifecycle.deactivate_person(make_user(), actor=coordinator, reason="Leave")

    take_step(desk, USERS, "reactivate", somebody, reason=WHY)

    somebody.refresh_from_db()
    assert somebody.is_active


def test_coordinator_is_dismissed_and_keeps_the_account(desk: Client) -> None:
    other = make_coordinator()

    response = take_step(desk, USERS, "dismiss", other, reason=WHY)

    other.refresh_from_db()
    assert (other.is_coordinator, other.is_active) == (False, True)
    assert "1 coordinator is dismissed." in text_of(response)


@pytest.mark.parametrize("step", ["deactivate", "anonymise", "dismiss"])
def test_nobody_does_it_to_themselves(step: str, desk: Client, coordinator: User) -> None:
    make_coordinator()

    response = take_step(desk, USERS, step, coordinator, reason=WHY)

    coordinator.refresh_from_db()
    assert coordinator.is_staff
    assert "Another coordinator must do this for you." in text_of(response)


@pytest.mark.parametrize(
    ("fields", "offered"),
    [
        ({}, ["deactivate", "anonymise"]),
        ({"is_active": False}, ["reactivate", "anonymise"]),
        ({"is_coordinator": True}, ["dismiss", "deactivate", "anonymise"]),
    ],
)
def test_own_page_offers_what_the_account_allows(fields: dict[str, Any], offered: list[str], desk: Client) -> None:
    somebody = make_user(**fields)

    steps = desk.get(f"{USERS}{somebody.pk}/change/").context["row_steps"]

    assert [step.name for step in steps] == offered


def test_nothing_is_offered_for_oneself_and_for_the_nameless(desk: Client, coordinator: User) -> None:
    nameless = lifecycle.anonymise_person(make_user(), actor=coordinator, reason=WHY)

    for person in (coordinator, nameless):
        assert desk.get(f"{USERS}{person.pk}/change/").context["row_steps"] == []


def test_what_people_are_called_is_theirs_to_change(desk: Client) -> None:
    somebody = make_user(name="Ana")

    assert desk.post(f"{USERS}{somebody.pk}/change/", {"email": "x@example.org", "name": "X"}).status_code == 403
    somebody.refresh_from_db()
    assert somebody.name == "Ana"


def test_states_of_accounts_stand_in_words(desk: Client, coordinator: User) -> None:
    lifecycle.anonymise_person(make_user(), actor=coordinator, reason=WHY)
    make_user(is_active=False)

    text = text_of(desk.get(USERS))

    assert all(word in text for word in ("Active", "Deactivated", "Anonymised", "Coordinator"))


def membership_of(user: User) -> Membership:
    """Return somebody's only membership."""
    return Membership.objects.get(user=user)


def test_role_is_changed_with_a_reason(desk: Client, strumica: Municipality) -> None:
    make_member(strumica, Role.LEAD)
    membership = membership_of(make_member(strumica, Role.MEMBER))

    response = desk.post(f"{MEMBERSHIPS}{membership.pk}/change/", {"role": "evaluator", "reason": WHY})

    membership.refresh_from_db()
    assert response.status_code == 302
    assert membership.role == Role.EVALUATOR
    assert verbs_in(strumica) == [("membership.role_changed", WHY)]


def test_last_lead_is_not_changed_without_saying_why(desk: Client, strumica: Municipality) -> None:
    membership = membership_of(make_member(strumica, Role.LEAD))
    url = f"{MEMBERSHIPS}{membership.pk}/change/"

    refused = desk.post(url, {"role": "viewer", "reason": ""})
    done = desk.post(url, {"role": "viewer", "reason": WHY})

    assert refused.status_code == 422
    assert "No lead would be left" in text_of(refused)
    assert '<option value="viewer" selected>' in refused.content.decode()
    assert done.status_code == 302


def test_membership_ends_and_stays_in_the_list(desk: Client, strumica: Municipality) -> None:
    make_member(strumica, Role.LEAD)
    membership = membership_of(make_member(strumica, name="Ana Petrova"))

    take_step(desk, MEMBERSHIPS, "end", membership, reason=WHY)

    membership.refresh_from_db()
    page = desk.get(f"{MEMBERSHIPS}{membership.pk}/change/")
    assert membership.ended_at is not None
    assert verbs_in(strumica) == [("membership.ended", WHY)]
    assert page.context["row_steps"] == ()
    assert desk.post(f"{MEMBERSHIPS}{membership.pk}/change/", {"role": "lead"}).status_code == 403


@pytest.mark.parametrize(
    ("query", "found"), [("membership=open", 1), ("membership=ended", 1), ("membership=no", 2), ("", 2)]
)
def test_memberships_that_last_and_that_ended(query: str, found: int, desk: Client, strumica: Municipality) -> None:
    make_member(strumica)
    Membership.objects.filter(user=make_member(strumica)).update(ended_at=clock.now())

    assert desk.get(f"{MEMBERSHIPS}?{query}").context["cl"].result_count == found


def test_first_lead_is_invited(desk: Client, strumica: Municipality) -> None:
    typed = {"municipality": strumica.pk, "email": "lead@example.org", "role": "lead"}

    response = desk.post(f"{INVITATIONS}add/", typed, follow=True)

    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role, invitation.municipality) == ("lead@example.org", "lead", strumica)
    assert response.redirect_chain == [(INVITATIONS, 302)]
    assert Message.objects.get().email == "lead@example.org"
    assert [verb for verb, _reason in verbs_in(strumica)] == ["invitation.sent"]


def test_invitation_in_vain_is_told_and_what_was_typed_stays(desk: Client, strumica: Municipality) -> None:
    make_member(strumica, email="ana@example.org")

    response = desk.post(
        f"{INVITATIONS}add/", {"municipality": strumica.pk, "email": "ana@example.org", "role": "lead"}
    )

    assert response.status_code == 422
    assert 'value="ana@example.org"' in response.content.decode()
    assert not Invitation.objects.exists()


def invited(strumica: Municipality, coordinator: User) -> Invitation:
    """Invite somebody."""
    return invitations.invite(strumica, actor=Actor(coordinator), email="lead@example.org", role=Role.LEAD)


def test_invitation_is_sent_again_and_withdrawn(desk: Client, strumica: Municipality, coordinator: User) -> None:
    with clock.at(clock.now() - timedelta(minutes=6)):
        invitation = invited(strumica, coordinator)

    again = take_step(desk, INVITATIONS, "resend", invitation)
    soon = take_step(desk, INVITATIONS, "resend", invitation)
    gone = take_step(desk, INVITATIONS, "withdraw", invitation)

    assert "1 invitation is sent again." in text_of(again)
    assert "Please wait five minutes." in text_of(soon)
    assert "Withdrawn" in text_of(gone)
    assert [verb for verb, _reason in verbs_in(strumica)] == [
        "invitation.withdrawn", "invitation.sent_again", "invitation.sent",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "word", "steps"),
    [
        ({}, "Open", ["resend", "withdraw"]),
        ({"expires_at": clock.now() - timedelta(days=1)}, "Expired", ["resend", "withdraw"]),
        ({"accepted_at": clock.now()}, "Accepted", []),
        ({"revoked_at": clock.now()}, "Withdrawn", []),
    ],
)
def test_what_became_of_an_invitation(
    fields: dict[str, Any], word: str, steps: list[str], desk: Client, strumica: Municipality, coordinator: User
) -> None:
    invitation = invited(strumica, coordinator)
    Invitation.objects.filter(pk=invitation.pk).update(**fields)

    page = desk.get(f"{INVITATIONS}{invitation.pk}/change/")

    assert f"State {word}" in text_of(page)
    assert [step.name for step in page.context["row_steps"]] == steps


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({}, "Link is open"),
        (
            {"created_at": clock.now() - timedelta(days=1), "redeem_by": clock.now() - timedelta(hours=23)},
            "Not entered",
        ),
        ({"entered_at": clock.now(), "ends_at": clock.now() + timedelta(hours=1)}, "Inside"),
        ({"entered_at": clock.now(), "ends_at": clock.now() - timedelta(hours=1)}, "Over"),
        ({"entered_at": clock.now(), "ends_at": clock.now() + timedelta(hours=1), "left_at": clock.now()}, "Over"),
    ],
)
def test_visits_are_read(
    fields: dict[str, Any], word: str, desk: Client, strumica: Municipality, coordinator: User
) -> None:
    visits.prepare(coordinator, strumica, reason="Help with the brief")
    Visit.objects.update(**fields)

    text = text_of(desk.get(VISITS))

    assert f"Dana Levi Strumica Help with the brief {word}" in text


def test_page_of_a_municipality_leads_inside_while_it_is_open(desk: Client, strumica: Municipality) -> None:
    url = f"/admin/programs/municipality/{strumica.pk}/change/"
    way = f"/enter/?municipality={strumica.public_id}"

    assert way in desk.get(url).content.decode()
    assert "Strumica" in text_of(desk.get(way))
    Municipality.objects.filter(pk=strumica.pk).update(state="suspended")
    assert way not in desk.get(url).content.decode()
