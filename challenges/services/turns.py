"""When the window of a stage turns: one due row for each challenge in it, so that many workers share them."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from challenges.services.moves import move_at_turn
from programs.cohorts.models import Progress, StageWindow
from programs.enums import Stage
from programs.models import Municipality
from programs.timing.services import schedule
from tech4muni.core import clock

MOVE: Final = "challenges.move_at_turn"


def turn_window(payload: Mapping[str, Any]) -> None:
    """Let each challenge that is in the window's stage be moved; nothing if the window has moved away meanwhile."""
    window = StageWindow.objects.filter(pk=payload["window"]).first()
    if window is None or not window.moves_by_itself or window.closes_at > clock.now():
        return
    rows = Progress.objects.filter(program=window.program_id, stage=window.stage, ended_at__isnull=True)
    for progress in rows.order_by("pk"):
        schedule(
            MOVE,
            key=f"turn:{window.pk}:{window.closes_at:%Y%m%dT%H%MZ}:{progress.challenge_id}",
            due_at=clock.now(),
            payload={
                "municipality": progress.municipality_id,
                "challenge": str(progress.challenge_id),
                "stage": window.stage,
            },
        )


def move_one(payload: Mapping[str, Any]) -> None:
    """Move one challenge whose window has turned."""
    municipality = Municipality.objects.get(pk=payload["municipality"])
    move_at_turn(municipality, UUID(payload["challenge"]), Stage(payload["stage"]))
