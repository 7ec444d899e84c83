"""Who may do what in which state: the whole cast, every state, every step."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from challenges.models import Challenge
from pilots import permissions
from pilots.enums import MilestoneStep, PilotSide, PilotState
from pilots.models import Evidence, Milestone, Pilot
from pilots.permissions import Seat
from programs.actors import Actor
from programs.enums import Role, Stage
from solutions.market.enums import CompanyRole
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tech4muni.core.permissions import Decision

PERSON: Any = User(pk=1, email="a@example.org")
CITY, COMPANY = PilotSide.CITY, PilotSide.COMPANY
CAST = {
    **{role.value: Seat(CITY, Actor(user=PERSON, municipality=object(), role=role)) for role in Role},  # type: ignore[arg-type]
    "visitor": Seat(CITY, Actor(user=PERSON, municipality=object(), visit=object())),  # type: ignore[arg-type]
    "stranger": Seat(CITY, Actor(user=PERSON, municipality=object())),  # type: ignore[arg-type]
    "nobody": Seat(CITY, Actor()),
    "owner": Seat(COMPANY, Actor(user=PERSON), CompanyRole.OWNER),
    "editor": Seat(COMPANY, Actor(user=PERSON), CompanyRole.EDITOR),
    "company_viewer": Seat(COMPANY, Actor(user=PERSON), CompanyRole.VIEWER),
    "rival": Seat(COMPANY, Actor(user=PERSON)),
}
STRANGERS = {"stranger", "nobody", "rival"}
CITY_WRITERS = {"lead", "member", "visitor"}
COMPANY_WRITERS = {"owner", "editor"}
WRITERS = CITY_WRITERS | COMPANY_WRITERS
EVERYBODY = set(CAST) - STRANGERS
ALL = set(PilotState)
PLANNING, RUNNING, REVIEW, DECIDED = PilotState


@dataclass(frozen=True)
class Step:
    """What somebody wants to do, who may, and in which states."""

    ask: Callable[[Seat, Pilot], Decision]
    who: set[str]
    states: set[PilotState]


def milestone(side: PilotSide, step: MilestoneStep) -> Callable[[Seat, Pilot], Decision]:
    return lambda seat, pilot: permissions.may_step(seat, Milestone(pilot=pilot, side=side), step)


TABLE = {
    "see": Step(lambda seat, _pilot: permissions.may_see(seat), EVERYBODY, ALL),
    "plan": Step(permissions.may_plan, WRITERS, {PLANNING}),
    "agree": Step(permissions.may_agree, {"lead"} | COMPANY_WRITERS, {PLANNING}),
    "start": Step(permissions.may_start, CITY_WRITERS, {PLANNING}),
    "deliver_city": Step(milestone(CITY, MilestoneStep.DELIVER), CITY_WRITERS, {RUNNING}),
    "deliver_company": Step(milestone(COMPANY, MilestoneStep.DELIVER), COMPANY_WRITERS, {RUNNING}),
    "begin_company": Step(milestone(COMPANY, MilestoneStep.BEGIN), COMPANY_WRITERS, {RUNNING}),
    "accept_city": Step(milestone(CITY, MilestoneStep.ACCEPT), COMPANY_WRITERS, {RUNNING}),
    "reject_company": Step(milestone(COMPANY, MilestoneStep.REJECT), CITY_WRITERS, {RUNNING}),
    "cancel_company": Step(milestone(COMPANY, MilestoneStep.CANCEL), CITY_WRITERS, {RUNNING}),
    "file": Step(permissions.may_file, WRITERS, {RUNNING, REVIEW}),
    "correct_city": Step(
        lambda seat, pilot: permissions.may_correct(seat, Evidence(pilot=pilot, side=CITY)),
        CITY_WRITERS, {RUNNING, REVIEW},
    ),
    "countersign_city": Step(
        lambda seat, pilot: permissions.may_countersign(seat, Evidence(pilot=pilot, side=CITY)),
        COMPANY_WRITERS, {RUNNING, REVIEW},
    ),
    "begin_review": Step(permissions.may_begin_review, CITY_WRITERS, {RUNNING}),
    "review": Step(lambda seat, pilot: permissions.may_review(seat, pilot, has_reviewed=True), WRITERS, {REVIEW}),
    "late_review": Step(
        lambda seat, pilot: permissions.may_review(seat, pilot, has_reviewed=False), WRITERS, {REVIEW, DECIDED}
    ),
    "decide": Step(permissions.may_decide, {"lead"}, {REVIEW}),
}  # fmt: skip


def make(state: PilotState, **fields: Any) -> Pilot:
    challenge = Challenge(title="Bins", stage=Stage.PILOT, stage_since=clock.now(), **fields)
    return Pilot(challenge=challenge, state=state)


def answer(decision: Decision) -> int:
    return 200 if decision else 404 if decision.stranger else 403


@pytest.mark.parametrize("state", PilotState)
@pytest.mark.parametrize("cast", CAST)
@pytest.mark.parametrize("step", TABLE)
def test_table(step: str, cast: str, state: PilotState) -> None:
    row = TABLE[step]
    expected = 404 if cast in STRANGERS else 200 if cast in row.who and state in row.states else 403

    assert answer(row.ask(CAST[cast], make(state))) == expected


@pytest.mark.parametrize("cast", CAST)
@pytest.mark.parametrize("step", sorted(set(TABLE) - {"see"}))
def test_nothing_is_done_when_the_challenge_has_ended(step: str, cast: str) -> None:
    row = TABLE[step]
    pilot = make(min(row.states, key=list(PilotState).index), ended_at=clock.now(), ending="withdrawn")

    assert answer(row.ask(CAST[cast], pilot)) == (404 if cast in STRANGERS else 403)


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("cast", ["lead", "member", "visitor", "evaluator", "approver", "viewer", "stranger", "nobody"])
def test_pilots_begin_in_the_last_stage(cast: str, stage: Stage) -> None:
    challenge = Challenge(title="Bins", stage=stage, stage_since=clock.now())
    expected = 404 if cast in STRANGERS else 200 if cast in CITY_WRITERS and stage == Stage.PILOT else 403

    assert answer(permissions.may_begin_pilot(CAST[cast].actor, challenge)) == expected


def test_every_refusal_says_why() -> None:
    for row in TABLE.values():
        for seat in CAST.values():
            for state in PilotState:
                decision = row.ask(seat, make(state))
                assert decision or decision.stranger or str(decision.reason)


def test_nobody_signs() -> None:
    with pytest.raises(LookupError):
        _ = CAST["nobody"].person
