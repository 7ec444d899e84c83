"""Who may do what with an application, in every state, before and after the deadline."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from io import BytesIO
from typing import Any

import pytest
from django.db import transaction
from django.http import Http404

from solutions.market.enums import ApplicationState, CompanyRole
from solutions.market.models import Applicant, Application, Call
from solutions.market.permissions import (
    Standing,
    may_manage,
    may_read,
    may_submit,
    may_withdraw,
    may_write,
)
from solutions.market.sections import TEAM
from solutions.market.services import colleagues, files, submitting, writing
from tech4muni.accounts.models import User
from tech4muni.core.errors import Forbidden, Refused
from tests.factories.people import make_user
from tests.market.application_steps import (
    ANSWERS,
    PDF,
    FakeReceiver,
    after,
    client_of,
    draft_for,
    fill,
    page,
)

OWNER, EDITOR, VIEWER = CompanyRole.OWNER, CompanyRole.EDITOR, CompanyRole.VIEWER
DRAFT, SUBMITTED, WITHDRAWN = ApplicationState.DRAFT, ApplicationState.SUBMITTED, ApplicationState.WITHDRAWN
ALL = frozenset({OWNER, EDITOR, VIEWER})

# Who may, by what, state, and whether a municipality would still take a new version.
TABLE: dict[tuple[Callable[[Standing], Any], ApplicationState, bool], frozenset[CompanyRole]] = {
    (may_read, DRAFT, True): ALL,
    (may_read, DRAFT, False): ALL,
    (may_read, SUBMITTED, True): ALL,
    (may_read, SUBMITTED, False): ALL,
    (may_read, WITHDRAWN, True): ALL,
    (may_read, WITHDRAWN, False): ALL,
    (may_write, DRAFT, True): frozenset({OWNER, EDITOR}),
    (may_write, DRAFT, False): frozenset({OWNER, EDITOR}),
    (may_write, SUBMITTED, True): frozenset({OWNER, EDITOR}),
    (may_write, SUBMITTED, False): frozenset(),
    (may_write, WITHDRAWN, True): frozenset(),
    (may_write, WITHDRAWN, False): frozenset(),
    **{
        (may, state, is_open): frozenset({OWNER}) if state != WITHDRAWN else frozenset()
        for may in (may_submit, may_withdraw, may_manage)
        for state in (DRAFT, SUBMITTED, WITHDRAWN)
        for is_open in (True, False)
    },
}


@pytest.mark.parametrize(
    ("may", "state", "is_open"), TABLE, ids=[f"{may.__name__}-{state}-{is_open}" for may, state, is_open in TABLE]
)
def test_the_table(may: Callable[[Standing], Any], state: ApplicationState, is_open: bool) -> None:
    for role in (None, *CompanyRole):
        decision = may(Standing(role, state, is_open))
        assert bool(decision) == (role in TABLE[may, state, is_open]), role
        assert decision.stranger == (role is None)
        assert decision or decision.stranger or decision.reason


CAST = ("stranger", "rival", "viewer", "editor", "owner")
STEPS: dict[str, Callable[[Application, User], Any]] = {
    "write": lambda application, user: writing.save_section(
        application, TEAM, actor=user, answers={**ANSWERS["team"], "people": "Others."}
    ),
    "upload": lambda application, user: files.add(application, actor=user, name="a.pdf", upload=BytesIO(PDF)),
    "choose": lambda application, user: writing.choose_calls(application, {}, actor=user),
    "invite": lambda application, user: colleagues.invite(
        application, actor=user, email="new@example.org", role=CompanyRole.EDITOR
    ),
    "submit": lambda application, user: submitting.submit(application, actor=user),
    "withdraw": lambda application, user: submitting.withdraw(application, actor=user),
}
WRITING, OWNING = {"owner", "editor"}, {"owner"}
NOBODY: set[str] = set()

# Who succeeds with a step, by state and time. Submitting late is refused to the owner with a reason, not forbidden.
SERVICES: dict[tuple[str, str], dict[str, set[str]]] = {
    ("draft", "before"): {
        "write": WRITING, "upload": WRITING, "choose": WRITING, "invite": OWNING, "submit": OWNING, "withdraw": OWNING,
    },
    ("draft", "after"): {
        "write": WRITING, "upload": WRITING, "choose": WRITING, "invite": OWNING, "submit": NOBODY, "withdraw": OWNING,
    },
    ("submitted", "before"): {
        "write": WRITING, "upload": WRITING, "choose": WRITING, "invite": OWNING, "submit": OWNING, "withdraw": OWNING,
    },
    ("submitted", "after"): {
        "write": NOBODY, "upload": NOBODY, "choose": NOBODY, "invite": OWNING, "submit": NOBODY, "withdraw": OWNING,
    },
    ("withdrawn", "before"): dict.fromkeys(STEPS, NOBODY),
    ("withdrawn", "after"): dict.fromkeys(STEPS, NOBODY),
}  # fmt: skip


@pytest.fixture
def cast(db: None, owner: User) -> dict[str, User]:
    """Everybody who may meet an application."""
    return {name: owner if name == "owner" else make_user() for name in CAST}


@pytest.mark.parametrize(("state", "when"), SERVICES, ids=["-".join(key) for key in SERVICES])
def test_services_ask(
    receiver: FakeReceiver, call: Call, cast: dict[str, User], state: str, when: str, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    application = fill(draft_for(call, owner=cast["owner"]), actor=cast["owner"])
    draft_for(call, owner=cast["rival"])
    for name in ("viewer", "editor"):
        Applicant.objects.create(application=application, user=cast[name], role=name)
    if state in {"submitted", "withdrawn"}:
        submitting.submit(application, actor=cast["owner"])
    if state == "withdrawn":
        submitting.withdraw(application, actor=cast["owner"])
    frozen: AbstractContextManager[Any] = after(call) if when == "after" else nullcontext()
    with frozen:
        wrong = [
            f"{step} as {name}: {answer}"
            for step, allowed in SERVICES[state, when].items()
            for name in CAST
            if (answer := tried(STEPS[step], application, cast[name])) not in expected(name, name in allowed, step)
        ]

    assert wrong == []


def tried(step: Callable[[Application, User], Any], application: Application, user: User) -> str:
    """Take a step, take it back, and say what came of it."""
    sid = transaction.savepoint()
    try:
        step(application, user)
    except Http404:
        return "404"
    except Forbidden:
        return "403"
    except Refused:
        return "refused"
    else:
        return "done"
    finally:
        transaction.savepoint_rollback(sid)


def expected(name: str, allowed: bool, step: str) -> set[str]:
    """What somebody is answered: strangers learn nothing."""
    if name in {"stranger", "rival"}:
        return {"404"}
    if allowed:
        return {"done"}
    return {"403", "refused"} if name == "owner" and step == "submit" else {"403"}


PAGES = (
    "application", "application_calls", "application_files", "application_people", "application_check",
    "application_sent", "application_withdraw",
)  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_others_are_not_there(receiver: FakeReceiver, call: Call, owner: User, name: str) -> None:
    application = fill(draft_for(call, owner=owner), actor=owner)
    submitting.submit(application, actor=owner)
    rival = make_user()
    draft_for(call, owner=rival)

    for client in (client_of(rival), client_of(make_user())):
        assert client.get(page(name, application)).status_code == 404
        assert client.post(page(name, application)).status_code in {404, 405}
    assert client_of().get(page(name, application)).headers["Location"].startswith("/account/login/?next=")
    assert client_of(owner).get(page(name, application)).status_code == 200


def test_people_of_one_application_are_not_removed_through_another(call: Call, owner: User) -> None:
    mine, theirs = draft_for(call, owner=owner), draft_for(call, owner=make_user())
    person = Applicant.objects.create(application=theirs, user=make_user(), role=CompanyRole.EDITOR)

    assert client_of(owner).post(page("application_person_remove", mine, person.pk)).status_code == 404

    person.refresh_from_db()
    assert person.ended_at is None
