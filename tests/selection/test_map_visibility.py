"""`visible_to` is the one rule: lists, pages, files, exports, counts and the market map agree for everybody."""

from collections.abc import Callable
from typing import Final
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from challenges.models import Challenge
from programs.actors import Actor
from programs.enums import Role, Stage
from programs.models import Municipality
from solutions.market.models import Release
from solutions.selection.enums import ConflictKind
from solutions.selection.models import Conflict, ReceivedApplication
from solutions.selection.queries.market_map import leads_visible_to
from solutions.selection.queries.received import counted, may_open, may_see, open_for, visible_to
from solutions.selection.services.receiving import take_back
from tech4muni.core import clock
from tests.factories.challenges import make_challenge
from tests.factories.people import make_member
from tests.factories.selection import close_call, freeze, make_lead, make_received, send_again
from tests.selection.casts import CAST, INSIDE, make_actor

# What each of the cast gets: nothing, the name and the state, or all that the company wrote.
NOTHING, NAME, ALL = "nothing", "name", "all"
CLOSED: Final = {**dict.fromkeys(CAST, NAME), "evaluator": NOTHING, "stranger": NOTHING}
FROZEN: Final = {**dict.fromkeys(CAST, ALL), "viewer": NAME, "stranger": NOTHING}
TABLE: Final = {
    "the call is open": dict.fromkeys(CAST, NOTHING),
    "the call is open and the criteria are frozen": dict.fromkeys(CAST, NOTHING),
    "the call has closed": CLOSED,
    "the criteria are frozen": FROZEN,
    "there is a conflict": dict.fromkeys(CAST, NOTHING),
    "a conflict was lifted": FROZEN,
    "a conflict with another company": FROZEN,
    "a conflict for another challenge": FROZEN,
    "somebody else has a conflict": FROZEN,
    "it was taken back": dict.fromkeys(CAST, NOTHING),
    "there is a later round": dict.fromkeys(CAST, NOTHING),
}


def arrange(case: str, challenge: Challenge, actor: Actor, received: ReceivedApplication) -> None:
    """Bring about what a case is named after."""
    if "is open" not in case:
        close_call(challenge)
    if case not in {"the call is open", "the call has closed"}:
        freeze(challenge, make_member(Municipality.objects.get(schema_name="strumica"), Role.LEAD))
    if "conflict" in case:
        make_conflict(case, challenge, actor, received)
    if case == "it was taken back":
        take_back(Release.objects.get(public_id=received.release_id))
    if case == "there is a later round":
        send_again(received)


def make_conflict(case: str, challenge: Challenge, actor: Actor, received: ReceivedApplication) -> None:
    """Declare a conflict of interest, as the case says."""
    strumica = Municipality.objects.get(schema_name="strumica")
    other = make_member(strumica, Role.LEAD)
    lifted = {"lifted_at": clock.now(), "lifted_by": other, "lifting_reason": "It was long ago."}
    mine = actor.user
    assert mine is not None
    Conflict.objects.create(
        challenge=make_challenge(strumica) if "another challenge" in case else challenge,
        user=other if "somebody else" in case else mine,
        company_id=uuid4() if "another company" in case else received.company_id,
        company_name=received.company_name,
        kind=ConflictKind.DERIVED,
        reason="Worked there",
        at=clock.now(),
        **{name: value for name, value in lifted.items() if "lifted" in case and hasattr(Conflict, name)},
    )


@pytest.fixture
def challenge(in_strumica: Municipality) -> Challenge:
    return make_challenge(in_strumica, stage=Stage.MAPPING)


