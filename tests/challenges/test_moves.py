"""The one service that moves challenges: gate, row lock, trail, outbox, and the public row, all or nothing."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.http import Http404
from django_tenants.utils import tenant_context

from challenges.models import Challenge, StageMove
from challenges.services import moves
from programs import criteria
from programs.actors import Actor
from programs.cohorts.models import Progress, StageWindow
from programs.cohorts.services import set_window
from programs.criteria import Criterion, Result
from programs.enums import Ending, MoveKind, Role, Stage
from programs.models import Municipality
from programs.timing.models import Deadline, Due
from programs.timing.running import carry_out_due
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Forbidden, Refused
from tech4muni.notifications.models import Message
from tests.factories.challenges import acting_as, force_on, make_challenge, make_program
from tests.factories.people import make_coordinator, make_member, make_user

OPEN: set[int] = set()


def is_open(challenges: Sequence[Any]) -> dict[int, Result]:
    """A gate that a test opens."""
    return {challenge.pk: Result(challenge.pk in OPEN, "by hand of a test") for challenge in challenges}


@pytest.fixture(autouse=True)
def gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """One criterion for each stage, and none of the apps' own."""
    OPEN.clear()
    own = {
        stage.value: Criterion(f"tests.{stage}", stage, "It is open.", "Open it", "challenges:challenge", is_open)
        for stage in Stage
    }
    monkeypatch.setattr(criteria, "_criteria", own)


@pytest.fixture
def lead(strumica: Municipality) -> Actor:
    return acting_as(make_member(strumica, Role.LEAD), strumica)


@pytest.fixture
def visitor(strumica: Municipality) -> Actor:
    return Actor(user=make_coordinator(), municipality=strumica, visit=object())  # type: ignore[arg-type]


def test_a_challenge_begins_everywhere_at_once(in_strumica: Municipality, lead: Actor) -> None:
    program = make_program(in_strumica)

    challenge = make_challenge(in_strumica, title="Bins", program=program, actor=lead)

    progress = Progress.objects.get(challenge_id=challenge.public_id)
    assert (progress.stage, progress.moves, progress.municipality, progress.label) == (
        Stage.CHALLENGE, 1, in_strumica, {"mk": "Bins"},
    )  # fmt: skip
    assert challenge.moves.get().kind == MoveKind.BEGUN
    assert Entry.objects.filter(verb="challenge.begun").count() == 1
    deadline = Deadline.objects.get(challenge_id=challenge.public_id)
    assert deadline.due_at == StageWindow.objects.get(program=program, stage=Stage.CHALLENGE).closes_at
    assert [text.language for text in challenge.brief.texts.all()] == in_strumica.languages


def test_an_open_gate_lets_the_lead_through(in_strumica: Municipality, lead: Actor) -> None:
    member = make_member(in_strumica, Role.MEMBER)
    challenge = make_challenge(in_strumica, program=make_program(in_strumica), actor=lead)
    OPEN.add(challenge.pk)

    moves.move_on(challenge, actor=lead, seen=Stage.CHALLENGE)

    challenge.refresh_from_db()
    progress = Progress.objects.get(challenge_id=challenge.public_id)
    assert challenge.stage == progress.stage == Stage.VALIDATION
    move = challenge.moves.get(number=2)
    assert (move.before, move.after, move.kind, move.actor) == (
        Stage.CHALLENGE, Stage.VALIDATION, MoveKind.GATE, lead.user,
    )  # fmt: skip
    entry = Entry.objects.get(verb="challenge.moved")
    assert entry.data["after"] == "validation"
    told = set(Message.objects.filter(kind="challenges.moved").values_list("email", flat=True))
    assert {member.email, lead.user.email if lead.user else ""} <= told
    old, new = Deadline.objects.filter(challenge_id=challenge.public_id).order_by("due_at")
    assert old.met_at is not None
    assert new.is_open


