"""What coordinators do to brands, programs, their windows and who takes part; each change goes on record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from programs.cohorts.models import Brand, JointChallenge, Participation, Program, Progress, StageWindow
from programs.enums import Stage
from programs.models import Municipality
from programs.permissions import may_administer
from programs.timing.models import Deadline, Due
from programs.timing.services import cancel, schedule, set_deadline
from tech4muni.accounts.models import User
from tech4muni.audit.services import record
from tech4muni.core import clock
from tech4muni.core.errors import Refused
from tech4muni.core.languages import in_each_language

BRAND_FIELDS: Final = frozenset({"name", "colour", "logo", "sender_name", "sender_email"})
PROGRAM_FIELDS: Final = frozenset({"names", "brand", "country", "languages", "time_zone", "partner", "funder", "notes"})
TURN: Final = "challenges.turn_window"


@transaction.atomic
def save_brand(brand: Brand, *, actor: User | None, changes: Mapping[str, Any]) -> Brand:
    """Make a brand, or change one; raises ValidationError with the fields' names."""
    _may(actor)
    _apply(brand, changes, BRAND_FIELDS)
    for participation in _open_participations(brand):
        _wear(participation.municipality, brand)
    record("brand.saved", actor=actor, target=brand)
    return brand


@transaction.atomic
def save_program(program: Program, *, actor: User | None, changes: Mapping[str, Any]) -> Program:
    """Make a program, or change one; raises ValidationError with the fields' names."""
    _may(actor)
    made = program.pk is None
    _apply(program, changes, PROGRAM_FIELDS)
    for participation in program.participations.filter(ended_at__isnull=True).select_related("municipality"):
        _wear(participation.municipality, program.brand)
    record("program.created" if made else "program.edited", actor=actor, target=program)
    return program


@transaction.atomic
def set_window(
    program: Program,
    stage: Stage,
    *,
    actor: User | None,
    opens_at: datetime,
    closes_at: datetime,
    moves_by_itself: bool = False,
) -> StageWindow:
    """Say when a program is in a stage; deadlines of its challenges and the turn of the window follow.

    Raises Refused where it ends before it begins, or overlaps the order of the stages.
    """
    _may(actor)
    Program.objects.select_for_update().get(pk=program.pk)
    _refuse_disorder(program, stage, opens_at, closes_at)
    values = {"opens_at": opens_at, "closes_at": closes_at, "moves_by_itself": moves_by_itself}
    window, _made = StageWindow.objects.update_or_create(program=program, stage=stage, defaults=values)
    _schedule_turn(window)
    for progress in Progress.objects.filter(program=program, stage=stage, ended_at__isnull=True).select_related(
        "municipality"
    ):
        set_stage_deadline(progress)
    data = {"stage": stage.value, "opens": opens_at, "closes": closes_at, "by_itself": moves_by_itself}
    record("window.set", actor=actor, target=program, data=data)
    return window


@transaction.atomic
def join(
    program: Program, municipality: Municipality, *, actor: User | None, coordinator: User | None = None
) -> Participation:
    """Let a municipality take part in a program, under its brand; raises Refused if it does already."""
    _may(actor)
    if Participation.objects.filter(program=program, municipality=municipality, ended_at__isnull=True).exists():
        raise Refused(_("This municipality takes part already."), field="municipality")
    participation = Participation.objects.create(program=program, municipality=municipality, coordinator=coordinator)
    _wear(municipality, program.brand)
    record("participation.begun", actor=actor, target=municipality, data={"program": str(program)})
    return participation


@transaction.atomic
def change_coordinator(participation: Participation, *, actor: User | None, coordinator: User | None) -> Participation:
    """Let another coordinator look after a municipality in a program."""
    _may(actor)
    participation.coordinator = coordinator
    participation.updated_at = clock.now()
    participation.save(update_fields=["coordinator", "updated_at"])
    data = {"coordinator": str(coordinator or "–"), "program": str(participation.program)}
    record("participation.handed_over", actor=actor, target=participation.municipality, data=data)
    return participation


