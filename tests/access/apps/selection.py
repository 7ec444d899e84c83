"""Criteria, panel, scorecards, the decision and its file."""

from typing import Any, Final

from django_tenants.utils import tenant_context

from challenges.models import Challenge
from programs.actors import Actor
from programs.enums import Role
from programs.models import Municipality
from solutions.selection.enums import ConflictKind, DecisionOutcome
from solutions.selection.models import Conflict
from solutions.selection.queries.panel import criteria_of, panel_of
from solutions.selection.services import scoring
from solutions.selection.services.scoring import Answer
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tests.access.answers import MUNICIPALITY, Answers, NamedPage, Row, Status, inside, writers
from tests.access.world import CANARIES, World
from tests.factories.challenges import acting_as
from tests.factories.evaluation import freeze, make_candidate, make_published, make_scorer, write_decision
from tests.factories.market import make_company
from tests.factories.people import make_member, make_user


def challenge_of(world: World) -> dict[str, Any]:
    """Name the challenge whose applications are judged."""
    return {"challenge_id": world.rows[world.here.schema_name]["judged"].public_id}


def part_of(key: str, name: str) -> Any:
    """Return what names a thing of the selection in an address."""

    def kwargs(world: World) -> dict[str, Any]:
        return {**challenge_of(world), name: world.rows[world.here.schema_name][key]}

    return kwargs


def leads(status: Status) -> Answers:
    """An answer for leads; a visiting coordinator does not lead a selection."""
    return inside(403, lead=status)


def scorers(status: Status) -> Answers:
    """An answer for the evaluator, who is on the panel."""
    return inside(403, evaluator=status)


def deciders(status: Status) -> Answers:
    """An answer for those who approve."""
    return inside(403, lead=status, approver=status)


CRITERION: Final = part_of("judged_criterion", "criterion_id")
RELEASE: Final = part_of("judged_release", "release_id")
READ: Final = (inside(200), inside(405))
ROWS: Final[list[Row]] = [
    *(
        Row(MUNICIPALITY, f"selection:evaluation{page}", *READ, challenge_of)
        for page in ("", "_criteria", "_scores", "_matrix", "_decision", "_file", "_print")
    ),
    Row(MUNICIPALITY, "selection:evaluation_prepare", inside(405), writers(302), challenge_of),
    Row(MUNICIPALITY, "selection:evaluation_criterion_add", writers(200), writers(422), challenge_of),
    Row(MUNICIPALITY, "selection:evaluation_criterion", writers(200), writers(422), CRITERION),
    Row(MUNICIPALITY, "selection:evaluation_criterion_remove", inside(405), writers(302), CRITERION),
    Row(MUNICIPALITY, "selection:evaluation_freeze", leads(200), leads(422), challenge_of),
    Row(MUNICIPALITY, "selection:evaluation_panel", inside(200), leads(422), challenge_of),
    Row(MUNICIPALITY, "selection:evaluation_plan", leads(200), leads(422), challenge_of),
    Row(
        MUNICIPALITY,
        "selection:evaluation_panel_remove",
        inside(405),
        leads(302),
        part_of("judged_member", "member_id"),
    ),
    Row(MUNICIPALITY, "selection:evaluation_declare", scorers(200), scorers(422), challenge_of),
    Row(MUNICIPALITY, "selection:evaluation_lift", leads(200), leads(422), part_of("judged_conflict", "conflict_id")),
    Row(MUNICIPALITY, "selection:evaluation_close", leads(200), leads(302), challenge_of),
    Row(MUNICIPALITY, "selection:evaluation_scorecard", scorers(200), scorers(422), RELEASE),
    Row(MUNICIPALITY, "selection:evaluation_reopen", scorers(200), scorers(422), RELEASE),
    Row(MUNICIPALITY, "selection:evaluation_write", writers(200), writers(422), challenge_of),
    Row(MUNICIPALITY, "selection:evaluation_propose", inside(405), writers(302), challenge_of),
    Row(MUNICIPALITY, "selection:evaluation_approve", inside(405), deciders(302), challenge_of),
    Row(MUNICIPALITY, "selection:evaluation_return", deciders(200), deciders(422), challenge_of),
    Row(MUNICIPALITY, "selection:evaluation_no_award", inside(405), leads(302), challenge_of),
]
PAGES: Final[list[NamedPage]] = [
    NamedPage(MUNICIPALITY, "selection:evaluation", "lead"),
    NamedPage(MUNICIPALITY, "selection:evaluation_criteria", "lead"),
    NamedPage(MUNICIPALITY, "selection:evaluation_panel", "lead"),
    NamedPage(MUNICIPALITY, "selection:evaluation_declare", "evaluator"),
    NamedPage(MUNICIPALITY, "selection:evaluation_scores", "evaluator"),
    NamedPage(MUNICIPALITY, "selection:evaluation_scorecard", "evaluator"),
    NamedPage(MUNICIPALITY, "selection:evaluation_matrix", "lead"),
    NamedPage(MUNICIPALITY, "selection:evaluation_write", "lead"),
    NamedPage(MUNICIPALITY, "selection:evaluation_file", "viewer"),
]


def make_rows(municipality: Municipality, world: World) -> dict[str, Any]:
    """Make a selection whose scoring is closed and whose decision is a draft.

    The title of the call is everybody's, and so without the canary. Here the founder has applied, there somebody else.
    """
    canary, here = CANARIES[municipality.schema_name], municipality == world.here
    lead = acting_as(world.people["lead" if here else "elsewhere"], municipality)
    evaluator = world.people["evaluator"] if here else make_member(municipality, Role.EVALUATOR)
    with tenant_context(municipality):
        challenge = make_published(municipality, title="Judged fairly")
        owner = world.people["founder"] if here else make_user()
        company = make_company(owner, name=f"Judged {canary}")
        received = make_candidate(challenge, company=company, owner=owner)
        freeze(challenge, lead)
        scorer = make_scorer(challenge, lead, user=evaluator)
        _score(challenge, received.release_id, scorer, canary)
        scoring.close(challenge, actor=lead)
        write_decision(challenge, lead, DecisionOutcome.NO_AWARD, {}, rationale=f"So {canary}")
        criterion = criteria_of(challenge).first()
        assert criterion is not None
        return {
            "judged": challenge,
            "judged_release": received.release_id,
            "judged_criterion": criterion.public_id,
            "judged_member": panel_of(challenge).get().pk,
            "judged_conflict": _conflict(challenge, make_member(municipality, name=canary), canary).pk,
        }


def _score(challenge: Challenge, release_id: Any, scorer: Actor, canary: str) -> None:
    answers = {row.pk: Answer(3, f"Good {canary}") for row in criteria_of(challenge)}
    scoring.save_scorecard(challenge, release_id, actor=scorer, answers=answers, comment=f"Well {canary}", hand_in=True)


def _conflict(challenge: Challenge, user: User, canary: str) -> Conflict:
    return Conflict.objects.create(
        challenge=challenge,
        user=user,
        company_id=make_company(name=f"Tied {canary}").public_id,
        company_name=f"Tied {canary}",
        kind=ConflictKind.DECLARED,
        reason=f"Works there {canary}",
        at=clock.now(),
    )