def test_a_closed_gate_changes_nothing_and_says_what_is_missing(in_strumica: Municipality, lead: Actor) -> None:
    challenge = make_challenge(in_strumica, actor=lead)
    before = (Entry.objects.count(), Message.objects.count())

    with pytest.raises(moves.GateClosed) as closed:
        moves.move_on(challenge, actor=lead, seen=Stage.CHALLENGE)

    assert [finding.criterion.todo for finding in closed.value.missing] == ["Open it"]
    challenge.refresh_from_db()
    assert challenge.stage == Stage.CHALLENGE
    assert (Entry.objects.count(), Message.objects.count()) == before


@pytest.mark.django_db(transaction=True)
def test_of_32_who_press_at_once_one_moves(in_own_connection: Callable[..., Any]) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    lead = acting_as(make_member(strumica, Role.LEAD), strumica)
    with tenant_context(strumica):
        challenge = make_challenge(strumica, actor=lead)
    OPEN.add(challenge.pk)

    def press(_number: int) -> str:
        with tenant_context(strumica):
            try:
                moves.move_on(Challenge.objects.get(pk=challenge.pk), actor=lead, seen=Stage.CHALLENGE)
            except Conflict:
                return "conflict"
            return "moved"

    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(in_own_connection(press), range(32)))

    assert sorted(answers) == ["conflict"] * 31 + ["moved"]
    with tenant_context(strumica):
        assert StageMove.objects.filter(after=Stage.VALIDATION).count() == 1
        assert Entry.objects.filter(verb="challenge.moved").count() == 1
    assert Message.objects.filter(kind="challenges.moved").count() == 1
    assert Progress.objects.get().moves == 2


def test_a_stale_page_moves_nothing(in_strumica: Municipality, lead: Actor) -> None:
    challenge = force_on(make_challenge(in_strumica, actor=lead))
    OPEN.add(challenge.pk)

    with pytest.raises(Conflict):
        moves.move_on(challenge, actor=lead, seen=Stage.CHALLENGE)


def test_a_coordinator_moves_early_and_back_with_a_reason(in_strumica: Municipality, visitor: Actor) -> None:
    challenge = make_challenge(in_strumica)
    with pytest.raises(Refused) as refused:
        moves.move_early(challenge, actor=visitor, seen=Stage.CHALLENGE, reason=" ")
    assert refused.value.field == "reason"

    moved = moves.move_early(challenge, actor=visitor, seen=Stage.CHALLENGE, reason="The mayor decided")
    assert (moved.stage, moved.moves.get(number=2).reason) == (Stage.VALIDATION, "The mayor decided")

    with pytest.raises(Refused):
        moves.move_back(moved, actor=visitor, seen=Stage.VALIDATION, to=Stage.VALIDATION, reason="Again")
    back = moves.move_back(moved, actor=visitor, seen=Stage.VALIDATION, to=Stage.CHALLENGE, reason="Too early")
    assert back.stage == Stage.CHALLENGE
    assert Entry.objects.filter(verb="challenge.moved").latest("number").reason == "Too early"


def may(strumica: Municipality) -> dict[str, Actor]:
    """The cast of the table below."""
    cast = {role.value: acting_as(make_member(strumica, role), strumica) for role in Role}
    coordinator = make_coordinator()
    return cast | {
        "visitor": Actor(user=coordinator, municipality=strumica, visit=object()),  # type: ignore[arg-type]
        "coordinator": Actor(user=coordinator, municipality=strumica),
        "stranger": Actor(user=make_user(), municipality=strumica),
    }


OUTSIDE = dict.fromkeys(["coordinator", "stranger"], Http404)
INSIDE = dict.fromkeys(["member", "evaluator", "approver", "viewer"], Forbidden)
TABLE: dict[str, dict[str, Any]] = {
    "on": {**OUTSIDE, **INSIDE, "lead": None, "visitor": None},
    "early": {**OUTSIDE, **INSIDE, "lead": Forbidden, "visitor": None},
    "back": {**OUTSIDE, **INSIDE, "lead": Forbidden, "visitor": None},
    "on, ended": {**OUTSIDE, **INSIDE, "lead": Forbidden, "visitor": Forbidden},
}