@pytest.mark.parametrize("case", TABLE)
@pytest.mark.parametrize("name", CAST)
def test_the_table(in_strumica: Municipality, challenge: Challenge, case: str, name: str) -> None:
    actor, received = make_actor(name, in_strumica), make_received(challenge)
    arrange(case, challenge, actor, received)
    expected = TABLE[case][name]

    assert (received in visible_to(actor, challenge)) == (expected != NOTHING)
    assert (received in open_for(actor, challenge)) == (expected == ALL)
    assert bool(may_see(actor, received)) == (expected != NOTHING)
    assert bool(may_open(actor, received)) == (expected == ALL)
    assert may_open(actor, received).stranger == (expected == NOTHING)
    if case != "there is a later round":
        on_map = leads_visible_to(actor, challenge).filter(release_id=received.release_id)
        assert on_map.exists() == (expected != NOTHING)


@pytest.mark.parametrize("name", [name for name in INSIDE if name != "visitor"])
@pytest.mark.parametrize("case", ["the call is open", "the call has closed", "the criteria are frozen", "conflict"])
def test_pages_agree(
    in_strumica: Municipality,
    challenge: Challenge,
    client_on: Callable[[str], Client],
    case: str,
    name: str,
) -> None:
    """The list, the detail, the file, the export and the map, in the browser."""
    actor = make_actor(name, in_strumica)
    received = make_received(challenge, text="SECRET ANSWER", files=[("offer.pdf", b"%PDF offer")])
    challenge.requirements.create(text="Works without a connection")
    case = "there is a conflict" if case == "conflict" else case
    arrange(case, challenge, actor, received)
    expected = TABLE[case][name]
    client = client_on("strumica.localhost")
    assert actor.user is not None
    client.force_login(actor.user)
    file_id = received.files.get().public_id

    def ask(page: str, *more: object) -> tuple[int, str]:
        response = client.get(
            reverse(f"selection:{page}", urlconf="tech4muni.urls_tenant", args=[challenge.public_id, *more])
        )
        streamed = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
        return response.status_code, streamed.decode()

    name_shown = expected != NOTHING
    for page in ("applications", "applications_export", "map", "map_fit"):
        status, text = ask(page)
        assert status == 200
        assert (received.company_name in text) == name_shown, page
        assert "SECRET ANSWER" not in text
    for page, more in (("application", ()), ("application_file", (file_id,))):
        status, text = ask(page, received.release_id, *more)
        assert status == {NOTHING: 404, NAME: 403, ALL: 200}[expected], page
        assert ("SECRET ANSWER" in text) == (expected == ALL and page == "application")


def test_before_the_call_has_closed_there_is_the_number_alone(
    in_strumica: Municipality, challenge: Challenge, client_on: Callable[[str], Client]
) -> None:
    for _number in range(3):
        received = make_received(challenge)
    client = client_on("strumica.localhost")
    client.force_login(make_member(in_strumica, Role.LEAD))

    text = client.get(f"/challenges/{challenge.public_id}/applications/").content.decode()

    assert "3 applications so far" in text
    assert received.company_name not in text
    assert received.reference not in text
    assert counted(challenge).count() == 3


def test_a_lead_that_was_scouted_hides_with_its_company(in_strumica: Municipality, challenge: Challenge) -> None:
    actor, company_id = make_actor("member", in_strumica), uuid4()
    assert actor.user is not None
    make_lead(challenge, company_id=company_id)
    free = make_lead(challenge)
    Conflict.objects.create(
        challenge=challenge, user=actor.user, company_id=company_id, company_name="Scout", kind=ConflictKind.DECLARED,
        reason="My sister works there", at=clock.now(),
    )  # fmt: skip

    assert list(leads_visible_to(actor, challenge)) == [free]


def test_applications_of_another_challenge_stay_apart(in_strumica: Municipality, challenge: Challenge) -> None:
    other = make_challenge(in_strumica, stage=Stage.MAPPING)
    mine, theirs = make_received(challenge), make_received(other)
    for each in (challenge, other):
        close_call(each)
    actor = make_actor("lead", in_strumica)

    assert list(visible_to(actor, challenge)) == [mine]
    assert list(visible_to(actor, other)) == [theirs]
