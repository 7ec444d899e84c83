"""Each list asks the database as often for three rows as for one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django_tenants.utils import tenant_context

from challenges.models import Challenge
from programs.cohorts.models import Brand, JointChallenge, Participation, Program, Progress
from programs.cohorts.services import save_joint
from programs.enums import Role
from programs.models import Domain, Invitation, Membership, Municipality, Visit
from programs.municipalities import add_host
from programs.timing.models import Deadline
from programs.timing.services import set_deadline
from solutions.market.enums import ApplicationState
from solutions.market.models import Application, Call, Company
from tech4muni.accounts.models import User
from tech4muni.audit.models import Entry
from tech4muni.audit.services import record
from tech4muni.core import clock
from tech4muni.notifications.models import Message
from tests.factories.challenges import make_brand, make_challenge, make_program
from tests.factories.market import make_application, make_call, make_company, release_to
from tests.factories.messages import make_message
from tests.factories.municipalities import make_municipality
from tests.factories.people import make_member, make_user

Make = Callable[[int, User, Municipality], object]


def make_invitation(number: int, coordinator: User, strumica: Municipality) -> Invitation:
    """Invite somebody."""
    return Invitation.objects.create(
        municipality=strumica, email=f"guest{number}@example.org", role=Role.MEMBER, invited_by=coordinator,
        token_digest=f"{number:064}", expires_at=clock.now() + timedelta(days=7),
    )  # fmt: skip


def make_visit(number: int, coordinator: User, strumica: Municipality) -> Visit:
    """Ask for a visit."""
    now = clock.now()
    return Visit.objects.create(
        coordinator=coordinator, municipality=strumica, reason="Help", token_digest=f"{number:064}", created_at=now,
        redeem_by=now + timedelta(minutes=1),
    )  # fmt: skip


def make_mail(_number: int, _coordinator: User, _strumica: Municipality) -> Message:
    """Put a mail into the outbox."""
    return make_message()


def make_town(number: int, _coordinator: User, _strumica: Municipality) -> Municipality:
    """Add a municipality."""
    return make_municipality(f"town_{number}")


def make_host(number: int, coordinator: User, strumica: Municipality) -> Domain:
    """Add a host."""
    return add_host(strumica, actor=coordinator, host=f"host{number}.localhost")


def make_account(_number: int, _coordinator: User, _strumica: Municipality) -> User:
    """Add somebody."""
    return make_user()


def make_colleague(_number: int, _coordinator: User, strumica: Municipality) -> User:
    """Add somebody who works in Strumica."""
    return make_member(strumica)


def make_line(number: int, coordinator: User, _strumica: Municipality) -> Entry:
    """Write a line of the trail."""
    return record(f"test.made_{number}", actor=coordinator)


def make_challenge_of(number: int, _coordinator: User, strumica: Municipality) -> Challenge:
    """Begin a challenge in Strumica."""
    with tenant_context(strumica):
        return make_challenge(strumica, program=make_program(), title=f"Challenge {number}")


def make_part(_number: int, _coordinator: User, strumica: Municipality) -> Participation:
    """Let Strumica take part in one more program."""
    return make_program(strumica).participations.get()


def make_joint(number: int, _coordinator: User, strumica: Municipality) -> JointChallenge:
    """Add a joint challenge."""
    changes = {"names": {"en-gb": f"Joint {number}"}, "program": make_program(strumica), "lead": strumica}
    return save_joint(JointChallenge(), actor=None, changes=changes)


def make_deadline(number: int, _coordinator: User, strumica: Municipality) -> Deadline:
    """Set a deadline for Strumica."""
    return set_deadline(
        f"list:{number}", label={"en-gb": "Score"}, due_at=clock.now(), time_zone="UTC", municipality=strumica
    )


def make_published(number: int, coordinator: User, strumica: Municipality) -> Call:
    """Publish a challenge of Strumica."""
    return make_call(strumica, make_challenge_of(number, coordinator, strumica))


def make_applied(number: int, coordinator: User, strumica: Municipality) -> Application:
    """Apply to a call of Strumica."""
    call = make_published(number, coordinator, strumica)
    application = make_application(call, state=ApplicationState.SUBMITTED)
    release_to(application, call.cities.get())
    return application


# For each list what makes a row, the rows' model, and the queries for any number of rows: the session, the person, the
# second factor, the page of rows with what belongs to them, their number, and a filter's values where there are any.
LISTS: dict[str, tuple[Make, type[Any], int]] = {
    "programs/municipality": (make_town, Municipality, 6),
    "programs/progress": (make_challenge_of, Progress, 7),
    "programs/program": (lambda _number, _coordinator, _strumica: make_program(), Program, 7),
    "programs/participation": (make_part, Participation, 6),
    "programs/jointchallenge": (make_joint, JointChallenge, 6),
    "programs/brand": (lambda _number, _coordinator, _strumica: make_brand(), Brand, 5),
    "programs/deadline": (make_deadline, Deadline, 6),
    "market/call": (make_published, Call, 6),
    "market/application": (make_applied, Application, 5),
    "market/company": (lambda _number, _coordinator, _strumica: make_company(), Company, 5),
    "programs/domain": (make_host, Domain, 5),
    "accounts/user": (make_account, User, 5),
    "programs/membership": (make_colleague, Membership, 5),
    "programs/invitation": (make_invitation, Invitation, 5),
    "programs/visit": (make_visit, Visit, 5),
    "notifications/message": (make_mail, Message, 6),
    "audit/entry": (make_line, Entry, 5),
}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("path", LISTS)
def test_number_of_queries_stays(
    path: str, rows: int, desk: Client, coordinator: User, strumica: Municipality, django_assert_num_queries: Any
) -> None:
    make, model, queries = LISTS[path]
    before = model.objects.count()
    for number in range(rows):
        make(number, coordinator, strumica)
    desk.get("/admin/")  # the session is known, and content types with it

    with django_assert_num_queries(queries):
        response = desk.get(f"/admin/{path}/")

    assert len(response.context["cl"].result_list) == before + rows


@pytest.mark.parametrize("rows", [0, 3])
def test_overview_asks_as_often_for_any_number(
    rows: int, desk: Client, coordinator: User, strumica: Municipality, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        make_message()
        make_invitation(number, coordinator, strumica)
        make_challenge_of(number, coordinator, strumica)
    desk.get("/admin/")

    with django_assert_num_queries(11):
        desk.get("/admin/")