def take(step: str, challenge: Challenge, actor: Actor) -> None:
    """Move a challenge one way or the other."""
    if step == "on":
        moves.move_on(challenge, actor=actor, seen=Stage.VALIDATION)
    elif step == "early":
        moves.move_early(challenge, actor=actor, seen=Stage.VALIDATION, reason="So")
    else:
        moves.move_back(challenge, actor=actor, seen=Stage.VALIDATION, to=Stage.CHALLENGE, reason="So")


@pytest.mark.parametrize("what", TABLE)
def test_who_may_move(in_strumica: Municipality, what: str) -> None:
    step, _comma, ended = what.partition(", ")
    for who, actor in may(in_strumica).items():
        challenge = force_on(make_challenge(in_strumica))
        OPEN.add(challenge.pk)
        if ended:
            challenge = moves.end(challenge, ending=Ending.WITHDRAWN, actor=None)
        call = partial(take, step, challenge, actor)
        expected = TABLE[what][who]
        if expected is None:
            call()
        else:
            with pytest.raises(expected):
                call()


def test_the_last_stage_is_finished_by_its_gate(in_strumica: Municipality, lead: Actor) -> None:
    challenge = make_challenge(in_strumica, actor=lead, stage=Stage.PILOT)
    OPEN.add(challenge.pk)
    with pytest.raises(Refused, match="last stage"):
        moves.move_on(challenge, actor=lead, seen=Stage.PILOT)

    moves.finish(challenge, actor=lead)

    challenge.refresh_from_db()
    progress = Progress.objects.get(challenge_id=challenge.public_id)
    assert challenge.ending == progress.ending == Ending.FINISHED
    with pytest.raises(Conflict):
        moves.end(challenge, ending=Ending.WITHDRAWN, actor=None)


def test_the_turn_of_a_window_moves_those_whose_gate_is_met(strumica: Municipality, haifa: Municipality) -> None:
    program = make_program(strumica, haifa)
    window = program.windows.get(stage=Stage.CHALLENGE)
    set_window(
        program, Stage.CHALLENGE, actor=None, opens_at=window.opens_at, closes_at=window.closes_at, moves_by_itself=True
    )
    found: dict[str, list[Challenge]] = {}
    for municipality in (strumica, haifa):
        with tenant_context(municipality):
            found[municipality.schema_name] = [make_challenge(municipality, program=program) for _number in range(2)]
    OPEN.update({found["strumica"][0].pk, found["haifa"][0].pk})

    with clock.at(window.closes_at - timedelta(seconds=1)):
        carry_out_due()
    assert Progress.objects.filter(stage=Stage.VALIDATION).count() == 0
    with clock.at(window.closes_at):
        carry_out_due()
        assert Progress.objects.filter(stage=Stage.VALIDATION).count() == 2
        Due.objects.filter(key__startswith="turn:").update(done_at=None)
        carry_out_due()

    assert Progress.objects.filter(stage=Stage.VALIDATION).count() == 2
    with tenant_context(haifa):
        kinds = set(StageMove.objects.filter(after=Stage.VALIDATION).values_list("kind", flat=True))
    assert kinds == {MoveKind.WINDOW}


def test_a_window_that_moved_away_turns_at_its_new_instant_only(strumica: Municipality) -> None:
    program = make_program(strumica)
    window = program.windows.get(stage=Stage.CHALLENGE)
    with tenant_context(strumica):
        challenge = make_challenge(strumica, program=program)
    OPEN.add(challenge.pk)
    for closes_at in (window.closes_at, window.closes_at + timedelta(days=7)):
        set_window(
            program, Stage.CHALLENGE, actor=None, opens_at=window.opens_at, closes_at=closes_at, moves_by_itself=True
        )

    with clock.at(window.closes_at):
        carry_out_due()
    assert Progress.objects.get().stage == Stage.CHALLENGE
    with clock.at(window.closes_at + timedelta(days=7)):
        carry_out_due()
    assert Progress.objects.get().stage == Stage.VALIDATION