@transaction.atomic
def end_participation(participation: Participation, *, actor: User | None, reason: str) -> Participation:
    """Let a municipality take part no more; raises Refused without a reason, or if it has ended."""
    _may(actor)
    ended = Participation.objects.select_for_update().get(pk=participation.pk)
    if ended.ended_at is not None:
        raise Refused(_("This participation has ended already."))
    if not reason.strip():
        raise Refused(_("Say why, for the record."), field="reason")
    ended.ended_at = ended.updated_at = clock.now()
    ended.save(update_fields=["ended_at", "updated_at"])
    data = {"program": str(ended.program)}
    record("participation.ended", actor=actor, target=ended.municipality, reason=reason, data=data)
    return ended


@transaction.atomic
def save_joint(joint: JointChallenge, *, actor: User | None, changes: Mapping[str, Any]) -> JointChallenge:
    """Make or rename a joint challenge; raises ValidationError, and Refused if its lead takes no part in the program.

    Municipalities join it from their own challenge.
    """
    _may(actor)
    _apply(joint, changes, frozenset({"names", "program", "lead"}))
    if not Participation.objects.filter(program=joint.program, municipality=joint.lead, ended_at__isnull=True).exists():
        raise Refused(_("The leading municipality takes no part in this program."), field="lead")
    record("joint_challenge.saved", actor=actor, target=joint)
    return joint


def set_stage_deadline(progress: Progress) -> Deadline | None:
    """Let a challenge leave its stage by the end of the program's window; None without such a window."""
    window = StageWindow.objects.filter(program=progress.program_id, stage=progress.stage).first()
    if window is None or progress.program is None:
        return None
    return set_deadline(
        stage_key(progress, Stage(progress.stage)),
        label=in_each_language(lambda: f"{Stage(progress.stage).label}: {progress.name}"),
        due_at=window.closes_at,
        time_zone=progress.program.time_zone,
        municipality=progress.municipality,
        program=progress.program,
        challenge_id=progress.challenge_id,
        path=f"/challenges/{progress.challenge_id}/",
    )


def stage_key(progress: Progress, stage: Stage) -> str:
    """Return the key of the deadline for leaving a stage."""
    return f"stage:{progress.challenge_id}:{stage}"


def _schedule_turn(window: StageWindow) -> None:
    """Let the window's end move challenges on, if the program says so, and at no instant that it had before."""
    prefix = f"window:{window.pk}:"
    key = f"{prefix}{window.closes_at:%Y%m%dT%H%MZ}"
    stale = Due.objects.filter(key__startswith=prefix).exclude(key=key if window.moves_by_itself else "")
    cancel(*stale.values_list("key", flat=True))
    if window.moves_by_itself:
        schedule(TURN, key=key, due_at=window.closes_at, payload={"window": window.pk})


def _refuse_disorder(program: Program, stage: Stage, opens_at: datetime, closes_at: datetime) -> None:
    if closes_at <= opens_at:
        raise Refused(_("It must end after it begins."), field="closes_at")
    for other in program.windows.exclude(stage=stage):
        earlier = Stage(other.stage).number < stage.number
        if (earlier and other.opens_at > opens_at) or (not earlier and other.opens_at < opens_at):
            raise Refused(_("The stages must begin in their order."), field="opens_at")


def _wear(municipality: Municipality, brand: Brand) -> None:
    if municipality.brand_name != brand.name:
        municipality.brand_name = brand.name
        municipality.updated_at = clock.now()
        municipality.save(update_fields=["brand_name", "updated_at"])


def _open_participations(brand: Brand) -> models.QuerySet[Participation]:
    rows = Participation.objects.filter(program__brand=brand, ended_at__isnull=True)
    return rows.select_related("municipality")


def _apply(row: Any, changes: Mapping[str, Any], known: frozenset[str]) -> None:
    unknown = set(changes) - known
    if unknown:
        raise TypeError(f"Not fields to be given here: {', '.join(sorted(unknown))}.")
    for name, value in changes.items():
        setattr(row, name, value)
    row.full_clean()
    row.updated_at = clock.now()
    row.save()


def _may(actor: User | None) -> None:
    """Coordinators only; None stands for a command."""
    if actor is not None:
        may_administer(actor).enforce()
