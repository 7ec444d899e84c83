"""What workers have to do at a window's turn and for due reminders, and whether each was done once."""

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.db.models import Count
from django_tenants.utils import tenant_context

from challenges.enums import CardKind
from challenges.mails import CHALLENGE_MOVED
from challenges.models import Card, Challenge, Participant, StageMove, Workshop
from challenges.services.turns import MOVE
from programs.cohorts.models import Program, Progress
from programs.cohorts.services import set_window
from programs.enums import MoveKind, ReminderStep, Stage
from programs.mails import REMINDER
from programs.models import Membership, Municipality
from programs.timing.models import Due
from programs.timing.services import CARRY_OUT, REMIND, set_deadline
from tech4muni.audit.models import Entry
from tech4muni.celery import app
from tech4muni.core import clock, later
from tech4muni.embedded.system import wait_until
from tech4muni.notifications.enums import MessageState
from tech4muni.notifications.models import Message

KEY: Final = "bench:reminder:"
PATIENCE: Final = 300.0


def prepare(reminders: int) -> None:
    """Put all challenges into the first stage with its gate met, and make deadlines whose reminders wait."""
    Message.objects.all().delete()
    Due.objects.all().delete()
    app.control.purge()
    for municipality in Municipality.objects.all():
        with tenant_context(municipality):
            _hold_workshop()
            Challenge.objects.update(stage=Stage.CHALLENGE)
    Progress.objects.update(stage=Stage.CHALLENGE)
    program = Program.objects.get()
    people = list(Membership.objects.select_related("user", "municipality").order_by("pk"))
    for number in range(reminders):
        one = people[number % len(people)]
        set_deadline(
            f"{KEY}{number}", label={"en-gb": f"Reminder {number}"}, due_at=clock.now() + timedelta(days=3),
            time_zone=program.time_zone, municipality=one.municipality, program=program, owner=one.user,
        )  # fmt: skip


def _hold_workshop() -> None:
    """Let the municipality whose schema is active have had its workshop."""
    workshop = Workshop.objects.create(title="Workshop", starts_at=clock.now() - timedelta(days=1))
    Participant.objects.create(workshop=workshop, name="Somebody")
    Card.objects.create(workshop=workshop, kind=CardKind.values[0], text="Something")


def await_workers(names: Sequence[str]) -> None:
    """Wait until all these workers answer."""
    _await(lambda: len(app.control.ping(destination=list(names), timeout=0.5) or ()) == len(names), "the workers")


def turn() -> dict[str, Any]:
    """Let the window of the first stage turn; return the seconds until all challenges had moved."""
    wanted, program = Progress.objects.count(), Program.objects.get()
    window = program.windows.get(stage=Stage.CHALLENGE)
    set_window(
        program, Stage.CHALLENGE, actor=None, opens_at=window.opens_at, closes_at=clock.now(), moves_by_itself=True
    )
    begun = time.monotonic()
    _await(lambda: Due.objects.filter(kind=MOVE, done_at__isnull=False).count() == wanted, "the moves")
    seconds = time.monotonic() - begun
    _await(lambda: not Message.objects.filter(state=MessageState.WAITING).exists(), "the mails about the moves")
    return {"rows": wanted, "seconds": seconds, "mails": _check_moves(wanted)}


def _check_moves(wanted: int) -> int:
    """Raise RuntimeError unless each challenge moved once; return how many mails told of it."""
    moved: list[object] = []
    entries = 0
    for municipality in Municipality.objects.all():
        with tenant_context(municipality):
            moves = StageMove.objects.filter(kind=MoveKind.WINDOW, before=Stage.CHALLENGE, after=Stage.VALIDATION)
            moved += moves.filter(challenge__stage=Stage.VALIDATION).values_list("challenge__public_id", flat=True)
            entries += Entry.objects.filter(verb="challenge.moved").count()
    _require("challenges moved", len(set(moved)), wanted)
    _require("moves", len(moved), wanted)
    _require("entries in the trails", entries, wanted)
    _require("public rows", Progress.objects.filter(stage=Stage.VALIDATION).count(), wanted)
    people = dict(Membership.objects.values_list("municipality").annotate(Count("pk")))
    mails: int = sum(people[city] for city in Progress.objects.values_list("municipality", flat=True))
    _require("mails", Message.objects.filter(kind=CHALLENGE_MOVED.name, state=MessageState.SENT).count(), mails)
    return mails


def remind(sweeps: int, mail: str) -> dict[str, Any]:
    """Let the reminders be due, and sweep as often as there are workers; return the seconds until all were written.

    `sent` are the seconds until the last of them had left.
    """
    rows = Due.objects.filter(
        kind=REMIND, step=ReminderStep.TWO_DAYS_BEFORE, deadline__key__startswith=KEY, done_at__isnull=True
    )
    wanted = rows.update(due_at=clock.now())
    begun = time.monotonic()
    for _ in range(sweeps):
        later.after_commit(CARRY_OUT)
    _await(lambda: not rows.exists(), "the reminders")
    seconds = time.monotonic() - begun
    told = Message.objects.filter(kind=REMINDER.name)
    _await(lambda: not told.exclude(state=MessageState.SENT).exists(), "the mails that remind")
    sent = time.monotonic() - begun
    _check_reminders(wanted, _message_ids(Path(mail)))
    return {"rows": wanted, "seconds": seconds, "sent": sent}


def _check_reminders(wanted: int, mailed: list[str]) -> None:
    """Raise RuntimeError unless each reminder was written once and sent once."""
    told = Message.objects.filter(kind=REMINDER.name, state=MessageState.SENT)
    _require("reminders in the outbox", told.count(), wanted)
    _require("reminders of different deadlines", len({key.split(":")[2] for key in _keys(told)}), wanted)
    _require("reminders sent at the first try", told.filter(attempts=1).count(), wanted)
    ours = {str(public_id) for public_id in told.values_list("public_id", flat=True)}
    _require("mails that left", len([one for one in mailed if one in ours]), wanted)
    _require("different mails that left", len(ours & set(mailed)), wanted)


def _keys(messages: Any) -> Iterable[str]:
    found: Iterable[str] = messages.values_list("key", flat=True)
    return found


def _message_ids(mail: Path) -> list[str]:
    """Return what stands before the @ in the Message-ID of each mail in a directory."""
    lines = (line for file in mail.glob("*.log") for line in file.read_text().splitlines())
    return [line.split("<")[1].split("@")[0] for line in lines if line.startswith("Message-ID: <")]


def _require(what: str, found: int, wanted: int) -> None:
    if found != wanted:
        raise RuntimeError(f"{found} {what} instead of {wanted}")


def _await(holds: Callable[[], bool], what: str) -> None:
    if not wait_until(holds, PATIENCE):
        raise RuntimeError(f"Waited {PATIENCE:.0f} seconds in vain for {what}.")
