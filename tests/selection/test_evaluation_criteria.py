"""Criteria: taken over from the call, changed until they are frozen, and by nobody afterwards."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404
from django.urls import reverse
from django_tenants.utils import tenant_context

from challenges.models import Challenge
from challenges.services import moves
from programs.actors import Actor
from programs.cohorts.models import JointChallenge
from programs.enums import Ending, Role, Stage
from programs.models import Municipality
from solutions.market.models import CallCity
from solutions.selection.models import Criterion, SelectionRound
from solutions.selection.queries.panel import round_of
from solutions.selection.services import criteria
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Forbidden, Refused
from tests.factories.challenges import acting_as, make_challenge
from tests.factories.evaluation import freeze, is_frozen, make_lead, make_published
from tests.factories.market import make_call
from tests.factories.people import make_coordinator, make_member, make_user

URLS = "tech4muni.urls_tenant"


@pytest.fixture
def lead(strumica: Municipality) -> Actor:
    return make_lead(strumica)


@pytest.fixture
def challenge(in_strumica: Municipality) -> Challenge:
    return make_published(in_strumica, stage=Stage.MAPPING)


def path(challenge: Challenge, name: str, **kwargs: Any) -> str:
    return reverse(f"selection:{name}", urlconf=URLS, kwargs={"challenge_id": challenge.public_id, **kwargs})


def test_criteria_come_from_the_call(challenge: Challenge, lead: Actor) -> None:
    criteria.prepare(challenge, actor=lead)

    rows = list(Criterion.objects.filter(challenge=challenge).values_list("number", "names", "weight"))
    assert rows == [
        (1, {"en-gb": "Fit to the challenge"}, 50),
        (2, {"en-gb": "Cost over five years"}, 30),
        (3, {"en-gb": "Team"}, 20),
    ]
    assert Entry.objects.filter(verb="criteria.prepared").count() == 1
    with pytest.raises(Conflict):
        criteria.prepare(challenge, actor=lead)
    assert Criterion.objects.count() == 3


def test_a_city_that_joined_takes_the_criteria_of_the_joint_call(
    strumica: Municipality, haifa: Municipality, lead: Actor
) -> None:
    with tenant_context(haifa):
        call = make_call(haifa, make_challenge(haifa))
    with tenant_context(strumica):
        joined = make_challenge(strumica)
        CallCity.objects.create(call=call, municipality=strumica, challenge_id=joined.public_id, joined_at=clock.now())

        criteria.prepare(joined, actor=lead)

        assert [row.weight for row in Criterion.objects.filter(challenge=joined)] == [50, 30, 20]
    assert JointChallenge.objects.count() == 0


def test_what_is_not_published_has_no_criteria(in_strumica: Municipality, lead: Actor) -> None:
    with pytest.raises(Refused, match="Publish"):
        criteria.prepare(make_challenge(in_strumica), actor=lead)
    with pytest.raises(Refused, match="from the call first"):
        criteria.freeze(make_challenge(in_strumica), actor=lead, version=1)


def test_criteria_are_edited_until_they_are_frozen(challenge: Challenge, lead: Actor) -> None:
    selection = criteria.prepare(challenge, actor=lead)
    first = Criterion.objects.get(number=1)
    criteria.change(first, actor=lead, names={"en-gb": "Fit", "mk": "Совпаѓање"}, weight=40, version=selection.version)
    added = criteria.add(challenge, actor=lead, names={"en-gb": "Openness"}, weight=10)
    assert (added.number, Entry.objects.get(verb="criterion.edited").data["before"]["weight"]) == (4, 50)
    criteria.remove(Criterion.objects.get(number=3), actor=lead)

    known = round_of(challenge)
    assert known is not None
    with pytest.raises(Refused, match="sum to 80%"):
        criteria.freeze(challenge, actor=lead, version=known.version)
    criteria.add(challenge, actor=lead, names={"en-gb": "Team"}, weight=20)
    with pytest.raises(Conflict, match="meantime"):
        criteria.freeze(challenge, actor=lead, version=known.version)
    frozen = criteria.freeze(challenge, actor=lead, version=known.version + 1)

    assert frozen.frozen_by == lead.user
    assert len(frozen.digest) == 64
    assert criteria.is_intact(frozen)
    assert Entry.objects.get(verb="criteria.frozen").data["digest"] == frozen.digest


def test_two_who_edit_from_the_same_page_are_told(challenge: Challenge, lead: Actor) -> None:
    selection = criteria.prepare(challenge, actor=lead)
    first = Criterion.objects.get(number=1)
    criteria.change(first, actor=lead, names={"en-gb": "Fit"}, weight=40, version=selection.version)

    with pytest.raises(Conflict):
        criteria.change(first, actor=lead, names={"en-gb": "Other"}, weight=60, version=selection.version)
    first.refresh_from_db()
    assert (first.name, first.weight) == ("Fit", 40)


def test_nothing_changes_frozen_criteria(challenge: Challenge, lead: Actor) -> None:
    freeze(challenge, lead)
    row = Criterion.objects.get(number=1)
    version = SelectionRound.objects.get().version
    for step in (
        partial(criteria.add, challenge, actor=lead, names={"en-gb": "X"}, weight=5),
        partial(criteria.change, row, actor=lead, names={"en-gb": "X"}, weight=5, version=version),
        partial(criteria.remove, row, actor=lead),
        partial(criteria.freeze, challenge, actor=lead, version=version),
    ):
        with pytest.raises(Conflict, match="frozen"):
            step()


@pytest.mark.parametrize(
    "change",
    [
        lambda: Criterion.objects.update(weight=1),
        lambda: Criterion.objects.filter(number=1).delete(),
        lambda: Criterion.objects.create(
            challenge=Challenge.objects.get(), number=9, names={"en-gb": "Late"}, weight=1
        ),
        lambda: SelectionRound.objects.update(frozen_at=None, frozen_by=None, digest=""),
        lambda: SelectionRound.objects.update(digest="f" * 64),
        lambda: SelectionRound.objects.update(frozen_at=clock.now() + timedelta(days=1)),
    ],
    ids=["weight", "removed", "added", "thawed", "digest", "when"],
)
def test_the_database_keeps_what_is_frozen(challenge: Challenge, lead: Actor, change: Callable[[], Any]) -> None:
    freeze(challenge, lead)

    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        change()
    selection = round_of(challenge)
    assert selection is not None
    assert criteria.is_intact(selection)


def test_no_application_is_opened_before_the_criteria_are_frozen(challenge: Challenge, lead: Actor) -> None:
    criteria.prepare(challenge, actor=lead)

    with pytest.raises(IntegrityError, match="selection_frozen_before_opened"), transaction.atomic():
        SelectionRound.objects.update(opened_at=clock.now())


OUTSIDE = dict.fromkeys(["coordinator", "stranger"], Http404)
TABLE: dict[str, dict[str, Any]] = {
    "edit": {**OUTSIDE, "lead": None, "member": None, "visitor": None, "evaluator": Forbidden, "approver": Forbidden,
             "viewer": Forbidden},
    "edit, ended": {**OUTSIDE, **dict.fromkeys([*(role.value for role in Role), "visitor"], Forbidden)},
    "freeze": {**OUTSIDE, "lead": None, "member": Forbidden, "visitor": Forbidden, "evaluator": Forbidden,
               "approver": Forbidden, "viewer": Forbidden},
    "freeze, ended": {**OUTSIDE, **dict.fromkeys([*(role.value for role in Role), "visitor"], Forbidden)},
}  # fmt: skip


def cast(municipality: Municipality) -> dict[str, Actor]:
    people = {role.value: acting_as(make_member(municipality, role), municipality) for role in Role}
    coordinator = make_coordinator()
    return people | {
        "visitor": Actor(user=coordinator, municipality=municipality, visit=object()),  # type: ignore[arg-type]
        "coordinator": Actor(user=coordinator, municipality=municipality),
        "stranger": Actor(user=make_user(), municipality=municipality),
    }


@pytest.mark.parametrize("what", TABLE)
def test_who_edits_and_freezes(in_strumica: Municipality, lead: Actor, what: str) -> None:
    step, _comma, ended = what.partition(", ")
    for who, actor in cast(in_strumica).items():
        found = make_published(in_strumica, stage=Stage.MAPPING)
        selection = criteria.prepare(found, actor=lead)
        if ended:
            found = moves.end(found, ending=Ending.WITHDRAWN, actor=None)
        calls: list[Callable[[], Any]] = (
            [partial(criteria.freeze, found, actor=actor, version=selection.version)]
            if step == "freeze"
            else edits(found, actor, selection.version)
        )
        for call in calls:
            expected = TABLE[what][who]
            if expected is None:
                call()
            else:
                with pytest.raises(expected):
                    call()


def edits(challenge: Challenge, actor: Actor, version: int) -> list[Callable[[], Any]]:
    row = Criterion.objects.filter(challenge=challenge).first()
    assert row is not None
    return [
        partial(criteria.change, row, actor=actor, names={"en-gb": "X"}, weight=50, version=version),
        partial(criteria.add, challenge, actor=actor, names={"en-gb": "Y"}, weight=10),
        partial(criteria.remove, row, actor=actor),
    ]


@pytest.mark.django_db(transaction=True)
def test_of_those_who_freeze_and_edit_at_once_nobody_edits_afterwards(in_own_connection: Callable[..., Any]) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    lead = make_lead(strumica)
    with tenant_context(strumica):
        challenge = make_published(strumica, stage=Stage.MAPPING)
        version = criteria.prepare(challenge, actor=lead).version

    def press(number: int) -> str:
        with tenant_context(strumica):
            row = Criterion.objects.get(number=1 + number % 3)
            try:
                if number % 4 == 0:
                    criteria.freeze(challenge, actor=lead, version=version)
                    return "frozen"
                criteria.change(row, actor=lead, names={"en-gb": f"N{number}"}, weight=row.weight, version=version)
            except Conflict:
                return "conflict"
            return "edited"

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(in_own_connection(press), range(12)))

    assert sorted(set(answers)) in (["conflict", "edited"], ["conflict", "frozen"])
    assert answers.count("conflict") == 11
    with tenant_context(strumica):
        selection = SelectionRound.objects.get()
        assert is_frozen(challenge) == ("frozen" in answers)
        assert not selection.frozen_at or criteria.is_intact(selection)


def test_the_pages_take_over_edit_and_freeze(
    challenge: Challenge, lead: Actor, client_on: Callable[[str], Any]
) -> None:
    client = client_on("strumica.localhost")
    client.force_login(lead.user)
    assert b"No criteria yet" in client.get(path(challenge, "evaluation_criteria")).content

    assert client.post(path(challenge, "evaluation_prepare")).status_code == 302
    row = Criterion.objects.get(number=1)
    page = path(challenge, "evaluation_criterion", criterion_id=row.public_id)
    bad = client.post(page, {"name_en-gb": "Fit to what we need", "weight": "500", "version": "1"})
    assert bad.status_code == 422
    assert b"Fit to what we need" in bad.content
    nameless = client.post(page, {"weight": "40", "version": "1"})
    assert (nameless.status_code, b"in one language at least" in nameless.content) == (422, True)
    assert client.post(page, {"name_en-gb": "Fit", "weight": "50", "version": "1"}).status_code == 302
    assert client.post(page, {"name_en-gb": "Late", "weight": "50", "version": "1"}, follow=True).status_code == 200
    row.refresh_from_db()
    assert row.names == {"en-gb": "Fit"}

    shown = client.get(path(challenge, "evaluation_freeze"))
    assert b"Nobody can change these criteria afterwards" in shown.content
    assert client.post(path(challenge, "evaluation_freeze"), {"version": "2"}).status_code == 302
    done = client.get(path(challenge, "evaluation_criteria"))
    assert SelectionRound.objects.get().digest.encode() in done.content
    assert b"Take the criteria over" not in done.content


@pytest.mark.parametrize("number", [1, 3])
def test_the_criteria_page_asks_as_often_for_three_as_for_one(
    challenge: Challenge,
    lead: Actor,
    client_on: Callable[[str], Any],
    django_assert_num_queries: Callable[[int], Any],
    number: int,
) -> None:
    criteria.prepare(challenge, actor=lead)
    Criterion.objects.filter(number__gt=number).delete()
    client = client_on("strumica.localhost")
    client.force_login(lead.user)
    client.get(path(challenge, "evaluation_criteria"))

    with django_assert_num_queries(17):
        client.get(path(challenge, "evaluation_criteria"))
