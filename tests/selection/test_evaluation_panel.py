"""The panel and its conflicts of interest: declared, derived, enforced, and lifted by somebody else with a reason."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from challenges.models import Challenge
from challenges.services import moves
from programs.actors import Actor
from programs.enums import Ending, Role, Stage
from programs.models import Municipality
from programs.timing.models import Deadline
from solutions.market.enums import ReleaseState
from solutions.market.models import Call, Company
from solutions.selection.enums import ConflictKind, Pool
from solutions.selection.models import Conflict, PanelMember
from solutions.selection.queries.panel import (
    candidates_for,
    companies_of,
    has_declared,
    is_conflicted,
    panel_of,
    round_of,
)
from solutions.selection.queries.received import visible_to
from solutions.selection.services import conflicts, panel
from tech4muni.audit.models import Entry
from tech4muni.core import clock, errors
from tests.factories.challenges import acting_as
from tests.factories.evaluation import freeze, make_candidate, make_lead, make_published, make_scorer, score, withdraw
from tests.factories.market import make_company
from tests.factories.people import make_member, make_user
from tests.selection.test_evaluation_criteria import cast, path


@pytest.fixture
def lead(strumica: Municipality) -> Actor:
    return make_lead(strumica)


@pytest.fixture
def challenge(in_strumica: Municipality, lead: Actor) -> Challenge:
    found = make_published(in_strumica)
    freeze(found, lead)
    return found


def names(rows: Any) -> list[str]:
    return sorted(row.company_name for row in rows)


def test_a_lead_names_and_removes_members(challenge: Challenge, lead: Actor, strumica: Municipality) -> None:
    person = make_member(strumica, Role.EVALUATOR)
    member = panel.name_member(challenge, actor=lead, user=person)
    with pytest.raises(errors.Conflict):
        panel.name_member(challenge, actor=lead, user=person)
    for nobody in (make_member(strumica, Role.VIEWER), make_user()):
        with pytest.raises(errors.Refused) as refused:
            panel.name_member(challenge, actor=lead, user=nobody)
        assert refused.value.field == "user"

    panel.remove_member(member, actor=lead)
    assert not panel_of(challenge).exists()
    assert Entry.objects.filter(verb__startswith="panel_member.").count() == 2


def test_who_has_scored_stays_on_the_panel(challenge: Challenge, lead: Actor) -> None:
    received = make_candidate(challenge)
    scorer = make_scorer(challenge, lead)
    score(challenge, received, scorer, 3, hand_in=False)

    with pytest.raises(errors.Refused, match="scored already"):
        panel.remove_member(PanelMember.objects.get(user=scorer.user), actor=lead)


def test_each_member_has_a_deadline(challenge: Challenge, lead: Actor, strumica: Municipality) -> None:
    first = make_scorer(challenge, lead)
    due = clock.now() + timedelta(days=10)
    with pytest.raises(errors.Refused) as refused:
        panel.plan(challenge, actor=lead, scores_due_at=clock.now() - timedelta(hours=1), pool=Pool.INVITED)
    assert refused.value.field == "scores_due_at"
    panel.plan(challenge, actor=lead, scores_due_at=due, pool=Pool.INVITED)
    second = make_scorer(challenge, lead)

    rows = Deadline.objects.filter(key__startswith=f"scores:{challenge.public_id}:").order_by("pk")
    assert [(row.owner, row.due_at, row.is_open) for row in rows] == [(first.user, due, True), (second.user, due, True)]
    assert rows[0].path.endswith("/selection/scores/")
    assert rows[0].label["en-gb"] == f"Score the applications: {challenge}"
    panel.remove_member(PanelMember.objects.get(user=second.user), actor=lead)
    assert not Deadline.objects.get(owner=second.user).is_open


@pytest.mark.parametrize(
    ("pool", "expected"),
    [(Pool.ELIGIBLE, "DIS"), (Pool.SHORTLISTED, "DS"), (Pool.INVITED, "D")],
)
def test_the_lead_says_which_are_scored(challenge: Challenge, lead: Actor, pool: Pool, expected: str) -> None:
    states = {
        "D": ReleaseState.INVITED, "I": ReleaseState.UNDER_REVIEW, "S": ReleaseState.SHORTLISTED,
        "R": ReleaseState.SUBMITTED, "N": ReleaseState.INELIGIBLE, "W": ReleaseState.WITHDRAWN,
    }  # fmt: skip
    for name, state in states.items():
        make_candidate(challenge, name=name, state=state)

    panel.plan(challenge, actor=lead, scores_due_at=clock.now() + timedelta(days=3), pool=pool)

    found = candidates_for(lead, challenge, round_of(challenge))
    assert [candidate.received.company_name for candidate in found] == list(expected)


def test_conflicts_are_declared_for_all_who_applied(challenge: Challenge, lead: Actor) -> None:
    binsight, routely = make_company(name="Binsight"), make_company(name="Routely")
    make_candidate(challenge, company=binsight)
    make_candidate(challenge, company=routely)
    make_candidate(challenge, name="Gone", state=ReleaseState.WITHDRAWN)
    scorer = make_scorer(challenge, lead, declared=False)
    assert [company.name for company in companies_of(challenge)] == ["Binsight", "Routely"]

    conflicts.declare(challenge, actor=scorer, reasons={binsight.public_id: "My brother works there"})

    conflict = Conflict.objects.get()
    assert (conflict.user, conflict.company_name, conflict.kind) == (scorer.user, "Binsight", ConflictKind.DECLARED)
    assert names(visible_to(scorer, challenge)) == ["Routely"]
    assert [row.received.company_name for row in candidates_for(scorer, challenge, round_of(challenge))] == ["Routely"]
    member = PanelMember.objects.get(user=scorer.user)
    assert has_declared(member, companies_of(challenge))

    make_candidate(challenge, name="Late but in time")
    assert not has_declared(member, companies_of(challenge))
    conflicts.declare(challenge, actor=scorer, reasons={})
    assert Conflict.objects.count() == 1  # what is open stays open


def test_nobody_declares_before_the_call_has_closed(challenge: Challenge, lead: Actor) -> None:
    Call.objects.update(closes_at=clock.now() + timedelta(days=1))
    with pytest.raises(errors.Refused, match="when the call has closed"):
        make_scorer(challenge, lead)


def tied_by(tie: str, challenge: Challenge, strumica: Municipality) -> Any:
    """Make somebody of the municipality who is tied to the company that has applied, and return them."""
    addresses = {"member": "ana@example.org", "applicant": "ana@example.org", "colleague": "ana@binsight.mk",
                 "website": "ana@binsight.mk", "free": "ana@gmail.com", "reserved": "ana@example.org"}  # fmt: skip
    person = make_member(strumica, Role.EVALUATOR, email=addresses.get(tie, "ana@strumica.gov.mk"))
    owner = make_user(email={"colleague": "owner@binsight.mk", "free": "owner@gmail.com"}.get(tie, "owner@example.org"))
    website = {"website": "https://www.binsight.mk/en", "reserved": "https://example.org"}.get(tie, "")
    company = make_company(person if tie in {"member", "left"} else owner, name="Binsight", website=website)
    if tie == "left":
        company.members.update(ended_at=clock.now())
    make_candidate(challenge, company=company, owner=person if tie == "applicant" else owner)
    return person


@pytest.mark.parametrize(
    ("tie", "reason"),
    [
        ("member", "Works or worked for the company"),
        ("left", "Works or worked for the company"),
        ("applicant", "Works on the application"),
        ("colleague", "Has an e-mail address of the company's domain"),
        ("website", "Has an e-mail address of the company's domain"),
        ("free", ""),
        ("reserved", ""),
        ("nothing", ""),
    ],
)
def test_what_records_show_is_a_conflict(challenge: Challenge, strumica: Municipality, tie: str, reason: str) -> None:
    person = tied_by(tie, challenge, strumica)
    make_candidate(challenge, name="Routely")

    # It was derived when the application came in.
    assert conflicts.derive_conflicts(challenge) == 0
    found = list(Conflict.objects.values_list("user", "company_name", "kind", "reason"))
    assert found == ([(person.pk, "Binsight", "derived", reason)] if reason else [])
    actor = acting_as(person, strumica)
    assert names(visible_to(actor, challenge)) == (["Routely"] if reason else ["Binsight", "Routely"])
    assert is_conflicted(actor, challenge) == bool(reason)
    withdraw(challenge.received.get(company_name="Binsight"))
    assert not is_conflicted(actor, challenge)


def test_naming_a_member_finds_conflicts(challenge: Challenge, lead: Actor, strumica: Municipality) -> None:
    person = make_member(strumica, Role.EVALUATOR)
    make_candidate(challenge, company=make_company(person, name="Binsight"))

    panel.name_member(challenge, actor=lead, user=person)

    assert Conflict.objects.get().kind == ConflictKind.DERIVED


def test_a_conflict_is_lifted_by_another_lead_with_a_reason(
    challenge: Challenge, lead: Actor, strumica: Municipality
) -> None:
    other = make_lead(strumica)
    assert other.user is not None
    make_candidate(challenge, company=make_company(other.user, name="Binsight"))
    conflicts.derive_conflicts(challenge)
    conflict = Conflict.objects.get()

    with pytest.raises(errors.Refused, match="of their own"):
        conflicts.lift(conflict, actor=other, reason="I am fair")
    with pytest.raises(errors.Refused) as refused:
        conflicts.lift(conflict, actor=lead, reason=" ")
    assert refused.value.field == "reason"
    lifted = conflicts.lift(conflict, actor=lead, reason="Sold the shares years ago")
    with pytest.raises(errors.Conflict):
        conflicts.lift(conflict, actor=lead, reason="Again")

    assert (lifted.lifted_by, lifted.lifting_reason) == (lead.user, "Sold the shares years ago")
    assert Entry.objects.get(verb="conflict.lifted").reason == "Sold the shares years ago"
    assert names(visible_to(other, challenge)) == ["Binsight"]
    assert conflicts.derive_conflicts(challenge) == 0  # what was lifted stays lifted


def test_the_database_lets_nobody_lift_their_own(challenge: Challenge, lead: Actor) -> None:
    make_candidate(challenge, company=make_company(lead.user))
    conflicts.derive_conflicts(challenge)

    with pytest.raises(IntegrityError, match="conflict_lifted_by_another"), transaction.atomic():
        Conflict.objects.update(lifted_at=clock.now(), lifted_by=lead.user, lifting_reason="So")


INSIDE = dict.fromkeys(["member", "visitor", "evaluator", "approver", "viewer"], errors.Forbidden)
OUTSIDE = dict.fromkeys(["coordinator", "stranger"], Http404)
LEADS: dict[str, Any] = {**OUTSIDE, **INSIDE, "lead": None}
ENDED: dict[str, Any] = {**OUTSIDE, **INSIDE, "lead": errors.Forbidden}
TABLE = {
    "name": LEADS, "remove": LEADS, "plan": LEADS, "lift": LEADS, "declare": ENDED,
    "name, ended": ENDED, "remove, ended": ENDED, "plan, ended": ENDED, "lift, ended": ENDED, "declare, ended": ENDED,
}  # fmt: skip


def calls(challenge: Challenge, actor: Actor, strumica: Municipality) -> dict[str, Callable[[], Any]]:
    company = Company.objects.get()
    return {
        "name": partial(panel.name_member, challenge, actor=actor, user=make_member(strumica, Role.APPROVER)),
        "remove": partial(
            panel.remove_member,
            PanelMember.objects.create(challenge=challenge, user=make_user(), added_at=clock.now()),
            actor=actor,
        ),
        "plan": partial(
            panel.plan, challenge, actor=actor, scores_due_at=clock.now() + timedelta(days=1), pool=Pool.INVITED
        ),
        "lift": partial(
            conflicts.lift,
            Conflict.objects.create(
                challenge=challenge, user=make_user(), company_id=company.public_id, company_name="X",
                kind=ConflictKind.DECLARED, reason="So", at=clock.now(),
            ),
            actor=actor,
            reason="So",
        ),
        "declare": partial(conflicts.declare, challenge, actor=actor, reasons={}),
    }  # fmt: skip


@pytest.mark.parametrize("what", TABLE)
def test_who_may(challenge: Challenge, strumica: Municipality, what: str) -> None:
    step, _comma, ended = what.partition(", ")
    make_candidate(challenge)
    found = moves.end(challenge, ending=Ending.WITHDRAWN, actor=None) if ended else challenge
    for who, actor in cast(strumica).items():
        call = calls(found, actor, strumica)[step]
        expected = TABLE[what][who]
        if expected is None:
            call()
        else:
            with pytest.raises(expected):
                call()


@pytest.mark.parametrize("who", [role.value for role in Role if role != Role.VIEWER])
def test_whoever_is_on_the_panel_declares(challenge: Challenge, lead: Actor, strumica: Municipality, who: str) -> None:
    make_scorer(challenge, lead, role=Role(who))
    assert panel_of(challenge).get().declared_at is not None


def test_the_pages(challenge: Challenge, lead: Actor, strumica: Municipality, client_on: Callable[[str], Any]) -> None:
    person = make_member(strumica, Role.EVALUATOR, name="Eva Luator")
    company = make_company(name="Binsight")
    received = make_candidate(challenge, company=company)
    client = client_on("strumica.localhost")
    client.force_login(lead.user)
    assert b"Nobody is on the panel yet" in client.get(path(challenge, "evaluation_panel")).content
    assert client.post(path(challenge, "evaluation_panel"), {}).status_code == 422
    assert client.post(path(challenge, "evaluation_panel"), {"user": person.pk}).status_code == 302
    assert b"Not declared" in client.get(path(challenge, "evaluation_panel")).content
    late = client.post(path(challenge, "evaluation_plan"), {"pool": "invited", "scores_due_at": "2001-01-01T10:00"})
    assert (late.status_code, b"2001-01-01T10:00" in late.content) == (422, True)
    assert b"time in Skopje" in late.content

    scorer = client_on("strumica.localhost")
    scorer.force_login(person)
    page = path(challenge, "evaluation_declare")
    shown = scorer.get(page).content
    assert b"Binsight" in shown
    assert received.reference.encode() not in shown
    field = f"company_{company.public_id.hex}"
    unsure = scorer.post(page, {field: "My sister owns it"})
    assert (unsure.status_code, b"My sister owns it" in unsure.content) == (422, True)
    assert scorer.post(page, {field: "My sister owns it", "rest": "on"}).status_code == 302
    assert b"Binsight" not in scorer.get(path(challenge, "evaluation_scores")).content

    lifting = path(challenge, "evaluation_lift", conflict_id=Conflict.objects.get().pk)
    assert b"My sister owns it" in client.get(lifting).content
    assert client.post(lifting, {}).status_code == 422
    assert client.post(lifting, {"reason": "She sold it"}).status_code == 302
    assert b"Binsight" in scorer.get(path(challenge, "evaluation_scores")).content


def test_before_the_call_has_closed_no_name_is_shown(
    challenge: Challenge, lead: Actor, strumica: Municipality, client_on: Callable[[str], Any]
) -> None:
    make_candidate(challenge, name="Binsight")
    scorer = make_scorer(challenge, lead, declared=False)
    Call.objects.update(closes_at=clock.now() + timedelta(days=1))
    client = client_on("strumica.localhost")
    client.force_login(scorer.user)

    shown = client.get(path(challenge, "evaluation_declare")).content

    assert b"Binsight" not in shown
    assert b"when the call has closed" in shown


@pytest.mark.parametrize("number", [1, 3])
def test_the_panel_page_asks_as_often_for_three_as_for_one(
    challenge: Challenge,
    lead: Actor,
    client_on: Callable[[str], Any],
    django_assert_num_queries: Callable[[int], Any],
    number: int,
) -> None:
    for _number in range(number):
        scorer = make_scorer(challenge, lead)
        make_candidate(challenge, company=make_company(scorer.user))
    conflicts.derive_conflicts(challenge)
    client = client_on("strumica.localhost")
    client.force_login(lead.user)
    client.get(path(challenge, "evaluation_panel"))

    with django_assert_num_queries(22):
        client.get(path(challenge, "evaluation_panel"))


def test_stage_matters_not_for_the_panel(in_strumica: Municipality, lead: Actor) -> None:
    early = make_published(in_strumica, stage=Stage.MAPPING)
    freeze(early, lead)
    make_scorer(early, lead)
    assert panel_of(early).count() == 1
